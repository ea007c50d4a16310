//! What is known of each resident entry, by slot.
//!
//! Invariants:
//! - `used` is the sum of the weights of the residents, `len` their number;
//! - a slot that is free or out of range reads as nothing: nobody panics over a stale [`Slot`].

use super::heat::{self, bonus};
use super::{Cost, Slot};
use crate::model::Bytes;

/// No slot, no place.
pub(super) const NOWHERE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) hash: u64,
    pub(super) weight: Bytes,
    pub(super) cost: Cost,
    pub(super) heat: i64,
    /// See [`bonus`].
    bonus: i64,
    /// Position in the heap, if there.
    pub(super) place: u32,
    /// Neighbours in the window, if there; of a free node, `older` is the next free one.
    pub(super) newer: u32,
    pub(super) older: u32,
    resident: bool,
}

impl Node {
    /// The rank: the lowest goes first.
    pub(super) const fn value(&self) -> i64 {
        self.heat + self.bonus
    }
}

#[derive(Debug)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    free: u32,
    len: usize,
    used: Bytes,
    /// What is in the bonuses: the power of size, in 16ths, and the mean size of a request.
    size: i64,
    mean: Bytes,
}

impl Nodes {
    pub(super) const fn new(size: i64, mean: Bytes) -> Self {
        Self { nodes: Vec::new(), free: NOWHERE, len: 0, used: Bytes::ZERO, size, mean }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn used(&self) -> Bytes {
        self.used
    }

    pub(super) fn get(&self, slot: Slot) -> Option<&Node> {
        self.nodes.get(slot.index()).filter(|node| node.resident)
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut Node> {
        self.nodes.get_mut(slot.index()).filter(|node| node.resident)
    }

    /// The hash of a slot, of a freed one too until it is used again.
    pub(super) fn hash(&self, slot: Slot) -> u64 {
        self.nodes.get(slot.index()).map_or(0, |node| node.hash)
    }

    pub(super) fn place(&mut self, slot: Slot, place: u32) {
        if let Some(node) = self.get_mut(slot) {
            node.place = place;
        }
    }

    /// All residents, in the order of their slots.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.resident)
    }

    pub(super) fn insert(&mut self, hash: u64, weight: Bytes, cost: Cost, heat: i64) -> Slot {
        let (place, newer, older) = (NOWHERE, NOWHERE, NOWHERE);
        let bonus = self.bonus(weight, cost);
        let node = Node { hash, weight, cost, heat, bonus, place, newer, older, resident: true };
        self.len += 1;
        self.used += weight;
        let slot = self.free;
        if let Some(free) = self.nodes.get_mut(slot as usize) {
            self.free = free.older;
            *free = node;
            return Slot(slot);
        }
        self.nodes.push(node);
        Slot(self.nodes.len() as u32 - 1)
    }

    /// Frees a slot and hands out what was known.
    pub(super) fn remove(&mut self, slot: Slot) -> Option<Node> {
        let next = self.free;
        let node = self.get_mut(slot)?;
        let was = *node;
        (node.resident, node.older) = (false, next);
        self.free = slot.0;
        self.len -= 1;
        self.used -= was.weight;
        Some(was)
    }

    pub(super) fn reweigh(&mut self, slot: Slot, weight: Bytes, cost: Cost) {
        let bonus = self.bonus(weight, cost);
        let Some(node) = self.get_mut(slot) else { return };
        let old = core::mem::replace(&mut node.weight, weight);
        (node.cost, node.bonus) = (cost, bonus);
        self.used = self.used.saturating_sub(old) + weight;
    }

    /// What weight and cost add to heat, as of now.
    pub(super) fn bonus(&self, weight: Bytes, cost: Cost) -> i64 {
        bonus(weight, cost, self.size, self.mean)
    }

    /// Gives size another power and another measure; whether any rank has changed.
    pub(super) fn rank(&mut self, size: i64, mean: Bytes) -> bool {
        let changed = (self.size, self.mean) != (size, mean);
        if changed {
            (self.size, self.mean) = (size, mean);
            for node in &mut self.nodes {
                node.bonus = bonus(node.weight, node.cost, size, mean);
            }
        }
        changed
    }

    pub(super) fn touch(&mut self, slot: Slot, now: i64) {
        if let Some(node) = self.get_mut(slot) {
            node.heat = heat::used(node.heat, now);
        }
    }
}
