//! IndexedDB: structured values and bodies of any kind; the default durable home.
//!
//! Two object stores, written in one transaction: `meta` holds `[metadata, value]` for small values and
//! `[metadata]` for large ones, whose value is in `body`. So the directory is read without the large bodies,
//! and a small entry costs one request.
//!
//! The browser may close a connection at any time (pitfalls: suspended tabs, deleted databases). The handle is
//! dropped on `close` and `versionchange`, and when a transaction cannot be started; it is then opened anew and
//! the operation is run once more, never twice on the same handle.

use core::cell::RefCell;
use core::future::poll_fn;
use std::collections::HashSet;
use std::rc::Rc;

use indexed_db_futures::database::Database;
use indexed_db_futures::error::OpenDbError;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionMode, TransactionOptions,
};
use js_sys::{Array, JsString};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::{Change, Durability, LocalFuture, Read, Tier, TierId};
use crate::dom;
use crate::error::TierError;
use crate::model::{Bytes, Entry, Key, Meta};

/// The layout of the stores.
const LAYOUT: u8 = 1;
const META: &str = "meta";
const BODY: &str = "body";
/// Values up to this size stand beside their metadata.
const INLINE: Bytes = Bytes::kib(4);

type Outcome<T> = Result<T, indexed_db_futures::error::Error>;

/// One database of the origin.
#[derive(Clone, Debug)]
pub struct IndexedDb {
    name: Rc<str>,
    handle: Rc<RefCell<Option<Database>>>,
    /// Keys whose value is in `body`, as far as this context knows.
    apart: Rc<RefCell<HashSet<Key>>>,
}

impl IndexedDb {
    /// The database called `name`; opened when it is first used.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), handle: Rc::default(), apart: Rc::default() }
    }

    async fn database(&self) -> Result<Database, TierError> {
        if let Some(open) = self.handle.borrow().as_ref() {
            return Ok(open.clone());
        }
        let opening = Database::open(&*self.name).with_version(LAYOUT).with_on_upgrade_needed(|_, db| {
            for store in [META, BODY] {
                db.create_object_store(store).build()?;
            }
            Ok(())
        });
        let database = opening.await.map_err(open_error)?;
        *self.handle.borrow_mut() = Some(database.clone());
        self.watch(&database);
        Ok(database)
    }

    /// Drops the handle as soon as the browser closes it or another context wants to upgrade or delete.
    fn watch(&self, database: &Database) {
        let Ok(mut changes) = database.version_changes() else { return };
        let handle = Rc::clone(&self.handle);
        spawn_local(async move {
            let _ = poll_fn(|context| changes.poll_recv(context)).await;
            if let Some(database) = handle.take() {
                database.close();
            }
        });
    }

    /// Runs `work` in a transaction; once more on a new connection when this one turns out to be dead.
    async fn run<T, W>(&self, mode: TransactionMode, durability: Durability, work: W) -> Result<T, TierError>
    where
        W: AsyncFn(&Transaction<'_>) -> Outcome<T>,
    {
        for last in [false, true] {
            let database = self.database().await?;
            let options = TransactionOptions::new().with_durability(match durability {
                Durability::Relaxed => TransactionDurability::Relaxed,
                Durability::Strict => TransactionDurability::Strict,
            });
            let begun = database.transaction([META, BODY]).with_mode(mode).with_options(options).build();
            let transaction = match begun {
                Ok(transaction) => transaction,
                Err(error) if last => return Err(failure(error)),
                Err(_) => {
                    self.release();
                    continue;
                }
            };
            let output = work(&transaction).await.map_err(failure)?;
            transaction.commit().await.map_err(failure)?;
            return Ok(output);
        }
        Err(TierError::Unavailable("its connection keeps closing"))
    }

    async fn read(self, keys: Vec<Key>) -> Result<Vec<Read<JsValue>>, TierError> {
        self.run(TransactionMode::Readonly, Durability::Relaxed, async |transaction| {
            let (metas, bodies) = (transaction.object_store(META)?, transaction.object_store(BODY)?);
            let asked: Outcome<Vec<_>> =
                keys.iter().map(|key| metas.get::<JsValue, _, _>(key.as_str()).primitive()).collect();
            let mut records = Vec::with_capacity(keys.len());
            for (key, asked) in keys.iter().zip(asked?) {
                let record = asked.await?;
                let apart = match record.as_ref().map(parse) {
                    Some(Some((_, None))) => Some(bodies.get::<JsValue, _, _>(key.as_str()).primitive()?),
                    _ => None,
                };
                records.push((record, apart));
            }
            let mut found = Vec::with_capacity(records.len());
            for (record, apart) in records {
                let apart = match apart {
                    Some(asked) => asked.await?,
                    None => None,
                };
                found.push(match record {
                    None => Read::Missing,
                    Some(record) => match parse(&record).map(|(meta, inline)| (meta, inline.or(apart))) {
                        Some((meta, Some(body))) => Read::Found(Entry { meta: meta.into(), body }),
                        _ => Read::Corrupt,
                    },
                });
            }
            Ok(found)
        })
        .await
    }

    async fn write(
        self,
        changes: Vec<(Key, Change<JsValue>)>,
        durability: Durability,
    ) -> Result<(), TierError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.run(TransactionMode::Readwrite, durability, async |transaction| {
            let (metas, bodies) = (transaction.object_store(META)?, transaction.object_store(BODY)?);
            let asked: Outcome<Vec<_>> =
                changes.iter().map(|(key, _)| metas.get::<JsValue, _, _>(key.as_str()).primitive()).collect();
            let mut present = Vec::with_capacity(changes.len());
            for asked in asked? {
                present.push(asked.await?.as_ref().and_then(parse).map(|(meta, _)| meta.version));
            }
            for ((key, change), present) in changes.iter().zip(present) {
                let name = key.as_str();
                let mut apart = self.apart.borrow_mut();
                match change {
                    // Another context was faster with something newer, and has announced it.
                    Change::Put(entry) if present.is_some_and(|there| there > entry.meta.version) => {}
                    Change::Put(entry) => {
                        let record = Array::of1(&entry.meta.encode().into());
                        // Nothing, stored apart, is read as no record at all.
                        let nothing = entry.body.is_undefined() || entry.body.is_null();
                        if nothing || entry.meta.size <= INLINE {
                            record.push(&entry.body);
                            if apart.remove(key) {
                                drop(bodies.delete(name).primitive()?);
                            }
                        } else {
                            drop(bodies.put(&entry.body).with_key(name).primitive()?);
                            apart.insert(key.clone());
                        }
                        drop(metas.put(JsValue::from(record)).with_key(name).primitive()?);
                    }
                    Change::Remove => {
                        apart.remove(key);
                        drop(metas.delete(name).primitive()?);
                        drop(bodies.delete(name).primitive()?);
                    }
                }
            }
            Ok(())
        })
        .await
    }

    async fn entries(self) -> Result<Vec<(Key, Meta)>, TierError> {
        let (list, lost) = self
            .run(TransactionMode::Readonly, Durability::Relaxed, async |transaction| {
                let (metas, bodies) = (transaction.object_store(META)?, transaction.object_store(BODY)?);
                let keys = metas.get_all_keys::<JsString>().primitive()?;
                let records = metas.get_all::<JsValue>().primitive()?;
                let apart = bodies.get_all_keys::<JsString>().primitive()?;
                let (mut list, mut lost) = (Vec::new(), Vec::new());
                let mut expected = HashSet::new();
                for (key, record) in keys.await?.zip(records.await?) {
                    let key = Key::internal(&String::from(key?));
                    match parse(&record?) {
                        Some((meta, inline)) => {
                            if inline.is_none() {
                                expected.insert(key.clone());
                            }
                            list.push((key, meta));
                        }
                        None => lost.push((key, Change::Remove)),
                    }
                }
                for key in apart.await? {
                    let key = Key::internal(&String::from(key?));
                    if !expected.contains(&key) && list.iter().all(|(known, _)| *known != key) {
                        lost.push((key, Change::Remove));
                    }
                }
                *self.apart.borrow_mut() = expected;
                Ok((list, lost))
            })
            .await?;
        self.write(lost, Durability::Relaxed).await?;
        Ok(list)
    }
}

impl Tier<JsValue> for IndexedDb {
    fn id(&self) -> TierId {
        TierId::IndexedDb
    }

    fn accepts(&self, _: &Key, entry: &Entry<JsValue>) -> Result<(), TierError> {
        // Values are structured clones already; only a response, opaque or not, cannot be one.
        match entry.body.is_instance_of::<web_sys::Response>() {
            true => Err(TierError::Unsupported("opaque responses")),
            false => Ok(()),
        }
    }

    fn get_many(&self, keys: Vec<Key>) -> LocalFuture<Result<Vec<Read<JsValue>>, TierError>> {
        Box::pin(self.clone().read(keys))
    }

    fn change_many(
        &self,
        changes: Vec<(Key, Change<JsValue>)>,
        durability: Durability,
    ) -> LocalFuture<Result<(), TierError>> {
        Box::pin(self.clone().write(changes, durability))
    }

    fn list(&self) -> LocalFuture<Result<Vec<(Key, Meta)>, TierError>> {
        Box::pin(self.clone().entries())
    }

    fn clear(&self) -> LocalFuture<Result<(), TierError>> {
        let this = self.clone();
        Box::pin(async move {
            this.apart.borrow_mut().clear();
            this.run(TransactionMode::Readwrite, Durability::Strict, async |transaction| {
                for store in [META, BODY] {
                    drop(transaction.object_store(store)?.clear()?);
                }
                Ok(())
            })
            .await
        })
    }

    fn release(&self) {
        if let Some(database) = self.handle.take() {
            database.close();
        }
    }
}

/// Metadata, and the value if it stands beside it; `None` for a record that is not ours.
fn parse(record: &JsValue) -> Option<(Meta, Option<JsValue>)> {
    let record: &Array = record.dyn_ref()?;
    let (meta, _) = Meta::decode(&record.get(0).as_string()?).ok()?;
    let inline = (record.length() > 1).then(|| record.get(1));
    Some((meta, inline))
}

fn failure(error: indexed_db_futures::error::Error) -> TierError {
    use indexed_db_futures::error::Error;
    match error {
        Error::DomException(exception) => dom::tier_error(exception.into()),
        _ => TierError::Failed("IndexedDB gave no reason".into()),
    }
}

fn open_error(error: OpenDbError) -> TierError {
    match error {
        OpenDbError::Base(error) => failure(error),
        _ => TierError::Unavailable("this context has no IndexedDB"),
    }
}
