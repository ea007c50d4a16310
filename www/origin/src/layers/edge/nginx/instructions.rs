//! A response's lifetime, in the words that nginx takes it from; and back, what the client is to be told.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{CACHE_CONTROL, HeaderValue};
use http::{HeaderName, StatusCode};

use crate::layers::edge::ttl::Lifetime;
use crate::message::{Reply, set};

const X_ACCEL_EXPIRES: HeaderName = HeaderName::from_static("x-accel-expires");
const X_EDGE_CACHE_CONTROL: HeaderName = HeaderName::from_static("x-edge-cache-control");
const X_EDGE_FAILED: HeaderName = HeaderName::from_static("x-edge-failed");

/// A failure that nginx is to pass on, since nothing may stand in for it; any other 5xx it covers by what it has,
/// whatever `stale-if-error` says.
const BARE: u16 = 599;

/// Puts the lifetime in the place of the Cache-Control, which is for the client and travels beside it.
pub(super) fn instruct(reply: &mut Reply, lifetime: Lifetime, now: SystemTime) {
    // An empty one says that there was none.
    let said = reply.headers_mut().remove(CACHE_CONTROL).unwrap_or(HeaderValue::from_static(""));
    reply.headers_mut().insert(X_EDGE_CACHE_CONTROL, said);
    if lifetime == Lifetime::default() {
        return set(reply, CACHE_CONTROL, "no-store");
    }
    let Lifetime { fresh, while_revalidating, on_error } = lifetime;
    let directives = format!(
        "max-age=1, stale-while-revalidate={}, stale-if-error={}",
        while_revalidating.as_secs(),
        on_error.as_secs()
    );
    set(reply, CACHE_CONTROL, &directives);
    // After the Cache-Control, or nginx (before 1.23) would not read that. A time and not a span, since it may
    // have passed: a max-age=0 would not be kept at all. nginx counts whole seconds, and serves in the last
    // one too; so up to a second less than the span, never more.
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let last = since.saturating_add(fresh).saturating_sub(Duration::from_secs(1));
    set(reply, X_ACCEL_EXPIRES, &format!("@{}", last.as_secs()));
}

/// Says whether what nginx has may stand in for this failure.
pub(super) fn failed(reply: &mut Reply, covered: bool) {
    let status = if covered { StatusCode::INTERNAL_SERVER_ERROR.as_u16() } else { BARE };
    let failure = reply.status().as_u16();
    reply.headers_mut().insert(X_EDGE_FAILED, failure.into());
    *reply.status_mut() = StatusCode::from_u16(status).expect("three digits");
}

/// The response without the instructions.
pub(super) fn unveil(reply: &mut Reply) {
    let headers = reply.headers_mut();
    if let Some(said) = headers.remove(X_EDGE_CACHE_CONTROL) {
        headers.remove(CACHE_CONTROL);
        if !said.is_empty() {
            headers.insert(CACHE_CONTROL, said);
        }
    }
    let failed = headers.remove(X_EDGE_FAILED);
    if let Some(status) = failed.and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok()) {
        *reply.status_mut() = status;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::reply;

    #[test]
    fn nginx_is_told_when_an_entry_ends_and_the_client_what_it_was_to_be_told() {
        let now = UNIX_EPOCH + Duration::from_millis(1_000_900);
        let seconds = Duration::from_secs;
        let lifetime = |fresh, while_revalidating, on_error| Lifetime {
            fresh: seconds(fresh),
            while_revalidating: seconds(while_revalidating),
            on_error: seconds(on_error),
        };
        for (lifetime, said, expires) in [
            (lifetime(0, 0, 0), "no-store", None),
            (lifetime(0, 30, 0), "max-age=1, stale-while-revalidate=30, stale-if-error=0", Some("@999")),
            (lifetime(5, 0, 60), "max-age=1, stale-while-revalidate=0, stale-if-error=60", Some("@1004")),
        ] {
            let mut reply = reply(StatusCode::OK, "text/plain", "");
            set(&mut reply, CACHE_CONTROL, "public");
            instruct(&mut reply, lifetime, now);
            let headers = reply.headers();
            assert_eq!(
                (&headers[X_EDGE_CACHE_CONTROL], &headers[CACHE_CONTROL]),
                (&"public".parse().unwrap(), &said.parse().unwrap())
            );
            assert_eq!(headers.get(X_ACCEL_EXPIRES).map(|value| value.to_str().unwrap()), expires);
            let order: Vec<_> =
                headers.keys().filter(|name| **name == CACHE_CONTROL || **name == X_ACCEL_EXPIRES).collect();
            assert_eq!(order[0], CACHE_CONTROL);
        }
    }

    #[test]
    fn a_failure_comes_out_as_it_went_in() {
        for (covered, travelling) in [(true, 500), (false, BARE)] {
            let mut reply = reply(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "");
            failed(&mut reply, covered);
            assert_eq!(reply.status().as_u16(), travelling);
            instruct(&mut reply, Lifetime::default(), UNIX_EPOCH);
            unveil(&mut reply);
            assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
            let names: Vec<_> = reply.headers().keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["content-type"]);
        }
    }
}
