//! The app's own files.

use std::path::PathBuf;

use nearcache_origin::cli::{Mount, Options};
use reqwest::Method;

use crate::harness::{Shop, header};

/// A folder of a test's own, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("nearcache-origin-{}-{name}", std::process::id()));
        for (file, content) in files {
            let file = path.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, content).unwrap();
        }
        Self(path)
    }

    fn at(&self, prefix: &str) -> Mount {
        Mount { prefix: prefix.to_owned(), dir: self.0.clone() }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn serving(mounts: Vec<Mount>) -> Shop {
    Shop::with(Options { mounts, fast: true, ..Options::default() }).await
}

#[tokio::test]
async fn files_have_types_validators_and_are_revalidated() {
    let app =
        Folder::new("types", &[("index.html", "<p>"), ("a.js", "1"), ("a.wasm", "w"), ("d/index.html", "d")]);
    let shop = serving(vec![app.at("")]).await;
    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/a.js", "text/javascript; charset=utf-8"),
        ("/a.wasm", "application/wasm"),
        ("/d/", "text/html; charset=utf-8"),
    ] {
        let response = shop.get(path).await;
        assert_eq!(header(&response, "content-type"), media_type);
        assert_eq!(header(&response, "cache-control"), "no-cache");
        let tag = header(&response, "etag");
        assert_eq!(shop.get_with(path, "if-none-match", tag).await.status(), 304);
    }
    // The redirect to the folder with its slash, followed.
    assert_eq!(shop.get("/d").await.url().path(), "/d/");
    assert_eq!(shop.get_with("/a.js", "range", "bytes=0-0").await.status(), 206);
    assert_eq!(shop.request(Method::POST, "/a.js").send().await.unwrap().status(), 405);
    assert_eq!(shop.get("/missing.js").await.status(), 404);
    let worker = shop.get_with("/a.js", "service-worker", "script").await;
    assert_eq!(header(&worker, "service-worker-allowed"), "/");
}

#[tokio::test]
async fn the_longest_mount_wins() {
    let (app, pkg) = (Folder::new("app", &[("pkg/x.js", "app")]), Folder::new("pkg", &[("x.js", "pkg")]));
    let shop = serving(vec![app.at(""), pkg.at("/pkg")]).await;
    assert_eq!(shop.get("/pkg/x.js").await.text().await.unwrap(), "pkg");
    assert_eq!(shop.get("/pkgs/x.js").await.status(), 404);
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_outside_a_mount_is_served() {
    let (app, secret) = (Folder::new("in", &[("a.js", "1")]), Folder::new("out", &[("secret", "s")]));
    std::os::unix::fs::symlink(secret.0.join("secret"), app.0.join("link")).unwrap();
    let shop = serving(vec![app.at("")]).await;
    let name = secret.0.file_name().unwrap().to_str().unwrap();
    for path in ["/link".to_owned(), format!("/%2e%2e/{name}/secret"), format!("/..%2f{name}%2fsecret")] {
        assert_eq!(shop.get(&path).await.status(), 404, "{path}");
    }
}
