//! Which tier is an entry's home, by kind, size and lifetime; and what it costs to have it again.

use super::{Durability, TierId};
use crate::evict::Cost;
use crate::model::{Bytes, Kind, Meta, Millis, ResponseKind};

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

/// What an entry costs that a durable tier has: a read from disk. All costs are in milliseconds.
pub(super) const ON_DISK: Cost = Cost(1);
/// What a value is taken to cost that nobody was seen to make.
const UNKNOWN: Millis = Millis(50);
/// Beyond this, a request says more of a bad day than of its response.
const COSTLIEST: u64 = 60_000;

/// How an entry is to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Put {
    /// The home that the caller wants; nothing else will do.
    pub tier: Option<TierId>,
    /// How hard it is pushed to disk.
    pub durability: Durability,
    /// How long it should live.
    pub lifetime: Lifetime,
    /// How long its value took to make, where that is known.
    pub made_in: Option<Millis>,
}

impl Put {
    /// What it would cost to have `meta`'s entry again, if no durable tier had it.
    pub(super) fn refetch(&self, meta: &Meta) -> Cost {
        let time = match &meta.kind {
            Kind::Response(stored) => stored.response_time.since(stored.request_time),
            Kind::Value => self.made_in.unwrap_or(UNKNOWN),
        };
        Cost(time.0.clamp(1, COSTLIEST) as u32)
    }
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
