//! Conditional requests: does what the client holds still stand? (RFC 9110 §13)

use bytes::Bytes;
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED,
};
use http::{Method, StatusCode};

use crate::message::{Call, Reply, text};

/// Whether the request's validators say that the client has this very response.
pub(crate) fn unchanged(request: &HeaderMap, response: &HeaderMap) -> bool {
    if request.contains_key(IF_NONE_MATCH) {
        // RFC 9110 §13.2.2: If-None-Match, where present, decides alone.
        let tag = text(response, ETAG);
        return request
            .get_all(IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|list| list.trim() == "*" || tags(list).any(|held| Some(opaque(held)) == tag.map(opaque)));
    }
    let (Some(since), Some(modified)) = (text(request, IF_MODIFIED_SINCE), text(response, LAST_MODIFIED))
    else {
        return false;
    };
    // Equal text first: a scripted response may carry a date that nobody can parse.
    since == modified
        || match (httpdate::parse_http_date(since), httpdate::parse_http_date(modified)) {
            (Ok(since), Ok(modified)) => modified <= since,
            _ => false,
        }
}

/// Answers 304 in place of a 200 that the client holds already.
pub(crate) fn answer(call: &Call, reply: Reply) -> Reply {
    let safe = matches!(*call.method(), Method::GET | Method::HEAD);
    if safe && reply.status() == StatusCode::OK && unchanged(call.headers(), reply.headers()) {
        not_modified(reply)
    } else {
        reply
    }
}

/// The 304 of a response: its headers without those that describe the body. RFC 9110 §15.4.5
fn not_modified(mut reply: Reply) -> Reply {
    *reply.status_mut() = StatusCode::NOT_MODIFIED;
    *reply.body_mut() = Bytes::new();
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE] {
        reply.headers_mut().remove(name);
    }
    reply
}

/// Weak comparison looks at the opaque part only. RFC 9110 §8.8.3.2
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// The tags of a list. A comma inside the quotes belongs to the tag.
fn tags(list: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    list.split(move |char| {
        quoted ^= char == '"';
        char == ',' && !quoted
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn etags_compare_weakly_and_decide_alone() {
        let response = headers(&[(ETAG, "\"a,b\""), (LAST_MODIFIED, "Wed, 01 Jan 2025 00:00:00 GMT")]);
        for (held, expected) in [
            ("\"a,b\"", true),
            ("W/\"a,b\"", true),
            ("\"x\", W/\"a,b\"", true),
            ("*", true),
            ("\"a\"", false),
            ("b", false),
            ("", false),
        ] {
            let request =
                headers(&[(IF_NONE_MATCH, held), (IF_MODIFIED_SINCE, "Wed, 01 Jan 2025 00:00:00 GMT")]);
            assert_eq!(unchanged(&request, &response), expected, "{held}");
        }
    }

    #[test]
    fn dates_compare_by_time_or_by_text() {
        for (since, modified, expected) in [
            ("Wed, 01 Jan 2025 00:00:00 GMT", "Wed, 01 Jan 2025 00:00:00 GMT", true),
            ("Thu, 02 Jan 2025 00:00:00 GMT", "Wed, 01 Jan 2025 00:00:00 GMT", true),
            ("Wed, 01 Jan 2025 00:00:00 GMT", "Thu, 02 Jan 2025 00:00:00 GMT", false),
            ("yesterday", "yesterday", true),
            ("yesterday", "Wed, 01 Jan 2025 00:00:00 GMT", false),
        ] {
            let request = headers(&[(IF_MODIFIED_SINCE, since)]);
            let response = headers(&[(LAST_MODIFIED, modified)]);
            assert_eq!(unchanged(&request, &response), expected, "{since} / {modified}");
        }
    }
}
