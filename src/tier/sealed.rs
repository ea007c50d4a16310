//! Encryption at rest, around any durable tier, so that adapters see ciphertext only.
//!
//! The sealer (`pkg/src/seal.ts`) makes of a key the name of its record, and of metadata and body ciphertexts that are
//! bound to name and version. A record's own metadata shows version and size, which tiers compare and count; the rest,
//! the key, and a small body are one ciphertext, in the place of a tag. A larger body is another, in its own place.

use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

use super::{Change, Durability, Listed, Listing, LocalFuture, Read, Tier, TierId, text};
use crate::dom;
use crate::error::TierError;
use crate::model::{Bytes, Entry, Key, Kind, Meta, SEALED, Version, Writer};

/// A body is sealed in one piece, in memory: larger ones are not kept.
const MAX_BODY: Bytes = Bytes::mib(32);
/// The same in Web Storage, where a byte can take six characters.
const MAX_STORAGE_BODY: Bytes = Bytes::kib(256);

/// A tier whose records are sealed.
#[derive(Clone)]
pub struct Sealed {
    tier: Rc<dyn Tier<JsValue>>,
    sealer: JsValue,
}

impl Sealed {
    /// `tier`, with what `sealer` seals.
    #[must_use]
    pub fn new(tier: Rc<dyn Tier<JsValue>>, sealer: &JsValue) -> Self {
        Self { tier, sealer: sealer.clone() }
    }

    /// The sealer's answer to each of `rows`.
    fn ask(&self, method: &str, rows: &Array) -> LocalFuture<Result<Array, TierError>> {
        let answer = dom::call(&self.sealer, method, &Array::of1(rows)).unwrap_or_default();
        Box::pin(async move {
            let answers =
                JsFuture::from(answer.unchecked_into::<Promise>()).await.map_err(dom::tier_error)?;
            Ok(answers.unchecked_into())
        })
    }

    async fn read(self, keys: Vec<Key>) -> Result<Vec<Read<JsValue>>, TierError> {
        let rows = keys.iter().map(|key| Array::of1(&key.as_str().into())).collect();
        let answers = self.ask("seal", &rows).await?;
        let names = answers.iter().map(|answer| text_at(&answer, 0));
        let mut found = self.tier.get_many(names.clone().map(|name| Key::internal(&name)).collect()).await?;
        let rows = Array::new();
        for (name, read) in names.zip(&found) {
            if let Read::Found(record) = read {
                rows.push(&row(&name, &record.meta, &record.body));
            }
        }
        let answers = self.ask("unseal", &rows).await?;
        let mut entries = answers.iter();
        for read in &mut found {
            if matches!(read, Read::Found(_)) {
                let listed = entries.next().and_then(|answer| unsealed(&answer));
                let entry = listed
                    .and_then(|Listed { meta, body, .. }| Some(Entry { meta: meta.into(), body: body? }));
                *read = entry.map_or(Read::Corrupt, Read::Found);
            }
        }
        Ok(found)
    }

    async fn write(
        self,
        changes: Vec<(Key, Change<JsValue>)>,
        durability: Durability,
    ) -> Result<(), TierError> {
        let rows = Array::new();
        for (key, change) in &changes {
            let row = Array::of1(&key.as_str().into());
            if let Change::Put(entry) = change {
                row.push(&form(entry.meta.version).into());
                row.push(&entry.meta.encode().into());
                row.push(&sealable(&entry.body)?);
            }
            rows.push(&row);
        }
        let answers = self.ask("seal", &rows).await?;
        let seal = |((_, change), answer): ((Key, Change<JsValue>), JsValue)| {
            let change = match change {
                Change::Put(entry) => {
                    let Meta { version, size, .. } = *entry.meta;
                    let tags = vec![text_at(&answer, 1)];
                    let meta =
                        Meta { version, size, expires: None, stale_until: None, tags, kind: Kind::Value };
                    Change::Put(Entry { meta: meta.into(), body: at(&answer, 2) })
                }
                other => other,
            };
            (Key::internal(&text_at(&answer, 0)), change)
        };
        self.tier.change_many(changes.into_iter().zip(answers.iter()).map(seal).collect(), durability).await
    }

    async fn entries(self) -> Result<Listing<JsValue>, TierError> {
        let Listing { entries: records, mut corrupt } = self.tier.list().await?;
        let rows = records
            .iter()
            .map(|record| row(record.key.as_str(), &record.meta, &JsValue::UNDEFINED))
            .collect();
        let answers = self.ask("unseal", &rows).await?;
        let (mut entries, mut lost, mut plain) = (Vec::new(), Vec::new(), Vec::new());
        for (record, answer) in records.into_iter().zip(answers.iter()) {
            match unsealed(&answer) {
                Some(listed) => entries.push(listed),
                None if record.key.as_str().starts_with(SEALED) => lost.push((record.key, Change::Remove)),
                None => plain.push(record.key),
            }
        }
        corrupt += lost.len() as u64;
        self.tier.change_many(lost, Durability::Relaxed).await?;
        // Bit by bit: who runs out of time goes on from there at the next attempt.
        for some in plain.chunks(32) {
            entries.extend(self.seal_plain(some.to_vec()).await?);
        }
        Ok(Listing { entries, corrupt })
    }

    /// Seals what was stored before there was a key.
    async fn seal_plain(&self, keys: Vec<Key>) -> Result<Vec<Listed<JsValue>>, TierError> {
        let (mut listed, mut changes, mut removals) = (Vec::new(), Vec::new(), Vec::new());
        for (key, read) in keys.iter().zip(self.tier.get_many(keys.clone()).await?) {
            if let Read::Found(entry) = read
                && self.accepts(key, &entry).is_ok()
            {
                removals.push((key.clone(), Change::RemoveUpTo(entry.meta.version)));
                listed.push(Listed { key: key.clone(), meta: (*entry.meta).clone(), body: None });
                changes.push((key.clone(), Change::Put(entry)));
            } else {
                removals.push((key.clone(), Change::Remove));
            }
        }
        self.change_many(changes, Durability::Relaxed).await?;
        self.tier.change_many(removals, Durability::Relaxed).await?;
        Ok(listed)
    }
}

/// What the sealer takes of a record.
fn row(name: &str, meta: &Meta, body: &JsValue) -> Array {
    let sealed = meta.tags.first().map_or("", String::as_str);
    Array::of4(&name.into(), &form(meta.version).into(), &sealed.into(), body)
}

/// What the sealer found in one, its body too where that was there.
fn unsealed(answer: &JsValue) -> Option<Listed<JsValue>> {
    if !answer.is_object() {
        return None;
    }
    let (meta, _) = Meta::decode(&text_at(answer, 1)).ok()?;
    let body = at(answer, 2);
    let body = match body.as_string() {
        Some(text) => Some(text::decode(&text)?),
        None => Some(body).filter(|body| !body.is_undefined()),
    };
    Some(Listed { key: Key::internal(&text_at(answer, 0)), meta, body })
}

/// A body that the sealer takes: bytes, a Blob, or text.
fn sealable(body: &JsValue) -> Result<JsValue, TierError> {
    match body.is_instance_of::<ArrayBuffer>() || body.is_instance_of::<Blob>() {
        true => Ok(body.clone()),
        false => text::encode(body).map(Into::into),
    }
}

fn form(version: Version) -> String {
    let mut out = Writer::default();
    version.encode(&mut out);
    out.finish()
}

fn at(answer: &JsValue, index: u32) -> JsValue {
    answer.unchecked_ref::<Array>().get(index)
}

fn text_at(answer: &JsValue, index: u32) -> String {
    at(answer, index).as_string().unwrap_or_default()
}

impl Tier<JsValue> for Sealed {
    fn id(&self) -> TierId {
        self.tier.id()
    }

    fn accepts(&self, _: &Key, entry: &Entry<JsValue>) -> Result<(), TierError> {
        if entry.body.is_instance_of::<Response>() {
            return Err(TierError::Unsupported("opaque responses where it encrypts"));
        }
        let body = sealable(&entry.body)?;
        let len = body.as_string().map_or_else(|| dom::length(&body), |text| text.len() as u64);
        let most =
            if matches!(self.id(), TierId::Local | TierId::Session) { MAX_STORAGE_BODY } else { MAX_BODY };
        if Bytes(len) <= most { Ok(()) } else { Err(TierError::TooLarge) }
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

    fn list(&self) -> LocalFuture<Result<Listing<JsValue>, TierError>> {
        Box::pin(self.clone().entries())
    }

    fn clear(&self) -> LocalFuture<Result<(), TierError>> {
        self.tier.clear()
    }

    fn clear_and_note(&self, version: Version) -> LocalFuture<Result<(), TierError>> {
        self.tier.clear_and_note(version)
    }

    fn cleared(&self) -> Version {
        self.tier.cleared()
    }

    fn release(&self) {
        self.tier.release();
    }
}
