//! Reads option objects: known fields only, each of the right kind, errors with the option's path.

use js_sys::{Array, Object};
use wasm_bindgen::JsValue;

use crate::dom;
use crate::error::Error;
use crate::model::{Bytes, Millis};
use crate::tier::TierId;

/// An option object, or the lack of one.
pub(super) struct Fields {
    object: JsValue,
    path: String,
}

type Read<T> = Result<Option<T>, Error>;

impl Fields {
    /// Takes `value` (an object, or undefined) found at `path`; fields not in `known` are refused.
    pub(super) fn of(value: &JsValue, path: &str, known: &[&str]) -> Result<Self, Error> {
        if !value.is_undefined() {
            if !value.is_object() || Array::is_array(value) || value.is_function() {
                return Err(Error::option(path, "an object"));
            }
            for name in Object::keys(&Object::from(value.clone())).iter().filter_map(|name| name.as_string())
            {
                if !known.contains(&name.as_str()) {
                    return Err(Error::option(&join(path, &name), "no such option; check its spelling"));
                }
            }
        }
        Ok(Self { object: value.clone(), path: path.to_owned() })
    }

    /// The field as it is; undefined when absent.
    pub(super) fn raw(&self, name: &str) -> JsValue {
        if self.object.is_object() { dom::get(&self.object, name) } else { JsValue::UNDEFINED }
    }

    /// Whether the field is there.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.raw(name).is_undefined()
    }

    /// The field as an object of its own.
    pub(super) fn object(&self, name: &str, known: &[&str]) -> Result<Self, Error> {
        Self::of(&self.raw(name), &join(&self.path, name), known)
    }

    /// An error about the field.
    pub(super) fn error(&self, name: &str, expected: &'static str) -> Error {
        Error::option(&join(&self.path, name), expected)
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Read<String> {
        self.read(name, "a string", |value| value.as_string())
    }

    /// A flag.
    pub(super) fn flag(&self, name: &str) -> Read<bool> {
        self.read(name, "true or false", JsValue::as_bool)
    }

    /// A whole number from `least` on.
    pub(super) fn whole(&self, name: &str, least: f64, expected: &'static str) -> Read<u64> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.read(name, expected, |value| {
            let n = value.as_f64()?;
            (n >= least && n.fract() == 0.0 && n <= 9_007_199_254_740_991.0).then_some(n as u64)
        })
    }

    /// A length of time: milliseconds, or a text such as `"300ms"`, `"5m"`, `"7d"`.
    pub(super) fn duration(&self, name: &str) -> Read<Millis> {
        let expected = "milliseconds (0 or more) or a text like \"300ms\", \"30s\", \"5m\", \"1h\", \"7d\"";
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.read(name, expected, |value| match value.as_string() {
            Some(text) => Millis::parse(&text),
            None => value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).map(|n| Millis(n as u64)),
        })
    }

    /// A size: bytes, or a text such as `"16MB"`.
    pub(super) fn bytes(&self, name: &str) -> Read<Bytes> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.read(name, "bytes (0 or more) or a text like \"16MB\"", |value| match value.as_string() {
            Some(text) => Bytes::parse(&text),
            None => value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).map(|n| Bytes(n as u64)),
        })
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Read<Vec<String>> {
        self.read(name, "an array of strings", texts)
    }

    /// A tier's name.
    pub(super) fn tier(&self, name: &str) -> Read<TierId> {
        self.read(name, TIERS, |value| TierId::parse(&value.as_string()?))
    }

    /// Whatever `parse` makes of the field.
    pub(super) fn read<T>(
        &self,
        name: &str,
        expected: &'static str,
        parse: impl FnOnce(&JsValue) -> Option<T>,
    ) -> Read<T> {
        let value = self.raw(name);
        if value.is_undefined() {
            return Ok(None);
        }
        parse(&value).map(Some).ok_or_else(|| self.error(name, expected))
    }
}

/// What a tier can be called.
pub(super) const TIERS: &str =
    "one of \"memory\", \"cookie\", \"session\", \"local\", \"indexeddb\", \"cache-storage\"";

/// An array of strings.
pub(super) fn texts(value: &JsValue) -> Option<Vec<String>> {
    Array::is_array(value).then(|| Array::from(value).iter().map(|item| item.as_string()).collect())?
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { [path, ".", name].concat() }
}
