//! Joining parts (RFC 9110 §15.3.7.3, RFC 9111 §3.4), and asking for what is missing (§3.3).

use core::cmp::Reverse;

use super::range::ContentRange;
use super::text::{Names, push_number};
use super::validation::{same_strong_validator, strong_match};
use crate::model::{Headers, StoredResponse};

/// Two parts made one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combined {
    /// The head: 200 once nothing is missing, else 206.
    pub stored: StoredResponse,
    /// How many bytes of the old body stay in front of the new one.
    pub keep_before: u64,
    /// How many bytes at the end of the old body follow the new one.
    pub keep_after: u64,
}

impl Combined {
    /// Orders what could be joined, the best first: the whole, then the longest, then what begins first.
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        ContentRange::of(&self.stored.response.headers).map(|held| (Reverse(held.len()), held.first))
    }
}

/// The part `old` and the part `new`, joined: `None` unless they touch and share a strong validator. Where
/// they overlap the new bytes stay.
#[must_use]
pub fn combine(old: &StoredResponse, new: &StoredResponse) -> Option<Combined> {
    let (a, b) = (ContentRange::of(&old.response.headers)?, ContentRange::of(&new.response.headers)?);
    let parts = old.response.status == 206 && new.response.status == 206;
    let touch = b.first <= a.last.saturating_add(1) && a.first <= b.last.saturating_add(1);
    let same_whole = match (a.total, b.total) {
        (Some(old), Some(new)) => old == new,
        _ => true,
    };
    if !parts || !touch || !same_whole || !same_strong_validator(&old.response.headers, &new.response.headers)
    {
        return None;
    }
    let joined =
        ContentRange { first: a.first.min(b.first), last: a.last.max(b.last), total: a.total.or(b.total) };
    if joined.total.is_some_and(|total| joined.last >= total) {
        return None;
    }
    let mut stored = new.clone();
    // §3.4: the new fields replace the old ones, which otherwise stay.
    let replaced = Names::new(new.response.headers.iter().map(|(name, _)| name.to_owned()).collect());
    for (name, value) in old.response.headers.iter() {
        if !replaced.has(name) && name != "age" {
            stored.response.headers.append(name, value);
        }
    }
    let mut length = String::new();
    push_number(&mut length, joined.len());
    stored.response.headers.set("content-length", &length);
    if joined.first == 0 && joined.total == Some(joined.len()) {
        stored.response.status = 200;
        stored.response.status_text = "OK".into();
        stored.response.headers.remove("content-range");
    } else {
        stored.response.headers.set("content-range", &joined.to_header());
    }
    Some(Combined {
        stored,
        keep_before: b.first.saturating_sub(a.first),
        keep_after: a.last.saturating_sub(b.last),
    })
}

/// The fields that ask for what a stored part lacks: `Range` and `If-Range`. `None` where one request
/// can't fill it, or no strong validator holds it together.
#[must_use]
pub fn missing_range(stored: &StoredResponse) -> Option<Headers> {
    let held = ContentRange::of(&stored.response.headers)?;
    let etag = stored.response.headers.get("etag").filter(|etag| strong_match(etag, etag))?;
    let mut range = String::from("bytes=");
    if held.first == 0 {
        push_number(&mut range, held.last.saturating_add(1));
        range.push('-');
    } else if held.total == Some(held.last.saturating_add(1)) {
        range.push_str("0-");
        push_number(&mut range, held.first - 1);
    } else {
        return None;
    }
    Some([("range", range.as_str()), ("if-range", etag)].into_iter().collect())
}
