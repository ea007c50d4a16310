//! A slow, obvious model of the decision: whole seconds, plain cases, no shared code. `decision.rs` tries it on
//! cases of proptest's, `fuzz/` on those of libFuzzer's.

use crate::support::*;
use nearcache::http::{Freshness, Rule, age, format_date, freshness, store};
use nearcache::model::{Request, Response, StoredResponse};
use nearcache::strategy::{Forward, Outcome, Plan, Settlement, Strategy, plan, settle};

/// What is stored at second 0, what is asked for at `now`, and what the origin says `delay` later.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) max_age: Option<u32>,
    pub(crate) expires: Option<i32>,
    pub(crate) age: u32,
    pub(crate) flags: Vec<&'static str>,
    pub(crate) swr: Option<u32>,
    pub(crate) sie: Option<u32>,
    pub(crate) etag: Option<u32>,
    pub(crate) wishes: Vec<(&'static str, u32)>,
    pub(crate) wish_flags: Vec<&'static str>,
    pub(crate) ttl: Option<u32>,
    pub(crate) now: u32,
    pub(crate) news: News,
    pub(crate) delay: u32,
    /// How long after the news somebody asks again.
    pub(crate) later: u32,
}

/// What the origin says.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// `None` when it can't be reached.
    pub(crate) status: Option<u16>,
    pub(crate) etag: Option<u32>,
    pub(crate) max_age: Option<u32>,
    pub(crate) no_store: bool,
}

pub(crate) const FLAGS: &[&str] = &["no-cache", "no-store", "must-revalidate", "public", "x"];
pub(crate) const WISHES: &[&str] = &["max-age", "min-fresh", "max-stale"];
pub(crate) const WISH_FLAGS: &[&str] = &["no-cache", "only-if-cached", "no-store", "x"];
pub(crate) const STATUSES: &[u16] = &[200, 301, 304, 403, 404, 500, 503];

/// What should come of a forward.
#[derive(Debug, PartialEq, Eq)]
enum Settled {
    Delivered { kept: bool, supersedes: bool, unchanged: bool },
    Freshened,
    Stored,
    Again,
    Failed,
}

impl Case {
    /// Holds the decision to the model.
    pub(crate) fn check(&self) {
        let rule = self.rule();
        let (request, response) = (get(&self.request()), response(200, &self.response()));
        let stored = store(&get(""), &response, &rule, at(0), at(0));
        assert_eq!(stored.is_none(), self.flags.contains(&"no-store"));
        let Some(stored) = stored else { return };
        let now = at(self.now.into());
        let found = freshness(&request, &stored, &rule, now);
        assert_eq!(found, self.expected());
        // The plan follows from it.
        let planned = plan(Strategy::Http, &rule, &request, &[&stored], now);
        let only = self.wish_flags.contains(&"only-if-cached");
        let fits = match (&planned, found) {
            (Plan::Serve(serve), Freshness::Fresh) => serve.revalidate.is_none(),
            (Plan::Serve(serve), Freshness::StaleWhileRevalidate) => serve.revalidate.is_some() != only,
            (Plan::Forward(forward), Freshness::StaleIfError) => forward.fallback.is_some() && !only,
            (Plan::Forward(forward), Freshness::Stale) => forward.fallback.is_none() && !only,
            (Plan::GatewayTimeout, Freshness::Stale | Freshness::StaleIfError) => only,
            _ => false,
        };
        assert!(fits, "{found:?} {planned:?}");
        let forward = match &planned {
            Plan::Forward(forward) => Some(forward),
            Plan::Serve(serve) => serve.revalidate.as_ref(),
            _ => None,
        };
        if let Some(forward) = forward {
            self.settle(forward, &rule, &request, &stored);
        }
    }

    /// And what the origin says is settled by it.
    fn settle(&self, forward: &Forward, rule: &Rule, request: &Request, stored: &StoredResponse) {
        let asks = |name, value: &str| assert_eq!(forward.conditional.get(name), Some(value));
        match self.etag {
            Some(tag) => asks("if-none-match", &format!("\"{tag}\"")),
            None => asks("if-modified-since", NOON),
        }
        let (sent, received) = (at(self.now.into()), at((self.now + self.delay).into()));
        let news = self.news();
        let outcome = news.as_ref().map_or(Outcome::Failed, Outcome::Response);
        let settled = settle(forward, rule, request, &[stored], outcome, sent, received);
        let stands_in = forward.fallback.is_some();
        let found = match &settled {
            Settlement::Deliver { store, supersedes, unchanged, .. } => Settled::Delivered {
                kept: store.is_some(),
                supersedes: supersedes.contains(&0),
                unchanged: unchanged.is_some(),
            },
            Settlement::Freshened { .. } => Settled::Freshened,
            Settlement::ServeStored { .. } => Settled::Stored,
            Settlement::Again(again) => {
                assert!(again.conditional.is_empty());
                Settled::Again
            }
            Settlement::Fail => Settled::Failed,
            Settlement::Combine { .. } => panic!("no parts are stored"),
        };
        assert_eq!(found, self.settled(stands_in));
        if let Settlement::Freshened { stored, .. } = &settled {
            let then = at((self.now + self.delay + self.later).into());
            assert_eq!(age(stored, then), secs((self.delay + self.later).into()));
            if let Some(lifetime) = self.news.max_age.map(|max_age| self.ttl.unwrap_or(max_age)) {
                let is_fresh = self.delay + self.later < lifetime;
                assert_eq!(freshness(&get(""), stored, rule, then) == Freshness::Fresh, is_fresh);
            }
        }
    }

    fn rule(&self) -> Rule {
        Rule { ttl: self.ttl.map(|ttl| secs(ttl.into())), ..Rule::default() }
    }

    pub(crate) fn response(&self) -> String {
        let mut all: Vec<String> = self.flags.iter().map(|flag| (*flag).to_owned()).collect();
        for (name, value) in
            [("max-age", self.max_age), ("stale-while-revalidate", self.swr), ("stale-if-error", self.sie)]
        {
            all.extend(value.map(|value| format!("{name}={value}")));
        }
        let expires = self.expires.map(|at| {
            let date = format_date(crate::support::at(i64::from(at)));
            format!("| expires: {date}")
        });
        let etag = self.etag.map(|tag| format!("| etag: \"{tag}\""));
        let (expires, etag) = (expires.unwrap_or_default(), etag.unwrap_or_default());
        format!("age: {} | cache-control: {} {expires} {etag}", self.age, all.join(", "))
    }

    fn request(&self) -> String {
        let mut all: Vec<String> = self.wish_flags.iter().map(|flag| (*flag).to_owned()).collect();
        all.extend(self.wishes.iter().map(|(name, value)| format!("{name}={value}")));
        format!("cache-control: {}", all.join(", "))
    }

    fn news(&self) -> Option<Response> {
        let mut head = response(self.news.status?, "");
        head.headers.set("date", &format_date(at((self.now + self.delay).into())));
        if let Some(tag) = self.news.etag {
            head.headers.append("etag", &format!("\"{tag}\""));
        }
        if let Some(seconds) = self.news.max_age {
            head.headers.append("cache-control", &format!("max-age={seconds}"));
        }
        if self.news.no_store {
            head.headers.append("cache-control", "no-store");
        }
        Some(head)
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

    /// The same for what comes back, where what is stored `stands_in` for an error or doesn't.
    fn settled(&self, stands_in: bool) -> Settled {
        let may_keep = !self.wish_flags.contains(&"no-store");
        let same_tag = self.news.etag.is_some() && self.news.etag == self.etag;
        match self.news.status {
            None | Some(500 | 503) if stands_in => Settled::Stored,
            None => Settled::Failed,
            // It names another one.
            Some(304) if self.news.etag.is_some() && !same_tag => Settled::Again,
            Some(304) if may_keep && !self.news.no_store => Settled::Freshened,
            Some(304) => Settled::Stored,
            Some(status) => Settled::Delivered {
                kept: may_keep
                    && !self.news.no_store
                    && (self.news.max_age.is_some() || [200, 301, 404].contains(&status)),
                supersedes: may_keep && [200, 301, 404].contains(&status),
                unchanged: may_keep && same_tag && status == 200,
            },
        }
    }
}
