//! What is stored where: the durable tiers' metadata, in memory, so that a miss costs nothing.
//!
//! Invariants: a key has at most one place; a place is replaced only by a newer version; what was removed at
//! version *v* does not come back with a version older than *v*.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;

use crate::model::{Bytes, Key, Limit, Meta, Table, Timestamp, Version};
use crate::tier::TierId;

/// Removals remembered. Past that, the oldest is forgotten: messages do not come that late.
const MAX_TOMBSTONES: usize = 4096;

/// Where an entry is, and what is worth knowing without reading it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its durable home; [`TierId::Memory`] when it has none.
    pub home: TierId,
    /// Its metadata. Of responses too: variants are chosen without reading bodies.
    pub meta: Rc<Meta>,
    /// When it was last asked for in this context, or found.
    pub used: Timestamp,
}

/// The map of all durable entries of one cache and partition.
#[derive(Debug, Default)]
pub struct Directory {
    places: BTreeMap<Key, Place>,
    removed: Table<Version>,
    /// Everything older was removed by a `clear`.
    cleared: Version,
    used: [Bytes; TierId::ALL.len()],
}

impl Directory {
    /// Where `key` is.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Place> {
        self.places.get(key)
    }

    /// Notes that `key` was asked for.
    pub fn touch(&mut self, key: &str, now: Timestamp) {
        if let Some(place) = self.places.get_mut(key) {
            place.used = now;
        }
    }

    /// Notes a write; returns `false`, and changes nothing, when something newer is known of `key`.
    pub fn note(&mut self, key: &Key, home: TierId, meta: Rc<Meta>, now: Timestamp) -> bool {
        if self.is_outdated(key, meta.version) {
            return false;
        }
        self.drop_place(key);
        self.charge(home, meta.size);
        self.places.insert(key.clone(), Place { home, meta, used: now });
        true
    }

    /// Notes that `key` was removed at `version`; returns whether something older was there.
    pub fn remove(&mut self, key: &Key, version: Version) -> bool {
        if self.places.get(key).is_some_and(|place| place.meta.version > version) {
            return false;
        }
        if self.removed.len() >= MAX_TOMBSTONES
            && let Some((oldest, _)) = self.removed.iter().min_by_key(|(_, at)| **at)
        {
            let oldest = oldest.clone();
            self.removed.remove(&oldest);
        }
        // Heard out of order, the newest removal counts.
        let mark = self.removed.entry(key.clone()).or_insert(version);
        *mark = (*mark).max(version);
        self.drop_place(key)
    }

    /// Takes `key` out without a mark: its record was lost, not removed.
    pub fn forget(&mut self, key: &Key) {
        self.drop_place(key);
    }

    /// Takes every place out, to be read anew; removals are remembered.
    pub fn forget_places(&mut self) {
        self.places.clear();
        self.used = [Bytes::ZERO; TierId::ALL.len()];
    }

    /// Notes that everything older than `version` was removed.
    pub fn clear(&mut self, version: Version) {
        self.cleared = self.cleared.max(version);
        let gone: Vec<Key> =
            self.places.iter().filter(|(_, p)| p.meta.version < version).map(|(k, _)| k.clone()).collect();
        for key in &gone {
            self.drop_place(key);
        }
        self.removed.retain(|_, at| *at > version);
    }

    /// When `key` was last removed, as far as is remembered.
    #[must_use]
    pub fn removed_at(&self, key: &Key) -> Version {
        self.removed.get(key).map_or(self.cleared, |at| self.cleared.max(*at))
    }

    /// Whether a write of `key` at `version` comes too late.
    #[must_use]
    pub fn is_outdated(&self, key: &Key, version: Version) -> bool {
        version < self.cleared
            || self.removed.get(key).is_some_and(|at| *at > version)
            || self.places.get(key).is_some_and(|place| place.meta.version > version)
    }

    /// The places whose key starts with `prefix`, in key order.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a Key, &'a Place)> {
        self.places
            .range::<str, _>((core::ops::Bound::Included(prefix), core::ops::Bound::Unbounded))
            .take_while(move |(key, _)| key.as_str().starts_with(prefix))
    }

    /// The dead among the next `count` places after `from`, and the last key looked at; `None` at the end.
    #[must_use]
    pub fn dead(&self, from: Option<&Key>, count: usize, now: Timestamp) -> (Vec<(Key, Place)>, Option<Key>) {
        use core::ops::Bound;
        let start = from.map_or(Bound::Unbounded, |key| Bound::Excluded(key.as_str()));
        let (mut dead, mut last, mut seen) = (Vec::new(), None, 0);
        for (key, place) in self.places.range::<str, _>((start, Bound::Unbounded)).take(count) {
            seen += 1;
            last = Some(key);
            if place.meta.is_dead(now) {
                dead.push((key.clone(), place.clone()));
            }
        }
        (dead, last.filter(|_| seen == count).cloned())
    }

    /// The keys in `home` to give up so that `needed` bytes become free: the dead first, then those unused
    /// for longest. `keep` stays.
    #[must_use]
    pub fn victims(&self, home: TierId, needed: Bytes, keep: &Key, now: Timestamp) -> Vec<Key> {
        let inside = self.places.iter().filter(|(key, place)| place.home == home && *key != keep);
        let mut candidates = by_worth(inside, now);
        let mut freed = Bytes::ZERO;
        let mut victims = Vec::new();
        while freed < needed
            && let Some((_, key)) = candidates.pop()
        {
            freed += self.places.get(key).map_or(Bytes::ZERO, |place| place.meta.size);
            victims.push(key.clone());
        }
        victims
    }

    /// What of the entries that `limit` is for is to be given up, in the same order.
    #[must_use]
    pub fn surplus(&self, limit: &Limit, now: Timestamp) -> Vec<(Key, Place)> {
        let inside = |(_, place): &(&Key, &Place)| place.meta.tags.contains(&limit.tag);
        let (mut count, mut weight) = (0, Bytes::ZERO);
        for (_, place) in self.places.iter().filter(inside) {
            count += 1;
            weight += place.meta.size;
        }
        let mut surplus = Vec::new();
        if count <= limit.entries && weight <= limit.bytes {
            return surplus;
        }
        let mut candidates = by_worth(self.places.iter().filter(inside), now);
        while (count > limit.entries || weight > limit.bytes)
            && let Some((_, key)) = candidates.pop()
            && let Some(place) = self.places.get(key)
        {
            count -= 1;
            weight -= place.meta.size;
            surplus.push((key.clone(), place.clone()));
        }
        surplus
    }

    /// What the entries in `home` weigh.
    #[must_use]
    pub fn used(&self, home: TierId) -> Bytes {
        self.used.get(home as usize).copied().unwrap_or_default()
    }

    /// How many entries `home` holds.
    #[must_use]
    pub fn count(&self, home: TierId) -> usize {
        self.places.values().filter(|place| place.home == home).count()
    }

    fn drop_place(&mut self, key: &Key) -> bool {
        let Some(place) = self.places.remove(key) else { return false };
        if let Some(used) = self.used.get_mut(place.home as usize) {
            *used -= place.meta.size;
        }
        true
    }

    fn charge(&mut self, home: TierId, size: Bytes) {
        if let Some(used) = self.used.get_mut(home as usize) {
            *used += size;
        }
    }
}

/// Whether an entry is alive, when it was used, and when it was written; the least is the greatest.
type Worth = Reverse<(bool, Timestamp, Version)>;

/// The least valuable on top: the dead, then those unused for longest. A heap, not a sort: few are taken, and a sort
/// weighs ten times as much in the wasm.
fn by_worth<'a>(
    places: impl Iterator<Item = (&'a Key, &'a Place)>,
    now: Timestamp,
) -> BinaryHeap<(Worth, &'a Key)> {
    let worth = |place: &Place| Reverse((!place.meta.is_dead(now), place.used, place.meta.version));
    places.map(|(key, place)| (worth(place), key)).collect()
}
