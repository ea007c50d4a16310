//! The memory tier: bounded in bytes, synchronous, in front of every other.
//!
//! Invariants: each resident entry has one slot of the policy, and the policy's sum is what they weigh.

use core::cell::RefCell;

use super::TierId;
use crate::evict::{Admission, Cost, Policy, Slot};
use crate::model::{Bytes, Entry, Key, Table, Timestamp, Version};

/// Entries of this context, the least valuable dropped when the budget is reached.
#[derive(Debug)]
pub struct Memory<B>(RefCell<Inner<B>>);

#[derive(Debug)]
struct Inner<B> {
    entries: Table<Resident<B>>,
    /// The key in each slot of the policy.
    keys: Vec<Option<Key>>,
    policy: Policy,
    mirror: Mirror,
}

#[derive(Debug)]
struct Resident<B> {
    entry: Entry<B>,
    slot: Slot,
    home: TierId,
    /// Whether somebody holds it who is to be told when it goes.
    is_shown: bool,
}

/// How a newcomer comes in.
type Door = fn(&mut Policy, u64, Bytes, Cost) -> Admission;

/// Told of each entry that was [shown](Memory::show) and is no longer what memory has.
#[derive(Default)]
struct Mirror(Option<Box<dyn Fn(Slot)>>);

impl core::fmt::Debug for Mirror {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Mirror")
    }
}

impl<B: Clone> Memory<B> {
    /// An empty tier of at most `budget`.
    #[must_use]
    pub fn new(budget: Bytes) -> Self {
        let policy = Policy::new(budget);
        let (entries, keys, mirror) = (Table::default(), Vec::new(), Mirror::default());
        Self(RefCell::new(Inner { entries, keys, policy, mirror }))
    }

    /// Names who is told of shown entries that go. It must not call back.
    pub fn mirror(&self, hide: Box<dyn Fn(Slot)>) {
        self.0.borrow_mut().mirror = Mirror(Some(hide));
    }

    /// The entry under `key` for somebody who holds it until the mirror is told, and its slot, for
    /// [`touch`](Self::touch). Counts as a use.
    #[must_use]
    pub fn show(&self, key: &str, now: Timestamp) -> Option<(Entry<B>, Slot)> {
        let mut inner = self.0.borrow_mut();
        let Inner { entries, policy, .. } = &mut *inner;
        let resident = entries.get_mut(key)?;
        if resident.entry.meta.is_dead(now) {
            return None;
        }
        resident.is_shown = true;
        policy.touch(resident.slot);
        Some((resident.entry.clone(), resident.slot))
    }

    /// Notes uses of what was shown.
    pub fn touch(&self, slots: impl Iterator<Item = Slot>) {
        let mut inner = self.0.borrow_mut();
        slots.for_each(|slot| inner.policy.touch(slot));
    }

    /// Takes back everything that was shown.
    pub fn hide(&self) {
        let mut inner = self.0.borrow_mut();
        let Inner { entries, mirror: Mirror(Some(hide)), .. } = &mut *inner else { return };
        for resident in entries.values_mut().filter(|resident| resident.is_shown) {
            resident.is_shown = false;
            hide(resident.slot);
        }
    }

    /// The entry under `key`, and where its durable home is, unless it is dead at `now`. Counts as a use.
    #[must_use]
    pub fn get(&self, key: &str, now: Timestamp) -> Option<(Entry<B>, TierId)> {
        let mut inner = self.0.borrow_mut();
        let Inner { entries, policy, .. } = &mut *inner;
        let resident = entries.get(key)?;
        if resident.entry.meta.is_dead(now) {
            return None;
        }
        policy.touch(resident.slot);
        Some((resident.entry.clone(), resident.home))
    }

    /// Keeps `entry` unless a newer one is here or it is heavier than the whole tier. Returns the keys that had to
    /// leave for it.
    pub fn put(&self, key: &Key, entry: Entry<B>, home: TierId, cost: Cost) -> Vec<Key> {
        self.take(key, entry, home, cost, Policy::admit)
    }

    /// The same for what can be read elsewhere: a heavy entry comes in only if it is worth what would go for it.
    pub fn offer(&self, key: &Key, entry: Entry<B>, home: TierId, cost: Cost) -> Vec<Key> {
        self.take(key, entry, home, cost, Policy::offer)
    }

    fn take(&self, key: &Key, entry: Entry<B>, home: TierId, cost: Cost, door: Door) -> Vec<Key> {
        let mut inner = self.0.borrow_mut();
        let size = entry.meta.size;
        let before = inner.entries.get(key).map(|resident| (resident.entry.meta.version, resident.slot));
        let (slot, evicted) = match before {
            Some((version, _)) if version > entry.meta.version => return Vec::new(),
            // What it replaces is out of date all the same.
            Some(_) if size > inner.policy.budget() => {
                inner.remove(key.as_str());
                return Vec::new();
            }
            Some((_, slot)) => {
                let evicted = inner.policy.resize(slot, size, cost);
                inner.policy.touch(slot);
                (slot, evicted)
            }
            None => match door(&mut inner.policy, key.hash64(), size, cost) {
                Admission::Admitted { slot, evicted } => (slot, evicted),
                Admission::Refused => return Vec::new(),
            },
        };
        let evicted = evicted.into_iter().filter_map(|slot| inner.forget(slot)).collect();
        let index = slot.index();
        if inner.keys.len() <= index {
            inner.keys.resize(index + 1, None);
        }
        if let Some(at) = inner.keys.get_mut(index) {
            *at = Some(key.clone());
        }
        if let Some(old) = inner.entries.insert(key.clone(), Resident { entry, slot, home, is_shown: false })
        {
            inner.gone(&old);
        }
        evicted
    }

    /// Notes that the entry of `version` now lives in `home`.
    pub fn settle(&self, key: &Key, version: Version, home: TierId) {
        if let Some(resident) = self.0.borrow_mut().entries.get_mut(key)
            && resident.entry.meta.version == version
        {
            resident.home = home;
        }
    }

    /// Drops `key`.
    pub fn remove(&self, key: &str) {
        self.0.borrow_mut().remove(key);
    }

    /// Drops `key` if what is here is older than `version`.
    pub fn remove_older(&self, key: &Key, version: Version) {
        let mut inner = self.0.borrow_mut();
        if inner.entries.get(key).is_some_and(|r| r.entry.meta.version < version) {
            inner.remove(key.as_str());
        }
    }

    /// Drops what has a home, which says what it still holds.
    pub fn remove_homed(&self) {
        let mut inner = self.0.borrow_mut();
        let homed = inner.entries.iter().filter(|(_, resident)| resident.home != TierId::Memory);
        let keys: Vec<Key> = homed.map(|(key, _)| key.clone()).collect();
        for key in keys {
            inner.remove(key.as_str());
        }
    }

    /// Drops everything.
    pub fn clear(&self) {
        let mut inner = self.0.borrow_mut();
        let keys: Vec<Key> = inner.entries.keys().cloned().collect();
        for key in keys {
            inner.remove(key.as_str());
        }
    }

    /// The keys here.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        self.0.borrow().entries.keys().cloned().collect()
    }

    /// What the entries weigh, and how many they are.
    #[must_use]
    pub fn used(&self) -> (Bytes, usize) {
        let inner = self.0.borrow();
        (inner.policy.used(), inner.entries.len())
    }

    /// The most they may weigh.
    #[must_use]
    pub fn budget(&self) -> Bytes {
        self.0.borrow().policy.budget()
    }
}

impl<B> Inner<B> {
    fn remove(&mut self, key: &str) {
        if let Some(resident) = self.entries.remove(key) {
            self.gone(&resident);
            self.policy.remove(resident.slot);
            if let Some(at) = self.keys.get_mut(resident.slot.index()) {
                *at = None;
            }
        }
    }

    /// Drops what the policy has evicted already.
    fn forget(&mut self, slot: Slot) -> Option<Key> {
        let key = self.keys.get_mut(slot.index())?.take()?;
        if let Some(resident) = self.entries.remove(&key) {
            self.gone(&resident);
        }
        Some(key)
    }

    fn gone(&self, resident: &Resident<B>) {
        if let Some(hide) = &self.mirror.0
            && resident.is_shown
        {
            hide(resident.slot);
        }
    }
}
