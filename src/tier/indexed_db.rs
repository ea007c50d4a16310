//! IndexedDB: structured values and bodies of any kind; the default durable home.
//!
//! Two object stores, written in one transaction: `meta` holds `[metadata, value]` for small values and
//! `[metadata]` for large ones, whose value is in `body`. So the directory is read without the large bodies,
//! and a small entry costs one request, and comes along with the directory.
//!
//! A record of its own bears a mark that each write renews. While it bears ours, nobody else has written since, and
//! what we know of versions holds. Changes are sent along with the question for it, and taken back when it turns out
//! to be another's; versions are then read before they are compared.
//!
//! Of many requests only the last is awaited, as a transaction answers in order: a listener for each costs more than
//! the request. (Chromium has been seen to report a transaction complete before a large value was there.)

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use indexed_db_futures::internals::SystemRepr;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::TransactionMode;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbRequest;

use super::connection::{Connection, Outcome};
use super::idb_record::{MARK, answer, has_puts, last, mark_of, parse};
use super::{Change, Durability, Listed, Listing, LocalFuture, Read, Tier, TierId};
use crate::dom;
use crate::error::TierError;
use crate::model::{Bytes, Entry, Key, Reader, Table, Version, Writer};

/// The layout of the stores.
const LAYOUT: u8 = 1;
const META: &str = "meta";
const BODY: &str = "body";
/// The record that says when everything was removed, for those who could not be told.
const CLEARED: &str = "!cleared";
/// Values up to this size stand beside their metadata.
const INLINE: Bytes = Bytes::kib(4);

/// One database of the origin.
#[derive(Clone, Debug)]
pub struct IndexedDb {
    connection: Connection,
    known: Rc<RefCell<Table<Known>>>,
    /// The mark under which `known` is all there is; NaN when it may not be.
    mark: Rc<Cell<f64>>,
    cleared: Rc<Cell<Version>>,
    /// When this context removed everything, counted: the last time that was begun, and that was done.
    clears: Rc<Cell<(u32, u32)>>,
}

/// What this context knows of a record.
#[derive(Clone, Copy, Debug)]
struct Known {
    version: Version,
    /// Whether its value is in `body`.
    is_apart: bool,
}

impl IndexedDb {
    /// The database called `name`; opened when it is first used.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mark = Rc::new(Cell::new(f64::NAN));
        let connection = Connection::new(name, LAYOUT, &[META, BODY]);
        Self { connection, known: Rc::default(), mark, cleared: Rc::default(), clears: Rc::default() }
    }

    async fn read(self, keys: Vec<Key>) -> Result<Vec<Read<JsValue>>, TierError> {
        let mut found = self.ask(&keys).await?;
        let apart = |(at, read): (usize, &Option<_>)| if read.is_none() { Some(at) } else { None };
        let again: Vec<usize> = found.iter().enumerate().filter_map(apart).collect();
        if !again.is_empty() {
            let keys: Vec<Key> = again.iter().filter_map(|&at| keys.get(at).cloned()).collect();
            self.known.borrow_mut().retain(|key, _| !keys.contains(key));
            for (at, read) in again.into_iter().zip(self.ask(&keys).await?) {
                if let Some(place) = found.get_mut(at) {
                    *place = read;
                }
            }
        }
        Ok(found.into_iter().map(|read| read.unwrap_or(Read::Corrupt)).collect())
    }

    /// Reads once; `None` where another context has put the value apart meanwhile.
    async fn ask(&self, keys: &[Key]) -> Result<Vec<Option<Read<JsValue>>>, TierError> {
        let asked = self
            .connection
            .run(TransactionMode::Readonly, Durability::Relaxed, async |transaction| {
                let (metas, bodies) = (transaction.object_store(META)?, transaction.object_store(BODY)?);
                let ask = |key: &Key| {
                    let name = key.as_str().into();
                    let known = self.known.borrow();
                    let may_be_apart = known.get(key).is_none_or(|known| known.is_apart);
                    let body = if may_be_apart { Some(bodies.as_sys().get(&name)?) } else { None };
                    Ok((metas.as_sys().get(&name)?, body))
                };
                let asked = keys.iter().map(ask).collect::<Outcome<Vec<_>>>()?;
                last(&metas).await?;
                Ok(asked)
            })
            .await?;
        let read = |(record, apart): (IdbRequest, Option<IdbRequest>)| {
            let record = answer(&record);
            if record.is_undefined() {
                return Some(Read::Missing);
            }
            let apart = apart.map(|apart| answer(&apart));
            Some(match (parse(&record), apart) {
                (Some((meta, Some(inline))), _) => Read::Found(Entry { meta: meta.into(), body: inline }),
                (Some((_, None)), None) => return None,
                (Some((meta, None)), Some(body)) if !body.is_undefined() => {
                    Read::Found(Entry { meta: meta.into(), body })
                }
                _ => Read::Corrupt,
            })
        };
        Ok(asked.into_iter().map(read).collect())
    }

    async fn write(
        self,
        changes: Vec<(Key, Change<JsValue>)>,
        durability: Durability,
    ) -> Result<(), TierError> {
        if changes.is_empty() {
            return Ok(());
        }
        let (expected, (before, _)) = (self.mark.get(), self.clears.get());
        if has_puts(&changes) {
            self.mark.set(js_sys::Math::random());
        }
        if !expected.is_nan() && self.write_as(expected, &changes, durability).await? {
            return Ok(());
        }
        // Until the next list nobody knows what else others have written.
        self.mark.set(f64::NAN);
        self.connection
            .run(TransactionMode::Readwrite, durability, async |transaction| {
                let (metas, bodies) = (transaction.object_store(META)?, transaction.object_store(BODY)?);
                self.learn(&metas, &changes).await?;
                if self.clears.get().1 > before {
                    // In its turn it would have come before a `clear` that was begun meanwhile, and would be gone.
                    return Ok(());
                }
                self.send(&metas, &bodies, &changes, js_sys::Math::random()).await.map(|_| ())
            })
            .await
    }

    /// Writes if the mark is still `expected`; else nothing is written.
    async fn write_as(
        &self,
        expected: f64,
        changes: &[(Key, Change<JsValue>)],
        durability: Durability,
    ) -> Result<bool, TierError> {
        let mark = self.mark.get();
        let is_foreign = Cell::new(false);
        let outcome = self
            .connection
            .run(TransactionMode::Readwrite, durability, async |transaction| {
                let (metas, bodies) = (transaction.object_store(META)?, transaction.object_store(BODY)?);
                let found = self.send(&metas, &bodies, changes, mark).await?;
                #[allow(clippy::float_cmp)]
                if mark_of(found.as_ref()) != expected {
                    is_foreign.set(true);
                    transaction.as_sys().abort()?;
                }
                Ok(())
            })
            .await;
        match outcome {
            _ if is_foreign.get() => Ok(false),
            // What was noted may not be there.
            Err(error) => {
                self.mark.set(f64::NAN);
                Err(error)
            }
            Ok(()) => Ok(true),
        }
    }

    /// Asks for `changes`, as far as nothing newer is known, and for the new mark; resolves to the one before when all
    /// else is done. (Firefox keeps the rest of a transaction that is committed before it knows what fails.)
    async fn send(
        &self,
        metas: &ObjectStore<'_>,
        bodies: &ObjectStore<'_>,
        changes: &[(Key, Change<JsValue>)],
        mark: f64,
    ) -> Outcome<Option<JsValue>> {
        let forms = changes.iter().map(|(_, change)| match change {
            Change::Put(entry) => entry.meta.encode(),
            Change::Remove | Change::RemoveUpTo(_) => String::new(),
        });
        let forms: Vec<String> = forms.collect();
        let texts: Vec<&str> =
            changes.iter().zip(&forms).flat_map(|((key, _), form)| [key.as_str(), form]).collect();
        let mut texts = dom::texts(&texts);
        for (key, change) in changes {
            let mut known = self.known.borrow_mut();
            let present = known.get(key).copied();
            let (Some(name), Some(form)) = (texts.next(), texts.next()) else { break };
            match change {
                // Something newer came first: another context was faster, and has announced it.
                change if present.is_some_and(|present| change.yields_to(present.version)) => {}
                Change::Put(entry) => {
                    let record = Array::of1(&form);
                    // Nothing, stored apart, is read as no record at all.
                    let nothing = entry.body.is_undefined() || entry.body.is_null();
                    let is_apart = !nothing && entry.meta.size > INLINE;
                    if is_apart {
                        bodies.as_sys().put_with_key(&entry.body, &name)?;
                    } else {
                        record.push(&entry.body);
                        if present.is_some_and(|present| present.is_apart) {
                            bodies.as_sys().delete(&name)?;
                        }
                    }
                    metas.as_sys().put_with_key(&record, &name)?;
                    known.insert(key.clone(), Known { version: entry.meta.version, is_apart });
                }
                Change::Remove | Change::RemoveUpTo(_) => {
                    known.remove(key);
                    metas.as_sys().delete(&name)?;
                    bodies.as_sys().delete(&name)?;
                }
            }
        }
        let before = metas.get::<JsValue, _, _>(MARK).primitive()?;
        if has_puts(changes) {
            metas.as_sys().put_with_key(&mark.into(), &MARK.into())?;
        }
        before.await
    }

    /// Reads what is there under the keys of `changes`.
    async fn learn(&self, metas: &ObjectStore<'_>, changes: &[(Key, Change<JsValue>)]) -> Outcome<()> {
        let asked: Outcome<Vec<IdbRequest>> =
            changes.iter().map(|(key, _)| Ok(metas.as_sys().get(&key.as_str().into())?)).collect();
        last(metas).await?;
        let mut known = self.known.borrow_mut();
        for ((key, _), asked) in changes.iter().zip(asked?) {
            match parse(&answer(&asked)) {
                Some((meta, inline)) => {
                    known.insert(key.clone(), Known { version: meta.version, is_apart: inline.is_none() });
                }
                None => {
                    known.remove(key);
                }
            }
        }
        Ok(())
    }

    async fn empty(self, note: Option<Version>) -> Result<(), TierError> {
        self.known.borrow_mut().clear();
        self.mark.set(f64::NAN);
        let (before, done) = self.clears.get();
        let own = before + 1;
        self.clears.set((own, done));
        self.connection
            .run(TransactionMode::Readwrite, Durability::Strict, async |transaction| {
                let metas = transaction.object_store(META)?;
                drop(metas.clear()?);
                drop(transaction.object_store(BODY)?.clear()?);
                if let Some(version) = note {
                    let mut form = Writer::default();
                    version.encode(&mut form);
                    metas.as_sys().put_with_key(&form.finish().into(), &CLEARED.into())?;
                }
                last(&metas).await.map(|_| ())
            })
            .await?;
        self.clears.set((self.clears.get().0, own));
        Ok(())
    }

    async fn entries(self) -> Result<Listing<JsValue>, TierError> {
        let [keys, records, apart] = self
            .connection
            .run(TransactionMode::Readonly, Durability::Relaxed, async |transaction| {
                let (metas, bodies) = (transaction.object_store(META)?, transaction.object_store(BODY)?);
                let asked = [
                    metas.as_sys().get_all_keys()?,
                    metas.as_sys().get_all()?,
                    bodies.as_sys().get_all_keys()?,
                ];
                last(&metas).await?;
                Ok(asked)
            })
            .await?
            .map(|asked| Array::from(&answer(&asked)));
        let (mut list, mut lost) = (Vec::new(), Vec::new());
        let mut known = Table::default();
        self.mark.set(mark_of(None));
        for (key, record) in keys.iter().zip(records.iter()) {
            let name = key.as_string().unwrap_or_default();
            if name == MARK {
                self.mark.set(mark_of(Some(&record)));
                continue;
            }
            if name == CLEARED {
                let form = record.as_string().unwrap_or_default();
                // One that cannot be read says nothing.
                self.cleared.set(Version::decode(&mut Reader::new(&form)).unwrap_or_default());
                continue;
            }
            let key = Key::internal(&name);
            match parse(&record) {
                Some((meta, body)) => {
                    known.insert(key.clone(), Known { version: meta.version, is_apart: body.is_none() });
                    list.push(Listed { key, meta, body });
                }
                None => lost.push((key, Change::Remove)),
            }
        }
        for key in apart.iter() {
            let key = Key::internal(&key.as_string().unwrap_or_default());
            if !known.contains_key(&key) {
                lost.push((key, Change::Remove));
            }
        }
        *self.known.borrow_mut() = known;
        let corrupt = lost.len() as u64;
        self.write(lost, Durability::Relaxed).await?;
        Ok(Listing { entries: list, corrupt })
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

    /// Transactions on the same stores run in the order in which they were begun.
    fn keeps_order(&self) -> bool {
        true
    }

    fn list(&self) -> LocalFuture<Result<Listing<JsValue>, TierError>> {
        Box::pin(self.clone().entries())
    }

    fn clear(&self) -> LocalFuture<Result<(), TierError>> {
        Box::pin(self.clone().empty(None))
    }

    fn clear_and_note(&self, version: Version) -> LocalFuture<Result<(), TierError>> {
        Box::pin(self.clone().empty(Some(version)))
    }

    fn cleared(&self) -> Version {
        self.cleared.get()
    }

    fn release(&self) {
        self.connection.release();
    }
}
