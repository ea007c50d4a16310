//! The decision against a slow, obvious model: whole seconds, plain cases, no shared code.

use super::support::*;
use nearcache::http::{Freshness, Rule, freshness, store};
use nearcache::model::CacheMode;
use nearcache::strategy::{Plan, Strategy as Way, plan};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Case {
    max_age: Option<u32>,
    expires: Option<i32>,
    age: u32,
    flags: Vec<&'static str>,
    swr: Option<u32>,
    sie: Option<u32>,
    wishes: Vec<(&'static str, u32)>,
    wish_flags: Vec<&'static str>,
    ttl: Option<u32>,
    now: u32,
}

fn case() -> impl Strategy<Value = Case> {
    let some = |max: u32| prop::option::of(0..max);
    let flags = prop::collection::vec(
        prop::sample::select(vec!["no-cache", "no-store", "must-revalidate", "public", "x"]),
        0..3,
    );
    let wishes = prop::collection::vec(
        (prop::sample::select(vec!["max-age", "min-fresh", "max-stale"]), 0_u32..90),
        0..3,
    );
    let wish_flags =
        prop::collection::vec(prop::sample::select(vec!["no-cache", "only-if-cached", "x"]), 0..2);
    (
        (some(90), prop::option::of(-50..90), 0_u32..60, flags, some(40)),
        (some(40), wishes, wish_flags, some(90), 0_u32..90),
    )
        .prop_map(|((max_age, expires, age, flags, swr), (sie, wishes, wish_flags, ttl, now))| Case {
            max_age,
            expires,
            age,
            flags,
            swr,
            sie,
            wishes,
            wish_flags,
            ttl,
            now,
        })
}

impl Case {
    fn response(&self) -> String {
        let mut all: Vec<String> = self.flags.iter().map(|flag| (*flag).to_owned()).collect();
        for (name, value) in
            [("max-age", self.max_age), ("stale-while-revalidate", self.swr), ("stale-if-error", self.sie)]
        {
            all.extend(value.map(|value| format!("{name}={value}")));
        }
        let expires = self.expires.map(|at| {
            let date = nearcache::http::format_date(super::support::at(i64::from(at)));
            format!("| expires: {date}")
        });
        format!("age: {} | cache-control: {} {}", self.age, all.join(", "), expires.unwrap_or_default())
    }

    fn request(&self) -> String {
        let mut all: Vec<String> = self.wish_flags.iter().map(|flag| (*flag).to_owned()).collect();
        all.extend(self.wishes.iter().map(|(name, value)| format!("{name}={value}")));
        format!("cache-control: {}", all.join(", "))
    }

    fn wish(&self, name: &str) -> impl Iterator<Item = u32> {
        self.wishes.iter().filter(move |(n, _)| *n == name).map(|(_, value)| *value)
    }

    /// What the standards say, told as plainly as possible.
    fn expected(&self) -> Freshness {
        let has = |flag| self.flags.contains(&flag);
        let lifetime = match (self.ttl, self.max_age, self.expires) {
            (Some(ttl), _, _) => ttl,
            (None, Some(max_age), _) => max_age,
            (None, None, Some(expires)) => u32::try_from(expires).unwrap_or(0),
            (None, None, None) => 0,
        };
        let age = self.age + self.now;
        if (has("no-cache") && self.ttl.is_none()) || self.wish_flags.contains(&"no-cache") {
            return Freshness::Stale;
        }
        let is_fresh = age < lifetime;
        let wanted_age = self.wish("max-age").min();
        let wanted_rest = self.wish("min-fresh").max();
        let age_is_fine = wanted_age.is_none_or(|most| age <= most);
        let rest_is_fine = wanted_rest.is_none_or(|least| lifetime.saturating_sub(age) >= least);
        if is_fresh && age_is_fine && rest_is_fine {
            return Freshness::Fresh;
        }
        if !is_fresh {
            if has("must-revalidate") {
                return Freshness::Stale;
            }
            if self.wish("max-stale").min().is_some_and(|most| age - lifetime <= most) && rest_is_fine {
                return Freshness::Fresh;
            }
            if wanted_age.is_none()
                && wanted_rest.is_none()
                && self.swr.is_some_and(|window| age - lifetime < window)
            {
                return Freshness::StaleWhileRevalidate;
            }
        }
        let staleness = age.saturating_sub(lifetime);
        if self.sie.is_some_and(|window| staleness < window) {
            Freshness::StaleIfError
        } else {
            Freshness::Stale
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn the_decision_is_the_obvious_one(case in case()) {
        let rule = Rule { ttl: case.ttl.map(|ttl| secs(ttl.into())), ..Rule::default() };
        let (request, response) = (get(&case.request()), response(200, &case.response()));
        let now = at(case.now.into());
        let stored = store(&get(""), &response, &rule, at(0), at(0));
        prop_assert_eq!(stored.is_none(), case.flags.contains(&"no-store"));
        let Some(stored) = stored else { return Ok(()) };
        let found = freshness(&request, &stored, &rule, now);
        prop_assert_eq!(found, case.expected());
        // And the plan follows from it.
        let planned = plan(Way::Http, &rule, &request, &[&stored], now);
        let only = case.wish_flags.contains(&"only-if-cached");
        let fits = match (&planned, found) {
            (Plan::Serve(serve), Freshness::Fresh) => serve.revalidate.is_none(),
            (Plan::Serve(serve), Freshness::StaleWhileRevalidate) => serve.revalidate.is_some() != only,
            (Plan::Forward(forward), Freshness::StaleIfError) => forward.fallback.is_some() && !only,
            (Plan::Forward(forward), Freshness::Stale) => forward.fallback.is_none() && !only,
            (Plan::GatewayTimeout, Freshness::Stale | Freshness::StaleIfError) => only,
            _ => false,
        };
        prop_assert!(fits, "{found:?} {planned:?}");
    }

    #[test]
    fn nothing_stored_answers_modes_that_do_not_read(case in case()) {
        let stored = store(&get(""), &response(200, &case.response()), &Rule::default(), at(0), at(0));
        for cache in [CacheMode::NoStore, CacheMode::Reload, CacheMode::NoCache] {
            let variants: Vec<_> = stored.iter().collect();
            let request = nearcache::model::Request { cache, ..get("") };
            prop_assert!(matches!(plan(Way::Http, &Rule::default(), &request, &variants, at(1)), Plan::Forward(_)));
        }
    }
}
