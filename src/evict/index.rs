//! From hash to slot, for the trial (the memory tier has its own map from keys).
//!
//! Invariants:
//! - open addressing with linear probing, at most half full; a removal closes the gap it leaves;
//! - only slots are stored: the hash is read from the node, so the node must outlive its place here.

use super::Slot;
use super::nodes::Nodes;

const EMPTY: u32 = u32::MAX;

#[derive(Debug)]
pub(super) struct Index {
    places: Vec<u32>,
    len: usize,
}

impl Index {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), len: 0 }
    }

    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, nodes: &Nodes, hash: u64) -> Option<Slot> {
        self.find(nodes, hash).map(|(_, slot)| slot)
    }

    pub(super) fn insert(&mut self, nodes: &Nodes, hash: u64, slot: Slot) {
        if self.len * 2 >= self.places.len() {
            let size = self.places.len().max(16) * 2;
            let old = core::mem::replace(&mut self.places, vec![EMPTY; size]);
            for slot in old.into_iter().filter(|slot| *slot != EMPTY) {
                self.put(nodes.hash(Slot(slot)), Slot(slot));
            }
        }
        self.len += 1;
        self.put(hash, slot);
    }

    pub(super) fn remove(&mut self, nodes: &Nodes, hash: u64) -> Option<Slot> {
        let (mut gap, slot) = self.find(nodes, hash)?;
        self.len -= 1;
        // Whoever probed past the gap moves back into it (Knuth 6.4, algorithm R).
        let mut at = gap;
        loop {
            at = self.wrap(at + 1);
            let Some(&next) = self.places.get(at).filter(|next| **next != EMPTY) else { break };
            let home = self.wrap(nodes.hash(Slot(next)) as usize);
            if self.wrap(at.wrapping_sub(home)) >= self.wrap(at.wrapping_sub(gap)) {
                self.set(gap, next);
                gap = at;
            }
        }
        self.set(gap, EMPTY);
        Some(slot)
    }

    fn put(&mut self, hash: u64, slot: Slot) {
        let mut at = self.wrap(hash as usize);
        while self.places.get(at).is_some_and(|place| *place != EMPTY) {
            at = self.wrap(at + 1);
        }
        self.set(at, slot.0);
    }

    fn find(&self, nodes: &Nodes, hash: u64) -> Option<(usize, Slot)> {
        let mut at = self.wrap(hash as usize);
        loop {
            let slot = Slot(*self.places.get(at).filter(|place| **place != EMPTY)?);
            if nodes.hash(slot) == hash {
                return Some((at, slot));
            }
            at = self.wrap(at + 1);
        }
    }

    fn set(&mut self, at: usize, place: u32) {
        if let Some(old) = self.places.get_mut(at) {
            *old = place;
        }
    }

    const fn wrap(&self, at: usize) -> usize {
        at & self.places.len().wrapping_sub(1)
    }
}
