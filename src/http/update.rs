//! Freshening what is stored by a 304 or a HEAD (RFC 9111 §3.2, §4.3.4, §4.3.5).

use super::storage::{ensure_date, strip, with_headers};
use super::text::Names;
use super::validation::{same_etag, strong_match};
use super::vary;
use crate::model::{Headers, Request, Response, StoredResponse, Timestamp};

/// Fields of the stored body and of the processing it went through (§3.2).
const OF_THE_BODY: [&str; 4] = ["content-encoding", "content-length", "content-range", "content-type"];

/// The variant that a 304 names (§4.3.4), of those that were asked about.
pub(crate) fn named(
    response: &Response,
    variants: &[&StoredResponse],
    selected: Option<usize>,
) -> Option<usize> {
    let newest = |fits: &dyn Fn(&StoredResponse) -> bool| {
        // The selected one first: of several that carry the same tag it is the one we mean to serve.
        let chosen = selected.filter(|index| variants.get(*index).is_some_and(|stored| fits(stored)));
        chosen.or_else(|| {
            let fitting = variants.iter().enumerate().filter(|(_, stored)| fits(stored));
            fitting.max_by_key(|(_, stored)| stored.response_time).map(|(index, _)| index)
        })
    };
    let etag_of = |stored: &StoredResponse| stored.response.headers.get("etag").map(str::to_owned);
    if let Some(tag) = response.headers.get("etag") {
        // A strong match, else a weak one: compression on the way weakens tags.
        return newest(&|stored| etag_of(stored).is_some_and(|etag| strong_match(&etag, tag)))
            .or_else(|| newest(&|stored| etag_of(stored).is_some_and(|etag| same_etag(&etag, tag))));
    }
    if let Some(modified) = response.headers.get("last-modified") {
        return newest(&|stored| stored.response.headers.get("last-modified") == Some(modified));
    }
    // No validator at all: it speaks of what was asked about, when that is one.
    selected.or(if variants.len() == 1 { Some(0) } else { None })
}

/// `stored`, updated by the fields of a 304, or of a HEAD's response, that confirmed it.
#[must_use]
pub fn freshen(
    stored: &StoredResponse,
    request: &Request,
    response: &Response,
    request_time: Timestamp,
    response_time: Timestamp,
) -> StoredResponse {
    let mut news = response.headers.clone();
    strip(&mut news);
    news.retain(|name, _| !OF_THE_BODY.contains(&name));
    // Age and Date are of the exchange: those of the former one say nothing of this one (§4.2.3).
    let replaced = Names::new(news.iter().map(|(name, _)| name.to_owned()).collect());
    let old = stored.response.headers.iter();
    let old = old.filter(|(name, _)| !matches!(*name, "age" | "date") && !replaced.has(name));
    let mut headers: Headers = old.chain(news.iter()).collect();
    ensure_date(stored.response.kind, &mut headers, response_time);
    let vary = if vary::matches_stored(request, stored) {
        vary::nominated(request, &headers)
    } else {
        stored.vary.clone()
    };
    StoredResponse {
        response: with_headers(&stored.response, headers),
        method: stored.method.clone(),
        vary,
        request_time,
        response_time,
    }
}

/// §4.3.5: whether a HEAD's response is about the same representation as `stored`.
pub(crate) fn confirms(head: &Headers, stored: &Headers) -> bool {
    ["etag", "last-modified", "content-length"].iter().all(|name| match (head.get(name), stored.get(name)) {
        (Some(new), Some(old)) if *name == "etag" => same_etag(new, old),
        (Some(new), Some(old)) => new == old,
        (Some(_), None) => *name == "content-length",
        _ => true,
    })
}
