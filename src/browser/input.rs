//! Arguments as keys, entries and selections, checked before anything is done.

use js_sys::{Array, Function, JsString};
use wasm_bindgen::{JsCast, JsValue};

use super::client::throw;
use super::fields::Faults;
use super::inner::Inner;
use super::{errors, options, request, results, value};
use crate::engine::{Select, SetOptions};
use crate::error::Error;
use crate::model::{Bytes, Key, KeyError, MAX_KEY_LEN, Url};
use crate::tier::Host;

/// A value to be kept: under which key, the private copy and its size, and how.
pub(super) type Prepared = (Key, (JsValue, Bytes), SetOptions);

pub(super) fn prepare(
    key: &JsValue,
    value: &JsValue,
    options: &JsValue,
    path: &str,
) -> Result<Prepared, JsValue> {
    let options = options::set(options, path).map_err(throw)?;
    Ok((value_key(key)?, value::keep(value).map_err(throw)?, options))
}

pub(super) fn prepare_many(entries: &JsValue) -> Result<Vec<Prepared>, JsValue> {
    let refused = || throw(Error::option("entries", "an array of [key, value, options?]"));
    if !Array::is_array(entries) {
        return Err(refused());
    }
    let entry = |entry: JsValue| {
        if !Array::is_array(&entry) {
            return Err(refused());
        }
        let entry = Array::from(&entry);
        prepare(&entry.get(0), &entry.get(1), &entry.get(2), "entries[][2]")
    };
    Array::from(entries).iter().map(entry).collect()
}

pub(super) fn value_key(key: &JsValue) -> Result<Key, JsValue> {
    let Some(text) = key.dyn_ref::<JsString>() else {
        return Err(throw(Error::option("key", "a string")));
    };
    // Longer than any key as UTF-16 is too long as UTF-8: not worth copying to say so.
    if text.length() as usize > MAX_KEY_LEN {
        return Err(throw(Error::Key(KeyError::TooLong)));
    }
    Key::value(&String::from(text)).map_err(|error| throw(error.into()))
}

pub(super) fn value_keys(keys: &JsValue) -> Result<Vec<Key>, JsValue> {
    if !Array::is_array(keys) {
        return Err(throw(Error::option("keys", "an array of strings")));
    }
    Array::from(keys).iter().map(|key| value_key(&key)).collect()
}

/// What `invalidate` was given.
pub(super) fn selects(inner: &Inner, what: &JsValue) -> Result<Vec<Select>, JsValue> {
    let known = ["key", "keys", "prefix", "tags", "url", "match"];
    let faults = Faults::default();
    let fields = faults.fields(what, "what", &known);
    let (prefix, tags) = (fields.text("prefix"), fields.texts("tags"));
    let raw = |name: &str| Some(fields.raw(name)).filter(|value| !value.is_undefined());
    let [key, keys, url, test] = ["key", "keys", "url", "match"].map(raw);
    faults.check().map_err(throw)?;
    let mut selects = Vec::new();
    if let Some(key) = key {
        selects.push(Select::Keys(vec![value_key(&key)?]));
    }
    if let Some(keys) = keys {
        selects.push(Select::Keys(value_keys(&keys)?));
    }
    selects.extend(prefix.map(Select::Prefix));
    selects.extend(tags.map(Select::Tags));
    if let Some(url) = url {
        let native = request::native(&url, &JsValue::UNDEFINED)
            .map_err(|(error, thrown)| errors::make(&error, Some(&thrown)))?;
        selects.push(Select::Url(Url::new(&native.url()).as_str().to_owned()));
    }
    if let Some(test) = test {
        selects.push(Select::Keys(matching(inner, &test)?));
    }
    if selects.is_empty() {
        return Err(throw(Error::option("what", "one of `key`, `keys`, `prefix`, `tags`, `url`, `match`")));
    }
    Ok(selects)
}

/// The keys of the entries that a RegExp or a function `(key, info) => boolean` picks.
fn matching(inner: &Inner, test: &JsValue) -> Result<Vec<Key>, JsValue> {
    let now = inner.browser.now();
    let mut keys = Vec::new();
    for (key, place) in inner.engine.stack.list("") {
        let name = results::name(&key);
        let hit = if let Some(pattern) = test.dyn_ref::<js_sys::RegExp>() {
            pattern.set_last_index(0);
            pattern.test(&name.as_string().unwrap_or_default())
        } else if let Some(test) = test.dyn_ref::<Function>() {
            test.call2(&JsValue::UNDEFINED, &name, &results::entry(&place, now))?.is_truthy()
        } else {
            return Err(throw(Error::option("what.match", "a RegExp or a function")));
        };
        if hit {
            keys.push(key);
        }
    }
    Ok(keys)
}
