//! Values as text, for the tiers that hold nothing else: cookies and Web Storage.
//!
//! JSON, with what JSON lacks written as `{"$": kind, "v": …}`: undefined, bigint, NaN and friends, Date, Map,
//! Set, ArrayBuffer and typed arrays. A plain object's own `$…` keys get one more `$`. Bytes are written one
//! char a byte: denser in UTF-16 stores than base64, and with nothing to decode.

use js_sys::{
    Array, ArrayBuffer, BigInt, Date, Function, JSON, Map, Object, Reflect, Set, Uint8Array, global,
};
use wasm_bindgen::{JsCast, JsValue};

use crate::error::TierError;

/// Deeper values, and cyclic ones, are refused.
const MAX_DEPTH: usize = 64;

/// `value` as text.
///
/// # Errors
/// [`TierError::Unsupported`] for what text cannot hold: functions, Blobs, class instances, cycles.
pub fn encode(value: &JsValue) -> Result<String, TierError> {
    let plain = flatten(value, 0)?;
    match JSON::stringify(&plain) {
        Ok(text) => text.as_string().ok_or(TierError::Unsupported("lone surrogates")),
        Err(_) => Err(TierError::Unsupported("this value as text")),
    }
}

/// The value that [`encode`] wrote as `text`; `None` when it did not.
#[must_use]
pub fn decode(text: &str) -> Option<JsValue> {
    revive(&JSON::parse(text).ok()?)
}

fn flatten(value: &JsValue, depth: usize) -> Result<JsValue, TierError> {
    if depth > MAX_DEPTH {
        return Err(TierError::Unsupported("values nested this deep, or cyclic ones"));
    }
    if value.is_undefined() {
        return Ok(tagged("undefined", &JsValue::NULL));
    }
    if let Some(number) = value.as_f64() {
        let name = match number {
            n if n.is_nan() => "NaN",
            f64::INFINITY => "Infinity",
            f64::NEG_INFINITY => "-Infinity",
            n if n == 0.0 && n.is_sign_negative() => "-0",
            _ => return Ok(value.clone()),
        };
        return Ok(tagged("number", &name.into()));
    }
    if value.is_null() || value.is_string() || value.as_bool().is_some() {
        return Ok(value.clone());
    }
    if let Some(big) = value.dyn_ref::<BigInt>().filter(|_| value.is_bigint()) {
        let digits = big.to_string(10).map_err(|_| TierError::Unsupported("this bigint"))?;
        return Ok(tagged("bigint", &digits));
    }
    if Array::is_array(value) {
        return items(Array::from(value), depth).map(Into::into);
    }
    if let Some(date) = value.dyn_ref::<Date>() {
        return Ok(tagged("Date", &flatten(&date.get_time().into(), depth)?));
    }
    if value.is_instance_of::<Map>() || value.is_instance_of::<Set>() {
        let kind = if value.is_instance_of::<Map>() { "Map" } else { "Set" };
        return Ok(tagged(kind, &items(Array::from(value), depth)?.into()));
    }
    if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
        return Ok(tagged("ArrayBuffer", &bytes_to_text(&Uint8Array::new(buffer)).into()));
    }
    if ArrayBuffer::is_view(value) {
        return view(value);
    }
    plain_object(value, depth)
}

fn items(array: Array, depth: usize) -> Result<Array, TierError> {
    array.iter().map(|item| flatten(&item, depth + 1)).collect()
}

fn view(value: &JsValue) -> Result<JsValue, TierError> {
    const UNSUPPORTED: TierError = TierError::Unsupported("this typed array");
    let get = |name: &str| Reflect::get(value, &name.into()).map_err(|_| UNSUPPORTED);
    let kind = Reflect::get(&get("constructor")?, &"name".into()).ok().and_then(|name| name.as_string());
    let number = |name: &str| get(name).map(|n| n.as_f64().unwrap_or_default());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = Uint8Array::new_with_byte_offset_and_length(
        &get("buffer")?,
        number("byteOffset")? as u32,
        number("byteLength")? as u32,
    );
    Ok(tagged(&kind.ok_or(UNSUPPORTED)?, &bytes_to_text(&bytes).into()))
}

fn plain_object(value: &JsValue, depth: usize) -> Result<JsValue, TierError> {
    const UNSUPPORTED: TierError = TierError::Unsupported("functions, Blobs or class instances");
    let object = value.dyn_ref::<Object>().filter(|object| !object.is_function()).ok_or(UNSUPPORTED)?;
    let prototype = Reflect::get_prototype_of(object).map_err(|_| UNSUPPORTED)?;
    let is_plain = prototype.is_null() || Reflect::get_prototype_of(&prototype).is_ok_and(|p| p.is_null());
    if !is_plain {
        return Err(UNSUPPORTED);
    }
    let out = Object::new();
    for pair in Object::entries(object).iter() {
        let pair = Array::from(&pair);
        let mut name = pair.get(0).as_string().ok_or(UNSUPPORTED)?;
        if name.starts_with('$') {
            name.insert(0, '$');
        }
        define(&out, &name, &flatten(&pair.get(1), depth + 1)?);
    }
    Ok(out.into())
}

fn tagged(kind: &str, value: &JsValue) -> JsValue {
    let object = Object::new();
    define(&object, "$", &kind.into());
    define(&object, "v", value);
    object.into()
}

/// Defines rather than sets, so that a key called `__proto__` is a key.
fn define(object: &Object, name: &str, value: &JsValue) {
    let property = Object::new();
    for flag in ["enumerable", "configurable", "writable"] {
        let _ = Reflect::set(&property, &flag.into(), &JsValue::TRUE);
    }
    let _ = Reflect::set(&property, &"value".into(), value);
    let _ = Reflect::define_property(object, &name.into(), &property);
}

fn revive(value: &JsValue) -> Option<JsValue> {
    if Array::is_array(value) {
        return Array::from(value)
            .iter()
            .map(|item| revive(&item))
            .collect::<Option<Array>>()
            .map(Into::into);
    }
    if !value.is_object() {
        return Some(value.clone());
    }
    let kind = Reflect::get(value, &"$".into()).ok()?;
    if let Some(kind) = kind.as_string() {
        return untag(&kind, &Reflect::get(value, &"v".into()).ok()?);
    }
    let out = Object::new();
    for pair in Object::entries(value.unchecked_ref()).iter() {
        let pair = Array::from(&pair);
        let name = pair.get(0).as_string()?;
        define(&out, name.strip_prefix('$').unwrap_or(&name), &revive(&pair.get(1))?);
    }
    Some(out.into())
}

fn untag(kind: &str, value: &JsValue) -> Option<JsValue> {
    match kind {
        "undefined" => Some(JsValue::UNDEFINED),
        "number" => Some(JsValue::from(match value.as_string()?.as_str() {
            "-0" => -0.0,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ => f64::NAN,
        })),
        "bigint" => BigInt::new(value).ok().map(Into::into),
        "Date" => Some(Date::new(&revive(value)?).into()),
        "Map" | "Set" => construct(kind, &revive(value)?),
        "ArrayBuffer" => Some(text_to_bytes(&value.as_string()?)?.buffer().into()),
        view => construct(view, &text_to_bytes(&value.as_string()?)?.buffer()),
    }
}

/// `new globalThis[kind](argument)`, for the constructors that [`flatten`] names and no others.
fn construct(kind: &str, argument: &JsValue) -> Option<JsValue> {
    let known = matches!(kind, "Map" | "Set" | "DataView") || kind.ends_with("Array");
    let constructor = Reflect::get(&global(), &kind.into()).ok().filter(|_| known)?;
    Reflect::construct(constructor.dyn_ref::<Function>()?, &Array::of1(argument)).ok()
}

fn bytes_to_text(bytes: &Uint8Array) -> String {
    bytes.to_vec().into_iter().map(char::from).collect()
}

fn text_to_bytes(text: &str) -> Option<Uint8Array> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    Some(Uint8Array::from(bytes?.as_slice()))
}
