//! Which tier is an entry's home: by kind, size and lifetime.

use super::TierId;
use crate::model::{Bytes, Kind, Meta, ResponseKind};

/// From this size on, a response body is a stream's business: the Cache API keeps it without copies.
const LARGE_BODY: Bytes = Bytes::mib(1);

/// How long an entry should live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is evicted or expires.
    #[default]
    Durable,
    /// No longer than this context.
    Context,
}

/// The tiers to try for an entry, best first, out of those that are `present`. Cookies and session storage
/// are never chosen unasked: one is sent to the server, the other ends with the tab.
#[must_use]
pub fn candidates(meta: &Meta, lifetime: Lifetime, present: &[TierId]) -> Vec<TierId> {
    let order: &[TierId] = match (&meta.kind, lifetime) {
        (_, Lifetime::Context) => &[],
        (Kind::Response(stored), _) if stored.response.kind == ResponseKind::Opaque => {
            &[TierId::CacheStorage]
        }
        (Kind::Response(_), _) if meta.size >= LARGE_BODY => &[TierId::CacheStorage, TierId::IndexedDb],
        (Kind::Response(_), _) => &[TierId::IndexedDb, TierId::CacheStorage, TierId::Local],
        (Kind::Value, _) => &[TierId::IndexedDb, TierId::Local, TierId::CacheStorage],
    };
    order.iter().copied().filter(|tier| present.contains(tier)).collect()
}
