//! The places an entry can live, behind one trait.
//!
//! Adapters are dumb: they get, put, remove and list. What is true of every tier (budgets, expiry, one home,
//! batching, retries) stands once above them, in [`Stack`].

mod batch;
mod memory;
mod placement;
mod stack;
mod stack_hear;
mod stack_notes;
mod stack_order;
mod stack_write;

#[cfg(target_arch = "wasm32")]
pub mod cache_storage;
#[cfg(target_arch = "wasm32")]
mod connection;
#[cfg(target_arch = "wasm32")]
pub mod cookie;
#[cfg(target_arch = "wasm32")]
mod idb_record;
#[cfg(target_arch = "wasm32")]
pub mod indexed_db;
#[cfg(target_arch = "wasm32")]
pub mod sealed;
#[cfg(target_arch = "wasm32")]
pub mod text;
#[cfg(target_arch = "wasm32")]
pub mod web_storage;

use core::future::Future;
use core::pin::Pin;

pub use crate::evict::Slot;
pub use batch::Batched;
pub use memory::Memory;
pub use placement::{Lifetime, Put, candidates};
pub use stack::{Found, Host, Lock, Stack};
pub use stack_write::Admitted;

use crate::error::TierError;
use crate::model::{Entry, Key, Meta, Version};

/// A future of this thread.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// The six tiers, in the order they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TierId {
    /// Memoised values of this context.
    Memory,
    /// Cookies: tiny values that the server sees too.
    Cookie,
    /// sessionStorage: the tab's lifetime.
    Session,
    /// localStorage.
    Local,
    /// IndexedDB: the default durable home.
    IndexedDb,
    /// The Cache API: large and opaque responses.
    CacheStorage,
}

impl TierId {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Memory, Self::Cookie, Self::Session, Self::Local, Self::IndexedDb, Self::CacheStorage];

    /// The name that options and events use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Cookie => "cookie",
            Self::Session => "session",
            Self::Local => "local",
            Self::IndexedDb => "indexeddb",
            Self::CacheStorage => "cache-storage",
        }
    }

    /// Whether its store compares and writes in one go; in another, what other contexts write can come in between.
    #[must_use]
    pub const fn has_transactions(self) -> bool {
        !matches!(self, Self::Cookie | Self::CacheStorage)
    }

    /// The tier called `name`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }
}

/// How hard a write is pushed to disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// When the store has taken it (IndexedDB `relaxed`).
    #[default]
    Relaxed,
    /// When the operating system says it is on disk (IndexedDB `strict`).
    Strict,
}

/// One change of a durable store.
#[derive(Clone, Debug)]
pub enum Change<B> {
    /// Write the entry, replacing what is there.
    Put(Entry<B>),
    /// Remove the entry, if there is one.
    Remove,
    /// The same, but a newer one stays where the store can tell: another context was faster.
    RemoveUpTo(Version),
}

impl<B> Change<B> {
    /// Whether a record of `version` stays as it is: it is newer.
    #[must_use]
    pub fn yields_to(&self, version: Version) -> bool {
        match self {
            Self::Put(entry) => entry.meta.version < version,
            Self::RemoveUpTo(latest) => *latest < version,
            Self::Remove => false,
        }
    }
}

/// A store of entries. Metadata and body commit together or not at all.
pub trait Tier<B> {
    /// Which one it is.
    fn id(&self) -> TierId;

    /// Whether the tier can hold `entry`, told before anything is written.
    ///
    /// # Errors
    /// [`TierError::Unsupported`] or [`TierError::TooLarge`].
    fn accepts(&self, key: &Key, entry: &Entry<B>) -> Result<(), TierError>;

    /// The entries under `keys`, in that order. A record that cannot be read is [`Read::Corrupt`].
    fn get_many(&self, keys: Vec<Key>) -> LocalFuture<Result<Vec<Read<B>>, TierError>>;

    /// Applies all `changes` in one commit where the store has transactions, in order where not.
    fn change_many(
        &self,
        changes: Vec<(Key, Change<B>)>,
        durability: Durability,
    ) -> LocalFuture<Result<(), TierError>>;

    /// Whether of two calls of [`change_many`](Self::change_many) the one polled first is applied first, even if neither
    /// is awaited.
    fn keeps_order(&self) -> bool {
        false
    }

    /// Every entry, with its body where that comes along for nothing. What is none is removed.
    fn list(&self) -> LocalFuture<Result<Listing<B>, TierError>>;

    /// Removes everything that belongs to this cache and partition.
    fn clear(&self) -> LocalFuture<Result<(), TierError>>;

    /// The same, and keeps a note that everything older than `version` is removed, for tiers that this context
    /// cannot reach. A tier without room for notes only clears.
    fn clear_and_note(&self, version: Version) -> LocalFuture<Result<(), TierError>> {
        let _ = version;
        self.clear()
    }

    /// That note, as of the last [`list`](Self::list).
    fn cleared(&self) -> Version {
        Version::default()
    }

    /// Lets go of connections; the tier reopens them when it is used again.
    fn release(&self) {}
}

/// What a tier holds.
#[derive(Clone, Debug)]
pub struct Listing<B> {
    /// The entries.
    pub entries: Vec<Listed<B>>,
    /// How many records were none, and were removed.
    pub corrupt: u64,
}

/// An entry as a tier lists it.
#[derive(Clone, Debug)]
pub struct Listed<B> {
    /// Its key.
    pub key: Key,
    /// Its metadata.
    pub meta: Meta,
    /// Its body, where it was read on the way.
    pub body: Option<B>,
}

/// What a tier has under a key.
#[derive(Clone, Debug)]
pub enum Read<B> {
    /// The entry.
    Found(Entry<B>),
    /// Nothing.
    Missing,
    /// Something that is no entry.
    Corrupt,
}
