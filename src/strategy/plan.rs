//! The first decision: serve what is stored, or forward the request.

use super::Strategy;
use crate::http::{
    Answer, Assessment, CacheControl, CacheStatus, Freshness, Fwd, Match, Methods, Ranges, Rule, answer,
    assess_for, conditional, is_from_future, missing_range, pick,
};
use crate::model::{CacheMode, Headers, Millis, Mode, Request, StoredResponse, Timestamp};

/// What to do with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Answer with what is stored.
    Serve(Serve),
    /// Ask the origin.
    Forward(Forward),
    /// Answer 504: the request wanted a stored response, and there is none it may have (RFC 9111 §5.2.1.7).
    GatewayTimeout,
    /// Fail as Fetch's `only-if-cached` does.
    NetworkError,
}

/// An answer from the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serve {
    /// The stored variant.
    pub variant: usize,
    /// What is sent of it.
    pub answer: Answer,
    /// What it is worth by its headers and the rule.
    pub freshness: Freshness,
    /// The request that renews it meanwhile.
    pub revalidate: Option<Forward>,
    /// For `Cache-Status`; the engine adds the detail.
    pub status: CacheStatus,
}

/// A request to the origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forward {
    /// Why it has to be.
    pub why: Fwd,
    /// Fields to set on the request that goes out.
    pub conditional: Headers,
    /// How long to wait before [`Outcome::TimedOut`](super::Outcome::TimedOut).
    pub timeout: Option<Millis>,
    /// The stored variant that stands in for an error.
    pub fallback: Option<usize>,
    /// The stored variant that the fallback or a 304 without a name would be.
    pub selected: Option<usize>,
    /// Whether the response may be stored.
    pub store: Store,
}

/// Whether a response may be stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// Where HTTP and the rule allow it.
    #[default]
    Store,
    /// Not at all, nor may it change what is stored.
    Bypass,
}

/// Decides what to do with `request`, given the stored `variants` of its key, at `now`.
#[must_use]
pub fn plan(
    strategy: Strategy,
    rule: &Rule,
    request: &Request,
    variants: &[&StoredResponse],
    now: Timestamp,
) -> Plan {
    let wishes = CacheControl::of_request(&request.headers);
    Ask { strategy, rule, request, variants, now, wishes }.plan()
}

struct Ask<'a> {
    strategy: Strategy,
    rule: &'a Rule,
    request: &'a Request,
    variants: &'a [&'a StoredResponse],
    now: Timestamp,
    /// The directives of the request.
    wishes: CacheControl,
}

impl Ask<'_> {
    fn plan(&self) -> Plan {
        // RFC 9111 §4: only some methods have reusable responses; the others are written through.
        let cacheable = matches!(self.request.method.as_str(), "GET" | "HEAD" | "QUERY")
            || self.rule.methods == Methods::Any;
        // Fetch, HTTP-network-or-cache fetch: `no-store` behaves as if there were no cache.
        if self.strategy == Strategy::NetworkOnly || self.request.cache == CacheMode::NoStore {
            return match (self.request.cache, self.strategy) {
                (CacheMode::OnlyIfCached, _) => Plan::NetworkError,
                (_, Strategy::CacheOnly) if cacheable => Plan::GatewayTimeout,
                _ => self.or_forward(|| Forward {
                    why: Fwd::Bypass,
                    store: Store::Bypass,
                    ..Forward::default()
                }),
            };
        }
        if !cacheable {
            return self.without(Fwd::Method);
        }
        // RFC 9110 §13.1.1, §13.1.4: these guard a change at the origin, and are the origin's to judge.
        if self.request.headers.has("if-match") || self.request.headers.has("if-unmodified-since") {
            return self.without(Fwd::Request);
        }
        match pick(self.request, self.variants, self.rule) {
            Match::Variant(index) => match self.variants.get(index) {
                Some(stored) => self.with(index, stored),
                None => self.without(Fwd::Miss),
            },
            Match::Nothing => self.without(Fwd::UriMiss),
            Match::OtherVariants => self.without(Fwd::VaryMiss),
            Match::OtherPart(index) => match self.completion(index) {
                Some(forward)
                    if !self.wishes.only_if_cached && self.request.cache != CacheMode::OnlyIfCached =>
                {
                    Plan::Forward(forward)
                }
                _ => self.without(Fwd::Partial),
            },
        }
    }

    /// There is a variant that could answer.
    fn with(&self, index: usize, stored: &StoredResponse) -> Plan {
        let judged = assess_for(&self.wishes, self.request, stored, self.rule, self.now);
        // Fetch: these two modes pay no attention to staleness.
        if matches!(self.request.cache, CacheMode::ForceCache | CacheMode::OnlyIfCached) {
            return self.serve(index, stored, judged, None);
        }
        let fresh = judged.lifetime > judged.age;
        let why = if fresh { Fwd::Request } else { Fwd::Stale };
        let fallback = self.fallback(index, judged);
        // Fetch: `reload` behaves as if there were no cache on the way to the network.
        if self.request.cache == CacheMode::Reload {
            return match self.strategy {
                Strategy::CacheOnly => Plan::GatewayTimeout,
                _ => self.or_forward(|| Forward {
                    conditional: Headers::new(),
                    ..self.forward(Fwd::Request, Some(index), fallback)
                }),
            };
        }
        // A person's reload of a page arrives as the browser's own `no-cache` requests: it validates where
        // the headers decide, leaves a route its own strategy, and never takes away what can be shown offline.
        if self.request.cache == CacheMode::NoCache
            && !(self.is_by_browser() && self.strategy != Strategy::Http)
            && !self.is_reload_of_immutable(stored, judged)
        {
            // Fetch: `no-cache` always makes a conditional request.
            return match self.strategy {
                Strategy::CacheOnly => Plan::GatewayTimeout,
                _ => self.or_forward(|| self.forward(why, Some(index), fallback)),
            };
        }
        let usable = match self.strategy {
            Strategy::Http | Strategy::NetworkOnly => {
                matches!(judged.freshness, Freshness::Fresh | Freshness::StaleWhileRevalidate)
            }
            Strategy::CacheFirst => {
                let holds = |ttl| judged.age < ttl && !is_from_future(stored, self.now);
                !self.wishes.no_cache && self.rule.ttl.is_none_or(holds)
            }
            Strategy::StaleWhileRevalidate => {
                let staleness = judged.age.saturating_sub(judged.lifetime);
                !self.wishes.no_cache
                    && (judged.freshness == Freshness::Fresh
                        || self.rule.stale_while_revalidate.is_none_or(|window| staleness < window))
            }
            Strategy::CacheOnly => true,
            Strategy::NetworkFirst { .. } => false,
        };
        if usable {
            let renew = match self.strategy {
                Strategy::Http => judged.freshness == Freshness::StaleWhileRevalidate,
                Strategy::StaleWhileRevalidate => judged.freshness != Freshness::Fresh,
                _ => false,
            };
            let renew =
                (renew && !self.wishes.only_if_cached).then(|| self.forward(Fwd::Stale, Some(index), None));
            return self.serve(index, stored, judged, renew);
        }
        self.or_forward(|| self.forward(why, Some(index), fallback))
    }

    /// There is none.
    fn without(&self, why: Fwd) -> Plan {
        if self.request.cache == CacheMode::OnlyIfCached {
            return Plan::NetworkError;
        }
        if self.strategy == Strategy::CacheOnly && why != Fwd::Method {
            return Plan::GatewayTimeout;
        }
        self.or_forward(|| {
            let mut forward = self.forward(why, None, None);
            let unread = self.request.cache == CacheMode::Reload;
            if unread || matches!(why, Fwd::Method | Fwd::Request) {
                forward.conditional = Headers::new();
            }
            forward
        })
    }

    /// RFC 9111 §5.2.1.7: `only-if-cached` never goes on.
    fn or_forward(&self, forward: impl FnOnce() -> Forward) -> Plan {
        if self.wishes.only_if_cached { Plan::GatewayTimeout } else { Plan::Forward(forward()) }
    }

    fn serve(
        &self,
        index: usize,
        stored: &StoredResponse,
        judged: Assessment,
        renew: Option<Forward>,
    ) -> Plan {
        Plan::Serve(Serve {
            variant: index,
            answer: answer(self.request, stored),
            freshness: judged.freshness,
            revalidate: renew,
            status: CacheStatus { ttl: Some(judged.ttl()), ..CacheStatus::default() },
        })
    }

    /// The stored response that stands in for an error, where that is allowed.
    fn fallback(&self, index: usize, judged: Assessment) -> Option<usize> {
        let insists = matches!(self.request.cache, CacheMode::NoCache | CacheMode::Reload);
        let allowed = match self.strategy {
            // A script that insists on the origin's word gets that or an error, as Fetch says; the browser's
            // own reload insists as far as the network reaches.
            Strategy::Http if insists => self.is_by_browser() && judged.freshness != Freshness::Stale,
            Strategy::Http => judged.freshness == Freshness::StaleIfError,
            _ => !self.wishes.no_cache,
        };
        allowed.then_some(index)
    }

    fn forward(&self, why: Fwd, selected: Option<usize>, fallback: Option<usize>) -> Forward {
        // A caller with a condition of its own gets its own answer; ours would blur whose 304 it is.
        let fields = if self.has_own_condition() {
            Headers::new()
        } else {
            conditional(self.request, self.variants, selected)
        };
        let store = match self.wishes.no_store {
            true => Store::Bypass,
            false => Store::Store,
        };
        Forward { why, conditional: fields, timeout: self.timeout(), fallback, selected, store }
    }

    /// RFC 9111 §3.3: a whole asked for, a part stored: ask for what is missing, where the rule has it.
    fn completion(&self, index: usize) -> Option<Forward> {
        let plain =
            self.request.method == "GET" && !self.has_own_condition() && !self.request.headers.has("range");
        let asks = self.request.cache != CacheMode::Reload && self.strategy != Strategy::CacheOnly;
        if self.rule.ranges != Ranges::Combine || !plain || !asks {
            return None;
        }
        let fields = missing_range(self.variants.get(index)?)?;
        Some(Forward { conditional: fields, ..self.forward(Fwd::Partial, Some(index), None) })
    }

    fn has_own_condition(&self) -> bool {
        ["if-none-match", "if-modified-since", "if-range"].iter().any(|name| self.request.headers.has(name))
    }

    fn timeout(&self) -> Option<Millis> {
        match self.strategy {
            Strategy::NetworkFirst { timeout } => timeout,
            _ => None,
        }
    }

    /// Whether the browser made the request by itself: what `fetch()` makes has no destination.
    fn is_by_browser(&self) -> bool {
        self.request.mode == Mode::Navigate || !self.request.destination.is_empty()
    }

    /// RFC 8246 §2: a reload leaves an immutable response alone while it is fresh.
    fn is_reload_of_immutable(&self, stored: &StoredResponse, judged: Assessment) -> bool {
        judged.freshness == Freshness::Fresh
            && self.is_by_browser()
            && CacheControl::of(&stored.response.headers).immutable
    }
}
