//! What keeps overlapping operations on one key in order.
//!
//! Invariants: the newest write of a key has the last word in its tier, whoever waited for room meanwhile; a record
//! is removed only while it is older than what is known or under way; what a tier did not give up is not forgotten.

use core::cell::RefCell;
use std::rc::Rc;

use tokio::sync::oneshot;

use super::stack::State;
use super::{Change, Durability, Stack, TierId};
use crate::error::Error;
use crate::model::{Key, Meta, Version};

/// Removals that tiers failed to do, remembered one by one; past that they are left to the next `open`.
const MAX_OWED: usize = 1024;

impl<B: Clone + Default + 'static> Stack<B> {
    /// Removes the record of `key` in `tier`, of `version` at most. What the tier does not give up is owed, and
    /// so is what a newer write under way is about to replace: the next write or removal of the key asks again.
    pub(super) async fn drop_record(&self, tier: TierId, key: &Key, version: Version) -> Result<(), Error> {
        let Some(home) = self.home(tier) else { return Ok(()) };
        {
            let mut state = self.state.borrow_mut();
            if state.writes(key).iter().any(|write| write.version > version && write.target == Some(tier)) {
                state.owed.push((tier, key.clone()));
                return Ok(());
            }
        }
        let removal = Change::RemoveUpTo(version);
        let removed = home.change(key.clone(), removal, Durability::Relaxed).await;
        removed.map_err(|error| {
            self.fault(tier, &error);
            let owed = &mut self.state.borrow_mut().owed;
            if owed.len() < MAX_OWED {
                owed.push((tier, key.clone()));
            }
            Error::Tier(tier, error)
        })
    }

    /// Whether something newer than `version` is known of `key`, or on its way home.
    pub(super) fn is_overtaken(&self, key: &Key, version: Version) -> bool {
        let state = self.state.borrow();
        state.directory.is_outdated(key, version)
            || state.writes(key).iter().any(|write| write.version > version)
    }

    /// The writes under way, with what memory shows of them: the directory does not know them yet, and an
    /// invalidation must.
    #[must_use]
    pub fn writing(&self) -> Vec<(Key, Option<Rc<Meta>>)> {
        let keys: Vec<Key> = self.state.borrow().under_way.keys().cloned().collect();
        keys.into_iter().map(|key| (key.clone(), self.peek(&key).map(|entry| entry.meta))).collect()
    }

    /// While it is held, what is written stays one commit a tier, however much it is.
    pub fn hold(&self, is_held: bool) {
        for home in &self.homes {
            home.hold(is_held);
        }
    }

    /// Resolves when every write accepted so far is committed, the ones that room is still made for included.
    pub async fn flush(&self) {
        let writes: Vec<_> =
            self.state.borrow_mut().under_way.values_mut().flatten().map(Writing::end).collect();
        for write in writes {
            // Closed by the end of the write, never sent.
            let _ = write.await;
        }
        for home in &self.homes {
            home.settled().await;
        }
    }

    /// Notes which tier a write under way is handed to.
    pub(super) fn aim(&self, key: &Key, version: Version, tier: TierId) {
        let mut state = self.state.borrow_mut();
        let writes = state.under_way.get_mut(key).into_iter().flatten();
        for write in writes.filter(|write| write.version == version) {
            write.target = Some(tier);
        }
    }

    /// Takes `key` out of the directory, unless another write is known by now: its record was lost.
    pub(super) fn forget(&self, key: &Key, version: Version) {
        let mut state = self.state.borrow_mut();
        if state.directory.get(key.as_str()).is_some_and(|place| place.meta.version == version) {
            state.directory.forget(key);
        }
    }

    /// The tiers that still owe the removal of `key`, which are asked again now.
    pub(super) fn settle_debts(&self, key: &Key) -> Vec<TierId> {
        let owed = &mut self.state.borrow_mut().owed;
        let tiers = owed.iter().filter(|(_, owed)| owed == key).map(|(tier, _)| *tier).collect();
        owed.retain(|(_, owed)| owed != key);
        tiers
    }
}

impl State {
    /// The writes of `key` that are under way.
    fn writes(&self, key: &Key) -> &[Writing] {
        self.under_way.get(key).map_or(&[], Vec::as_slice)
    }
}

/// A write under way.
pub(super) struct Writing {
    version: Version,
    /// The tier that it was handed to last.
    target: Option<TierId>,
    /// Who waits for its end.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Writing {
    /// Closed when the write has ended.
    pub(super) fn end(&mut self) -> oneshot::Receiver<()> {
        let (ended, end) = oneshot::channel();
        self.waiting.push(ended);
        end
    }
}

/// Marks a write as under way until it is dropped.
pub(super) struct UnderWay<'a> {
    state: &'a RefCell<State>,
    key: Key,
    version: Version,
}

impl<'a> UnderWay<'a> {
    pub(super) fn begin(state: &'a RefCell<State>, key: &Key, version: Version) -> Self {
        let writing = Writing { version, target: None, waiting: Vec::new() };
        state.borrow_mut().under_way.entry(key.clone()).or_default().push(writing);
        Self { state, key: key.clone(), version }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let under_way = &mut self.state.borrow_mut().under_way;
        let Some(writes) = under_way.get_mut(&self.key) else { return };
        writes.retain(|write| write.version != self.version);
        if writes.is_empty() {
            under_way.remove(&self.key);
        }
    }
}

/// The least version that is newer than `version`.
pub(super) fn after(version: Version) -> Version {
    Version { counter: version.counter.saturating_add(1), ..version }
}
