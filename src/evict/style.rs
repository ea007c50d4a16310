//! Styles: how much recency counts against frequency. No single one is good at everything.

use super::heat::ONE;
use crate::model::Bytes;

/// Two knobs that no workload agrees on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// Half-lives that pass while as many requests come as there are residents.
    pace: i64,
    /// The window's share of the budget, in 128ths.
    window: u64,
}

impl Style {
    /// All styles; the first is the one to begin with.
    pub(super) const ALL: [Self; 4] = [
        // A steady mix: popularity lasts, bursts are caught by the window.
        Self { pace: ONE / 16, window: 13 },
        // Loops and scans: what is in stays in.
        Self { pace: ONE / 256, window: 1 },
        // Sessions: bursts matter as much as popularity.
        Self { pace: ONE / 8, window: 80 },
        // Shifting ground: nearly least recently used.
        Self { pace: ONE * 10, window: 13 },
    ];

    /// How far the clock moves with a request.
    pub(super) const fn tick(self, residents: usize) -> i64 {
        self.pace / if residents < 16 { 16 } else { residents as i64 }
    }

    /// What the window may hold of a budget.
    pub(super) const fn window(self, budget: Bytes) -> Bytes {
        Bytes(budget.0 / 128 * self.window + budget.0 % 128 * self.window / 128)
    }
}
