//! Which stored response may answer (RFC 9111 §4 and §4.1).

use super::freshness::date;
use super::range::covers;
use super::rule::{Rule, VaryCookie};
use super::vary;
use crate::model::{Mode, Request, ResponseKind, StoredResponse};

/// What a look among the stored responses of a resource found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// This one.
    Variant(usize),
    /// None at all for this method.
    Nothing,
    /// Some, for other values of the fields that `Vary` nominates.
    OtherVariants,
    /// Only parts, and not the part that is asked for.
    OtherParts,
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
    for (index, stored) in variants.iter().enumerate() {
        if !method_fits(request, stored) || !kind_fits(request, stored) {
            continue;
        }
        if !vary::matches(request, stored, cookie(rule)) {
            if found == Match::Nothing {
                found = Match::OtherVariants;
            }
            continue;
        }
        if stored.response.status == 206 && !covers(request, stored) {
            found = Match::OtherParts;
            continue;
        }
        // §4: the most recent by Date. Equal ones: the last received, then the last stored.
        let recency = (date(stored).unwrap_or(stored.response_time), stored.response_time);
        if best.is_none_or(|(other, _)| recency >= other) {
            best = Some((recency, index));
        }
    }
    best.map_or(found, |(_, index)| Match::Variant(index))
}

fn cookie(rule: &Rule) -> VaryCookie {
    rule.vary_cookie
}

/// §4: the method of the stored response allows it for this request: a GET answers HEAD too, and a POST
/// that was stored answers GET and HEAD (RFC 9110 §9.3.3).
fn method_fits(request: &Request, stored: &StoredResponse) -> bool {
    stored.method == request.method
        || matches!(request.method.as_str(), "GET" | "HEAD")
            && matches!(stored.method.as_str(), "GET" | "POST")
}

/// An opaque response may only answer a request that may get one.
fn kind_fits(request: &Request, stored: &StoredResponse) -> bool {
    stored.response.kind != ResponseKind::Opaque || request.mode == Mode::NoCors
}
