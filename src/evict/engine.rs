//! One cache of slots under one style: a window for newcomers, a heap for the rest, ghosts of the gone.
//!
//! Invariants:
//! - a resident is in the window or in the heap, never in both;
//! - after every call `used <= budget`;
//! - the newest entry is judged only when the next one comes.

use super::ghosts::Ghosts;
use super::heap::Heap;
use super::heat::{self, ONE};
use super::nodes::{NOWHERE, Nodes};
use super::style::Style;
use super::window::Window;
use super::{Cost, Slot};
use crate::model::Bytes;

/// A newcomer must beat the coldest entry of the heap by this much: on a loop longer than the budget,
/// where all are alike, the ones inside stay and get hits (the strict `>` of TinyLFU).
const ENTRY_FEE: i64 = ONE / 2;

#[derive(Debug)]
pub(super) struct Engine {
    pub(super) nodes: Nodes,
    pub(super) budget: Bytes,
    /// The budget that this one stands for, when it is one of a sample.
    whole: Bytes,
    style: Style,
    window: Window,
    heap: Heap,
    ghosts: Ghosts,
    now: i64,
    tick: i64,
}

impl Engine {
    pub(super) fn new(budget: Bytes, style: Style, mean: Bytes) -> Self {
        let (nodes, window, heap, ghosts) =
            (Nodes::new(style.size, mean), Window::new(), Heap::new(), Ghosts::new());
        Self { nodes, budget, whole: budget, style, window, heap, ghosts, now: 0, tick: ONE }
    }

    /// Goes on in another style, and with another mean size of requests, with what is there.
    pub(super) fn adopt(&mut self, style: Style, mean: Bytes) {
        if self.nodes.rank(style.size, mean) {
            self.heap.rebuild(&mut self.nodes);
        }
        self.style = style;
    }

    /// The same in its own style.
    pub(super) fn measure(&mut self, mean: Bytes) {
        self.adopt(self.style, mean);
    }

    pub(super) fn touch(&mut self, slot: Slot) {
        self.now += self.tick;
        self.nodes.touch(slot, self.now);
    }

    /// The heat of a key that is requested and not resident; what its ghost knew is in it.
    pub(super) fn welcome(&mut self, hash: u64) -> i64 {
        self.tick = self.style.tick(self.nodes.len());
        self.now += self.tick;
        self.ghosts.recall(hash).map_or(self.now, |heat| heat::used(heat, self.now))
    }

    /// Whether a newcomer is worth the room it needs: it fits the window, or it is worth more than each
    /// entry that would have to go (the admission of W-TinyLFU for entries of any size, Einziger et al.,
    /// ACM ToS 2022, by rank instead of by counts). In a sample, where all windows are smaller, the real
    /// one's width counts.
    pub(super) fn is_worth_it(&mut self, weight: Bytes, cost: Cost, heat: i64) -> bool {
        if weight <= self.style.window(self.whole) {
            return true;
        }
        let value = heat + self.nodes.bonus(weight, cost) - ENTRY_FEE;
        let mut used = self.nodes.used();
        let mut colder = Vec::new();
        let wins = loop {
            match self.heap.coldest(&mut self.nodes) {
                Some((coldest, slot)) if used + weight > self.budget => {
                    if value <= coldest {
                        break false;
                    }
                    used -= self.nodes.get(slot).map_or(Bytes::ZERO, |node| node.weight);
                    self.heap.remove(&mut self.nodes, slot);
                    colder.push(slot);
                }
                _ => break true,
            }
        };
        for slot in colder {
            self.heap.push(&mut self.nodes, slot);
        }
        wins
    }

    /// Leaves a ghost of what was not taken in, or not kept.
    pub(super) fn bury(&mut self, hash: u64, heat: i64) {
        self.ghosts.fit(self.nodes.len());
        self.ghosts.remember(hash, heat);
    }

    /// Takes in an entry that [`make_room`](Self::make_room) has made room for.
    pub(super) fn insert(&mut self, hash: u64, weight: Bytes, cost: Cost, heat: i64) -> Slot {
        let slot = self.nodes.insert(hash, weight, cost, heat);
        self.window.push(&mut self.nodes, slot);
        slot
    }

    /// Changes the weight of a resident to one that is no heavier than the budget, and its cost.
    pub(super) fn resize(&mut self, slot: Slot, weight: Bytes, cost: Cost, evicted: &mut Vec<Slot>) {
        if self.nodes.get(slot).is_none() {
            return;
        }
        // Out of both queues while room is made, so that it can't be its own victim.
        let in_heap = self.detach(slot);
        self.nodes.reweigh(slot, Bytes::ZERO, cost);
        self.make_room(weight, evicted);
        self.nodes.reweigh(slot, weight, cost);
        if in_heap {
            self.heap.push(&mut self.nodes, slot);
        } else {
            self.window.push(&mut self.nodes, slot);
        }
    }

    /// Drops a resident without a ghost.
    pub(super) fn remove(&mut self, slot: Slot) {
        self.detach(slot);
        self.nodes.remove(slot);
    }

    /// Evicts until `weight` more fits, and lets newcomers out until the window keeps to its share.
    ///
    /// `weight` is no heavier than the budget.
    pub(super) fn make_room(&mut self, weight: Bytes, evicted: &mut Vec<Slot>) {
        loop {
            let full = self.nodes.used() + weight > self.budget;
            let over = self.window.used() > self.style.window(self.budget);
            let newcomer = self.window.oldest(&self.nodes);
            let coldest = self.heap.coldest(&mut self.nodes);
            let victim = match (newcomer, coldest) {
                (Some(newcomer), _) if over && !full => {
                    self.graduate(newcomer);
                    continue;
                }
                _ if !full => break,
                (Some(newcomer), Some((value, coldest))) if over => {
                    if self.nodes.get(newcomer).is_none_or(|node| node.value() - ENTRY_FEE <= value) {
                        newcomer
                    } else {
                        self.graduate(newcomer);
                        coldest
                    }
                }
                (_, Some((_, coldest))) => coldest,
                (Some(newcomer), None) => newcomer,
                (None, None) => break,
            };
            self.detach(victim);
            if let Some(node) = self.nodes.remove(victim) {
                self.bury(node.hash, node.heat);
                evicted.push(victim);
            }
        }
    }

    fn graduate(&mut self, slot: Slot) {
        self.window.remove(&mut self.nodes, slot);
        self.heap.push(&mut self.nodes, slot);
    }

    /// Takes a resident out of its queue; whether that was the heap.
    fn detach(&mut self, slot: Slot) -> bool {
        let in_heap = self.nodes.get(slot).is_some_and(|node| node.place != NOWHERE);
        if in_heap {
            self.heap.remove(&mut self.nodes, slot);
        } else {
            self.window.remove(&mut self.nodes, slot);
        }
        in_heap
    }
}
