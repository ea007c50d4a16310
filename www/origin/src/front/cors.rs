//! Cross-origin access, as the switches allow it. Off by default: then no CORS header is ever sent.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN, VARY,
};
use http::{HeaderMap, Method, StatusCode};

use crate::message::{Call, Reply, set};
use crate::switches::Cors;

/// Whether a request is a browser asking for permission.
pub(super) fn is_preflight(call: &Call) -> bool {
    call.method() == Method::OPTIONS
        && call.headers().contains_key(ORIGIN)
        && call.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight: whatever is asked, to whom it is allowed.
pub(super) fn preflight(cors: &Cors, request: &HeaderMap) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = StatusCode::NO_CONTENT;
    if !allow(cors, request, &mut reply) {
        return reply;
    }
    for (asked, granted) in [
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
    ] {
        if let Some(value) = request.get(asked) {
            reply.headers_mut().insert(granted, value.clone());
        }
    }
    if let Some(seconds) = cors.max_age {
        set(&mut reply, ACCESS_CONTROL_MAX_AGE, &seconds.get().to_string());
    }
    reply
}

/// Opens a response to the page that asked for it.
pub(super) fn expose(cors: &Cors, request: &HeaderMap, reply: &mut Reply) {
    if allow(cors, request, reply) && !cors.expose_headers.is_empty() {
        let listed = HeaderValue::from_str(&cors.expose_headers.join(", "));
        reply.headers_mut().extend(listed.ok().map(|value| (ACCESS_CONTROL_EXPOSE_HEADERS, value)));
    }
}

/// Says who may read the response, and whether anybody may.
fn allow(cors: &Cors, request: &HeaderMap, reply: &mut Reply) -> bool {
    let (Some(setting), Some(origin)) = (&cors.allow_origin, request.get(ORIGIN)) else {
        return false;
    };
    let allowed = match setting.as_str() {
        "reflect" => Some(origin.clone()),
        fixed => HeaderValue::from_str(fixed).ok(),
    };
    let Some(allowed) = allowed else {
        return false;
    };
    let headers = reply.headers_mut();
    if allowed != "*" {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    if cors.allow_credentials {
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switches::Switches;

    fn request() -> HeaderMap {
        HeaderMap::from_iter([
            (ORIGIN, HeaderValue::from_static("http://shop.test")),
            (ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET")),
            (ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_static("if-none-match")),
        ])
    }

    #[test]
    fn nothing_is_said_until_an_origin_is_allowed() {
        let mut cors = Switches::published().cors;
        assert!(preflight(&cors, &request()).headers().is_empty());
        cors.allow_origin = Some("reflect".to_owned());
        cors.allow_credentials = true;
        let granted = preflight(&cors, &request());
        assert_eq!(granted.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "http://shop.test");
        assert_eq!(granted.headers()[ACCESS_CONTROL_ALLOW_HEADERS], "if-none-match");
        assert_eq!(granted.headers()[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
        assert_eq!(granted.headers()[VARY], "Origin");
    }

    #[test]
    fn headers_are_exposed_to_cross_origin_requests_only() {
        let mut cors = Switches::published().cors;
        cors.allow_origin = Some("*".to_owned());
        cors.expose_headers = vec!["ETag".to_owned(), "Age".to_owned()];
        let mut reply = Reply::default();
        expose(&cors, &HeaderMap::new(), &mut reply);
        assert!(reply.headers().is_empty());
        expose(&cors, &request(), &mut reply);
        assert_eq!(reply.headers()[ACCESS_CONTROL_EXPOSE_HEADERS], "ETag, Age");
        assert!(!reply.headers().contains_key(VARY));
    }
}
