//! Validators (RFC 9110 §8.8) and the conditional requests made of them (RFC 9111 §4.3.1).

use super::freshness::date;
use super::text::trim;
use crate::model::{Headers, Request, StoredResponse};

/// Whether two entity tags are the same by the weak comparison (RFC 9110 §8.8.3.2): CloudFront, for one,
/// weakens a strong tag when it compresses.
#[must_use]
pub fn same_etag(a: &str, b: &str) -> bool {
    opaque_tag(a) == opaque_tag(b)
}

fn opaque_tag(tag: &str) -> &str {
    let tag = trim(tag);
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// The strong comparison (RFC 9110 §8.8.3.2): equal, and neither weak.
pub(super) fn strong_match(a: &str, b: &str) -> bool {
    let (a, b) = (trim(a), trim(b));
    a == b && !a.starts_with("W/")
}

/// Whether both have the same strong entity tag: parts of the same bytes.
pub(super) fn same_strong_validator(a: &Headers, b: &Headers) -> bool {
    a.get("etag").zip(b.get("etag")).is_some_and(|(a, b)| strong_match(a, b))
}

/// Whether a stored response could answer once it is validated: a part can't, unless it is the one selected.
pub(crate) fn could_answer(request: &Request, stored: &StoredResponse, selected: bool) -> bool {
    selected || stored.response.status != 206 && stored.method == request.method
}

/// The fields that make a request validate what is stored: the entity tags of every variant that could
/// answer it once named, and the date of the selected one.
#[must_use]
pub fn conditional(request: &Request, variants: &[&StoredResponse], selected: Option<usize>) -> Headers {
    let mut fields = Headers::new();
    let mut tags: Vec<&str> = Vec::new();
    for (index, stored) in variants.iter().enumerate() {
        let etag = stored.response.headers.get("etag").filter(|tag| tag.ends_with('"'));
        let Some(etag) = etag.filter(|_| could_answer(request, stored, Some(index) == selected)) else {
            continue;
        };
        if !tags.contains(&etag) {
            tags.push(etag);
        }
    }
    if !tags.is_empty() {
        fields.append("if-none-match", &tags.join(", "));
    }
    // §4.3.1: the date only where one stored response is validated, and the request is for all of it.
    let single = selected.and_then(|index| variants.get(index)).filter(|_| tags.len() <= 1);
    if let Some(stored) = single.filter(|_| !request.headers.has("range")) {
        let headers = &stored.response.headers;
        if let Some(modified) = headers.get("last-modified") {
            fields.append("if-modified-since", modified);
        } else if fields.is_empty() && date(stored).is_some() {
            // Without any validator, Date: what hasn't changed since then is what we have.
            fields.append("if-modified-since", headers.get("date").unwrap_or_default());
        }
    }
    fields
}
