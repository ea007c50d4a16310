//! What the edge said of itself: its own `Cache-Status` (RFC 9211), `X-Cache`, and `Age`, for statistics.

use super::structured::{BareItem, Member, last, parse_list};
use super::text::{delta_seconds, members};
use crate::model::Headers;

/// What an edge cache did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EdgeVerdict {
    /// It answered from its cache.
    Hit,
    /// It asked the origin.
    Miss,
    /// It validated what it had, and answered with it.
    RefreshHit,
    /// It answered with an error of its own.
    Error,
    /// It said nothing that we understand.
    #[default]
    Unknown,
}

/// The edge's part in a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// What the cache nearest to us did.
    pub verdict: EdgeVerdict,
    /// How long the response had been in caches, in seconds.
    pub age: Option<u64>,
}

impl Edge {
    /// Reads a response's fields; `Cache-Status` is more exact than `X-Cache`, and goes first.
    ///
    /// ```
    /// # use nearcache::{http::{Edge, EdgeVerdict}, model::Headers};
    /// let headers: Headers = [("x-cache", "RefreshHit from cloudfront"), ("age", "7")].into_iter().collect();
    /// assert_eq!(Edge::of(&headers), Edge { verdict: EdgeVerdict::RefreshHit, age: Some(7) });
    /// ```
    #[must_use]
    pub fn of(headers: &Headers) -> Self {
        let verdict = cache_status(headers).or_else(|| x_cache(headers)).unwrap_or_default();
        Self { verdict, age: members(headers, "age").next().and_then(delta_seconds) }
    }
}

/// RFC 9211 §2: the last member is of the cache nearest to us; our own are none of the edge's.
fn cache_status(headers: &Headers) -> Option<EdgeVerdict> {
    let members = parse_list(&headers.combined("cache-status")?)?;
    let parameters = members.iter().rev().find_map(|(_, member)| match member {
        Member::Item((BareItem::Token(name) | BareItem::String(name), parameters)) => {
            (name != "nearcache").then_some(parameters)
        }
        _ => None,
    })?;
    if last(parameters, "hit") == Some(&BareItem::Boolean(true)) {
        return Some(EdgeVerdict::Hit);
    }
    last(parameters, "fwd")?;
    match last(parameters, "fwd-status") {
        Some(BareItem::Integer(304)) => Some(EdgeVerdict::RefreshHit),
        _ => Some(EdgeVerdict::Miss),
    }
}

/// CloudFront's words ("RefreshHit from cloudfront"), and the bare ones of others ("HIT, MISS").
fn x_cache(headers: &Headers) -> Option<EdgeVerdict> {
    let value = members(headers, "x-cache").last()?;
    let word = value.split([' ', ':']).next()?;
    let known = [
        ("hit", EdgeVerdict::Hit),
        ("tcp_hit", EdgeVerdict::Hit),
        ("miss", EdgeVerdict::Miss),
        ("tcp_miss", EdgeVerdict::Miss),
        ("refreshhit", EdgeVerdict::RefreshHit),
        ("error", EdgeVerdict::Error),
        ("limitexceeded", EdgeVerdict::Error),
        ("capacityexceeded", EdgeVerdict::Error),
    ];
    known.iter().find(|(text, _)| word.eq_ignore_ascii_case(text)).map(|(_, verdict)| *verdict)
}
