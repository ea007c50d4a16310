//! The trial: every style on a small sample of the keys, hashes and weights only, to see which one pays.
//!
//! A sample of the keys under the same share of the budget behaves like the whole (miniature simulations,
//! Waldspurger et al., USENIX ATC 2017). Climbing by the hit ratio of the real cache was rejected: it must
//! try a worse style to learn that it is worse, and small caches see too few requests for that.
//!
//! Invariants:
//! - every style sees the same requests, and none of them holds more than [`MOST`] entries for long;
//! - the sample starts whole and is halved when it has grown past that;
//! - a style is judged by its object and byte hits alike, and hits that LRU has and it has not count twice against it.

use super::Cost;
use super::contender::Contender;
use super::style::Style;
use crate::model::Bytes;

/// Entries a style may hold before the sample is halved; one more still fits 2048 places. A quarter of that was
/// tried: it doubles what noise decides.
const MOST: usize = 2044;

/// Sampled requests between two decisions, at least.
const ROUND: u32 = 128;

/// Decisions in a turn of the sample: what a style is worth shows in turns, not in requests.
const ROUNDS: usize = 4;

/// Hits fade by one part in this many with each decision.
const FADE: u64 = 16;

/// To take over, a style must be better by one part in this many of the hits or of the misses, whichever are
/// fewer: in a cache that hits nine times in ten, half a percent more is a twentieth of the misses.
const LEAD: u64 = 32;

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

    const fn sum(self) -> u64 {
        self.objects.saturating_add(self.bytes)
    }

    const fn worth(self, lru: Self) -> u64 {
        let missed =
            lru.objects.saturating_sub(self.objects).saturating_add(lru.bytes.saturating_sub(self.bytes));
        self.sum().saturating_sub(missed.saturating_mul(2))
    }
}

#[derive(Debug)]
pub(super) struct Trial {
    contenders: [Contender; Style::ALL.len()],
    /// Which of them is believed.
    best: usize,
    /// What a cache that never misses would have.
    asked: Hits,
    budget: Bytes,
    halvings: u32,
    seen: u32,
    /// The mean size of a request, moving, times [`Trial::MEAN_OVER`].
    sizes: u64,
    /// The same, as it was when it was last far from this.
    mean: Bytes,
}

impl Trial {
    const MEAN_OVER: u64 = 256;

    pub(super) fn new(budget: Bytes) -> Self {
        let mean = Bytes::kib(16);
        let contenders = Style::ALL.map(|style| Contender::new(budget, style, mean));
        Self { contenders, best: 0, asked: Hits::default(), budget, halvings: 0, seen: 0, sizes: 0, mean }
    }

    /// The style that pays best.
    pub(super) fn best(&self) -> Style {
        Style::ALL.get(self.best).copied().unwrap_or(Style::ALL[0])
    }

    /// The mean size of a request, nearly: it is followed in factors of two, since each step ranks all anew.
    pub(super) const fn mean(&self) -> Bytes {
        self.mean
    }

    /// Shows a request to every style, if its key is in the sample.
    pub(super) fn request(&mut self, hash: u64, weight: Bytes, cost: Cost) {
        if hash.leading_zeros() < self.halvings || weight.0 > self.budget.0 >> self.halvings {
            return;
        }
        let reward = self.reward(weight, cost);
        self.asked.add(reward);
        let mut most = 0;
        for contender in &mut self.contenders {
            contender.request(hash, weight, cost, reward);
            most = contender.len().max(most);
        }
        self.seen += 1;
        if self.seen >= ROUND.max((most / ROUNDS) as u32) {
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
        self.sizes = self.sizes - self.sizes / Self::MEAN_OVER + weight;
        let cost = u64::from(cost.0.clamp(1, 1 << 16));
        let size = (weight << 8) / (self.sizes / Self::MEAN_OVER).max(1);
        Hits { objects: cost << 8, bytes: size.saturating_mul(cost) }
    }

    fn decide(&mut self) {
        self.seen = 0;
        let mean = Bytes((self.sizes / Self::MEAN_OVER).max(1));
        if mean.0 / 2 > self.mean.0 || mean.0 < self.mean.0 / 2 {
            self.mean = mean;
            self.contenders.iter_mut().for_each(|contender| contender.measure(mean));
        }
        let lru = self.contenders[Style::LRU].hits;
        let mut most = self.contenders.get(self.best).map_or(0, |now| now.hits.worth(lru));
        most += most.min(self.asked.sum().saturating_sub(most)) / LEAD;
        self.asked.fade();
        for (at, contender) in self.contenders.iter_mut().enumerate() {
            let worth = contender.hits.worth(lru);
            if worth > most {
                (self.best, most) = (at, worth);
            }
            contender.hits.fade();
        }
    }
}
