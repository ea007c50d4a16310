//! What may be stored (RFC 9111 §3), and in which form (§3.1).

use super::cache_control::CacheControl;
use super::date::{format_date, parse_date};
use super::range::ContentRange;
use super::rule::{Methods, Opaque, Rule};
use super::select::method_fits;
use super::text::{Names, members};
use super::validation::same_strong_validator;
use super::vary;
use crate::model::{CacheMode, Headers, Request, Response, ResponseKind, StoredResponse, Timestamp};

/// Fields of the connection, not of the message (RFC 9110 §7.6.1), and those no script may see.
const NOT_STORED: [&str; 13] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    // §3.1: meant for one proxy.
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    // Fetch: forbidden response-header names.
    "set-cookie",
    "set-cookie2",
    // Obsolete, and about a single exchange.
    "proxy-status",
];

/// What is kept of `response`, when anything may be.
///
/// The head is stored without the fields that belong to the connection, with a `Date` (RFC 9110
/// §6.6.1), and with the request's fields that `Vary` nominates. The body is the caller's: one that
/// ended early must not be stored (§3.3).
#[must_use]
pub fn store(
    request: &Request,
    response: &Response,
    rule: &Rule,
    request_time: Timestamp,
    response_time: Timestamp,
) -> Option<StoredResponse> {
    if !is_storable(request, response, rule) {
        return None;
    }
    let mut headers = response.headers.clone();
    strip(&mut headers);
    if response.kind != ResponseKind::Opaque {
        ensure_date(response.kind, &mut headers, response_time);
    }
    Some(StoredResponse {
        vary: vary::nominated(request, &headers),
        response: with_headers(response, headers),
        method: request.method.clone(),
        request_time,
        response_time,
    })
}

/// The same head with other fields; the old ones aren't copied first.
pub(super) fn with_headers(head: &Response, headers: Headers) -> Response {
    Response {
        status: head.status,
        status_text: head.status_text.clone(),
        headers,
        url: head.url.clone(),
        kind: head.kind,
    }
}

/// Response fields that a script sees of another origin without its leave (Fetch §2.2.2, CORS-safelisted
/// response-header names).
const SAFELISTED: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// Whether the fields are those of another origin that exposes none: `Age`, `Date` and `Vary` may be there
/// unseen, so `max-age` alone doesn't say how long the response has been fresh already (decision 0028).
pub(super) fn is_hidden(kind: ResponseKind, headers: &Headers) -> bool {
    matches!(kind, ResponseKind::Cors | ResponseKind::Redirected)
        && headers.iter().all(|(name, _)| SAFELISTED.contains(&name))
}

/// RFC 9110 §6.6.1: a message without a valid `Date` gets that of its reception, unless its own is hidden.
pub(super) fn ensure_date(kind: ResponseKind, headers: &mut Headers, response_time: Timestamp) {
    let date = headers.get("date").unwrap_or_default();
    if !is_hidden(kind, headers) && parse_date(date, response_time).is_none() {
        headers.set("date", &format_date(response_time));
    }
}

/// Removes what §3.1 keeps out of storage.
pub(super) fn strip(headers: &mut Headers) {
    let listed = Names::new(members(headers, "connection").map(str::to_ascii_lowercase).collect());
    headers.retain(|name, _| !NOT_STORED.contains(&name) && !listed.has(name));
}

fn is_storable(request: &Request, response: &Response, rule: &Rule) -> bool {
    if request.cache == CacheMode::NoStore || CacheControl::of(&request.headers).no_store {
        // §5.2.1.5 no-store of a request.
        return false;
    }
    match response.kind {
        ResponseKind::Readable | ResponseKind::Cors => {}
        // The hops between are hidden: whether they may be stored is for the route to say.
        ResponseKind::Redirected if rule.ttl.is_some() || rule.statuses.is_some() => {}
        // An opaque answer to a range request may be a part that doesn't say so.
        ResponseKind::Opaque => return rule.store_opaque == Opaque::Store && !request.headers.has("range"),
        ResponseKind::Redirected | ResponseKind::OpaqueRedirect => return false,
    }
    let status = response.status;
    let cache_control = CacheControl::of(&response.headers);
    // §3: a final status; 304 is about a stored response, never one itself.
    if status < 200 || status == 304 {
        return false;
    }
    // §5.2.2.3: with must-understand, no-store is for caches that don't understand the status.
    if cache_control.must_understand {
        if !is_understood(status) {
            return false;
        }
    } else if cache_control.no_store {
        return false;
    }
    // HTML §9.2: an event stream ends when one side goes away; it is never complete.
    if response.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return false;
    }
    // §3.3: a part must say which one.
    if status == 206 && ContentRange::of(&response.headers).is_none() {
        return false;
    }
    // §4.1: a response with `Vary: *` never matches, so there is nothing to gain.
    if vary::is_any(&response.headers) {
        return false;
    }
    let explicit = cache_control.max_age.is_some() || response.headers.has("expires");
    if let Some(statuses) = &rule.statuses {
        return statuses.contains(&status) && method_allows(request, response, rule, true);
    }
    let reusable = explicit || cache_control.public || cache_control.private || is_heuristic(status);
    reusable && method_allows(request, response, rule, explicit)
}

fn method_allows(request: &Request, response: &Response, rule: &Rule, explicit: bool) -> bool {
    match request.method.as_str() {
        "GET" | "QUERY" => true,
        // A HEAD response renews a stored GET, and is none itself.
        "HEAD" => false,
        _ if rule.methods == Methods::Any => true,
        // RFC 9110 §9.3.3: with explicit freshness, and a Content-Location that is the target itself.
        "POST" => explicit && has_own_location(request, response),
        _ => false,
    }
}

fn has_own_location(request: &Request, response: &Response) -> bool {
    let url = request.url.as_str();
    response.headers.get("content-location").is_some_and(|location| {
        let path = url.get(request.url.origin().len()..).unwrap_or_default();
        location == url || location == path
    })
}

/// Heuristically cacheable statuses (RFC 9110 §15.1).
pub(super) fn is_heuristic(status: u16) -> bool {
    matches!(status, 200 | 203 | 204 | 206 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501)
}

/// Statuses whose caching requirements are known here (RFC 9110 §15, and those registered since).
fn is_understood(status: u16) -> bool {
    matches!(status, 200..=206 | 300..=303 | 305 | 307 | 308 | 400..=417 | 421 | 422 | 426 | 428 | 429 | 431 | 451 | 500..=505 | 511)
}

/// Whether a rule's ttl holds for a response of this status: errors are left to their headers, unless the
/// rule names them.
pub(super) fn ttl_applies(rule: &Rule, status: u16) -> bool {
    rule.ttl.is_some()
        && rule.statuses.as_ref().map_or(status < 400, |statuses| status == 0 || statuses.contains(&status))
}

/// Whether `response` is a page in the place of data: the request names JSON and not HTML, and HTML came as if all were
/// well. A captive portal, a proxy or a server's catch-all does so, and what it says is nothing of the resource.
pub(crate) fn is_impostor(request: &Request, response: &Response) -> bool {
    let kind = response.headers.get("content-type").unwrap_or_default();
    let accepted = request.headers.get("accept").unwrap_or_default();
    response.status == 200
        && kind.starts_with("text/html")
        && accepted.contains("json")
        && !accepted.contains("html")
}

/// Whether `response`, now that it is here, makes `stored` a thing of the past.
pub(crate) fn supersedes(request: &Request, response: &Response, stored: &StoredResponse) -> bool {
    let known = matches!(response.status, 200..=303 | 305..=399 | 404 | 410);
    // HEAD has rules of its own (§4.3.5).
    let same =
        request.method != "HEAD" && method_fits(request, stored) && vary::matches_stored(request, stored);
    if !known || !same {
        return false;
    }
    if response.status != 206 || !same_strong_validator(&response.headers, &stored.response.headers) {
        return true;
    }
    // Of one version: a part leaves the whole alone, and replaces the parts that lie within it.
    let held = ContentRange::of(&stored.response.headers);
    let new = ContentRange::of(&response.headers);
    new.zip(held).is_some_and(|(new, held)| new.first <= held.first && held.last <= new.last)
}
