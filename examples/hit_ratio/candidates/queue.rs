//! A queue of keys that knows its weight and lets a key leave from the middle.

use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
pub(crate) struct Queue {
    order: BTreeMap<u64, u64>,
    held: HashMap<u64, (u64, u64)>,
    next: u64,
    used: u64,
}

impl Queue {
    /// Puts a key at the young end.
    pub(crate) fn push(&mut self, key: u64, size: u64) {
        self.remove(key);
        self.next += 1;
        self.order.insert(self.next, key);
        self.held.insert(key, (self.next, size));
        self.used += size;
    }

    pub(crate) fn remove(&mut self, key: u64) -> Option<u64> {
        let (place, size) = self.held.remove(&key)?;
        self.order.remove(&place);
        self.used -= size;
        Some(size)
    }

    /// Takes the key at the old end.
    pub(crate) fn pop(&mut self) -> Option<(u64, u64)> {
        let key = self.oldest()?;
        Some((key, self.remove(key)?))
    }

    pub(crate) fn oldest(&self) -> Option<u64> {
        self.order.values().next().copied()
    }

    /// Keys and sizes from the old end on.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.order.values().map(|key| (*key, self.held[key].1))
    }

    /// The first key younger than a place, and its place.
    pub(crate) fn after(&self, place: u64) -> Option<(u64, u64)> {
        self.order.range(place + 1..).next().map(|(place, key)| (*place, *key))
    }

    pub(crate) fn contains(&self, key: u64) -> bool {
        self.held.contains_key(&key)
    }

    pub(crate) fn used(&self) -> u64 {
        self.used
    }

    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }
}
