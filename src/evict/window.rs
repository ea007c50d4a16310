//! The window: entries on probation, in the order of their arrival.
//!
//! Invariants:
//! - a doubly linked list through `Node::newer` and `Node::older`: an entry can leave from the middle;
//! - `used` is the sum of the weights of the entries in it.

use super::Slot;
use super::nodes::{NOWHERE, Nodes};
use crate::model::Bytes;

#[derive(Debug)]
pub(super) struct Window {
    newest: u32,
    oldest: u32,
    used: Bytes,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { newest: NOWHERE, oldest: NOWHERE, used: Bytes::ZERO }
    }

    pub(super) const fn used(&self) -> Bytes {
        self.used
    }

    pub(super) fn oldest(&self, nodes: &Nodes) -> Option<Slot> {
        nodes.get(Slot(self.oldest)).map(|_| Slot(self.oldest))
    }

    pub(super) fn push(&mut self, nodes: &mut Nodes, slot: Slot) {
        let older = core::mem::replace(&mut self.newest, slot.0);
        if let Some(node) = nodes.get_mut(slot) {
            (node.newer, node.older) = (NOWHERE, older);
            self.used += node.weight;
        }
        match nodes.get_mut(Slot(older)) {
            Some(node) => node.newer = slot.0,
            None => self.oldest = slot.0,
        }
    }

    /// Takes out an entry that is in the window.
    pub(super) fn remove(&mut self, nodes: &mut Nodes, slot: Slot) {
        let Some(&node) = nodes.get(slot) else { return };
        self.used -= node.weight;
        match nodes.get_mut(Slot(node.newer)) {
            Some(newer) => newer.older = node.older,
            None => self.newest = node.older,
        }
        match nodes.get_mut(Slot(node.older)) {
            Some(older) => older.newer = node.newer,
            None => self.oldest = node.newer,
        }
    }
}
