//! The stack of tiers: read-through with promotion, one durable home an entry, faults skipped and counted.
//!
//! Invariants: memory and directory never hold something older than what they were told of; a read never
//! returns an entry older than the directory's; a failing tier never fails a read.

use core::cell::RefCell;
use std::rc::Rc;

use super::batch::{READ_TIME, in_time};
use super::placement::ON_DISK;
use super::stack_order::Writing;
use super::stack_write::{Work, join_all};
use super::{Batched, Listed, Listing, LocalFuture, Memory, Read, Tier, TierId};
use crate::directory::{Directory, Place};
use crate::error::TierError;
use crate::event::Event;
use crate::model::{Bytes, Clock, Entry, Key, Meta, Millis, SEALED, Table, Timestamp, Version};
use crate::stats::Stats;
use crate::sync::Notice;

/// Of its budget, memory is filled to that part when the tiers are opened.
const WARM_SHARE: u64 = 2;

/// How many entries a sweep looks at before it gives way: one or two milliseconds of work where all are dead, so that a
/// slow machine stays below five.
const SLICE: usize = 32;

/// What the stack needs of its surroundings.
pub trait Host {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// Any number, each as likely.
    fn random(&self) -> u32;
    /// Runs `task` after the current burst of work.
    fn spawn(&self, task: LocalFuture<()>);
    /// Resolves after `time`.
    fn sleep(&self, time: Millis) -> LocalFuture<()>;
    /// Resolves when nothing urgent is to be done.
    fn idle(&self) -> LocalFuture<()>;
    /// Waits, for a while, until no other context holds the lock called `name`; holds it until dropped.
    fn lock(&self, name: &str) -> LocalFuture<Lock>;
    /// Tells the other contexts.
    fn announce(&self, notice: &Notice);
    /// Tells the listeners of this context.
    fn emit(&self, event: Event);
}

/// What came of asking for a lock across contexts. The hold is released when it is dropped.
pub enum Lock {
    /// Nobody held it.
    Free(Box<dyn core::any::Any>),
    /// Another context held it until now: what it did may be what was wanted.
    Waited(Box<dyn core::any::Any>),
    /// There are no locks here, or the holder kept it for too long.
    None,
}

/// Memory in front, durable tiers behind, the directory beside them.
pub struct Stack<B> {
    pub(super) host: Rc<dyn Host>,
    /// The tier in front of the others.
    pub memory: Memory<B>,
    pub(super) homes: Vec<Rc<Batched<B>>>,
    pub(super) budgets: [Bytes; TierId::ALL.len()],
    pub(super) state: RefCell<State>,
}

/// What changes while the stack runs. Borrowed for moments only, never across an await.
pub(super) struct State {
    pub(super) directory: Directory,
    pub(super) clock: Clock,
    pub(super) stats: Stats,
    /// Tiers that did not open, and why.
    pub(super) down: Vec<(TierId, TierError)>,
    /// Writes under way by key.
    pub(super) under_way: Table<Vec<Writing>>,
    /// Records that a tier failed to remove.
    pub(super) owed: Vec<(TierId, Key)>,
    /// What is noted for those who reach a store that not all do.
    pub(super) notes: Vec<(Key, Notice)>,
    /// Tiers whose first fault was reported.
    reported: Vec<TierId>,
}

/// A read's answer.
#[derive(Clone, Debug)]
pub struct Found<B> {
    /// The entry.
    pub entry: Entry<B>,
    /// Who had it.
    pub tier: TierId,
}

impl<B: Clone + Default + 'static> Stack<B> {
    /// A stack over `tiers`, which are not asked anything before [`open`](Self::open).
    #[must_use]
    pub fn new(
        host: Rc<dyn Host>,
        tiers: Vec<Rc<dyn Tier<B>>>,
        budgets: [Bytes; TierId::ALL.len()],
        node: u32,
    ) -> Self {
        let homes = tiers.into_iter().map(|tier| Batched::new(tier, Rc::clone(&host))).collect();
        let state = State {
            directory: Directory::default(),
            clock: Clock::new(node),
            stats: Stats::default(),
            down: Vec::new(),
            under_way: Table::default(),
            owed: Vec::new(),
            notes: Vec::new(),
            reported: Vec::new(),
        };
        let memory = Memory::new(budgets[TierId::Memory as usize]);
        Self { host, memory, homes, budgets, state: RefCell::new(state) }
    }

    /// Reads every durable tier's metadata into the directory, and what comes along of bodies into memory, up to
    /// half of its budget. A tier that fails is out until the next call.
    pub async fn open(&self) {
        self.state.borrow_mut().down.clear();
        self.state.borrow_mut().notes.clear();
        self.list_homes(self.homes.clone()).await;
    }

    /// Whether no tier that is there failed to open.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.state.borrow().down.iter().all(|(_, why)| matches!(why, TierError::Unavailable(_)))
    }

    /// Asks the tiers anew that failed to open.
    pub async fn reopen(&self) {
        let failed =
            |home: &&Rc<Batched<B>>| !self.is_up(home.tier().id()) && !self.is_missing(home.tier().id());
        self.list_homes(self.homes.iter().filter(failed).cloned().collect()).await;
    }

    async fn list_homes(&self, homes: Vec<Rc<Batched<B>>>) {
        let mut listed = Vec::new();
        for home in homes {
            let id = home.tier().id();
            let list = in_time(&*self.host, READ_TIME, home.tier().list()).await;
            self.state.borrow_mut().down.retain(|(down, _)| *down != id);
            match list {
                Ok(Listing { entries, corrupt }) => {
                    let now = self.host.now();
                    self.cleared_before(home.tier().cleared());
                    let mut state = self.state.borrow_mut();
                    state.stats.tier(id).corrupt += corrupt;
                    let warm = Bytes(self.memory.budget().0 / WARM_SHARE);
                    for Listed { key, meta, body } in entries {
                        state.clock.observe(meta.version);
                        if state.find_note(&key, &meta) {
                            continue;
                        }
                        listed.push((key.clone(), id, meta.version));
                        if key.as_str().starts_with(SEALED) {
                            // Nobody here has its key; as no place is noted, it is dropped below.
                            state.stats.tier(id).corrupt += 1;
                            continue;
                        }
                        let meta = Rc::new(meta);
                        let is_current = state.directory.note(&key, id, Rc::clone(&meta), now);
                        if let Some(body) = body
                            && is_current
                            && self.memory.used().0 + meta.size <= warm
                        {
                            self.memory.put(&key, Entry { meta, body }, id, ON_DISK);
                        }
                    }
                }
                Err(error) => {
                    // A store that this kind of context does not have is no fault of it.
                    if !matches!(error, TierError::Unavailable(_)) {
                        self.fault(id, &error);
                    }
                    self.state.borrow_mut().down.push((id, error));
                }
            }
        }
        self.drop_outdated(listed).await;
    }

    /// Removes records that a newer one elsewhere, or a removal, has put out of date: one home an entry.
    async fn drop_outdated(&self, mut listed: Vec<(Key, TierId, Version)>) {
        listed.retain(|(key, tier, version)| {
            let state = self.state.borrow();
            let place = state.directory.get(key.as_str());
            let is_current = place.is_some_and(|p| p.home == *tier && p.meta.version == *version);
            !is_current
        });
        let drop = |(key, tier, version): &(Key, TierId, Version)| {
            let (key, tier, version) = (key.clone(), *tier, *version);
            Box::pin(async move { self.drop_record(tier, &key, version).await }) as Work<'_>
        };
        join_all(listed.iter().map(drop).collect()).await;
    }

    /// Forgets what was known of the durable tiers and reads it anew: after a freeze, when messages were
    /// missed.
    pub async fn resync(&self) {
        self.state.borrow_mut().directory.forget_places();
        self.open().await;
        for key in self.memory.keys() {
            let known = self.state.borrow().directory.get(key.as_str()).map(|place| place.meta.version);
            match known {
                Some(version) => self.memory.remove_older(&key, version),
                None => self.memory.remove(key.as_str()),
            }
        }
    }

    /// Memory only, at once.
    #[must_use]
    pub fn peek(&self, key: &Key) -> Option<Entry<B>> {
        self.memory.get(key.as_str(), self.host.now()).map(|(entry, _)| entry)
    }

    /// The entry under `key`, fresh or servable stale, from the nearest tier that has it.
    pub async fn get(&self, key: &Key) -> Option<Found<B>> {
        let now = self.host.now();
        if let Some((entry, _)) = self.memory.get(key.as_str(), now) {
            return Some(Found { entry, tier: TierId::Memory });
        }
        let place = self.place(key)?;
        if place.home == TierId::Memory || place.meta.is_dead(now) {
            self.discard(key, &place).await;
            return None;
        }
        let home = self.home(place.home)?;
        let read = home.get(key.clone()).await;
        let is_newer = |(entry, _): (Entry<B>, TierId)| entry.meta.version > place.meta.version;
        if self.memory.get(key.as_str(), now).is_some_and(is_newer)
            || self.state.borrow().directory.is_outdated(key, place.meta.version)
        {
            // Overtaken while it was read: what is known now is what counts.
            return Box::pin(self.get(key)).await;
        }
        match read {
            Ok(Read::Found(entry)) if entry.meta.version >= place.meta.version => {
                self.promote(key, &entry, place.home);
                Some(Found { entry, tier: place.home })
            }
            Ok(Read::Corrupt) => {
                self.state.borrow_mut().stats.tier(place.home).corrupt += 1;
                self.discard(key, &place).await;
                None
            }
            Ok(Read::Found(_) | Read::Missing) => {
                self.forget(key, place.meta.version);
                None
            }
            Err(error) => {
                self.fault(place.home, &error);
                None
            }
        }
    }

    /// What is known of the entry under `key`, if it is not dead; costs no I/O.
    #[must_use]
    pub fn known(&self, key: &Key) -> Option<Rc<Meta>> {
        let now = self.host.now();
        let in_memory = self.peek(key).map(|entry| entry.meta);
        let known = in_memory
            .or_else(|| self.state.borrow().directory.get(key.as_str()).map(|place| Rc::clone(&place.meta)));
        known.filter(|meta| !meta.is_dead(now))
    }

    /// Removes the entries that are dead, some at a time, while nothing else is to be done. Reads never see them;
    /// this frees their room.
    pub async fn sweep(&self, is_wanted: &dyn Fn() -> bool) {
        let mut from = None;
        loop {
            self.host.idle().await;
            if !is_wanted() {
                return;
            }
            let now = self.host.now();
            let (dead, last) = self.state.borrow().directory.dead(from.as_ref(), SLICE, now);
            let discard = |(key, place): &'_ (Key, Place)| {
                let (key, place) = (key.clone(), place.clone());
                Box::pin(async move {
                    self.discard(&key, &place).await;
                    Ok(())
                }) as Work<'_>
            };
            join_all(dead.iter().map(discard).collect()).await;
            if last.is_none() {
                return;
            }
            from = last;
        }
    }

    /// The places whose key starts with `prefix`, dead ones left out.
    #[must_use]
    pub fn list(&self, prefix: &str) -> Vec<(Key, Place)> {
        let now = self.host.now();
        let state = self.state.borrow();
        let places = state.directory.with_prefix(prefix);
        places.filter(|(_, p)| !p.meta.is_dead(now)).map(|(k, p)| (k.clone(), p.clone())).collect()
    }

    /// A snapshot of the counters.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.state.borrow().stats
    }

    /// Changes the counters.
    pub fn count(&self, change: impl FnOnce(&mut Stats)) {
        change(&mut self.state.borrow_mut().stats);
    }

    /// The tiers in use, and the bytes, entries and budget of each.
    #[must_use]
    pub fn usage(&self) -> Vec<(TierId, Bytes, usize, Bytes)> {
        let (bytes, count) = self.memory.used();
        let mut usage = vec![(TierId::Memory, bytes, count, self.memory.budget())];
        let state = self.state.borrow();
        for tier in self.present() {
            let budget = self.budgets[tier as usize];
            usage.push((tier, state.directory.used(tier), state.directory.count(tier), budget));
        }
        usage
    }

    /// Tiers that are asked for but not there, and why.
    #[must_use]
    pub fn down(&self) -> Vec<(TierId, TierError)> {
        self.state.borrow().down.clone()
    }

    /// The durable tiers that opened.
    #[must_use]
    pub fn present(&self) -> Vec<TierId> {
        let state = self.state.borrow();
        let open = |id: &TierId| !state.down.iter().any(|(down, _)| down == id);
        self.homes.iter().map(|home| home.tier().id()).filter(open).collect()
    }

    /// Lets every tier release its connections.
    pub fn release(&self) {
        for home in &self.homes {
            home.tier().release();
        }
    }

    /// The next version, for a write of this context.
    #[must_use]
    pub fn tick(&self) -> Version {
        let now = self.host.now();
        self.state.borrow_mut().clock.tick(now)
    }

    /// Notes a use of what memory has, which its home does not see.
    pub fn touch(&self, key: &Key) {
        self.state.borrow_mut().directory.touch(key.as_str(), self.host.now());
    }

    pub(super) fn home(&self, id: TierId) -> Option<Rc<Batched<B>>> {
        self.homes.iter().find(|home| home.tier().id() == id).cloned()
    }

    /// Counts a fault, and reports the first of each tier.
    pub fn fault(&self, tier: TierId, error: &TierError) {
        let first = {
            let mut state = self.state.borrow_mut();
            state.stats.tier(tier).faults += 1;
            let first = !state.reported.contains(&tier);
            if first {
                state.reported.push(tier);
            }
            first
        };
        if first {
            let error = crate::error::Error::Tier(tier, error.clone());
            self.host.emit(Event::Error { tier, code: error.code(), message: error.message() });
        }
    }

    fn place(&self, key: &Key) -> Option<Place> {
        self.touch(key);
        self.state.borrow().directory.get(key.as_str()).cloned()
    }

    /// Copies what a durable tier had into memory, unless something newer has come meanwhile.
    fn promote(&self, key: &Key, entry: &Entry<B>, home: TierId) {
        let current = {
            let mut state = self.state.borrow_mut();
            state.clock.observe(entry.meta.version);
            !state.directory.is_outdated(key, entry.meta.version)
        };
        if current {
            self.evicted_from_memory(&self.memory.offer(key, entry.clone(), home, ON_DISK));
        }
    }
}
