//! What a context takes in of what others did.
//!
//! Invariants: order and number of messages do not matter, versions decide; a record that came too late for its
//! removal, or stands in another home than the newest, is removed by whoever hears of both.

use std::rc::Rc;

use super::stack::State;
use super::{Change, Durability, Stack, TierId};
use crate::event::Event;
use crate::model::{Key, Version};
use crate::sync::Notice;

impl<B: Clone + Default + 'static> Stack<B> {
    /// Takes in what another context did.
    pub fn apply(&self, notice: &Notice) {
        let now = self.host.now();
        self.state.borrow_mut().clock.observe(notice.version());
        match notice {
            Notice::Written(key, home, meta) => {
                let before = self.state.borrow().directory.get(key.as_str()).map(|place| place.home);
                if self.state.borrow_mut().directory.note(key, *home, Rc::clone(meta), now) {
                    self.memory.remove_older(key, meta.version);
                    // Its writer may not have known of the record that this replaces.
                    if let Some(before) = before.filter(|before| before != home) {
                        self.erase(before, key, meta.version);
                    }
                    self.host.emit(Event::Write { key: key.name().to_owned(), tier: *home });
                    return;
                }
                let removed = self.state.borrow().directory.removed_at(key);
                if removed > meta.version {
                    // It was committed after the removal that it came too late for.
                    self.erase(*home, key, removed);
                } else if before.is_some_and(|before| before != *home) {
                    self.erase(*home, key, meta.version);
                }
            }
            Notice::Removed(keys, version) => {
                for key in keys {
                    self.empty_own(key, *version);
                    self.state.borrow_mut().directory.remove(key, *version);
                    self.memory.remove_older(key, *version);
                }
                self.host.emit(Event::Invalidate { count: keys.len(), all: false });
            }
            Notice::Cleared(version) => {
                let places =
                    |state: &State| state.directory.with_prefix("").map(|(key, _)| key.clone()).collect();
                let all: Vec<Key> = places(&self.state.borrow());
                all.iter().for_each(|key| self.empty_own(key, *version));
                self.state.borrow_mut().directory.clear(*version);
                for key in self.memory.keys() {
                    self.memory.remove_older(&key, *version);
                }
                // What is newer may have been wiped with the rest.
                self.memory.remove_homed();
                self.host.emit(Event::Invalidate { count: all.len(), all: true });
            }
            // Who knows what it means takes it in.
            Notice::Selected(..) => {}
        }
    }

    /// Removes the record of `key` if it is older than `version` and in a store that not every context can reach:
    /// the session's, which is this tab's own, and localStorage, which workers lack.
    fn empty_own(&self, key: &Key, version: Version) {
        let place = self.state.borrow().directory.get(key.as_str()).cloned();
        let Some(place) = place.filter(|place| place.meta.version < version) else { return };
        if matches!(place.home, TierId::Session | TierId::Local) {
            self.erase(place.home, key, version);
        }
    }

    /// Removes the record of `key` in `tier` unless it is newer than `version`; nobody waits for it.
    pub(super) fn erase(&self, tier: TierId, key: &Key, version: Version) {
        let Some(home) = self.home(tier) else { return };
        let removal = home.change(key.clone(), Change::RemoveUpTo(version), Durability::Relaxed);
        self.host.spawn(Box::pin(async move {
            // A failed one leaves a record that the next removal or version drops.
            let _ = removal.await;
        }));
    }

    /// Takes in that everything older than `version` was removed, while nobody here could be told.
    pub(super) fn cleared_before(&self, version: Version) {
        if version > Version::default() {
            let mut state = self.state.borrow_mut();
            state.clock.observe(version);
            state.directory.clear(version);
            self.memory.keys().iter().for_each(|key| self.memory.remove_older(key, version));
        }
    }
}
