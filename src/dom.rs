//! Small helpers over JavaScript values, for the adapters and the bindings.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

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
