//! The messages that travel between layers: whole requests and responses in memory, and how to make one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::json;

/// A request with its body read.
pub(crate) type Call = http::Request<Bytes>;

/// A response with its body in memory.
pub(crate) type Reply = http::Response<Bytes>;

/// A body of the given type, with no other header.
pub(crate) fn reply(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Reply::new(body.into());
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// A value as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Reply {
    reply(status, "application/json", encode(value))
}

/// JSON text. Our own types always serialise: no maps with odd keys, no failing implementations.
pub(crate) fn encode(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).expect("own types serialise").into()
}

/// The one shape of an error: `{"error": {"code", "message", "path"?}}`, never cached.
pub(crate) fn error(status: StatusCode, code: &str, path: Option<&str>, message: &str) -> Reply {
    let mut body = json!({ "code": code, "message": message });
    if let Some(path) = path {
        body["path"] = path.into();
    }
    let mut reply = json(status, &json!({ "error": body }));
    set(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

/// Sets a header whose value is known to be legal.
///
/// # Panics
/// When it is not: only for values made here from numbers, dates and constants.
pub(crate) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    let value = HeaderValue::from_str(value).expect("a legal header value");
    reply.headers_mut().insert(name, value);
}

/// A header as text, when there is one and it is ASCII.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// A strong entity tag of these bytes.
pub(crate) fn etag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}

/// Adds both validators and a Cache-Control.
pub(crate) fn validated(mut reply: Reply, modified: SystemTime, cache_control: &str) -> Reply {
    let tag = etag(reply.body());
    set(&mut reply, ETAG, &tag);
    set(&mut reply, LAST_MODIFIED, &httpdate::fmt_http_date(modified));
    set(&mut reply, CACHE_CONTROL, cache_control);
    reply
}

/// Says when the message was made, unless it says so already.
pub(crate) fn dated(reply: &mut Reply, now: SystemTime) {
    if !reply.headers().contains_key(DATE) {
        set(reply, DATE, &httpdate::fmt_http_date(now));
    }
}

/// A header value as text, a character a byte, so that no byte is lost on the way to JSON.
pub(crate) fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// Milliseconds since 1970, what JavaScript's `Date` takes.
pub(crate) fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
