//! Age and freshness (RFC 9111 §4.2), the request's wishes (§5.2.1), and serving stale (§4.2.4, RFC 5861).

use super::cache_control::{CacheControl, MaxStale};
use super::date::parse_date;
use super::rule::{AgeFrom, Rule};
use super::storage::{is_heuristic, is_hidden, ttl_applies};
use super::text::{delta_seconds, members};
use crate::model::{CacheMode, Millis, Request, StoredResponse, Timestamp};

/// §4.2.2: the heuristic never grants more than this, however old the resource (decision 0021).
const MAX_HEURISTIC: Millis = Millis::from_secs(86_400);

/// The clock is corrected by that much now and then, which makes nothing a thing of the future.
const CLOCK_SLACK: Millis = Millis(2_000);

/// What a stored response may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Answer with it; the request's `max-stale` may be what allows it.
    Fresh,
    /// Answer with it and renew it meanwhile.
    StaleWhileRevalidate,
    /// Ask the origin; answer with it when that fails.
    StaleIfError,
    /// Ask the origin; it may only answer once validated.
    Stale,
}

/// A stored response, judged at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// What it may be used for.
    pub freshness: Freshness,
    /// Its age.
    pub age: Millis,
    /// How long it is fresh, counted from age zero.
    pub lifetime: Millis,
}

impl Assessment {
    /// Seconds of freshness left, negative once stale: the `ttl` of RFC 9211 §2.4.
    #[must_use]
    pub fn ttl(&self) -> i64 {
        left(self.lifetime, self.age)
    }
}

/// [`Assessment::ttl`] of `stored` at `now`, where nothing else is asked.
pub(crate) fn ttl(stored: &StoredResponse, rule: &Rule, now: Timestamp) -> i64 {
    left(lifetime(stored, rule), age_by(stored, rule, now))
}

fn left(lifetime: Millis, age: Millis) -> i64 {
    let signed = |length: Millis| i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
    signed(lifetime).saturating_sub(signed(age))
}

/// The age of `stored` at `now` (§4.2.3).
#[must_use]
pub fn age(stored: &StoredResponse, now: Timestamp) -> Millis {
    let headers = &stored.response.headers;
    // §5.1: the first valid member; without one the field is ignored.
    let age_value = Millis::from_secs(members(headers, "age").find_map(delta_seconds).unwrap_or(0));
    // In whole seconds, as Date counts them: its missing fraction is no age.
    let date = date(stored).unwrap_or(stored.response_time);
    let apparent_age = Millis::from_secs(stored.response_time.since(date).as_secs());
    let response_delay = stored.response_time.since(stored.request_time);
    let corrected_initial_age = apparent_age.max(age_value + response_delay);
    corrected_initial_age + now.since(stored.response_time)
}

/// Whether `stored` came in later than `now`: the clock was set back since, and nothing tells how old it is.
#[must_use]
pub fn is_from_future(stored: &StoredResponse, now: Timestamp) -> bool {
    stored.response_time.since(now) > CLOCK_SLACK
}

/// How long `stored` is fresh, counted from age zero (§4.2.1, §4.2.2).
#[must_use]
pub fn lifetime(stored: &StoredResponse, rule: &Rule) -> Millis {
    lifetime_of(stored, rule, &CacheControl::of(&stored.response.headers))
}

/// When `stored` stops being fresh by itself, whatever a request wishes.
#[must_use]
pub fn expires_at(stored: &StoredResponse, rule: &Rule) -> Timestamp {
    let left = lifetime(stored, rule).saturating_sub(age_by(stored, rule, stored.response_time));
    stored.response_time + left
}

/// What `stored` may be used for at `now`, to answer `request`.
#[must_use]
pub fn freshness(request: &Request, stored: &StoredResponse, rule: &Rule, now: Timestamp) -> Freshness {
    assess(request, stored, rule, now).freshness
}

/// [`freshness`], with the numbers it comes from.
#[must_use]
pub fn assess(request: &Request, stored: &StoredResponse, rule: &Rule, now: Timestamp) -> Assessment {
    assess_for(&CacheControl::of_request(&request.headers), request, stored, rule, now)
}

/// [`assess`] for who has read the request's `wishes` already.
pub(crate) fn assess_for(
    wishes: &CacheControl,
    request: &Request,
    stored: &StoredResponse,
    rule: &Rule,
    now: Timestamp,
) -> Assessment {
    let response = CacheControl::of(&stored.response.headers);
    let age = age_by(stored, rule, now);
    let lifetime = match is_from_future(stored, now) {
        true => Millis::ZERO,
        false => lifetime_of(stored, rule, &response),
    };
    let freshness = judge(request, rule, &response, wishes, stored.response.status, age, lifetime);
    Assessment { freshness, age, lifetime }
}

fn judge(
    request: &Request,
    rule: &Rule,
    response: &CacheControl,
    wishes: &CacheControl,
    status: u16,
    age: Millis,
    lifetime: Millis,
) -> Freshness {
    // §5.2.2.4 no-cache: not even where `max-stale` tolerates what is stale.
    let must_ask = response.no_cache && !ttl_applies(rule, status);
    // §5.2.1.4 no-cache, §5.4 Pragma.
    if must_ask || wishes.no_cache {
        return Freshness::Stale;
    }
    let fresh = lifetime > age;
    // RFC 8246 §2: a reload asks for `max-age=0`, and an immutable response need not be asked for.
    let immutable = response.immutable && fresh && wishes.max_age == Some(Millis::ZERO);
    // §5.2.1.1 max-age, §5.2.1.3 min-fresh.
    let young_enough = immutable || wishes.max_age.is_none_or(|most| age <= most);
    let lasting = wishes.min_fresh.is_none_or(|least| lifetime.saturating_sub(age) >= least);
    if fresh && young_enough && lasting {
        return Freshness::Fresh;
    }
    let staleness = age.saturating_sub(lifetime);
    // §5.2.2.2 must-revalidate: not stale, not even on error (§4.2.4).
    if !fresh && response.must_revalidate {
        return Freshness::Stale;
    }
    // §5.2.1.2 max-stale, which also widens max-age (§5.2.1.1).
    let tolerated = match wishes.max_stale {
        None => false,
        Some(MaxStale::Any) => true,
        Some(MaxStale::For(most)) => staleness <= most,
    };
    if !fresh && tolerated && lasting {
        return Freshness::Fresh;
    }
    // RFC 5861 §3. A request that states its wishes has not asked for this.
    let window = rule.stale_while_revalidate.or(response.stale_while_revalidate).unwrap_or_default();
    let unconcerned = wishes.max_age.is_none() && wishes.min_fresh.is_none();
    if !fresh && unconcerned && staleness < window && request.cache == CacheMode::Default {
        return Freshness::StaleWhileRevalidate;
    }
    // RFC 5861 §4: a directive of responses and of requests.
    let window = rule.stale_if_error.or(response.stale_if_error).max(wishes.stale_if_error);
    if staleness < window.unwrap_or_default() { Freshness::StaleIfError } else { Freshness::Stale }
}

/// §4.2.1: the rule, then `max-age`, then `Expires`, then the heuristic. `s-maxage` is for shared caches.
fn lifetime_of(stored: &StoredResponse, rule: &Rule, response: &CacheControl) -> Millis {
    let head = &stored.response;
    if let Some(ttl) = rule.ttl.filter(|_| ttl_applies(rule, head.status)) {
        return ttl;
    }
    // §5.2.2.4 no-cache: never fresh by itself; a route's ttl overrides it, as it does all that concerns freshness.
    if response.no_cache || is_hidden(head.kind, &head.headers) {
        return Millis::ZERO;
    }
    if let Some(max_age) = response.max_age {
        return max_age;
    }
    let date = date(stored).unwrap_or(stored.response_time);
    let mut expires = head.headers.values("expires");
    if let Some(first) = expires.next() {
        // §5.3: an invalid date is in the past. §4.2.1: several that differ are taken as stale.
        return match parse_date(first, stored.response_time) {
            Some(at) if expires.all(|other| other == first) => at.since(date),
            _ => Millis::ZERO,
        };
    }
    // §4.2.2: only for statuses that are heuristically cacheable, or where `public` says so.
    if !is_heuristic(head.status) && !response.public {
        return Millis::ZERO;
    }
    head.headers
        .get("last-modified")
        .and_then(|text| parse_date(text, stored.response_time))
        .map_or(Millis::ZERO, |at| Millis(date.since(at).0 / 10).min(MAX_HEURISTIC))
}

fn age_by(stored: &StoredResponse, rule: &Rule, now: Timestamp) -> Millis {
    match rule.age_from {
        AgeFrom::Date => age(stored, now),
        AgeFrom::Receipt => now.since(stored.response_time),
    }
}

/// The response's `Date`, when it is one.
pub(super) fn date(stored: &StoredResponse) -> Option<Timestamp> {
    parse_date(stored.response.headers.get("date")?, stored.response_time)
}
