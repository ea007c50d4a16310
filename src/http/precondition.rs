//! How a stored response answers: the caller's own conditionals (RFC 9110 §13, RFC 9111 §4.3.2), ranges
//! (RFC 9110 §14) and HEAD.

use super::date::parse_date;
use super::freshness::date;
use super::range::{ByteRange, covers};
use super::text::members;
use super::validation::{same_etag, strong_match};
use crate::model::{Request, StoredResponse};

/// What is sent of a stored response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// All of it.
    Full,
    /// 304: the caller has it already.
    NotModified,
    /// This part of it; [`ByteRange::of`] says which bytes once the body's length is known.
    Part(ByteRange),
    /// The head alone.
    HeadOnly,
}

/// How `stored` answers `request`, once it may.
#[must_use]
pub fn answer(request: &Request, stored: &StoredResponse) -> Answer {
    if not_modified(request, stored) {
        return Answer::NotModified;
    }
    match request.method.as_str() {
        "HEAD" => Answer::HeadOnly,
        "GET" => part(request, stored).map_or(Answer::Full, Answer::Part),
        _ => Answer::Full,
    }
}

/// RFC 9110 §13.1.2 and §13.1.3, as §4.3.2 of RFC 9111 has a cache evaluate them.
fn not_modified(request: &Request, stored: &StoredResponse) -> bool {
    let head = &stored.response;
    // §13.2.1: only where the answer without them would be a success. A part is none of the whole.
    if !(200..300).contains(&head.status) || !matches!(request.method.as_str(), "GET" | "HEAD" | "QUERY") {
        return false;
    }
    if request.headers.has("if-none-match") {
        // §13.1.2: the first member may be "*"; tags are compared weakly.
        return members(&request.headers, "if-none-match")
            .any(|tag| tag == "*" || head.headers.get("etag").is_some_and(|stored| same_etag(tag, stored)));
    }
    // §13.1.3: a field with more than one value or an invalid date is ignored.
    let mut since = request.headers.values("if-modified-since");
    let (Some(first), None) = (since.next(), since.next()) else { return false };
    let Some(since) = parse_date(first, stored.response_time) else { return false };
    // §4.3.2: Last-Modified, else Date, else the moment of reception.
    let modified = head.headers.get("last-modified").and_then(|text| parse_date(text, stored.response_time));
    modified.or_else(|| date(stored)).unwrap_or(stored.response_time) <= since
}

/// RFC 9110 §14.2 and §13.1.5: the one range asked for, unless `If-Range` names another version. Several
/// ranges, other units and malformed fields are answered whole, as a server may.
fn part(request: &Request, stored: &StoredResponse) -> Option<ByteRange> {
    // Ranges are of the encoded bytes (RFC 9110 §14.1.2), and the browser has decoded what we hold.
    let coding = stored.response.headers.get("content-encoding");
    if !matches!(stored.response.status, 200 | 206) || coding.is_some_and(|coding| coding != "identity") {
        return None;
    }
    let range = ByteRange::asked(request)?;
    if stored.response.status == 206 && !covers(request, stored) {
        return None;
    }
    if_range_holds(request, stored).then_some(range)
}

pub(super) fn if_range_holds(request: &Request, stored: &StoredResponse) -> bool {
    let Some(condition) = request.headers.get("if-range") else { return true };
    let headers = &stored.response.headers;
    if condition.starts_with(['"', 'W']) && condition.ends_with('"') {
        return headers.get("etag").is_some_and(|etag| strong_match(condition, etag));
    }
    // §13.1.5: an exact match with a Last-Modified that is strong: at least a second before Date (§8.8.2.2).
    let Some(modified) = headers.get("last-modified") else { return false };
    let at = parse_date(modified, stored.response_time);
    modified == condition && at.zip(date(stored)).is_some_and(|(at, date)| date.since(at).as_secs() >= 1)
}
