//! Styles: how much recency counts against frequency, and size against both. None is best at everything,
//! so the [trial](super::trial) picks one.

use super::heat::ONE;
use crate::model::Bytes;

/// The knobs that no two workloads agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// Half-lives that pass while as many requests come as there are residents.
    pace: i64,
    /// The window's share of the budget, in 128ths.
    window: u64,
    /// The power, in 16ths, of what being small is worth (see [`bonus`](super::heat::bonus)): 0 serves the
    /// byte hit ratio alone, 16 the mean of both if popularity never changed.
    pub(super) size: i64,
}

impl Style {
    /// All styles; the first is the one to begin with.
    pub(super) const ALL: [Self; 6] = [
        // A steady mix: popularity lasts, and the window catches bursts.
        Self { pace: ONE / 16, window: 13, size: 12 },
        // The same where heavy entries are the popular ones.
        Self { pace: ONE / 16, window: 13, size: 4 },
        // Loops and scans: what is in stays in.
        Self { pace: ONE / 256, window: 1, size: 12 },
        // Sessions: a burst is all there is.
        Self { pace: ONE / 8, window: 80, size: 10 },
        // Shifting ground: popularity lasts for one turn of the cache.
        Self { pace: ONE, window: 13, size: 10 },
        // Least recently used, but for a window.
        Self { pace: ONE * 16, window: 13, size: 0 },
    ];

    /// The yardstick among them.
    pub(super) const LRU: usize = 5;

    /// How far the clock moves with a request.
    pub(super) const fn tick(self, residents: usize) -> i64 {
        self.pace / if residents < 16 { 16 } else { residents as i64 }
    }

    /// What the window may hold of a budget.
    pub(super) const fn window(self, budget: Bytes) -> Bytes {
        Bytes(budget.0 / 128 * self.window + budget.0 % 128 * self.window / 128)
    }
}
