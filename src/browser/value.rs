//! Values on their way in and out: cloned, weighed, and never shared while they can change.
//!
//! The cache keeps a structured clone of its own. `get` hands out another clone. `peek` hands out the kept
//! value itself when that consists of plain data, frozen, so that it is stable from call to call and costs
//! nothing; anything else (Date, Map, typed arrays) is cloned there too.

use js_sys::{Array, ArrayBuffer, JsString, Map, Object, Reflect, Set};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::dom;
use crate::error::Error;
use crate::model::Bytes;

/// What an object, array, Map, Set or string weighs beside what is in it.
const CONTAINER: u64 = 24;
/// What a small integer, a boolean or the like weighs: 4 bytes in Chromium, 8 in Firefox.
const SCALAR: u64 = 6;
/// What any other number weighs: 16 bytes and 8.
const DOUBLE: u64 = 12;
/// What a buffer or a view of one weighs beside its bytes.
const BUFFER: u64 = 128;
/// Deeper values are weighed, and looked through for freezing, down to here.
const MAX_DEPTH: usize = 64;

/// A private copy, and what it weighs.
pub(super) fn keep(value: &JsValue) -> Result<(JsValue, Bytes), Error> {
    let kept = clone(value).map_err(|thrown| Error::NotCloneable(dom::message(&thrown)))?;
    let size = weigh(&kept, 0, &Set::new(&JsValue::UNDEFINED));
    Ok((kept, Bytes(size)))
}

/// A copy for the caller.
pub(super) fn copy(kept: &JsValue) -> JsValue {
    // What was cloned once can be cloned again.
    clone(kept).unwrap_or(JsValue::UNDEFINED)
}

/// A view for the caller: frozen where possible, else a copy.
pub(super) fn view(kept: &JsValue) -> JsValue {
    if is_immutable(kept) {
        return kept.clone();
    }
    let object: &Object = kept.unchecked_ref();
    if Object::is_frozen(object) {
        return kept.clone();
    }
    if is_plain(kept, 0) {
        freeze(kept);
        return kept.clone();
    }
    copy(kept)
}

fn clone(value: &JsValue) -> Result<JsValue, JsValue> {
    if is_immutable(value) {
        return Ok(value.clone());
    }
    structured_clone(value)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = structuredClone, catch)]
    fn structured_clone(value: &JsValue) -> Result<JsValue, JsValue>;
}

fn is_immutable(value: &JsValue) -> bool {
    (!value.is_object() && !value.is_function() && !value.is_symbol()) || value.is_instance_of::<Blob>()
}

/// Whether freezing every object in it makes it immutable.
fn is_plain(value: &JsValue, depth: usize) -> bool {
    if !value.is_object() {
        return true;
    }
    let is_container = Array::is_array(value) || is_plain_object(value);
    depth < MAX_DEPTH && is_container && members(value).iter().all(|member| is_plain(&member, depth + 1))
}

fn is_plain_object(value: &JsValue) -> bool {
    let prototype = Reflect::get_prototype_of(value);
    prototype.is_ok_and(|p| p.is_null() || Reflect::get_prototype_of(&p).is_ok_and(|p| p.is_null()))
}

fn freeze(value: &JsValue) {
    if value.is_object() {
        for member in members(value).iter() {
            freeze(&member);
        }
        Object::freeze(value.unchecked_ref::<Object>());
    }
}

fn members(value: &JsValue) -> Array {
    Object::values(value.unchecked_ref())
}

/// An estimate of the bytes that `value` takes, within a factor of two for what applications keep: one and a half
/// bytes a character, which browsers keep in one or in two; the bytes of buffers and Blobs. The names of properties
/// weigh nothing: objects made alike share them.
///
/// What is `seen` is not weighed again: a cycle with branches would take for ever.
fn weigh(value: &JsValue, depth: usize, seen: &Set) -> u64 {
    if let Some(text) = value.dyn_ref::<JsString>() {
        return u64::from(text.length()) * 3 / 2 + CONTAINER;
    }
    if let Some(number) = value.as_f64() {
        return if number == f64::from(number as i32) { SCALAR } else { DOUBLE };
    }
    if !value.is_object() || depth > MAX_DEPTH || seen.has(value) {
        return SCALAR;
    }
    seen.add(value);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    if let Some(blob) = value.dyn_ref::<Blob>() {
        return blob.size() as u64 + CONTAINER;
    }
    if value.is_instance_of::<ArrayBuffer>() || ArrayBuffer::is_view(value) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bytes = dom::get(value, "byteLength").as_f64().unwrap_or_default() as u64;
        return bytes + BUFFER;
    }
    let parts: Array = match value {
        array if Array::is_array(array) => array.clone().unchecked_into(),
        members if members.is_instance_of::<Map>() || members.is_instance_of::<Set>() => Array::from(members),
        object => members(object),
    };
    parts.iter().map(|part| weigh(&part, depth + 1, seen)).fold(CONTAINER, u64::saturating_add)
}
