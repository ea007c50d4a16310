//! The policy: which entries to drop when the budget is full.

use super::arena::{Arena, Place};
use super::{Admission, Cost, Slot};
use crate::model::Bytes;

/// Counters stop here: enough to tell hot from warm, and forgotten in as many passes.
const MAX_HITS: u8 = 3;

/// Decides what stays in memory within a budget of bytes; it holds neither keys nor values.
#[derive(Debug)]
pub struct Policy {
    arena: Arena,
    budget: Bytes,
}

impl Policy {
    /// An empty policy that keeps at most `budget`.
    #[must_use]
    pub const fn new(budget: Bytes) -> Self {
        Self { arena: Arena::new(), budget }
    }

    /// Takes a new entry in and names the ones that have to go for it, never the new one itself.
    ///
    /// `hash` is the key's; an entry that is resident already is [`resize`](Self::resize)d instead.
    #[must_use]
    pub fn admit(&mut self, hash: u64, weight: Bytes, cost: Cost) -> Admission {
        if weight > self.budget {
            return Admission::Refused;
        }
        let evicted = self.make_room(weight, None);
        let slot = self.arena.insert(hash, weight, cost, Place::Small);
        Admission::Admitted { slot, evicted }
    }

    /// Records a hit. Costs one counter.
    pub fn touch(&mut self, slot: Slot) {
        if let Some(node) = self.arena.get_mut(slot) {
            node.hits = (node.hits + 1).min(MAX_HITS);
        }
    }

    /// Changes the weight of a resident entry and names the entries that have to go for it; that
    /// includes the entry itself when it has outgrown the budget.
    #[must_use]
    pub fn resize(&mut self, slot: Slot, weight: Bytes) -> Vec<Slot> {
        if self.arena.get_mut(slot).is_none() {
            return Vec::new();
        }
        if weight > self.budget {
            self.arena.free(slot);
            return vec![slot];
        }
        self.arena.reweigh(slot, Bytes::ZERO);
        let evicted = self.make_room(weight, Some(slot));
        self.arena.reweigh(slot, weight);
        evicted
    }

    /// Forgets a resident entry that was deleted or has expired.
    pub fn remove(&mut self, slot: Slot) {
        if self.arena.get_mut(slot).is_some() {
            self.arena.free(slot);
        }
    }

    /// The weight of all resident entries; at most the budget.
    #[must_use]
    pub fn used(&self) -> Bytes {
        self.arena.used(Place::Small) + self.arena.used(Place::Main)
    }

    /// The most that may be resident.
    #[must_use]
    pub const fn budget(&self) -> Bytes {
        self.budget
    }

    /// How many entries are resident.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.arena.len()
    }

    /// Whether nothing is resident.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Evicts until `weight` more fits, sparing `kept`.
    fn make_room(&mut self, weight: Bytes, kept: Option<Slot>) -> Vec<Slot> {
        let mut evicted = Vec::new();
        while self.used() + weight > self.budget {
            let small = self.arena.used(Place::Small).0 > self.budget.0 / 10;
            let place = if small { Place::Small } else { Place::Main };
            let Some((slot, node)) = self
                .arena
                .oldest(place)
                .or_else(|| self.arena.oldest(Place::Small))
                .or_else(|| self.arena.oldest(Place::Main))
            else {
                break;
            };
            if Some(slot) == kept {
                self.arena.promote(slot, Place::Main);
            } else if node.hits > 0 {
                if let Some(node) = self.arena.get_mut(slot) {
                    node.hits -= 1;
                }
                self.arena.promote(slot, Place::Main);
            } else {
                self.arena.free(slot);
                evicted.push(slot);
            }
        }
        evicted
    }
}
