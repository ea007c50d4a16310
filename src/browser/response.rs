//! Replies as real `Response` objects.

use js_sys::{Array, Function, Object, Reflect, WeakMap, global};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, Response, ResponseInit};

use super::errors;
use crate::dom;
use crate::engine::{Fields, Reply, Served};
use crate::error::Error;
use crate::http::{self, Answer, CacheStatus, RangeAnswer};
use crate::model::{self, ResponseKind, StoredResponse, Version};
use crate::origin::fetch;

const CACHE_STATUS: &str = "cache-status";

/// Who the response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recipient {
    /// A script that called `fetch`.
    Caller,
    /// The browser, through `respondWith`, which looks behind the script's object.
    Browser,
}

/// What the recipient gets.
pub(super) fn of(reply: Reply<JsValue>, recipient: Recipient) -> Result<Response, JsValue> {
    match reply {
        Reply::Network(native, status) => from_network(native.unchecked_into(), &status, recipient),
        Reply::Stored(served) => match served.body.dyn_ref::<Response>() {
            Some(opaque) => opaque.clone(),
            None => from_store(&served, recipient),
        },
        Reply::GatewayTimeout => {
            let headers = Headers::new()?;
            headers.append(CACHE_STATUS, "nearcache; fwd=miss")?;
            Response::new_with_opt_str_and_init(None, &init(504, "Gateway Timeout", &headers))
        }
        Reply::NetworkError => network_error(),
    }
}

/// Fetch: only-if-cached without anything stored is a network error.
fn network_error() -> Result<Response, JsValue> {
    Err(errors::make(&Error::OriginUnreachable("only-if-cached, and nothing is stored".into()), None))
}

/// The network's response, its stream untouched, with a Cache-Status where its head is ours to write.
///
/// A script keeps the native response, whose body fails with the caller's own reason when it aborts; only its
/// `headers` are put over. The browser sees through that, so it gets a new response around the stream.
fn from_network(native: Response, status: &CacheStatus, recipient: Recipient) -> Result<Response, JsValue> {
    let head = fetch::head(&native);
    if !(200..600).contains(&head.status)
        || matches!(head.kind, ResponseKind::Opaque | ResponseKind::OpaqueRedirect)
    {
        return Ok(native);
    }
    let headers = Headers::new_with_headers(&native.headers())?;
    headers.append(CACHE_STATUS, &status.to_header())?;
    if recipient == Recipient::Caller {
        let _ = Reflect::define_property(&native, &"headers".into(), &property(headers));
        return Ok(native);
    }
    let body = if is_null_body(head.status) { None } else { native.body() };
    let init = init(head.status, &head.status_text, &headers);
    let response = Response::new_with_opt_readable_stream_and_init(body.as_ref(), &init)?;
    let kind = dom::text(&native, "type").unwrap_or_default();
    Ok(Object::define_properties(&response, &disguise(&native.url(), native.redirected(), &kind))
        .unchecked_into())
}

fn from_store(served: &Served<JsValue>, recipient: Recipient) -> Result<Response, JsValue> {
    let Served { meta, body, answer, at, status, .. } = served;
    let Some(stored) = meta.response() else { return network_error() };
    let head = &stored.response;
    let dress = Dress::of(served, stored)?;
    let mut partial = model::Headers::new();
    let (other, body) = match answer {
        Answer::Full => (None, body.clone()),
        Answer::HeadOnly => (None, JsValue::NULL),
        Answer::NotModified => (Some((304, "Not Modified")), JsValue::NULL),
        Answer::Part(range) => {
            let part = range.of(stored, dom::length(body));
            http::partial_headers(&mut partial, part);
            match part {
                RangeAnswer::Full => (None, body.clone()),
                RangeAnswer::Part { start, end_inclusive, .. } => {
                    // A stored part's body starts where its Content-Range says.
                    let first = http::ContentRange::of(&head.headers).map_or(0, |range| range.first);
                    let (from, to) = (start.saturating_sub(first), end_inclusive.saturating_sub(first));
                    let part = dom::slice(body, from, to.saturating_add(1));
                    (Some((206, "Partial Content")), part)
                }
                RangeAnswer::Unsatisfiable { .. } => (Some((416, "Range Not Satisfiable")), JsValue::NULL),
            }
        }
    };
    let body = if is_null_body(head.status) { JsValue::NULL } else { body };
    let init = match other {
        None => dress.init,
        Some((code, text)) => init(code, text, &dom::get(&dress.init, "headers")),
    };
    let response: Response = RESPONSE
        .with(|constructor| Reflect::construct(constructor, &Array::of2(&body, &init)))?
        .unchecked_into();
    let headers = response.headers();
    for (name, value) in partial.iter() {
        headers.set(name, value)?;
    }
    headers.set("age", &http::age_value(stored, *at))?;
    headers.append(CACHE_STATUS, &status.to_header())?;
    if recipient == Recipient::Browser {
        return Ok(response);
    }
    Ok(Object::define_properties(&response, &dress.properties).unchecked_into())
}

/// What answers with one stored response have in common, made once.
struct Dress {
    /// Status, and header fields by name.
    init: ResponseInit,
    properties: Object,
}

thread_local! {
    /// By body: the version of the head, and its dress.
    static DRESSES: WeakMap = WeakMap::new();
    static RESPONSE: Function = dom::get(&global(), "Response").unchecked_into();
}

impl Dress {
    fn of(served: &Served<JsValue>, stored: &StoredResponse) -> Result<Self, JsValue> {
        if served.fields == Fields::Confirmed || !served.body.is_object() {
            return Self::new(served, stored);
        }
        let body: &Object = served.body.unchecked_ref();
        let Version { time, counter, node } = served.meta.version;
        #[allow(clippy::cast_precision_loss)]
        let version = [time.0 as f64, f64::from(counter), f64::from(node)];
        let known = DRESSES.with(|dresses| dresses.get(body)).dyn_into::<Array>().ok();
        let is_current =
            |known: &Array| (0..).zip(version).all(|(at, part)| known.get(at).as_f64() == Some(part));
        if let Some(known) = known.filter(is_current) {
            let (init, properties) = (known.get(3).unchecked_into(), known.get(4).unchecked_into());
            return Ok(Self { init, properties });
        }
        let dress = Self::new(served, stored)?;
        let made: Array = version.into_iter().map(JsValue::from).collect();
        made.push(&dress.init);
        made.push(&dress.properties);
        DRESSES.with(|dresses| dresses.set(body, &made));
        Ok(dress)
    }

    fn new(served: &Served<JsValue>, stored: &StoredResponse) -> Result<Self, JsValue> {
        // A plain object: the platform reads it faster than its own Headers.
        let headers = Object::new();
        let fields = served.headers();
        for (name, _) in fields.iter() {
            dom::set(&headers, name, fields.combined(name).unwrap_or_default());
        }
        let head = &stored.response;
        let kind = if head.kind == ResponseKind::Cors { "cors" } else { "basic" };
        let properties = disguise(head.url.as_str(), head.kind == ResponseKind::Redirected, kind);
        Ok(Self { init: init(head.status, &head.status_text, &headers), properties })
    }
}

fn init(status: u16, text: &str, headers: &JsValue) -> ResponseInit {
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_status_text(text);
    init.set_headers(headers);
    init
}

/// What the platform says of a made response is not what it says of the original; these properties, defined on
/// it, are put over that.
fn disguise(url: &str, redirected: bool, kind: &str) -> Object {
    let properties = Object::new();
    dom::set(&properties, "url", property(url));
    dom::set(&properties, "redirected", property(redirected));
    dom::set(&properties, "type", property(kind));
    properties
}

/// A property that hides the platform's getter.
fn property(value: impl Into<JsValue>) -> Object {
    let property = Object::new();
    dom::set(&property, "value", value);
    dom::set(&property, "configurable", true);
    property
}

/// Fetch: these statuses have no body.
fn is_null_body(status: u16) -> bool {
    matches!(status, 204 | 205 | 304)
}
