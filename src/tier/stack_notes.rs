//! Removals noted for contexts that reach a store which this one does not: localStorage, which workers lack, when no
//! page is open to hear of it.
//!
//! A note is a record of its own in a store that all contexts reach; its text stands in the place of a tag. Who reaches
//! localStorage takes it in before the first read, and drops it.

use std::rc::Rc;

use super::stack::State;
use super::{Change, Durability, Stack, TierId};
use crate::model::{Bytes, Entry, Key, Kind, Meta, NOTE, Version, Writer};
use crate::sync::{Notice, Select};

/// So many notes are kept one by one; past that, one that names no key, and so is about everything, stands for them.
const MAX_NOTES: usize = 256;

impl<B: Clone + Default + 'static> Stack<B> {
    /// Keeps `notice` for those who open the tiers later, if there is a store that only they reach.
    pub async fn note(&self, notice: Notice) {
        let Some(tier) = self.notebook().filter(|_| self.is_missing(TierId::Local)) else { return };
        let Some(home) = self.home(tier) else { return };
        let mut notes = self.state.borrow().notes.clone();
        let (mut notice, mut changes) = (notice, Vec::new());
        if notes.len() >= MAX_NOTES {
            notice = Notice::Selected(Select::Keys(Vec::new()), notice.version());
            changes = notes.drain(..).map(|(key, _)| (key, Change::Remove)).collect();
        }
        let version = notice.version();
        let mut name = Writer::default();
        version.encode(&mut name);
        let key = Key::internal(&[NOTE, &name.finish()].concat());
        let (size, tags) = (Bytes::ZERO, vec![notice.encode()]);
        let meta = Meta { version, expires: None, stale_until: None, size, tags, kind: Kind::Value };
        changes.push((key.clone(), Change::Put(Entry { meta: Rc::new(meta), body: B::default() })));
        notes.push((key, notice));
        self.state.borrow_mut().notes = notes;
        for (key, change) in changes {
            if let Err(error) = Rc::clone(&home).change(key, change, Durability::Relaxed).await {
                self.fault(tier, &error);
            }
        }
    }

    /// What others noted for a context like this one.
    #[must_use]
    pub fn noted(&self) -> Vec<Notice> {
        match self.is_up(TierId::Local) && self.home(TierId::Local).is_some() {
            true => self.state.borrow().notes.iter().map(|(_, notice)| notice.clone()).collect(),
            false => Vec::new(),
        }
    }

    /// Where the entry under `key` lives.
    #[must_use]
    pub fn home_of(&self, key: &Key) -> Option<TierId> {
        self.state.borrow().directory.get(key.as_str()).map(|place| place.home)
    }

    /// Drops the notes that [`noted`](Self::noted) told.
    pub async fn forget_notes(&self) {
        let notes = core::mem::take(&mut self.state.borrow_mut().notes);
        let Some(home) = self.notebook().and_then(|tier| self.home(tier)) else { return };
        for (key, _) in notes {
            // One that stays is taken in once more.
            let _ = Rc::clone(&home).change(key, Change::Remove, Durability::Relaxed).await;
        }
    }

    /// The store for notes.
    fn notebook(&self) -> Option<TierId> {
        [TierId::IndexedDb, TierId::CacheStorage].into_iter().find(|tier| self.present().contains(tier))
    }
}

impl State {
    /// Takes a listed record as a note, if it is one.
    pub(super) fn find_note(&mut self, key: &Key, meta: &Meta) -> bool {
        if !key.as_str().starts_with(NOTE) {
            return false;
        }
        if self.notes.iter().all(|(known, _)| known != key) {
            let notice = meta.tags.first().and_then(|text| Notice::decode(text).ok());
            // One that cannot be read says nothing, and goes with the others.
            self.notes.push((key.clone(), notice.unwrap_or(Notice::Cleared(Version::default()))));
        }
        true
    }
}
