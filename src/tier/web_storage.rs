//! localStorage and sessionStorage: text, synchronous, a few megabytes, pages only.
//!
//! Keys carry the cache's prefix; `clear` removes only those. Values are metadata followed by the value as
//! text.

use core::future::ready;

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use js_sys::{Reflect, global};
use wasm_bindgen::JsValue;
use web_sys::Storage;

use super::{Change, Durability, Listed, Listing, LocalFuture, Read, Tier, TierId, text};
use crate::dom;
use crate::error::TierError;
use crate::model::{Entry, Key, Meta, Reader, Version, Writer};

/// Browsers give 5 MB of UTF-16 to an origin; more than half of that is refused unasked.
const MAX_LEN: usize = 2 * 1024 * 1024;

/// One of the two storages.
#[derive(Debug)]
pub struct WebStorage {
    id: TierId,
    prefix: String,
}

impl WebStorage {
    /// localStorage under `prefix`.
    #[must_use]
    pub fn local(prefix: &str) -> Self {
        Self { id: TierId::Local, prefix: prefix.to_owned() }
    }

    /// sessionStorage under `prefix`.
    #[must_use]
    pub fn session(prefix: &str) -> Self {
        Self { id: TierId::Session, prefix: prefix.to_owned() }
    }

    /// Asked anew each time: access can be withdrawn, and gloo-storage panics where there is none, so the
    /// property is probed first.
    fn storage(&self) -> Result<Storage, TierError> {
        let name = if self.id == TierId::Local { "localStorage" } else { "sessionStorage" };
        match Reflect::get(&global(), &name.into()) {
            Ok(storage) if storage.is_object() => {
                Ok(if self.id == TierId::Local { LocalStorage::raw() } else { SessionStorage::raw() })
            }
            Ok(_) => Err(TierError::Unavailable("this context has no Web Storage")),
            Err(_) => Err(TierError::Unavailable("access to Web Storage is blocked")),
        }
    }

    fn name(&self, key: &Key) -> String {
        [&self.prefix, key.as_str()].concat()
    }

    fn read(&self, storage: &Storage, key: &Key) -> Result<Read<JsValue>, TierError> {
        let Some(record) = storage.get_item(&self.name(key)).map_err(dom::tier_error)? else {
            return Ok(Read::Missing);
        };
        Ok(decode(&record).map_or(Read::Corrupt, Read::Found))
    }

    fn apply(&self, changes: &[(Key, Change<JsValue>)]) -> Result<(), TierError> {
        let storage = self.storage()?;
        for (key, change) in changes {
            let name = self.name(key);
            match change {
                change if present(&storage, &name).is_some_and(|version| change.yields_to(version)) => Ok(()),
                Change::Put(entry) => storage.set_item(&name, &encode(entry)?),
                Change::Remove | Change::RemoveUpTo(_) => storage.remove_item(&name),
            }
            .map_err(dom::tier_error)?;
        }
        Ok(())
    }

    /// Where localStorage says when everything was removed, under a name that does not say whose.
    fn note(&self) -> String {
        ["nearcache!", &Key::internal(&self.prefix).hash64().to_string()].concat()
    }

    fn names(&self, storage: &Storage) -> Result<Vec<String>, TierError> {
        let len = storage.length().map_err(dom::tier_error)?;
        let mut names = Vec::new();
        for index in 0..len {
            let name = storage.key(index).map_err(dom::tier_error)?;
            names.extend(name.filter(|name| name.starts_with(&self.prefix)));
        }
        Ok(names)
    }
}

impl Tier<JsValue> for WebStorage {
    fn id(&self) -> TierId {
        self.id
    }

    fn accepts(&self, key: &Key, entry: &Entry<JsValue>) -> Result<(), TierError> {
        match self.prefix.len() + key.as_str().len() + encode(entry)?.len() {
            0..=MAX_LEN => Ok(()),
            _ => Err(TierError::TooLarge),
        }
    }

    fn get_many(&self, keys: Vec<Key>) -> LocalFuture<Result<Vec<Read<JsValue>>, TierError>> {
        let found =
            self.storage().and_then(|storage| keys.iter().map(|key| self.read(&storage, key)).collect());
        Box::pin(ready(found))
    }

    fn change_many(
        &self,
        changes: Vec<(Key, Change<JsValue>)>,
        _: Durability,
    ) -> LocalFuture<Result<(), TierError>> {
        Box::pin(ready(self.apply(&changes)))
    }

    fn list(&self) -> LocalFuture<Result<Listing<JsValue>, TierError>> {
        let list = || {
            let storage = self.storage()?;
            let (mut entries, mut corrupt) = (Vec::new(), 0);
            for name in self.names(&storage)? {
                let record = storage.get_item(&name).map_err(dom::tier_error)?.unwrap_or_default();
                let key = Key::internal(name.get(self.prefix.len()..).unwrap_or_default());
                match Meta::decode(&record) {
                    Ok((meta, body)) => entries.push(Listed { key, meta, body: text::decode(body) }),
                    // Under our prefix and not ours: nothing can be answered with it.
                    Err(_) => {
                        corrupt += 1;
                        storage.remove_item(&name).map_err(dom::tier_error)?;
                    }
                }
            }
            Ok(Listing { entries, corrupt })
        };
        Box::pin(ready(list()))
    }

    fn clear_and_note(&self, version: Version) -> LocalFuture<Result<(), TierError>> {
        let mut form = Writer::default();
        version.encode(&mut form);
        let noted = self
            .storage()
            .and_then(|storage| storage.set_item(&self.note(), &form.finish()).map_err(dom::tier_error));
        let cleared = self.clear();
        // Without a note all that can be is gone all the same.
        drop(noted);
        cleared
    }

    fn cleared(&self) -> Version {
        let storage = Self::local("").storage().ok();
        let form =
            storage.and_then(|storage| storage.get_item(&self.note()).ok().flatten()).unwrap_or_default();
        Version::decode(&mut Reader::new(&form)).unwrap_or_default()
    }

    fn clear(&self) -> LocalFuture<Result<(), TierError>> {
        let clear = || {
            let storage = self.storage()?;
            for name in self.names(&storage)? {
                storage.remove_item(&name).map_err(dom::tier_error)?;
            }
            Ok(())
        };
        Box::pin(ready(clear()))
    }
}

/// The version of the record called `name`.
fn present(storage: &Storage, name: &str) -> Option<Version> {
    let (meta, _) = Meta::decode(&storage.get_item(name).ok()??).ok()?;
    Some(meta.version)
}

/// Metadata, then the value as text.
pub(super) fn encode(entry: &Entry<JsValue>) -> Result<String, TierError> {
    let body = text::encode(&entry.body)?;
    Ok([entry.meta.encode(), body].concat())
}

/// What [`encode`] wrote; `None` for anything else.
pub(super) fn decode(record: &str) -> Option<Entry<JsValue>> {
    let (meta, body) = Meta::decode(record).ok()?;
    Some(Entry { meta: meta.into(), body: text::decode(body)? })
}
