//! The trial: every style on a small sample of the keys, hashes and weights only, to see which one pays.
//!
//! A sample of the keys under the same share of the budget behaves like the whole (miniature simulations,
//! Waldspurger et al., USENIX ATC 2017). Climbing by the hit ratio of the real cache was rejected: it must
//! try a worse style to learn that it is worse, and small caches see too few requests for that.
//!
//! Invariants:
//! - every style sees the same requests, and none of them holds more than [`MOST`] entries for long;
//! - the sample starts whole and is halved when it has grown past that;
//! - a style is judged by its object and byte hits alike, and pays for being worse than LRU at either.

use super::Cost;
use super::contender::Contender;
use super::style::Style;
use crate::model::Bytes;

/// Entries a style may hold before the sample is halved; one more still fits 512 places.
const MOST: usize = 508;

/// Sampled requests between two decisions.
const ROUND: u32 = 512;

/// Hits fade by one part in this many with each decision.
const FADE: u64 = 8;

/// What a hit that LRU would have had costs a style that hasn't.
const FINE: u64 = 4;

/// A style must be better by one part in this many to take over.
const LEAD: u64 = 128;

/// What hits are worth: counted, and by their size in units of the mean size.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hits {
    objects: u64,
    bytes: u64,
}

impl Hits {
    pub(super) const fn add(&mut self, more: Self) {
        self.objects = self.objects.saturating_add(more.objects);
        self.bytes = self.bytes.saturating_add(more.bytes);
    }

    const fn fade(&mut self) {
        self.objects -= self.objects / FADE;
        self.bytes -= self.bytes / FADE;
    }

    const fn worth(self, lru: Self) -> u64 {
        let missed =
            lru.objects.saturating_sub(self.objects).saturating_add(lru.bytes.saturating_sub(self.bytes));
        self.objects.saturating_add(self.bytes).saturating_sub(missed.saturating_mul(FINE))
    }
}

#[derive(Debug)]
pub(super) struct Trial {
    contenders: [Contender; Style::ALL.len()],
    /// Which of them is believed.
    best: usize,
    budget: Bytes,
    halvings: u32,
    seen: u32,
    /// The mean size of a request, moving, times [`Trial::MEAN_OVER`].
    mean: u64,
}

impl Trial {
    const MEAN_OVER: u64 = 256;

    pub(super) fn new(budget: Bytes) -> Self {
        let contenders = Style::ALL.map(|style| Contender::new(budget, style));
        Self { contenders, best: 0, budget, halvings: 0, seen: 0, mean: 0 }
    }

    /// The style that pays best.
    pub(super) fn best(&self) -> Style {
        Style::ALL.get(self.best).copied().unwrap_or(Style::ALL[0])
    }

    /// Shows a request to every style, if its key is in the sample.
    pub(super) fn request(&mut self, hash: u64, weight: Bytes, cost: Cost) {
        if hash.leading_zeros() < self.halvings || weight.0 > self.budget.0 >> self.halvings {
            return;
        }
        let reward = self.reward(weight, cost);
        let mut most = 0;
        for contender in &mut self.contenders {
            contender.request(hash, weight, cost, reward);
            most = contender.len().max(most);
        }
        self.seen += 1;
        if self.seen == ROUND {
            self.decide();
        }
        if most > MOST && self.halvings < 63 {
            self.halvings += 1;
            let budget = Bytes(self.budget.0 >> self.halvings);
            for contender in &mut self.contenders {
                contender.shrink(self.halvings, budget);
            }
        }
    }

    /// Forgets a key that was deleted.
    pub(super) fn forget(&mut self, hash: u64) {
        for contender in &mut self.contenders {
            contender.forget(hash);
        }
    }

    fn reward(&mut self, weight: Bytes, cost: Cost) -> Hits {
        // 40 bits of weight are enough to tell sizes apart, and leave room for the cost.
        let weight = weight.0.min(1 << 40);
        self.mean = self.mean - self.mean / Self::MEAN_OVER + weight;
        let cost = u64::from(cost.0.clamp(1, 1 << 16));
        let size = (weight << 8) / (self.mean / Self::MEAN_OVER).max(1);
        Hits { objects: cost << 8, bytes: size.saturating_mul(cost) }
    }

    fn decide(&mut self) {
        self.seen = 0;
        let lru = self.contenders[Style::LRU].hits;
        let mut most = self.contenders.get(self.best).map_or(0, |now| now.hits.worth(lru));
        most += most / LEAD;
        for (at, contender) in self.contenders.iter_mut().enumerate() {
            let worth = contender.hits.worth(lru);
            if worth > most {
                (self.best, most) = (at, worth);
            }
            contender.hits.fade();
        }
    }
}
