//! The switchboard: everything about the origin that can be changed while it runs, and its defaults.
//!
//! A switch has no illegal value: bounds live in the types of [`units`], so reading a patch is validating it.

mod defaults;
mod patch;
mod units;

use serde::{Deserialize, Serialize};

pub(crate) use patch::patched;
pub(crate) use units::{Bounded, Millis, Share};

/// All switches, as `/_origin/switches` shows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Switches {
    /// The way between the client and the edge, there and back.
    pub(crate) network_ms: Millis,
    /// How many kilobits of body that way carries in a second; without it, all at once.
    pub(crate) network_kbps: Option<Bounded<1, 10_000_000>>,
    /// Whether every connection to the app is dropped.
    pub(crate) offline: bool,
    pub(crate) edge: Edge,
    pub(crate) stage: Stage,
    pub(crate) functions: Functions,
    pub(crate) shared: Shared,
    pub(crate) dax: Dax,
    pub(crate) table: Table,
    pub(crate) bucket: Bucket,
    pub(crate) failure: Failure,
    pub(crate) cors: Cors,
}

/// CloudFront.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Edge {
    pub(crate) enabled: bool,
    pub(crate) latency_ms: Millis,
    /// Whether compressible responses are gzipped.
    pub(crate) compress: bool,
    /// Whether simultaneous requests for one missing entry wait for the first.
    pub(crate) collapse: bool,
    /// How long an error response is kept.
    pub(crate) error_ttl_seconds: Bounded<0, 31_536_000>,
    /// What is cached by what; the first match decides.
    pub(crate) behaviours: Vec<Behaviour>,
}

/// A cache behaviour with its cache policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Behaviour {
    /// A path, or the start of one followed by `*`.
    pub(crate) path: String,
    pub(crate) cached: bool,
    pub(crate) min_ttl_seconds: Bounded<0, 31_536_000>,
    pub(crate) default_ttl_seconds: Bounded<0, 31_536_000>,
    pub(crate) max_ttl_seconds: Bounded<0, 31_536_000>,
    /// The parts of a request that are in the key; of the query, cookies and Authorization, only these go on.
    pub(crate) queries: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) cookies: Vec<String>,
}

/// The API Gateway stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Stage {
    pub(crate) enabled: bool,
    pub(crate) latency_ms: Millis,
    pub(crate) ttl_seconds: Bounded<0, 3600>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) invalidation: Invalidation,
    /// Whether cached POST, PUT and PATCH methods are in force.
    pub(crate) cache_post: bool,
    /// Which methods are cached by what; any other is not.
    pub(crate) methods: Vec<Method>,
}

/// A cached method with its key parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Method {
    pub(crate) method: Verb,
    /// A path, or the start of one followed by `*`.
    pub(crate) path: String,
    pub(crate) queries: Vec<String>,
    pub(crate) headers: Vec<String>,
    /// Whether the body is part of the key.
    pub(crate) body: bool,
}

/// The methods API Gateway can cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Throttle {
    /// Tokens added a second.
    pub(crate) rate: Bounded<1, 1_000_000>,
    /// Tokens it holds.
    pub(crate) burst: Bounded<1, 1_000_000>,
}

/// What a client's `Cache-Control: max-age=0` does without permission; with it, it always invalidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Invalidation {
    /// It invalidates: nobody needs permission.
    Allow,
    /// It is ignored, and the response says so in `Warning`.
    Warn,
    /// 403.
    Forbid,
}

/// Lambda.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Functions {
    /// Off, the application answers without containers: no starts, no container memory, no bill.
    pub(crate) enabled: bool,
    pub(crate) latency_ms: Millis,
    pub(crate) cold_start_ms: Millis,
    /// How long an idle container lives.
    pub(crate) idle_seconds: Bounded<0, 86_400>,
    /// Containers at a time.
    pub(crate) concurrency: Bounded<1, 10_000>,
    pub(crate) memory_mb: Bounded<128, 10_240>,
    /// How long a container keeps an answer in its memory.
    pub(crate) memory_ttl_seconds: Bounded<0, 86_400>,
}

/// ElastiCache.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Shared {
    pub(crate) enabled: bool,
    pub(crate) latency_ms: Millis,
    pub(crate) ttl_seconds: Bounded<0, 86_400>,
}

/// The DynamoDB accelerator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Dax {
    pub(crate) enabled: bool,
    pub(crate) latency_ms: Millis,
    pub(crate) item_ttl_seconds: Bounded<0, 86_400>,
    pub(crate) query_ttl_seconds: Bounded<0, 86_400>,
}

/// DynamoDB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) latency_ms: Millis,
}

/// S3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Bucket {
    pub(crate) latency_ms: Millis,
}

/// What goes wrong between the client and the edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Failure {
    pub(crate) mode: FailureMode,
    /// The status of mode `status`.
    pub(crate) status: Bounded<400, 599>,
    pub(crate) path_prefix: String,
    /// The share of matching requests that fail.
    pub(crate) rate: Share,
    /// Failures left; without it, no end.
    pub(crate) count: Option<u64>,
}

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FailureMode {
    /// Not at all.
    None,
    /// An error status.
    Status,
    /// A TCP reset in place of the response.
    Reset,
    /// No answer until the client leaves.
    Hang,
    /// Half the body that Content-Length announced.
    Truncate,
    /// A true answer under an ETag and a date that are not its own.
    WrongValidator,
    /// A 200 with a sign-in page, as a hotel network answers.
    Html,
}

/// Cross-origin access to the app's resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Cors {
    /// `*`, an origin, `reflect` for whichever asks, or none at all.
    pub(crate) allow_origin: Option<String>,
    pub(crate) expose_headers: Vec<String>,
    pub(crate) allow_credentials: bool,
    /// How long a preflight's answer stands, in seconds.
    pub(crate) max_age: Option<Bounded<0, 86_400>>,
}

/// Whether a path is what a pattern names: itself, or the start of it before a final `*`.
pub(crate) fn path_matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_path_or_the_start_of_one() {
        assert!(path_matches("/api/*", "/api/products"));
        assert!(path_matches("/api/products", "/api/products"));
        assert!(!path_matches("/api/products", "/api/products/p0001"));
        assert!(path_matches("*", "/"));
    }
}
