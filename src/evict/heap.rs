//! The main region, coldest first: a binary heap whose keys may lag behind.
//!
//! Invariants:
//! - each slot stands in the heap at most once, and `Node::place` says where;
//! - a key is at most its entry's value; [`Heap::coldest`] catches up with the ones that come to the top,
//!   so that a hit costs no reordering and the answer is exact all the same.

use super::Slot;
use super::nodes::{NOWHERE, Nodes};

#[derive(Debug)]
pub(super) struct Heap {
    items: Vec<(i64, Slot)>,
}

impl Heap {
    pub(super) const fn new() -> Self {
        Self { items: Vec::new() }
    }

    pub(super) fn push(&mut self, nodes: &mut Nodes, slot: Slot) {
        let value = nodes.get(slot).map_or(0, |node| node.value());
        self.items.push((value, slot));
        self.rise(nodes, self.items.len() - 1);
    }

    /// The coldest entry and its value.
    pub(super) fn coldest(&mut self, nodes: &mut Nodes) -> Option<(i64, Slot)> {
        loop {
            let (key, slot) = *self.items.first()?;
            let value = nodes.get(slot)?.value();
            if value <= key {
                return Some((value, slot));
            }
            if let Some(item) = self.items.first_mut() {
                item.0 = value;
            }
            self.sink(nodes, 0);
        }
    }

    /// Takes an entry out from anywhere; `false` if it isn't here.
    pub(super) fn remove(&mut self, nodes: &mut Nodes, slot: Slot) -> bool {
        let place = nodes.get(slot).map_or(NOWHERE, |node| node.place) as usize;
        if self.items.get(place).is_none_or(|item| item.1 != slot) {
            return false;
        }
        self.items.swap_remove(place);
        self.sink(nodes, place);
        self.rise(nodes, place);
        nodes.place(slot, NOWHERE);
        true
    }

    /// Puts everything in order again after the values have changed at once.
    pub(super) fn rebuild(&mut self, nodes: &mut Nodes) {
        for (key, slot) in &mut self.items {
            *key = nodes.get(*slot).map_or(0, |node| node.value());
        }
        for at in (0..self.items.len() / 2).rev() {
            self.sink(nodes, at);
        }
    }

    fn rise(&mut self, nodes: &mut Nodes, mut at: usize) {
        while at > 0 && self.key(at) < self.key((at - 1) / 2) {
            self.swap(nodes, at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
        self.settle(nodes, at);
    }

    fn sink(&mut self, nodes: &mut Nodes, mut at: usize) {
        loop {
            let left = 2 * at + 1;
            let child = if self.key(left + 1) < self.key(left) { left + 1 } else { left };
            if self.key(child) >= self.key(at) {
                break;
            }
            self.swap(nodes, at, child);
            at = child;
        }
        self.settle(nodes, at);
    }

    /// Beyond the end everything is infinitely hot.
    fn key(&self, at: usize) -> i64 {
        self.items.get(at).map_or(i64::MAX, |item| item.0)
    }

    fn swap(&mut self, nodes: &mut Nodes, at: usize, with: usize) {
        if at < self.items.len() && with < self.items.len() {
            self.items.swap(at, with);
        }
        self.settle(nodes, at);
    }

    /// Tells the entry at a place where it stands.
    fn settle(&self, nodes: &mut Nodes, at: usize) {
        if let Some((_, slot)) = self.items.get(at) {
            nodes.place(*slot, at as u32);
        }
    }
}
