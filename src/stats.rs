//! Counters of what happened since the cache was opened in this context.

use crate::model::Bytes;
use crate::tier::TierId;

/// What one tier did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TierStats {
    /// Reads it answered.
    pub hits: u64,
    /// Entries it took.
    pub writes: u64,
    /// Entries it gave up to make room.
    pub evictions: u64,
    /// Operations that failed.
    pub faults: u64,
    /// Records that could not be read, and were dropped.
    pub corrupt: u64,
}

/// What the network was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkStats {
    /// Requests sent.
    pub requests: u64,
    /// Of those, with a validator of ours.
    pub conditional: u64,
    /// Of those, left to the browser's own cache to validate, to spare a preflight.
    pub delegated: u64,
    /// Answers that said "unchanged".
    pub not_modified: u64,
    /// Requests that got no answer.
    pub failed: u64,
    /// Callers that shared another caller's request.
    pub coalesced: u64,
    /// Answers that asked for a break (429, 503) which was kept.
    pub throttled: u64,
    /// Answers that the edge had in its cache, by its own word.
    pub edge_hits: u64,
    /// Answers that the edge had to ask for.
    pub edge_misses: u64,
    /// Body bytes that did not have to be sent again.
    pub saved: Bytes,
}

/// All counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Reads answered from a tier.
    pub hits: u64,
    /// Reads that found nothing usable.
    pub misses: u64,
    /// By tier, in the order of [`TierId::ALL`].
    pub tiers: [TierStats; TierId::ALL.len()],
    /// Towards the origin.
    pub network: NetworkStats,
}

impl Stats {
    /// The counters of `tier`.
    pub fn tier(&mut self, tier: TierId) -> &mut TierStats {
        // The array has one place for each tier, in this order.
        &mut self.tiers[tier as usize]
    }
}
