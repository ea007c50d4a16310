//! What is asked: the parts of a Fetch request that a decision can depend on.

use super::{Headers, Url};

/// A request as plain data. The body stays with the shell; only its digest may enter a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, as Fetch normalises it (`GET`, `QUERY`, …).
    pub method: String,
    /// The absolute, serialised URL without its fragment.
    pub url: Url,
    /// The header fields that the caller set.
    pub headers: Headers,
    /// Fetch's cache mode.
    pub cache: CacheMode,
    /// Fetch's request mode.
    pub mode: Mode,
    /// Fetch's credentials mode.
    pub credentials: Credentials,
    /// Fetch's destination (`"image"`, `"document"`, …; empty for `fetch()`).
    pub destination: String,
}

impl Request {
    /// A plain `GET` of `url`.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self {
            method: "GET".into(),
            url,
            headers: Headers::new(),
            cache: CacheMode::Default,
            mode: Mode::Cors,
            credentials: Credentials::SameOrigin,
            destination: String::new(),
        }
    }

    /// Whether the method is safe (RFC 9110 §9.2.1; QUERY by its own definition).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY")
    }
}

/// Fetch's cache modes (Fetch §2.2.5, "cache mode").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheMode {
    /// What the headers say.
    #[default]
    Default,
    /// Neither read nor write.
    NoStore,
    /// Don't read, write.
    Reload,
    /// Validate before use.
    NoCache,
    /// Use whatever is stored, fresh or stale.
    ForceCache,
    /// Use whatever is stored; without it, fail.
    OnlyIfCached,
}

/// Fetch's request modes, as far as a cache sees a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Readable when the server allows.
    #[default]
    Cors,
    /// Cross-origin is an error.
    SameOrigin,
    /// Cross-origin is opaque.
    NoCors,
    /// A document load.
    Navigate,
}

/// Fetch's credentials modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Never send any.
    Omit,
    /// Send them to the own origin.
    #[default]
    SameOrigin,
    /// Always send them.
    Include,
}
