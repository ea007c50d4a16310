//! How long the edge may keep a response, and what it may do with it afterwards.
//!
//! Rules: CloudFront Developer Guide, "Managing how long content stays in the cache (expiration)".

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{EXPIRES, HeaderMap};

use crate::directives::Directives;
use crate::message::text;
use crate::switches::Behaviour;

/// A response's time in the cache, counted from when it was stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lifetime {
    /// Served without asking.
    pub(crate) fresh: Duration,
    /// After that: served while asking (RFC 5861 §3).
    pub(crate) while_revalidating: Duration,
    /// After that: served when asking fails (RFC 5861 §4).
    pub(crate) on_error: Duration,
}

/// What an entry is good for at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Serve it.
    Fresh,
    /// Serve it, and ask behind the client's back.
    WhileRevalidating,
    /// Ask first.
    Stale,
}

/// The lifetime of a response. `errors` is the error caching minimum TTL.
pub(crate) fn lifetime(
    status: StatusCode,
    headers: &HeaderMap,
    behaviour: &Behaviour,
    errors: Duration,
    now: SystemTime,
) -> Lifetime {
    match status.as_u16() {
        200 | 203 | 204 | 300 | 301 | 308 => of_success(headers, behaviour, now),
        // The errors CloudFront caches. 429 and 401 are not among them.
        403 | 404 | 405 | 414 | 416 | 500 | 501 | 502 | 503 | 504 => {
            Lifetime { fresh: errors, ..Lifetime::default() }
        }
        _ => Lifetime::default(),
    }
}

fn of_success(headers: &HeaderMap, behaviour: &Behaviour, now: SystemTime) -> Lifetime {
    let directives = Directives::of(headers);
    let min = behaviour.min_ttl_seconds.seconds();
    let max = behaviour.max_ttl_seconds.seconds();
    if ["no-store", "no-cache", "private"].iter().any(|name| directives.has(name)) {
        return Lifetime { fresh: min, ..Lifetime::default() };
    }
    let seconds = |name: &str| directives.seconds(name).map(Duration::from_secs);
    let fresh = seconds("s-maxage")
        .or_else(|| seconds("max-age"))
        .or_else(|| until(text(headers, EXPIRES)?, now))
        .unwrap_or(behaviour.default_ttl_seconds.seconds());
    let tolerated = |name: &str| {
        // RFC 9111 §5.2.2: these three forbid serving stale, whatever RFC 5861 would allow.
        let strict = ["must-revalidate", "proxy-revalidate", "s-maxage"];
        let forbidden = strict.iter().any(|name| directives.has(name));
        seconds(name).filter(|_| !forbidden).unwrap_or_default()
    };
    Lifetime {
        fresh: fresh.max(min).min(max),
        while_revalidating: tolerated("stale-while-revalidate"),
        on_error: tolerated("stale-if-error"),
    }
}

/// A date that can't be read is in the past. RFC 9111 §5.3
fn until(expires: &str, now: SystemTime) -> Option<Duration> {
    let end = httpdate::parse_http_date(expires).unwrap_or(SystemTime::UNIX_EPOCH);
    Some(end.duration_since(now).unwrap_or_default())
}

impl Lifetime {
    /// What an entry of this age is good for.
    pub(crate) fn standing(&self, age: Duration) -> Standing {
        if age < self.fresh {
            Standing::Fresh
        } else if age < self.fresh.saturating_add(self.while_revalidating) {
            Standing::WhileRevalidating
        } else {
            Standing::Stale
        }
    }

    /// Whether an entry of this age may stand in for a failure.
    pub(crate) fn serves_on_error(&self, age: Duration) -> bool {
        age < self.fresh.saturating_add(self.on_error)
    }
}

#[cfg(test)]
mod tests {
    use http::header::CACHE_CONTROL;

    use super::*;
    use crate::switches::{Bounded, Switches};

    const ERRORS: Duration = Duration::from_secs(10);

    fn of(status: u16, cache_control: &str, min: u64) -> Lifetime {
        let mut behaviour = Switches::published().edge.behaviours.remove(0);
        behaviour.min_ttl_seconds = Bounded::new(min);
        behaviour.default_ttl_seconds = Bounded::new(100);
        behaviour.max_ttl_seconds = Bounded::new(1000);
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, cache_control.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        lifetime(status, &headers, &behaviour, ERRORS, SystemTime::now())
    }

    #[test]
    fn the_origin_decides_within_the_bounds_of_the_behaviour() {
        for (status, cache_control, min, fresh) in [
            (200, "max-age=60", 0, 60),
            (200, "max-age=60, s-maxage=5", 0, 5),
            (200, "max-age=60", 90, 90),
            (200, "max-age=99999", 0, 1000),
            (200, "public", 0, 100),
            (200, "no-store", 0, 0),
            (200, "no-cache", 1, 1),
            (200, "private, max-age=60", 0, 0),
            (404, "max-age=60", 0, 10),
            (503, "no-store", 0, 10),
            (429, "max-age=60", 0, 0),
            (302, "max-age=60", 0, 0),
        ] {
            let lifetime = of(status, cache_control, min);
            assert_eq!(lifetime.fresh.as_secs(), fresh, "{status} {cache_control}");
        }
    }

    #[test]
    fn staleness_is_served_as_far_as_the_origin_allows() {
        let lifetime = of(200, "max-age=60, stale-while-revalidate=30, stale-if-error=300", 0);
        for (age, standing, on_error) in [
            (59, Standing::Fresh, true),
            (60, Standing::WhileRevalidating, true),
            (90, Standing::Stale, true),
            (360, Standing::Stale, false),
        ] {
            let age = Duration::from_secs(age);
            assert_eq!(lifetime.standing(age), standing, "{age:?}");
            assert_eq!(lifetime.serves_on_error(age), on_error, "{age:?}");
        }
        let strict = of(200, "max-age=60, stale-if-error=300, must-revalidate", 0);
        assert!(!strict.serves_on_error(Duration::from_secs(60)));
    }
}
