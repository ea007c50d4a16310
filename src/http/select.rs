//! Which stored response may answer (RFC 9111 §4 and §4.1).

use super::freshness::date;
use super::range::covers;
use super::rule::Rule;
use super::vary;
use crate::model::{Mode, Request, ResponseKind, StoredResponse, Timestamp};

/// What a look among the stored responses of a resource found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// This one.
    Variant(usize),
    /// None at all for this method.
    Nothing,
    /// Some, for other values of the fields that `Vary` nominates.
    OtherVariants,
    /// Only parts, and not the part that is asked for; this is the most recent one.
    OtherPart(usize),
}

/// The stored response that answers `request`: its nominated fields match, and no other is more recent.
#[must_use]
pub fn select(request: &Request, variants: &[&StoredResponse]) -> Option<usize> {
    match pick(request, variants, &Rule::default()) {
        Match::Variant(index) => Some(index),
        _ => None,
    }
}

/// [`select`], with the reason when there is none.
pub(crate) fn pick(request: &Request, variants: &[&StoredResponse], rule: &Rule) -> Match {
    let mut found = Match::Nothing;
    let mut best = None;
    let mut part = None;
    // §4.1: servers send Vary inconsistently. The most recent one shows what the responses without it,
    // where they are older, were chosen by; that can't be evaluated any more, so they don't match.
    let varies = |stored: &StoredResponse| stored.response.headers.has("vary");
    let varying = match variants.iter().all(|stored| varies(stored)) {
        true => None,
        false => variants.iter().filter(|stored| varies(stored)).map(|stored| recency(stored)).max(),
    };
    for (index, stored) in variants.iter().enumerate() {
        if !method_fits(request, stored) || !kind_fits(request, stored) {
            continue;
        }
        let outdated = !varies(stored) && varying.is_some_and(|at| recency(stored) < at);
        if outdated || !vary::matches(request, stored, rule.vary_cookie) {
            if found == Match::Nothing {
                found = Match::OtherVariants;
            }
            continue;
        }
        if stored.response.status == 206 && !covers(request, stored) {
            if part.is_none_or(|(other, _)| recency(stored) >= other) {
                part = Some((recency(stored), index));
            }
            continue;
        }
        if best.is_none_or(|(other, _)| recency(stored) >= other) {
            best = Some((recency(stored), index));
        }
    }
    match (best, part) {
        (Some((_, index)), _) => Match::Variant(index),
        (None, Some((_, index))) => Match::OtherPart(index),
        (None, None) => found,
    }
}

/// §4: the most recent by Date. Equal ones: the last received, then the last stored.
fn recency(stored: &StoredResponse) -> (Timestamp, Timestamp) {
    (date(stored).unwrap_or(stored.response_time), stored.response_time)
}

/// §4: the method of the stored response allows it for this request: a GET answers HEAD too, and a POST
/// that was stored answers GET and HEAD (RFC 9110 §9.3.3).
pub(super) fn method_fits(request: &Request, stored: &StoredResponse) -> bool {
    stored.method == request.method
        || matches!(request.method.as_str(), "GET" | "HEAD")
            && matches!(stored.method.as_str(), "GET" | "POST")
}

/// An opaque response may only answer a request that may get one.
fn kind_fits(request: &Request, stored: &StoredResponse) -> bool {
    stored.response.kind != ResponseKind::Opaque || request.mode == Mode::NoCors
}
