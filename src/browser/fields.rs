//! Reads option objects: known fields only, each of the right kind, errors with the option's path.
//!
//! The first fault is kept, and told when all is read: what a faulty field reads as is of no account. To return at each
//! fault weighs twice as much.

use core::cell::RefCell;

use js_sys::{Array, Object};
use wasm_bindgen::JsValue;

use crate::dom;
use crate::error::Error;
use crate::model::{Bytes, Millis};
use crate::tier::TierId;

/// What is wrong with the options of one call.
#[derive(Default)]
pub(super) struct Faults(RefCell<Option<Error>>);

impl Faults {
    /// Fails with the first fault.
    pub(super) fn check(self) -> Result<(), Error> {
        self.0.into_inner().map_or(Ok(()), Err)
    }

    /// Takes `value` (an object, or undefined) found at `path`; fields not in `known` are faults.
    pub(super) fn fields(&self, value: &JsValue, path: &str, known: &[&str]) -> Fields<'_> {
        if value.is_object() && !Array::is_array(value) && !value.is_function() {
            for name in Object::keys(&Object::from(value.clone())).iter().filter_map(|name| name.as_string())
            {
                if !known.contains(&name.as_str()) {
                    self.add(Error::option(&join(path, &name), "no such option; check its spelling"));
                }
            }
        } else if !value.is_undefined() {
            self.add(Error::option(path, "an object"));
        }
        Fields { object: value.clone(), path: path.to_owned(), faults: self }
    }

    fn add(&self, fault: Error) {
        self.0.borrow_mut().get_or_insert(fault);
    }
}

/// An option object, or the lack of one.
pub(super) struct Fields<'a> {
    object: JsValue,
    path: String,
    faults: &'a Faults,
}

impl Fields<'_> {
    /// The field as it is; undefined when absent.
    pub(super) fn raw(&self, name: &str) -> JsValue {
        if self.object.is_object() { dom::get(&self.object, name) } else { JsValue::UNDEFINED }
    }

    /// Whether the field is there.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.raw(name).is_undefined()
    }

    /// The field as an object of its own.
    pub(super) fn object(&self, name: &str, known: &[&str]) -> Self {
        self.faults.fields(&self.raw(name), &join(&self.path, name), known)
    }

    /// Notes a fault of the field.
    pub(super) fn refuse(&self, name: &str, expected: &'static str) {
        self.faults.add(Error::option(&join(&self.path, name), expected));
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.read(name, "a string", |value| value.as_string())
    }

    /// A flag.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.read(name, "true or false", JsValue::as_bool)
    }

    /// A whole number from `least` on.
    pub(super) fn whole(&self, name: &str, least: f64, expected: &'static str) -> Option<u64> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.read(name, expected, |value| {
            let n = value.as_f64()?;
            (n >= least && n.fract() == 0.0 && n <= 9_007_199_254_740_991.0).then_some(n as u64)
        })
    }

    /// A length of time: milliseconds, or a text such as `"300ms"`, `"5m"`, `"7d"`.
    pub(super) fn duration(&self, name: &str) -> Option<Millis> {
        let expected = "milliseconds (0 or more) or a text like \"300ms\", \"30s\", \"5m\", \"1h\", \"7d\"";
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.read(name, expected, |value| match value.as_string() {
            Some(text) => Millis::parse(&text),
            None => value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).map(|n| Millis(n as u64)),
        })
    }

    /// A size: bytes, or a text such as `"16MB"`.
    pub(super) fn bytes(&self, name: &str) -> Option<Bytes> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.read(name, "bytes (0 or more) or a text like \"16MB\"", |value| match value.as_string() {
            Some(text) => Bytes::parse(&text),
            None => value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).map(|n| Bytes(n as u64)),
        })
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        self.read(name, "an array of strings", texts)
    }

    /// A tier's name.
    pub(super) fn tier(&self, name: &str) -> Option<TierId> {
        self.read(name, TIERS, |value| TierId::parse(&value.as_string()?))
    }

    /// Whatever `parse` makes of the field.
    pub(super) fn read<T>(
        &self,
        name: &str,
        expected: &'static str,
        parse: impl FnOnce(&JsValue) -> Option<T>,
    ) -> Option<T> {
        let value = self.raw(name);
        if value.is_undefined() {
            return None;
        }
        let read = parse(&value);
        if read.is_none() {
            self.refuse(name, expected);
        }
        read
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
