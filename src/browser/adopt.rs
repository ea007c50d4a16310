//! Taking over an entry of an older version, as its application changed it.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::{fields, value};
use crate::dom;
use crate::engine::weight;
use crate::error::Error;
use crate::model::{Entry, Key, Meta, OWN_TAG, Timestamp};
use crate::tier::{Durability, Put, Stack, TierId};

/// Moves the entry under `key` from `old` to `new`, unless something newer is there; only removes it without `changed`.
/// Returns whether it is gone from `old`.
pub(super) async fn adopt(
    new: &Stack<JsValue>,
    old: &Stack<JsValue>,
    key: Key,
    changed: &JsValue,
) -> Result<bool, Error> {
    let Some(found) = old.get(&key).await else { return Ok(true) };
    let version = found.entry.meta.version;
    if !changed.is_undefined() {
        let home = old
            .list(key.as_str())
            .into_iter()
            .find(|(listed, _)| *listed == key)
            .map(|(_, place)| place.home);
        let (key, entry) = merge(changed, &key, found.entry)?;
        // A home that was chosen by hand is kept, where it can be.
        let by_hand = |home: &TierId| matches!(home, TierId::Cookie | TierId::Session | TierId::Local);
        let tier = home.filter(|home| by_hand(home) && new.present().contains(home));
        let how = Put { tier, durability: Durability::Strict, ..Put::default() };
        let is_kept = |home: &Result<TierId, Error>| matches!(home, Ok(home) if *home != TierId::Memory);
        let is_kept_by_hand = tier.is_some() && is_kept(&new.adopt(&key, entry.clone(), how).await);
        if !is_kept_by_hand && !is_kept(&new.adopt(&key, entry, Put { tier: None, ..how }).await) {
            // What memory alone has would be gone with it: it stays where it was, for another time.
            return Ok(false);
        }
    }
    old.remove_older(&[key], version).await.map(|_| true)
}

/// The entry as it was changed; what is left out is as before. Responses keep key and body.
fn merge(changed: &JsValue, key: &Key, entry: Entry<JsValue>) -> Result<(Key, Entry<JsValue>), Error> {
    let has = |name: &str| Reflect::has(changed, &name.into()).unwrap_or(false);
    let Entry { meta, mut body } = entry;
    let (mut key, mut meta): (Key, Meta) = (key.clone(), (*meta).clone());
    if has("tags") {
        let tags = fields::texts(&dom::get(changed, "tags"));
        let tags = tags.ok_or_else(|| Error::option("tags", "an array of strings"))?;
        // Its route's limit and its origin's groups are not the application's to take away.
        let origin = meta.response().map(|stored| [stored.response.url.origin(), " "].concat());
        let is_group = |tag: &str| origin.as_ref().is_some_and(|origin| tag.starts_with(origin));
        let mut kept = core::mem::take(&mut meta.tags);
        kept.retain(|tag| tag.starts_with(OWN_TAG) || is_group(tag) && !tags.contains(tag));
        meta.tags = [kept, tags].concat();
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let time = |name: &str| dom::get(changed, name).as_f64().map(|at| Timestamp(at as u64));
    if has("expires") {
        meta.expires = time("expires");
    }
    if has("staleUntil") {
        meta.stale_until = time("staleUntil");
    }
    if key.is_value() {
        if has("key") {
            key = Key::value(&dom::text(changed, "key").unwrap_or_default())?;
        }
        if has("value") {
            let (kept, size) = value::keep(&dom::get(changed, "value"))?;
            (body, meta.size) = (kept, weight(&key, size));
        }
    }
    Ok((key, Entry { meta: meta.into(), body }))
}
