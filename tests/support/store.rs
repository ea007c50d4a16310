//! A store that outlives the contexts, and fails on demand.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::Poll;

use nearcache::error::TierError;
use nearcache::model::{Bytes, Entry, Key, Version};
use nearcache::tier::{Change, Durability, Listed, Listing, LocalFuture, Read, Tier, TierId};

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// Writes find no room.
    Full,
    /// Every call fails.
    Failing,
    /// No call is ever answered.
    Hanging,
    /// It does not exist here.
    Absent,
}

pub struct Store<B> {
    id: TierId,
    /// `None` is a record that cannot be read.
    records: RefCell<BTreeMap<Key, Option<Entry<B>>>>,
    pub fault: Cell<Fault>,
    /// The note that a clear left.
    cleared: Cell<Version>,
    /// What it can hold at most; a commit past that fails as a whole.
    pub capacity: Cell<Bytes>,
    /// What one entry may weigh.
    pub largest: Cell<Bytes>,
    /// Whether a listing brings the bodies along.
    pub lists_bodies: Cell<bool>,
    /// How often a call waits before it takes effect.
    pub delay: Cell<u32>,
    /// Whether commits wait for those begun before, as IndexedDB's do; how many have begun and ended.
    pub takes_turns: Cell<bool>,
    turns: Cell<(u64, u64)>,
    /// Whether a commit compares first and writes later, as the Cache API and cookies do.
    pub compares_apart: Cell<bool>,
    /// The keys of each read, and of each commit with its durability.
    pub reads: RefCell<Vec<Vec<Key>>>,
    pub commits: RefCell<Vec<(Vec<Key>, Durability)>>,
}

impl<B: Clone + 'static> Store<B> {
    pub fn new(id: TierId) -> Rc<Self> {
        Rc::new(Self {
            id,
            records: RefCell::default(),
            fault: Cell::default(),
            cleared: Cell::default(),
            capacity: Cell::new(Bytes::mib(1)),
            largest: Cell::new(Bytes::mib(1)),
            lists_bodies: Cell::default(),
            delay: Cell::new(1),
            takes_turns: Cell::default(),
            turns: Cell::default(),
            compares_apart: Cell::default(),
            reads: RefCell::default(),
            commits: RefCell::default(),
        })
    }

    pub fn tier(self: Rc<Self>) -> Rc<FakeTier<B>> {
        Rc::new(FakeTier(self))
    }

    /// What is really there.
    pub fn get(&self, key: &Key) -> Option<Entry<B>> {
        self.records.borrow().get(key).cloned().flatten()
    }

    pub fn keys(&self) -> Vec<Key> {
        self.records.borrow().keys().cloned().collect()
    }

    pub fn used(&self) -> Bytes {
        self.records.borrow().values().flatten().map(|entry| entry.meta.size).sum()
    }

    /// Writes behind everybody's back.
    pub fn plant(&self, key: &Key, entry: Entry<B>) {
        self.records.borrow_mut().insert(key.clone(), Some(entry));
    }

    /// Makes a record unreadable.
    pub fn spoil(&self, key: &Key) {
        self.records.borrow_mut().insert(key.clone(), None);
    }

    pub fn lose(&self, key: &Key) {
        self.records.borrow_mut().remove(key);
    }

    async fn answer(&self) -> Result<(), TierError> {
        for _ in 0..self.delay.get() {
            breathe().await;
        }
        match self.fault.get() {
            Fault::None | Fault::Full => Ok(()),
            Fault::Failing => Err(TierError::Failed("on demand".into())),
            Fault::Absent => Err(TierError::Unavailable("on demand")),
            Fault::Hanging => pending().await,
        }
    }

    /// Writes what is newer than what was there `before`.
    fn commit_after(
        &self,
        before: &BTreeMap<Key, Option<Entry<B>>>,
        mut changes: Vec<(Key, Change<B>)>,
    ) -> Result<(), TierError> {
        let is_newer = |(key, change): &(Key, Change<B>)| {
            let known = before.get(key).and_then(Option::as_ref);
            known.is_none_or(|known| !change.yields_to(known.meta.version))
        };
        changes.retain(is_newer);
        changes.iter().for_each(|(key, _)| self.lose(key));
        self.commit(changes)
    }

    fn commit(&self, changes: Vec<(Key, Change<B>)>) -> Result<(), TierError> {
        let mut records = self.records.borrow().clone();
        let puts = changes.iter().any(|(_, change)| matches!(change, Change::Put(_)));
        for (key, change) in changes {
            match change {
                // As in IndexedDB: what is older than what is there comes too late.
                Change::Put(entry)
                    if records
                        .get(&key)
                        .is_some_and(|r| r.as_ref().is_some_and(|r| r.meta.version > entry.meta.version)) =>
                {
                    continue;
                }
                Change::Put(entry) => records.insert(key, Some(entry)),
                Change::Remove => records.remove(&key),
                Change::RemoveUpTo(latest)
                    if records
                        .get(&key)
                        .is_some_and(|r| r.as_ref().is_some_and(|r| r.meta.version > latest)) =>
                {
                    continue;
                }
                Change::RemoveUpTo(_) => records.remove(&key),
            };
        }
        let used: Bytes = records.values().flatten().map(|entry| entry.meta.size).sum();
        if puts && (used > self.capacity.get() || self.fault.get() == Fault::Full) {
            return Err(TierError::QuotaExceeded);
        }
        self.records.replace(records);
        Ok(())
    }
}

/// A context's handle on a store.
pub struct FakeTier<B>(Rc<Store<B>>);

impl<B: Clone + 'static> Tier<B> for FakeTier<B> {
    fn id(&self) -> TierId {
        self.0.id
    }

    fn accepts(&self, _: &Key, entry: &Entry<B>) -> Result<(), TierError> {
        if entry.meta.size > self.0.largest.get() { Err(TierError::TooLarge) } else { Ok(()) }
    }

    fn get_many(&self, keys: Vec<Key>) -> LocalFuture<Result<Vec<Read<B>>, TierError>> {
        let store = Rc::clone(&self.0);
        store.reads.borrow_mut().push(keys.clone());
        Box::pin(async move {
            store.answer().await?;
            let records = store.records.borrow();
            let read = |key: &Key| match records.get(key) {
                Some(Some(entry)) => Read::Found(entry.clone()),
                Some(None) => Read::Corrupt,
                None => Read::Missing,
            };
            Ok(keys.iter().map(read).collect())
        })
    }

    fn change_many(
        &self,
        changes: Vec<(Key, Change<B>)>,
        durability: Durability,
    ) -> LocalFuture<Result<(), TierError>> {
        let store = Rc::clone(&self.0);
        let keys = changes.iter().map(|(key, _)| key.clone()).collect();
        store.commits.borrow_mut().push((keys, durability));
        let (turn, ended) = store.turns.get();
        store.turns.set((turn + 1, ended));
        Box::pin(async move {
            while store.takes_turns.get() && store.turns.get().1 < turn {
                breathe().await;
            }
            let before = store.records.borrow().clone();
            let answer = store.answer().await;
            let (begun, ended) = store.turns.get();
            store.turns.set((begun, ended + 1));
            answer.and_then(|()| match store.compares_apart.get() {
                true => store.commit_after(&before, changes),
                false => store.commit(changes),
            })
        })
    }

    fn keeps_order(&self) -> bool {
        self.0.takes_turns.get()
    }

    fn list(&self) -> LocalFuture<Result<Listing<B>, TierError>> {
        let store = Rc::clone(&self.0);
        Box::pin(async move {
            store.answer().await?;
            let records = store.records.borrow();
            let readable = |(key, entry): (&Key, &Option<Entry<B>>)| {
                let entry = entry.as_ref()?;
                let body = store.lists_bodies.get().then(|| entry.body.clone());
                Some(Listed { key: key.clone(), meta: (*entry.meta).clone(), body })
            };
            let entries: Vec<_> = records.iter().filter_map(readable).collect();
            let corrupt = (records.len() - entries.len()) as u64;
            Ok(Listing { entries, corrupt })
        })
    }

    fn clear(&self) -> LocalFuture<Result<(), TierError>> {
        let store = Rc::clone(&self.0);
        Box::pin(async move {
            store.answer().await?;
            store.records.borrow_mut().clear();
            Ok(())
        })
    }

    fn clear_and_note(&self, version: Version) -> LocalFuture<Result<(), TierError>> {
        self.0.cleared.set(version);
        self.clear()
    }

    fn cleared(&self) -> Version {
        self.0.cleared.get()
    }
}

/// Lets everybody else go on first.
pub async fn breathe() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
