//! The sample app's own files: folders mounted under paths, outside all layers, always revalidated.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use http::header::{HeaderValue, LOCATION};
use http::{HeaderName, Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::cli::Mount;
use crate::message::{Call, Reply, error, reply, set, validated};
use crate::{conditional, range};

const SERVICE_WORKER: HeaderName = HeaderName::from_static("service-worker");
const SERVICE_WORKER_ALLOWED: HeaderName = HeaderName::from_static("service-worker-allowed");

/// The mounts, the longest prefix first.
pub(crate) struct Files(Vec<Mount>);

/// What a path leads to.
enum Found {
    File(PathBuf),
    /// A folder asked for without its final slash; relative links in its page would go astray.
    Folder,
}

impl Files {
    /// These folders. One that does not exist yet may appear later.
    pub(crate) fn new(mut mounts: Vec<Mount>) -> Self {
        mounts.sort_by_key(|mount| std::cmp::Reverse(mount.prefix.len()));
        Self(mounts)
    }

    /// Answers a request for a file.
    pub(crate) async fn answer(&self, call: &Call) -> Reply {
        if !matches!(*call.method(), Method::GET | Method::HEAD) {
            let message = "Files can be read, nothing else.";
            return error(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", None, message);
        }
        let path = call.uri().path();
        match self.find(path).await {
            Some(Found::Folder) => with_slash(path).unwrap_or_else(missing),
            Some(Found::File(file)) => match read(&file).await {
                Ok(reply) => dressed(call, reply),
                Err(_) => missing(),
            },
            None => missing(),
        }
    }

    async fn find(&self, path: &str) -> Option<Found> {
        let (dir, rest) = self.0.iter().find_map(|mount| {
            let rest = path.strip_prefix(&mount.prefix)?;
            // Not /pkgs for a mount at /pkg.
            (rest.is_empty() || rest.starts_with('/')).then_some((&mount.dir, rest))
        })?;
        let root = tokio::fs::canonicalize(dir).await.ok()?;
        let file = tokio::fs::canonicalize(root.join(relative(rest)?)).await.ok()?;
        // A link may lead out of the folder, where nothing is ours to serve.
        if !file.starts_with(&root) {
            return None;
        }
        if !file.is_dir() {
            return Some(Found::File(file));
        }
        if path.ends_with('/') { Some(Found::File(file.join("index.html"))) } else { Some(Found::Folder) }
    }
}

/// The path below a mount, decoded; [`None`] if it tries to climb.
fn relative(rest: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(rest).decode_utf8().ok()?;
    let segments = decoded.split('/').filter(|segment| !segment.is_empty());
    let mut path = PathBuf::new();
    for segment in segments {
        if segment == ".." || segment.contains(['\\', '\0']) {
            return None;
        }
        path.push(segment);
    }
    Some(path)
}

/// The redirect to a folder's page; [`None`] for a path that no header can hold.
fn with_slash(path: &str) -> Option<Reply> {
    let mut reply = reply(StatusCode::PERMANENT_REDIRECT, "text/plain", "");
    reply.headers_mut().insert(LOCATION, HeaderValue::try_from(format!("{path}/")).ok()?);
    Some(reply)
}

async fn read(file: &Path) -> std::io::Result<Reply> {
    let content = tokio::fs::read(file).await?;
    let modified = tokio::fs::metadata(file).await?.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    Ok(validated(reply(StatusCode::OK, media_type(file), content), modified, "no-cache"))
}

fn dressed(call: &Call, mut reply: Reply) -> Reply {
    // A worker's script may sit below the pages that it serves.
    if call.headers().contains_key(SERVICE_WORKER) {
        set(&mut reply, SERVICE_WORKER_ALLOWED, "/");
    }
    range::answer(call.headers(), conditional::answer(call, reply))
}

fn missing() -> Reply {
    error(StatusCode::NOT_FOUND, "no-such-file", None, "There is no such file.")
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" | "ts" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_climb_out() {
        for bad in ["/../x", "/a/../../x", "/%2e%2e/x", "/a%2f..%2f..%2fx", "/a%5c..%5cx", "/a%00", "/%ff"] {
            assert_eq!(relative(bad), None, "{bad}");
        }
        assert_eq!(relative("/a%20b//c.js"), Some(PathBuf::from("a b/c.js")));
        assert_eq!(relative(""), Some(PathBuf::new()));
    }
}
