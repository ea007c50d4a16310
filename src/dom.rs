//! Small helpers over JavaScript values, for the adapters and the bindings.

use js_sys::{ArrayBuffer, Function, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::error::TierError;

/// A property, or `undefined`: getters that throw count as absent.
#[must_use]
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A property as text.
#[must_use]
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// Sets an own property of an object that we made.
pub fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    // Cannot fail on a plain, extensible object.
    let _ = Reflect::set(object, &name.into(), &value.into());
}

/// Calls a method that may not exist in this browser; `None` when it does not, or throws.
#[must_use]
pub fn call(object: &JsValue, method: &str, arguments: &js_sys::Array) -> Option<JsValue> {
    get(object, method).dyn_ref::<Function>()?.apply(object, arguments).ok()
}

/// The message of a thrown value, or the value as text.
#[must_use]
pub fn message(thrown: &JsValue) -> String {
    text(thrown, "message").or_else(|| thrown.as_string()).unwrap_or_else(|| "an unknown error".into())
}

/// A platform error as a tier's: told apart by name, which every browser spells the same but one.
#[must_use]
pub fn tier_error(thrown: JsValue) -> TierError {
    match text(&thrown, "name").unwrap_or_default().as_str() {
        "QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED" => TierError::QuotaExceeded,
        "DataCloneError" => TierError::Unsupported("a value that cannot be cloned"),
        "SecurityError" => TierError::Unavailable("access is blocked"),
        _ => TierError::Failed(message(&thrown)),
    }
}

/// How many bytes a kept body has: a Blob, or an `ArrayBuffer`.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn length(body: &JsValue) -> u64 {
    match body.dyn_ref::<Blob>() {
        Some(blob) => blob.size() as u64,
        None => body.dyn_ref::<ArrayBuffer>().map_or(0, |buffer| u64::from(buffer.byte_length())),
    }
}

/// The bytes of a kept body from `start` up to `end`.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
pub fn slice(body: &JsValue, start: u64, end: u64) -> JsValue {
    if let Some(blob) = body.dyn_ref::<Blob>() {
        return blob.slice_with_f64_and_f64(start as f64, end as f64).map_or(JsValue::NULL, Into::into);
    }
    match body.dyn_ref::<ArrayBuffer>() {
        Some(buffer) => buffer.slice_with_end(start as u32, end as u32).into(),
        None => JsValue::NULL,
    }
}

/// `texts` as JavaScript's, decoded in one go: that costs more by the call than by the character.
pub(crate) fn texts(texts: &[&str]) -> impl Iterator<Item = JsValue> {
    let joined = JsString::from(texts.concat());
    texts.iter().scan(0, move |start, text| {
        let from = *start;
        #[allow(clippy::cast_possible_truncation)]
        let length = text.encode_utf16().count() as u32;
        *start += length;
        Some(joined.substring(from, *start).into())
    })
}
