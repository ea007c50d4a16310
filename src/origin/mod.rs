//! Asking the origin: the trait, what each kind of origin needs, and the cache key that follows from it.

pub mod backoff;
#[cfg(target_arch = "wasm32")]
pub mod fetch;
pub mod identity;
pub mod key;
mod profile;

pub use profile::{Profile, Validation};

use crate::model::{Bytes, CacheMode, Headers, Response};
use crate::tier::LocalFuture;

/// How a request goes out.
#[derive(Clone, Debug, Default)]
pub struct Sending {
    /// Header fields to add or replace.
    pub headers: Headers,
    /// Fetch's cache mode; `None` leaves the caller's, and the request, as they are.
    pub cache: Option<CacheMode>,
}

/// A response that has begun to come in.
#[derive(Clone, Debug)]
pub struct Incoming<B> {
    /// Its head.
    pub head: Response,
    /// The platform's own response, its body unread.
    pub native: B,
}

impl<B> Incoming<B> {
    /// How many bytes its body has, where it says so and they were not encoded: a script gets them decoded.
    #[must_use]
    pub fn length(&self) -> Option<Bytes> {
        let Response { headers, .. } = &self.head;
        if headers.has("content-encoding") {
            return None;
        }
        headers.get("content-length")?.parse().ok().map(Bytes)
    }
}

/// Why there is no response.
#[derive(Clone, Debug)]
pub enum SendError<B> {
    /// The caller gave up; what it threw.
    Aborted(B),
    /// The network failed, or the platform refused; what it threw.
    Failed(B),
}

/// Whoever is behind the network. `B` is the platform's own kind of value: requests, responses, bodies.
pub trait Origin<B> {
    /// Sends `request`.
    fn send(&self, request: &B, how: Sending) -> LocalFuture<Result<Incoming<B>, SendError<B>>>;

    /// Splits a response in two that read the same stream: one for the caller, and the complete body for
    /// the store, once all of it is there. Fails when the stream does, or ends short of its length. What is
    /// longer than `most`, and did not say so, is collected no further.
    fn tee(&self, incoming: &Incoming<B>, most: Bytes) -> Result<Tee<B>, B>;

    /// The complete body for the store alone, for a response that no caller waits for.
    fn read(&self, incoming: Incoming<B>) -> LocalFuture<Result<(B, Bytes), B>>;

    /// `request` once more, for work that outlives the caller's; `None` when its body is used up.
    fn duplicate(&self, request: &B) -> Option<B>;

    /// The bytes of `old` up to `keep_before`, those of `new`, and the last `keep_after` of `old`.
    fn join(&self, old: &B, new: &B, keep_before: u64, keep_after: u64)
    -> LocalFuture<Result<(B, Bytes), B>>;

    /// `relative` resolved against `base`, by the platform's own parser.
    fn resolve(&self, base: &str, relative: &str) -> Option<String>;
}

/// The two halves of a response.
pub struct Tee<B> {
    /// For the caller: streams as it comes in.
    pub caller: B,
    /// For the store.
    pub store: LocalFuture<Result<Collected<B>, B>>,
}

/// What came of reading a body for the store.
pub enum Collected<B> {
    /// All of it, and its size.
    Whole(B, Bytes),
    /// It is longer than what was asked for.
    TooLarge,
}
