//! What a response to an unsafe request ends (RFC 9111 §4.4).

use crate::model::{Request, Response, Url};

/// The URLs whose stored responses are no longer to be trusted: after a non-error response to an unsafe
/// request, its target, and what `Location` and `Content-Location` name on the same origin. `resolve`
/// turns a reference, relative to a URL, into a URL.
#[must_use]
pub fn invalidated(
    request: &Request,
    response: &Response,
    resolve: &dyn Fn(&Url, &str) -> Option<Url>,
) -> Vec<Url> {
    // An opaque response (0) hides whether it is an error; doubt invalidates.
    if request.is_safe() || !matches!(response.status, 0 | 200..=399) {
        return Vec::new();
    }
    let mut urls = vec![request.url.clone()];
    for name in ["location", "content-location"] {
        let named = response.headers.get(name).and_then(|reference| resolve(&request.url, reference));
        // Another origin's responses are not this one's to end.
        if let Some(url) = named.filter(|url| url.same_origin(&request.url) && !urls.contains(url)) {
            urls.push(url);
        }
    }
    urls
}
