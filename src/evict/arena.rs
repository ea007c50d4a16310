//! The resident entries and the queues they stand in: one vector of nodes, linked by index.
//!
//! Invariants:
//! - a node is either free or in exactly one queue;
//! - each queue's `used` is the sum of the weights of its nodes;
//! - a handle that is free or out of range reads as nothing: nobody panics over a stale [`Slot`].

use super::{Cost, Slot};
use crate::model::Bytes;

/// The end of a list.
const NIL: u32 = u32::MAX;

/// Which queue a node stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Not resident; the node waits to be reused.
    Free,
    /// On probation: seen once, as far as anybody remembers.
    Small,
    /// Proved useful.
    Main,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) hash: u64,
    pub(super) weight: Bytes,
    pub(super) cost: Cost,
    pub(super) hits: u8,
    pub(super) place: Place,
    newer: u32,
    older: u32,
}

/// A doubly linked list through the arena, newest first.
#[derive(Clone, Copy, Debug)]
struct Queue {
    newest: u32,
    oldest: u32,
    used: Bytes,
}

const EMPTY: Queue = Queue { newest: NIL, oldest: NIL, used: Bytes::ZERO };

/// All nodes and the heads of their queues.
#[derive(Debug)]
pub(super) struct Arena {
    nodes: Vec<Node>,
    queues: [Queue; 3],
    len: usize,
}

impl Arena {
    pub(super) const fn new() -> Self {
        Self { nodes: Vec::new(), queues: [EMPTY; 3], len: 0 }
    }

    /// How many nodes are resident.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The weight of a queue.
    pub(super) const fn used(&self, place: Place) -> Bytes {
        self.queues[place as usize].used
    }

    /// The resident node behind a handle.
    pub(super) fn get_mut(&mut self, slot: Slot) -> Option<&mut Node> {
        self.nodes.get_mut(slot.0 as usize).filter(|node| node.place != Place::Free)
    }

    /// The longest waiting node of a queue.
    pub(super) fn oldest(&self, place: Place) -> Option<(Slot, Node)> {
        let slot = self.queues[place as usize].oldest;
        self.nodes.get(slot as usize).map(|node| (Slot(slot), *node))
    }

    /// Makes a new node the newest of a queue.
    pub(super) fn insert(&mut self, hash: u64, weight: Bytes, cost: Cost, place: Place) -> Slot {
        let node = Node { hash, weight, cost, hits: 0, place: Place::Free, newer: NIL, older: NIL };
        let slot = self.queues[Place::Free as usize].oldest;
        let slot = if slot == NIL {
            self.nodes.push(node);
            self.nodes.len() as u32 - 1
        } else {
            self.unlink(slot);
            if let Some(free) = self.nodes.get_mut(slot as usize) {
                *free = node;
            }
            slot
        };
        self.link(slot, place);
        self.len += 1;
        Slot(slot)
    }

    /// Makes a resident node the newest of a queue.
    pub(super) fn promote(&mut self, slot: Slot, place: Place) {
        self.unlink(slot.0);
        self.link(slot.0, place);
    }

    /// Frees a resident node.
    pub(super) fn free(&mut self, slot: Slot) {
        self.promote(slot, Place::Free);
        self.len -= 1;
    }

    /// Changes the weight of a resident node.
    pub(super) fn reweigh(&mut self, slot: Slot, weight: Bytes) {
        if let Some(node) = self.nodes.get_mut(slot.0 as usize) {
            let queue = &mut self.queues[node.place as usize];
            queue.used = queue.used.saturating_sub(node.weight) + weight;
            node.weight = weight;
        }
    }

    fn link(&mut self, slot: u32, place: Place) {
        let queue = &mut self.queues[place as usize];
        let older = core::mem::replace(&mut queue.newest, slot);
        if queue.oldest == NIL {
            queue.oldest = slot;
        }
        if let Some(node) = self.nodes.get_mut(slot as usize) {
            queue.used += node.weight;
            (node.place, node.newer, node.older) = (place, NIL, older);
        }
        if let Some(node) = self.nodes.get_mut(older as usize) {
            node.newer = slot;
        }
    }

    fn unlink(&mut self, slot: u32) {
        let Some(&node) = self.nodes.get(slot as usize) else { return };
        let queue = &mut self.queues[node.place as usize];
        queue.used -= node.weight;
        match self.nodes.get_mut(node.newer as usize) {
            Some(newer) => newer.older = node.older,
            None => queue.newest = node.older,
        }
        match self.nodes.get_mut(node.older as usize) {
            Some(older) => older.newer = node.newer,
            None => queue.oldest = node.newer,
        }
    }
}
