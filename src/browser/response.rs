//! Replies as real `Response` objects.

use js_sys::{Array, Function, Object, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, Response, ResponseInit};

use super::errors;
use crate::dom;
use crate::engine::Reply;
use crate::error::Error;
use crate::http::{self, Answer, CacheStatus, RangeAnswer};
use crate::model::{ResponseKind, StoredResponse};
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
        Reply::Stored { stored, headers, body, answer, status } => {
            if let Some(opaque) = body.dyn_ref::<Response>() {
                return opaque.clone();
            }
            from_store(&stored, &body, answer, headers, &status)
        }
        Reply::GatewayTimeout => {
            let init = init(504, "Gateway Timeout", &crate::model::Headers::new(), "nearcache; fwd=miss")?;
            Response::new_with_opt_str_and_init(None, &init)
        }
        Reply::NetworkError => {
            // Fetch: only-if-cached without anything stored is a network error.
            let error = Error::OriginUnreachable("only-if-cached, and nothing is stored".into());
            Err(errors::make(&error, None))
        }
    }
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
    if recipient == Recipient::Caller {
        let headers = Headers::new_with_headers(&native.headers())?;
        headers.append(CACHE_STATUS, &status.to_header())?;
        put_over(&native, "headers", headers.into());
        return Ok(native);
    }
    let init = init(head.status, &head.status_text, &head.headers, &status.to_header())?;
    let body = if is_null_body(head.status) { None } else { native.body() };
    let response = Response::new_with_opt_readable_stream_and_init(body.as_ref(), &init)?;
    Ok(dressed(response, &native.url(), native.redirected(), &dom::text(&native, "type").unwrap_or_default()))
}

fn from_store(
    stored: &StoredResponse,
    body: &JsValue,
    answer: Answer,
    mut headers: crate::model::Headers,
    status: &CacheStatus,
) -> Result<Response, JsValue> {
    let head = &stored.response;
    let (code, text, body) = match answer {
        Answer::Full => (head.status, head.status_text.as_str(), body.clone()),
        Answer::HeadOnly => (head.status, head.status_text.as_str(), JsValue::NULL),
        Answer::NotModified => (304, "Not Modified", JsValue::NULL),
        Answer::Part(range) => {
            let part = range.of(stored, dom::length(body));
            http::partial_headers(&mut headers, part);
            match part {
                RangeAnswer::Full => (head.status, head.status_text.as_str(), body.clone()),
                RangeAnswer::Part { start, end_inclusive, .. } => {
                    // A stored part's body starts where its Content-Range says.
                    let first = http::ContentRange::of(&head.headers).map_or(0, |range| range.first);
                    let (from, to) = (start.saturating_sub(first), end_inclusive.saturating_sub(first));
                    (206, "Partial Content", dom::slice(body, from, to.saturating_add(1)))
                }
                RangeAnswer::Unsatisfiable { .. } => (416, "Range Not Satisfiable", JsValue::NULL),
            }
        }
    };
    let init = init(code, text, &headers, &status.to_header())?;
    let body = if is_null_body(code) { JsValue::NULL } else { body };
    let constructor: Function = dom::get(&global(), "Response").unchecked_into();
    let response: Response = Reflect::construct(&constructor, &Array::of2(&body, &init))?.unchecked_into();
    let kind = if head.kind == ResponseKind::Cors { "cors" } else { "basic" };
    Ok(dressed(response, head.url.as_str(), head.kind == ResponseKind::Redirected, kind))
}

fn init(
    status: u16,
    text: &str,
    fields: &crate::model::Headers,
    cache_status: &str,
) -> Result<ResponseInit, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in fields.iter() {
        headers.append(name, value)?;
    }
    headers.append(CACHE_STATUS, cache_status)?;
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_status_text(text);
    init.set_headers(&headers);
    Ok(init)
}

/// A made response says `""` for its URL; the original's is put over it, as far as the platform lets.
fn dressed(response: Response, url: &str, redirected: bool, kind: &str) -> Response {
    put_over(&response, "url", url.into());
    put_over(&response, "redirected", redirected.into());
    put_over(&response, "type", kind.into());
    response
}

/// Defines an own property that hides the platform's getter.
fn put_over(response: &Response, name: &str, value: JsValue) {
    let property = Object::new();
    dom::set(&property, "value", value);
    dom::set(&property, "configurable", true);
    let _ = Reflect::define_property(response, &name.into(), &property);
}

/// Fetch: these statuses have no body.
fn is_null_body(status: u16) -> bool {
    matches!(status, 204 | 205 | 304)
}
