//! The writing half of the stack: placement, budgets, removal.
//!
//! Invariants: an awaited write is committed in its home, or memory has it and no tier could take it; the
//! previous home is emptied only after the new one has committed; what a removal overtook does not come back.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::Poll;
use std::rc::Rc;

use super::batch::{WRITE_TIME, in_time};
use super::placement::{ON_DISK, Put};
use super::stack_order::{UnderWay, after};
use super::{Batched, Change, Durability, Memory, Stack, Tier, TierId, candidates};
use crate::directory::Place;
use crate::error::{Error, TierError};
use crate::event::Event;
use crate::model::{Bytes, Entry, Key, Limit, Version};
use crate::sync::Notice;

/// An entry that memory shows and no durable tier has yet.
#[derive(Debug)]
pub struct Admitted<B> {
    key: Key,
    entry: Entry<B>,
    how: Put,
    /// The tiers to try, best first.
    homes: Vec<TierId>,
}

impl<B: Clone + Default + 'static> Stack<B> {
    /// Checks what needs no I/O and makes `entry` visible in memory, at once. [`commit`](Self::commit) brings it
    /// home.
    ///
    /// # Errors
    /// When the tier that the caller named, or each there is, cannot hold the entry or does not exist here; nothing
    /// was written.
    pub fn admit(&self, key: &Key, entry: Entry<B>, how: Put) -> Result<Admitted<B>, Error> {
        let homes = self.choose(key, &entry, how)?;
        // What a removal has overtaken is not shown, not even for the moment.
        if !self.is_overtaken(key, entry.meta.version) {
            let has_home = !homes.is_empty();
            let cost = if has_home { ON_DISK } else { how.refetch(&entry.meta) };
            // Whoever asked for a response has it: the next one may as well read it from its home.
            let take = if has_home && entry.meta.response().is_some() { Memory::offer } else { Memory::put };
            self.evicted_from_memory(&take(&self.memory, key, entry.clone(), TierId::Memory, cost));
        }
        Ok(Admitted { key: key.clone(), entry, how, homes })
    }

    /// The size of the largest response that there would be room for, in `tier` or, without a wish, anywhere.
    #[must_use]
    pub fn largest(&self, tier: Option<TierId>) -> Bytes {
        let budget = |tier: TierId| self.budgets[tier as usize];
        let any = || self.present().into_iter().chain([TierId::Memory]).map(budget).max().unwrap_or_default();
        tier.map_or_else(any, budget)
    }

    /// Whether [`admit`](Self::admit) would take the entry; nothing is written.
    ///
    /// # Errors
    /// Those of `admit`.
    pub fn check(&self, key: &Key, entry: &Entry<B>, how: Put) -> Result<(), Error> {
        self.choose(key, entry, how).map(|_| ())
    }

    /// Resolves when the home of an admitted entry has committed, and says which that is:
    /// [`TierId::Memory`] when no durable tier could take it.
    ///
    /// # Errors
    /// When the tier that the caller named fails, or no tier could take an entry that is heavier than all of memory.
    pub async fn commit(&self, admitted: Admitted<B>) -> Result<TierId, Error> {
        let _under_way = UnderWay::begin(&self.state, &admitted.key, admitted.entry.meta.version);
        let Admitted { key, entry, how, homes } = admitted;
        let mut refusal = Error::Tier(TierId::Memory, TierError::TooLarge);
        for tier in homes {
            if self.is_overtaken(&key, entry.meta.version) {
                return Ok(tier);
            }
            // Asked here and not before, since it can cost as much as the write.
            if how.tier.is_none() && !self.accepts(tier, &key, &entry) {
                continue;
            }
            match self.write(tier, &key, &entry, how.durability).await {
                Ok(()) => {
                    self.settle(&key, &entry, tier).await;
                    return Ok(tier);
                }
                Err(error) => {
                    self.fault(tier, &error);
                    if how.tier.is_some() && error != TierError::QuotaExceeded {
                        self.memory.remove_older(&key, after(entry.meta.version));
                        return Err(Error::Tier(tier, error));
                    }
                    refusal = Error::Tier(tier, error);
                }
            }
        }
        if entry.meta.size > self.memory.budget() {
            return Err(refusal);
        }
        // No durable tier took it: memory is its only home, and what others hold under the key is outdated.
        if !self.is_overtaken(&key, entry.meta.version) {
            let cost = how.refetch(&entry.meta);
            self.evicted_from_memory(&self.memory.put(&key, entry.clone(), TierId::Memory, cost));
        }
        self.settle(&key, &entry, TierId::Memory).await;
        Ok(TierId::Memory)
    }

    /// [`admit`](Self::admit), then [`commit`](Self::commit).
    ///
    /// # Errors
    /// Those of both.
    pub async fn put(&self, key: &Key, entry: Entry<B>, how: Put) -> Result<TierId, Error> {
        let admitted = self.admit(key, entry, how)?;
        self.commit(admitted).await
    }

    /// [`put`](Self::put) of an entry that was written elsewhere, by the version it got there.
    ///
    /// # Errors
    /// Those of `put`.
    pub async fn adopt(&self, key: &Key, entry: Entry<B>, how: Put) -> Result<TierId, Error> {
        self.state.borrow_mut().clock.observe(entry.meta.version);
        self.put(key, entry, how).await
    }

    /// Removes `keys` everywhere, in one commit a tier. Returns how many there were.
    ///
    /// # Errors
    /// The first tier that failed, after all have been tried.
    pub async fn remove(&self, keys: &[Key]) -> Result<usize, Error> {
        if keys.is_empty() {
            return Ok(0);
        }
        self.remove_older(keys, self.tick()).await
    }

    /// The same of what is older than `version`.
    ///
    /// # Errors
    /// Those of [`remove`](Self::remove).
    pub async fn remove_older(&self, keys: &[Key], version: Version) -> Result<usize, Error> {
        let mut count = 0;
        let mut pending = Vec::new();
        // Those of which this context may not know everything.
        let mut unknown = Vec::new();
        for key in keys {
            let place = self.state.borrow().directory.get(key.as_str()).cloned();
            let in_memory = self.peek(key).is_some();
            self.memory.remove_older(key, version);
            self.state.borrow_mut().directory.remove(key, version);
            count += usize::from(place.is_some() || in_memory);
            if place.as_ref().is_none_or(|place| place.home == TierId::Local) {
                unknown.push(key.clone());
            }
            let owed = self.settle_debts(key);
            // A write under way may be about to commit anywhere, so an unknown key is removed everywhere.
            for home in &self.homes {
                let id = home.tier().id();
                let may_hold = place.as_ref().is_none_or(|place| place.home == id) || owed.contains(&id);
                if !self.is_up(id) && !self.is_missing(id) {
                    // It failed to open and may have anything. Nobody waits for it.
                    self.erase(id, key, version);
                } else if may_hold && self.is_up(id) {
                    pending.push(Box::pin(self.drop_record(id, key, version)) as Work<'_>);
                }
            }
        }
        let mut failed = None;
        for removed in join_all(pending).await {
            failed = failed.or(removed.err());
        }
        if !unknown.is_empty() {
            self.note(Notice::Removed(unknown, version)).await;
        }
        self.host.announce(&Notice::Removed(keys.to_vec(), version));
        self.host.emit(Event::Invalidate { count, all: false });
        failed.map_or(Ok(count), Err)
    }

    /// Removes everything, here and in every other context.
    ///
    /// # Errors
    /// The first tier that failed, after all have been tried.
    pub async fn clear(&self) -> Result<(), Error> {
        let version = self.tick();
        self.memory.clear();
        let before: Vec<(Key, TierId)> = {
            let directory = &mut self.state.borrow_mut().directory;
            // The dead have records too.
            let places = directory.with_prefix("").map(|(key, place)| (key.clone(), place.home)).collect();
            directory.clear(version);
            places
        };
        self.host.announce(&Notice::Cleared(version));
        // All at once, so that what is written after this call is not wiped by it. A tier that did not open
        // has old data all the same; only one that is not there has none.
        let (missing, there): (Vec<_>, Vec<_>) =
            self.homes.iter().partition(|home| self.is_missing(home.tier().id()));
        // What this context cannot reach (a page's storages from a worker, the session of a tab that sleeps) is emptied
        // by those who can, when they hear of it, or read the note: in localStorage, which pages have, else in all.
        let is = |wanted: TierId| self.homes.iter().any(|home| home.tier().id() == wanted);
        let has_local = is(TierId::Local) && !self.is_missing(TierId::Local);
        let is_noted = |id: TierId| match has_local {
            true => id == TierId::Local,
            false => !missing.is_empty() || is(TierId::Session),
        };
        let clear = |tier: &dyn Tier<B>| {
            if is_noted(tier.id()) { tier.clear_and_note(version) } else { tier.clear() }
        };
        let clear = |home: &Rc<Batched<B>>| {
            let id = home.tier().id();
            let cleared = in_time(&*self.host, WRITE_TIME, clear(&**home.tier()));
            Box::pin(async move { cleared.await.map_err(|error| Error::Tier(id, error)) }) as Work<'_>
        };
        let clears = there.iter().map(|home| clear(home)).collect();
        let mut failed = None;
        for cleared in join_all(clears).await {
            if let Err(Error::Tier(id, error)) = cleared {
                self.fault(id, &error);
                let kept = before.iter().filter(|(_, home)| *home == id);
                self.state.borrow_mut().owed.extend(kept.map(|(key, _)| (id, key.clone())));
                failed = failed.or(Some(Error::Tier(id, error)));
            }
        }
        // What a read brought along meanwhile may be gone.
        self.memory.remove_homed();
        self.host.emit(Event::Invalidate { count: before.len(), all: true });
        failed.map_or(Ok(()), Err)
    }

    pub(super) fn evicted_from_memory(&self, keys: &[Key]) {
        for key in keys {
            let mut state = self.state.borrow_mut();
            state.stats.tier(TierId::Memory).evictions += 1;
            if state.directory.get(key.as_str()).is_some_and(|place| place.home == TierId::Memory) {
                state.directory.forget(key);
            }
            drop(state);
            self.host.emit(Event::Evict { key: key.name().to_owned(), tier: TierId::Memory });
        }
    }

    /// Removes a dead or corrupt entry's record, without telling anybody: each context sees the same.
    pub(super) async fn discard(&self, key: &Key, place: &Place) {
        let version = place.meta.version;
        self.forget(key, version);
        self.memory.remove_older(key, after(version));
        let _ = self.drop_record(place.home, key, version).await;
    }

    pub(super) fn is_missing(&self, tier: TierId) -> bool {
        let state = self.state.borrow();
        state.down.iter().any(|(down, why)| *down == tier && matches!(why, TierError::Unavailable(_)))
    }

    pub(super) fn is_up(&self, tier: TierId) -> bool {
        self.state.borrow().down.iter().all(|(down, _)| *down != tier)
    }

    fn accepts(&self, tier: TierId, key: &Key, entry: &Entry<B>) -> bool {
        self.home(tier).is_some_and(|home| home.tier().accepts(key, entry).is_ok())
    }

    /// The homes to try, after the checks that need no I/O.
    fn choose(&self, key: &Key, entry: &Entry<B>, how: Put) -> Result<Vec<TierId>, Error> {
        let fits = |tier: TierId| match entry.meta.size > self.budgets[tier as usize] {
            true => Err(Error::Tier(tier, TierError::TooLarge)),
            false => Ok(()),
        };
        let Some(tier) = how.tier else {
            let mut homes = candidates(&entry.meta, how.lifetime, &self.present());
            homes.retain(|&tier| fits(tier).is_ok());
            return if homes.is_empty() { fits(TierId::Memory).map(|()| homes) } else { Ok(homes) };
        };
        if tier == TierId::Memory {
            return fits(tier).map(|()| Vec::new());
        }
        if let Some((_, why)) = self.state.borrow().down.iter().find(|(down, _)| *down == tier) {
            return Err(Error::Tier(tier, why.clone()));
        }
        let home =
            self.home(tier).ok_or(Error::Tier(tier, TierError::Unavailable("it is not one of `tiers`")))?;
        home.tier().accepts(key, entry).map_err(|error| Error::Tier(tier, error))?;
        fits(tier).map(|()| vec![tier])
    }

    /// Writes into `tier`, making room first, and once more when the store says that it is full.
    async fn write(
        &self,
        tier: TierId,
        key: &Key,
        entry: &Entry<B>,
        durability: Durability,
    ) -> Result<(), TierError> {
        let home = self.home(tier).ok_or(TierError::Unavailable("it is not one of `tiers`"))?;
        let over = {
            let directory = &self.state.borrow().directory;
            let replaced = directory.get(key.as_str()).filter(|place| place.home == tier);
            let used = directory.used(tier).saturating_sub(replaced.map_or(Bytes::ZERO, |p| p.meta.size));
            (used + entry.meta.size).saturating_sub(self.budgets[tier as usize])
        };
        if over > Bytes::ZERO {
            self.make_room(tier, over, key).await;
        }
        // While room was made, a newer write or a removal may have passed: it must stay the last word.
        let put = async || {
            if self.is_overtaken(key, entry.meta.version) {
                return Ok(());
            }
            self.aim(key, entry.meta.version, tier);
            Rc::clone(&home).change(key.clone(), Change::Put(entry.clone()), durability).await
        };
        match put().await {
            Err(TierError::QuotaExceeded) => {
                self.make_room(tier, entry.meta.size + entry.meta.size, key).await;
                put().await
            }
            result => result,
        }
    }

    async fn make_room(&self, tier: TierId, needed: Bytes, keep: &Key) {
        let victims = self.state.borrow().directory.victims(tier, needed, keep, self.host.now());
        for victim in victims {
            let Some(place) = self.state.borrow().directory.get(victim.as_str()).cloned() else { continue };
            if place.home != tier || self.is_overtaken(&victim, place.meta.version) {
                continue;
            }
            self.evict(&victim, &place).await;
        }
    }

    /// Evicts the least valuable of what `limit` is for, until it is kept to.
    pub async fn keep_to(&self, limit: &Limit) {
        let surplus = self.state.borrow().directory.surplus(limit, self.host.now());
        for (key, place) in surplus {
            self.evict(&key, &place).await;
        }
    }

    async fn evict(&self, key: &Key, place: &Place) {
        self.state.borrow_mut().stats.tier(place.home).evictions += 1;
        self.discard(key, place).await;
        self.host.emit(Event::Evict { key: key.name().to_owned(), tier: place.home });
    }

    /// Books a committed write, or takes it back when a removal or a newer write has overtaken it.
    async fn settle(&self, key: &Key, entry: &Entry<B>, tier: TierId) {
        let now = self.host.now();
        let before = self.state.borrow().directory.get(key.as_str()).map(|place| place.home);
        let noted = self.state.borrow_mut().directory.note(key, tier, Rc::clone(&entry.meta), now);
        if noted {
            // A read that began before may have promoted what this replaces.
            self.memory.remove_older(key, entry.meta.version);
            self.memory.settle(key, entry.meta.version, tier);
            self.state.borrow_mut().stats.tier(tier).writes += 1;
            if tier == TierId::Memory {
                // Nobody else can read it; that theirs is out of date they must know.
                if before.is_some_and(|home| home != TierId::Memory) {
                    self.host.announce(&Notice::Removed(vec![key.clone()], entry.meta.version));
                }
            } else {
                self.host.announce(&Notice::Written(key.clone(), tier, Rc::clone(&entry.meta)));
            }
            self.host.emit(Event::Write { key: key.name().to_owned(), tier });
        }
        let newest = self.state.borrow().directory.get(key.as_str()).map(|place| place.home);
        let mut outdated = self.settle_debts(key);
        outdated.extend(if noted { before } else { Some(tier) });
        for old in outdated.into_iter().filter(|old| newest != Some(*old)) {
            // Counted, and owed again, where it fails.
            let _ = self.drop_record(old, key, entry.meta.version).await;
        }
    }
}

/// Work on one tier that is driven along with others'. Boxed, so that there is one way to drive it in the code, not one
/// for each kind of work.
pub(super) type Work<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

/// Drives all of `pending` at once and returns their outputs, in order.
pub(super) async fn join_all(pending: Vec<Work<'_>>) -> Vec<Result<(), Error>> {
    let mut slots: Vec<_> = pending.into_iter().map(|work| (work, None)).collect();
    poll_fn(|context| {
        let mut waiting = false;
        for (work, outcome) in slots.iter_mut().filter(|(_, outcome)| outcome.is_none()) {
            match work.as_mut().poll(context) {
                Poll::Ready(output) => *outcome = Some(output),
                Poll::Pending => waiting = true,
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    slots.into_iter().filter_map(|(_, outcome)| outcome).collect()
}
