//! The face of the room: the engine that decides, and the trial that tells it how.

use super::engine::Engine;
use super::style::Style;
use super::trial::Trial;
use super::{Admission, Cost, Slot};
use crate::model::Bytes;

/// Decides what stays in memory within a budget of bytes; it holds neither keys nor values.
///
/// Costs about 130 bytes an entry, and another kilobyte for the trial of each of the first two thousand. A hit takes
/// tens of nanoseconds, an admission ten times as long; some times more in a cache of up to two thousand entries,
/// where the trial sees every key.
#[derive(Debug)]
pub struct Policy {
    engine: Engine,
    trial: Trial,
}

/// Who may come in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Whatever fits the budget.
    Open,
    /// Of the heavy ones, those that are worth it.
    Guarded,
}

impl Policy {
    /// An empty policy that keeps at most `budget`.
    #[must_use]
    pub fn new(budget: Bytes) -> Self {
        // Half the range, so that a sum of two weights can't saturate.
        let budget = budget.min(Bytes(u64::MAX / 2));
        let trial = Trial::new(budget);
        Self { engine: Engine::new(budget, Style::ALL[0], trial.mean()), trial }
    }

    /// Takes a new entry in and names the ones that have to go for it, never the new one itself.
    ///
    /// `hash` is its key's; the same key has the same hash each time. What is resident already is
    /// [`touch`](Self::touch)ed or [`resize`](Self::resize)d instead.
    ///
    /// ```
    /// # use nearcache::{evict::{Admission, Cost, Policy}, model::Bytes};
    /// let mut policy = Policy::new(Bytes(100));
    /// assert_eq!(policy.admit(1, Bytes(101), Cost::default()), Admission::Refused);
    /// ```
    #[must_use]
    pub fn admit(&mut self, hash: u64, weight: Bytes, cost: Cost) -> Admission {
        self.take(hash, weight, cost, Door::Open)
    }

    /// As [`admit`](Self::admit), but an entry too heavy for the window is refused unless it is worth more
    /// than each that would have to go.
    ///
    /// For entries that can be read elsewhere meanwhile: one that takes a tenth of the budget pushes many
    /// others out only to be evicted itself, and in small caches that costs more hits than any other choice.
    ///
    /// ```
    /// # use nearcache::{evict::{Admission, Cost, Policy}, model::Bytes};
    /// let mut policy = Policy::new(Bytes(100));
    /// for hash in 0..20 {
    ///     assert!(matches!(policy.offer(hash, Bytes(5), Cost::default()), Admission::Admitted { .. }));
    /// }
    /// assert_eq!(policy.offer(99, Bytes(80), Cost::default()), Admission::Refused);
    /// ```
    #[must_use]
    pub fn offer(&mut self, hash: u64, weight: Bytes, cost: Cost) -> Admission {
        self.take(hash, weight, cost, Door::Guarded)
    }

    fn take(&mut self, hash: u64, weight: Bytes, cost: Cost, door: Door) -> Admission {
        if weight > self.engine.budget {
            return Admission::Refused;
        }
        let hash = mix(hash);
        self.trial.request(hash, weight, cost);
        self.engine.adopt(self.trial.best(), self.trial.mean());
        let heat = self.engine.welcome(hash);
        if door == Door::Guarded && !self.engine.is_worth_it(weight, cost, heat) {
            self.engine.bury(hash, heat);
            return Admission::Refused;
        }
        let mut evicted = Vec::new();
        self.engine.make_room(weight, &mut evicted);
        let slot = self.engine.insert(hash, weight, cost, heat);
        Admission::Admitted { slot, evicted }
    }

    /// Records a hit: one addition; and if the key is in the sample (in a small cache all are), the trial.
    pub fn touch(&mut self, slot: Slot) {
        self.engine.touch(slot);
        if let Some(node) = self.engine.nodes.get(slot) {
            self.trial.request(node.hash, node.weight, node.cost);
        }
    }

    /// Changes the weight and the cost of a resident entry and names the entries that have to go for it; that
    /// includes the entry itself when it has outgrown the budget. How often it was used is not forgotten.
    #[must_use]
    pub fn resize(&mut self, slot: Slot, weight: Bytes, cost: Cost) -> Vec<Slot> {
        let mut evicted = Vec::new();
        if weight <= self.engine.budget {
            self.engine.resize(slot, weight, cost, &mut evicted);
        } else if self.engine.nodes.get(slot).is_some() {
            self.remove(slot);
            evicted.push(slot);
        }
        evicted
    }

    /// Forgets a resident entry that was deleted or has expired.
    pub fn remove(&mut self, slot: Slot) {
        if let Some(node) = self.engine.nodes.get(slot) {
            self.trial.forget(node.hash);
            self.engine.remove(slot);
        }
    }

    /// The weight of all resident entries; at most the budget.
    #[must_use]
    pub const fn used(&self) -> Bytes {
        self.engine.nodes.used()
    }

    /// The most that may be resident.
    #[must_use]
    pub const fn budget(&self) -> Bytes {
        self.engine.budget
    }

    /// How many entries are resident.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.engine.nodes.len()
    }

    /// Whether nothing is resident.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Spreads a hash over all its bits, each of which is used for something (the end of MurmurHash3).
const fn mix(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}
