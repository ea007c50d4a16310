//! The head of what is served from the cache (RFC 9111 §4, §5.1).

use super::cache_control::no_cache_fields;
use super::freshness::age;
use super::text::{Names, push_number};
use crate::model::{Headers, StoredResponse, Timestamp};

/// The fields of `stored` as it is served without asking the origin: `Age` is set, and fields that
/// `no-cache="…"` names are left out (§5.2.2.4).
#[must_use]
pub fn served_headers(stored: &StoredResponse, now: Timestamp) -> Headers {
    let mut headers = validated_headers(stored, now);
    let unvalidated = no_cache_fields(&stored.response.headers);
    if !unvalidated.is_empty() {
        let unvalidated = Names::new(unvalidated);
        headers.retain(|name, _| !unvalidated.has(name));
    }
    headers
}

/// The fields of `stored` as it is served once the origin has confirmed it in this very exchange.
#[must_use]
pub fn validated_headers(stored: &StoredResponse, now: Timestamp) -> Headers {
    let mut headers = stored.response.headers.clone();
    headers.set("age", &age_value(stored, now));
    headers
}

/// The value of `Age` (§5.1).
#[must_use]
pub fn age_value(stored: &StoredResponse, now: Timestamp) -> String {
    let mut seconds = String::new();
    push_number(&mut seconds, age(stored, now).as_secs());
    seconds
}
