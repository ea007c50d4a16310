//! Values: set, get, load once, invalidate.

use std::rc::Rc;

use super::flight::{Boarding, Landing};
use super::{Engine, Failure};
use crate::error::Error;
use crate::event::Event;
use crate::model::{Bytes, Entry, Key, Kind, Meta, Millis, Timestamp, VALUE, Version};
use crate::origin::key::{FENCES, primary_of};
use crate::sync::{Notice, Select};
use crate::tier::{Admitted, Durability, Found, LocalFuture, Lock, Put, Slot, TierId};

/// How often to look for what another context announced while we waited for its lock.
pub(super) const NEWS_TRIES: u32 = 10;
/// The pause between two looks; messages between contexts take a few milliseconds.
pub(super) const NEWS_PAUSE: Millis = Millis(5);

/// What a value's entry weighs beside key and body: metadata, and its places in the directory, in memory and in the
/// eviction's books. Measured: 290 to 590 bytes in memory.
const ENTRY_OVERHEAD: u64 = 256;

/// How a value is to be kept.
#[derive(Clone, Debug, Default)]
pub struct SetOptions {
    /// Fresh for this long; `None` is for ever.
    pub ttl: Option<Millis>,
    /// Past the ttl, `get_or_set` may answer with it for this long while it loads anew.
    pub stale_while_revalidate: Option<Millis>,
    /// The names it is invalidated by.
    pub tags: Vec<String>,
    /// Its home; chosen by kind and size when `None`.
    pub tier: Option<TierId>,
    /// How hard it is pushed to disk.
    pub durability: Durability,
}

impl SetOptions {
    fn put(&self) -> Put {
        Put { tier: self.tier, durability: self.durability, ..Put::default() }
    }
}

/// A loaded value, ready to be kept, and what it weighs.
pub type Load<B> = Result<(B, Bytes), Failure<B>>;

impl<B: Clone + Default + 'static> Engine<B> {
    /// Makes a value visible in memory at once; [`Stack::commit`](crate::tier::Stack::commit) brings it home.
    ///
    /// # Errors
    /// When the tier that the options name cannot hold it; nothing was written.
    pub fn set(&self, key: &Key, kept: (B, Bytes), options: &SetOptions) -> Result<Admitted<B>, Error> {
        self.stack.admit(key, self.value(key, kept, options), options.put())
    }

    /// Whether [`set`](Self::set) would take the value; nothing is written.
    ///
    /// # Errors
    /// Those of `set`.
    pub fn check(&self, key: &Key, kept: (B, Bytes), options: &SetOptions) -> Result<(), Error> {
        self.stack.check(key, &self.value(key, kept, options), options.put())
    }

    fn value(&self, key: &Key, (body, size): (B, Bytes), options: &SetOptions) -> Entry<B> {
        let version = self.stack.tick();
        Entry { meta: Rc::new(value_meta(version, self.host.now(), key, size, options)), body }
    }

    /// The fresh value under `key`.
    pub async fn get(&self, key: &Key) -> Option<B> {
        let found = self.stack.get(key).await.filter(|found| found.entry.meta.is_fresh(self.host.now()));
        match found {
            Some(found) => {
                self.hit(key, found.tier);
                Some(found.entry.body)
            }
            None => {
                self.miss(key);
                None
            }
        }
    }

    /// The fresh value under `key`, if memory has it, counted as a hit of its.
    #[must_use]
    pub fn get_now(&self, key: &Key) -> Option<B> {
        let body = self.peek(key)?;
        self.hit(key, TierId::Memory);
        Some(body)
    }

    /// The fresh value under `key`, if memory has it.
    #[must_use]
    pub fn peek(&self, key: &Key) -> Option<B> {
        let entry = self.stack.peek(key)?;
        entry.meta.is_fresh(self.host.now()).then_some(entry.body)
    }

    /// The same with its slot, and until when it is fresh, for a mirror; see [`Memory::show`](crate::tier::Memory::show).
    #[must_use]
    pub fn show(&self, key: &Key) -> Option<(B, Slot, Option<Timestamp>)> {
        let now = self.host.now();
        let (entry, slot) = self.stack.memory.show(key.as_str(), now)?;
        entry.meta.is_fresh(now).then_some((entry.body, slot, entry.meta.expires))
    }

    /// Whether there is a fresh value under `key`; costs no I/O.
    #[must_use]
    pub fn has(&self, key: &Key) -> bool {
        self.stack.known(key).is_some_and(|meta| meta.is_fresh(self.host.now()))
    }

    /// The value under `key`, or what `load` makes, kept for the next caller. Callers at the same time share
    /// one load; an error goes to all of them and nothing is kept. Past the ttl and within the stale window
    /// the old value is returned at once and one load runs behind.
    ///
    /// # Errors
    /// What `load` failed with, or what [`set`](Self::set) says.
    pub async fn get_or_set(
        self: &Rc<Self>,
        key: &Key,
        options: SetOptions,
        load: impl FnOnce() -> LocalFuture<Load<B>> + 'static,
    ) -> Result<B, Failure<B>> {
        let now = self.host.now();
        if let Some(Found { entry, tier }) = self.stack.get(key).await {
            if entry.meta.is_fresh(now) {
                self.hit(key, tier);
                return Ok(entry.body);
            }
            if entry.meta.is_servable_stale(now) {
                self.hit(key, tier);
                let (this, key) = (Rc::clone(self), key.clone());
                self.host.spawn(self.tracked(Box::pin(async move {
                    // A failed refresh keeps the old value; the next caller past the window gets the error.
                    let _ = this.load(&key, options, load).await;
                })));
                return Ok(entry.body);
            }
        }
        self.miss(key);
        self.load(key, options, load).await
    }

    /// Removes what `select` names, here and in every other context. Returns how many entries there were.
    ///
    /// # Errors
    /// When a tier failed to remove them.
    pub async fn invalidate(&self, select: &Select) -> Result<usize, Error> {
        self.invalidate_all(core::slice::from_ref(select)).await
    }

    /// The same of what any of `selects` names. All are as of now: what is written meanwhile is not meant.
    ///
    /// # Errors
    /// Those of [`invalidate`](Self::invalidate).
    pub async fn invalidate_all(&self, selects: &[Select]) -> Result<usize, Error> {
        let version = self.stack.tick();
        selects.iter().for_each(|select| self.doom(select));
        let keys: Vec<Key> = selects.iter().flat_map(|select| self.selected(select)).collect();
        let removed = match keys.is_empty() {
            true => Ok(0),
            false => self.stack.remove_older(&keys, version).await,
        };
        for select in selects {
            if !matches!(select, Select::Keys(_)) {
                // What only others know of, or have in the air, is meant too.
                let notice = Notice::Selected(select.clone(), version);
                self.host.announce(&notice);
                self.stack.note(notice).await;
            }
        }
        removed
    }

    /// Takes in what was noted for this kind of context while none was there, before anything is read.
    pub async fn catch_up(&self) {
        let noted = self.stack.noted();
        if noted.is_empty() {
            return;
        }
        for notice in noted {
            match notice {
                Notice::Selected(select, version) => {
                    let mut keys = match select {
                        // No one in particular: too many to note them one by one.
                        Select::Keys(_) => self.matching("", &|_, _| true),
                        select => self.selected(&select),
                    };
                    // The others its writer has reached itself.
                    keys.retain(|key| {
                        matches!(self.stack.home_of(key), Some(TierId::Local | TierId::Session))
                    });
                    // A tier that failed is counted, and asked again with the next removal.
                    let _ = self.stack.remove_older(&keys, version).await;
                }
                notice => self.stack.apply(&notice),
            }
        }
        self.stack.forget_notes().await;
    }

    /// Sees to it that what is in the air is not kept when it lands.
    fn doom(&self, select: &Select) {
        match select {
            Select::Keys(keys) => self.loads.doom(&|key| keys.contains(key)),
            Select::Prefix(prefix) => {
                let prefix = [VALUE, prefix].concat();
                self.loads.doom(&|key| key.as_str().starts_with(&prefix));
            }
            Select::Tags(_) => {
                // What is in the air carries tags that nobody knows yet.
                self.loads.doom(&|_| true);
                self.fetches.doom(&|_| true);
            }
            Select::Url(url) => self.fetches.doom(&|key| is_of(key, url)),
        }
    }

    /// The keys of what `select` names.
    fn selected(&self, select: &Select) -> Vec<Key> {
        match select {
            Select::Keys(keys) => keys.clone(),
            Select::Prefix(prefix) => self.matching(&[VALUE, prefix].concat(), &|_, _| true),
            Select::Tags(tags) => {
                self.matching("", &|_, meta| meta.tags.iter().any(|tag| tags.contains(tag)))
            }
            // By what was asked, and by where redirects ended.
            Select::Url(url) => self.matching("", &|key, meta| {
                is_of(key, url) || meta.response().is_some_and(|s| s.response.url.as_str() == url)
            }),
        }
    }

    /// Removes everything, here and in every other context.
    ///
    /// # Errors
    /// When a tier failed to remove it.
    pub async fn clear(&self) -> Result<(), Error> {
        self.loads.doom(&|_| true);
        self.fetches.doom(&|_| true);
        self.stack.clear().await
    }

    /// Takes note of what another context removed: what is in the air here must not bring it back.
    pub fn overtaken(self: &Rc<Self>, notice: &Notice) {
        match notice {
            Notice::Written(..) => {}
            Notice::Removed(keys, _) => {
                self.loads.doom(&|key| keys.contains(key));
                let primaries: Vec<&str> = keys.iter().map(primary_of).collect();
                self.fetches.doom(&|flying| primaries.contains(&primary_of(flying)));
            }
            Notice::Cleared(_) => {
                self.loads.doom(&|_| true);
                self.fetches.doom(&|_| true);
            }
            Notice::Selected(select, version) => {
                self.doom(select);
                let keys = self.selected(select);
                if !keys.is_empty() {
                    let (this, version) = (Rc::clone(self), *version);
                    self.host.spawn(Box::pin(async move {
                        // A tier that failed is counted, and asked again with the next removal.
                        let _ = this.stack.remove_older(&keys, version).await;
                    }));
                }
            }
        }
    }

    pub(super) fn matching(&self, prefix: &str, wanted: &dyn Fn(&Key, &Meta) -> bool) -> Vec<Key> {
        let places = self.stack.list(prefix);
        let mut keys: Vec<Key> =
            places.into_iter().filter(|(key, place)| wanted(key, &place.meta)).map(|(key, _)| key).collect();
        for (key, meta) in self.stack.writing() {
            // What cannot be told of a write under way is taken to be meant.
            let is_meant = key.as_str().starts_with(prefix) && meta.is_none_or(|meta| wanted(&key, &meta));
            if is_meant && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    async fn load(
        &self,
        key: &Key,
        options: SetOptions,
        load: impl FnOnce() -> LocalFuture<Load<B>>,
    ) -> Result<B, Failure<B>> {
        let landing = loop {
            match self.loads.board(key) {
                Boarding::Leader(landing) => break landing,
                Boarding::Follower(outcome) => {
                    self.stack.count(|stats| stats.network.coalesced += 1);
                    if let Ok(outcome) = outcome.await {
                        return outcome;
                    }
                    // The leader was dropped half-way: somebody else leads.
                }
            }
        };
        let lock = self.host.lock(key.as_str()).await;
        if matches!(lock, Lock::Waited(_))
            && let Some(found) = self.loaded_elsewhere(key).await
        {
            landing.land(&Ok(found.clone()));
            return Ok(found);
        }
        let outcome = self.load_and_keep(key, &options, load, &landing).await;
        drop(lock);
        landing.land(&outcome);
        outcome
    }

    /// What another context has just loaded: its message is on the way.
    async fn loaded_elsewhere(&self, key: &Key) -> Option<B> {
        for _ in 0..NEWS_TRIES {
            let found = self.stack.get(key).await;
            if let Some(found) = found.filter(|found| found.entry.meta.is_fresh(self.host.now())) {
                return Some(found.entry.body);
            }
            self.host.sleep(NEWS_PAUSE).await;
        }
        None
    }

    async fn load_and_keep(
        &self,
        key: &Key,
        options: &SetOptions,
        load: impl FnOnce() -> LocalFuture<Load<B>>,
        landing: &Landing<Result<B, Failure<B>>>,
    ) -> Result<B, Failure<B>> {
        // The version counts from the start of the load, so that a write or removal during it wins; expiry
        // counts from its end.
        let (version, began) = (self.stack.tick(), self.host.now());
        let (body, size) = load().await?;
        if !landing.is_doomed() {
            let now = self.host.now();
            let meta = value_meta(version, now, key, size, options);
            let entry = Entry { meta: Rc::new(meta), body: body.clone() };
            let how = Put { made_in: Some(now.since(began)), ..options.put() };
            match self.stack.put(key, entry, how).await {
                // Nobody asked for a tier: what finds no room in any is the caller's all the same.
                Err(_) if options.tier.is_none() => {}
                kept => _ = kept?,
            }
        }
        Ok(body)
    }

    /// Notes that `tier` answered a read of `key`.
    pub fn hit(&self, key: &Key, tier: TierId) {
        self.stack.count(|stats| {
            stats.hits += 1;
            stats.tier(tier).hits += 1;
        });
        self.stack.touch(key);
        self.host.emit(Event::Hit { key: key.name().to_owned(), tier });
    }

    pub(super) fn miss(&self, key: &Key) {
        self.stack.count(|stats| stats.misses += 1);
        self.host.emit(Event::Miss { key: key.name().to_owned() });
    }
}

/// What a value weighs with its key and metadata.
#[must_use]
pub fn weight(key: &Key, body: Bytes) -> Bytes {
    body + Bytes(key.as_str().len() as u64 + ENTRY_OVERHEAD)
}

/// Its time counts from `now`, which is before the version's after the clock was set back.
fn value_meta(version: Version, now: Timestamp, key: &Key, body: Bytes, options: &SetOptions) -> Meta {
    let expires = options.ttl.map(|ttl| now + ttl);
    Meta {
        version,
        expires,
        stale_until: expires.zip(options.stale_while_revalidate).map(|(at, window)| at + window),
        size: weight(key, body),
        tags: options.tags.clone(),
        kind: Kind::Value,
    }
}

/// Whether `key` is of a response to `url`, by whatever method and with whatever other key parts.
fn is_of(key: &Key, url: &str) -> bool {
    let Some((_, rest)) = key.name().split_once(' ') else { return false };
    !key.is_value() && rest.strip_prefix(url).is_some_and(|rest| rest.is_empty() || rest.starts_with(FENCES))
}
