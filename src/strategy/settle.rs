//! The second decision: what to make of what the origin answered.

use super::plan::{Forward, Store};
use crate::http::{
    Answer, CacheControl, CacheStatus, Ranges, Rule, answer, combine, confirms, could_answer, freshen,
    is_impostor, matches_stored, named, same_etag, store, supersedes, ttl,
};
use crate::model::{Headers, Request, Response, StoredResponse, Timestamp};

/// What came of a forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// A response.
    Response(&'a Response),
    /// No response: the network failed.
    Failed,
    /// No response within the forward's time-out.
    TimedOut,
}

/// What to do after a forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Hand the response on.
    Deliver {
        /// What to keep of it, with its body.
        store: Option<Box<StoredResponse>>,
        /// The variants it puts out of date: to be replaced by `store`, or dropped where that is `None`.
        supersedes: Vec<usize>,
        /// The variant with the same entity tag, whose body is therefore the same.
        unchanged: Option<usize>,
        /// For `Cache-Status`.
        status: CacheStatus,
    },
    /// The variant was confirmed: keep its new head, and answer with it and its body.
    Freshened {
        /// The variant.
        variant: usize,
        /// Its new head.
        stored: Box<StoredResponse>,
        /// What is sent of it.
        answer: Answer,
        /// For `Cache-Status`.
        status: CacheStatus,
    },
    /// Answer with the variant as it is.
    ServeStored {
        /// The variant.
        variant: usize,
        /// What is sent of it.
        answer: Answer,
        /// For `Cache-Status`.
        status: CacheStatus,
    },
    /// The new part belongs to the variant: keep both bodies as one. Only where [`Rule::ranges`] says so.
    Combine {
        /// The variant.
        variant: usize,
        /// The head of both.
        stored: Box<StoredResponse>,
        /// How many bytes of the variant's body stay in front of the new ones.
        keep_before: u64,
        /// How many bytes at the end of the variant's body follow the new ones.
        keep_after: u64,
        /// What is sent of both.
        answer: Answer,
        /// For `Cache-Status`.
        status: CacheStatus,
    },
    /// Forward again, like this: the answer was a 304 for something that isn't stored.
    Again(Forward),
    /// Hand the failure on.
    Fail,
}

/// Decides what to do after `forward` came to `outcome`. `request` is the caller's, as [`plan`](super::plan)
/// saw it, and so are `variants`.
#[must_use]
pub fn settle(
    forward: &Forward,
    rule: &Rule,
    request: &Request,
    variants: &[&StoredResponse],
    outcome: Outcome<'_>,
    request_time: Timestamp,
    response_time: Timestamp,
) -> Settlement {
    let exchange = Exchange { forward, rule, request, variants, request_time, response_time };
    match outcome {
        Outcome::Failed | Outcome::TimedOut => exchange.stand_in(None).unwrap_or(Settlement::Fail),
        Outcome::Response(response) => exchange.response(response),
    }
}

struct Exchange<'a> {
    forward: &'a Forward,
    rule: &'a Rule,
    request: &'a Request,
    variants: &'a [&'a StoredResponse],
    request_time: Timestamp,
    response_time: Timestamp,
}

impl Exchange<'_> {
    fn response(&self, response: &Response) -> Settlement {
        match response.status {
            304 => self.not_modified(response),
            // RFC 5861 §4; RFC 9111 §4.3.3 for a validation that fails.
            500 | 502 | 503 | 504 => {
                self.stand_in(Some(response.status)).unwrap_or_else(|| self.deliver(response))
            }
            _ if is_impostor(self.request, response) => {
                self.stand_in(Some(response.status)).unwrap_or_else(|| self.hand_on(response))
            }
            200 if self.request.method == "HEAD" => self.head(response),
            206 if self.rule.ranges == Ranges::Combine => self.part(response),
            // What we asked to complete is not what it was.
            416 if self.completes() => Settlement::Again(self.unconditional()),
            _ => self.deliver(response),
        }
    }

    fn not_modified(&self, response: &Response) -> Settlement {
        let asks = |fields: &Headers| fields.has("if-none-match") || fields.has("if-modified-since");
        let asked_by_us = asks(&self.forward.conditional);
        if !asked_by_us && !self.completes() && !asks(&self.request.headers) {
            // Nobody asked: it says nothing of what is stored.
            return self.deliver(response);
        }
        let variant = named(response, self.variants, self.forward.selected).filter(|index| {
            let selected = self.forward.selected == Some(*index);
            let stored = self.variants.get(*index);
            !asked_by_us || stored.is_some_and(|stored| could_answer(self.request, stored, selected))
        });
        let Some((index, stored)) = variant.and_then(|index| Some((index, *self.variants.get(index)?)))
        else {
            // RFC 9111 §4.3.4: a 304 that names nothing stored updates nothing.
            let ours = !self.forward.conditional.is_empty();
            return if ours { Settlement::Again(self.unconditional()) } else { self.deliver(response) };
        };
        if self.completes() {
            return Settlement::Again(self.unconditional());
        }
        let fresh = freshen(stored, self.request, response, self.request_time, self.response_time);
        let answer = match asked_by_us {
            true => answer(self.request, &fresh),
            // The caller's own condition: the 304 is the answer to it.
            false => Answer::NotModified,
        };
        let storable = self.forward.store == Store::Store && !CacheControl::of(&response.headers).no_store;
        if !storable {
            return Settlement::ServeStored {
                variant: index,
                answer,
                status: self.status(Some(304), &fresh, false),
            };
        }
        let status = self.status(Some(304), &fresh, true);
        Settlement::Freshened { variant: index, stored: Box::new(fresh), answer, status }
    }

    /// RFC 9111 §3.4: a part that touches a stored one.
    fn part(&self, response: &Response) -> Settlement {
        let new = match self.forward.store {
            Store::Store => store(self.request, response, self.rule, self.request_time, self.response_time),
            Store::Bypass => None,
        };
        let joined = new.and_then(|new| {
            let candidates = self.variants.iter().enumerate().filter_map(|(index, old)| {
                let joined = matches_stored(self.request, old).then(|| combine(old, &new))??;
                // A caller who asked for the whole gets nothing less.
                (!self.completes() || joined.stored.response.status == 200).then_some((index, joined))
            });
            // The one that leaves most in one piece, and of equals the one that begins first.
            candidates.min_by_key(|(_, joined)| joined.rank())
        });
        match joined {
            Some((variant, joined)) => Settlement::Combine {
                variant,
                answer: answer(self.request, &joined.stored),
                status: self.status(Some(206), &joined.stored, true),
                stored: Box::new(joined.stored),
                keep_before: joined.keep_before,
                keep_after: joined.keep_after,
            },
            None if self.completes() => Settlement::Again(self.unconditional()),
            None => self.deliver(response),
        }
    }

    /// Whether the range that went out was ours, to complete a stored part.
    fn completes(&self) -> bool {
        self.forward.conditional.has("range")
    }

    /// RFC 9111 §4.3.5.
    fn head(&self, response: &Response) -> Settlement {
        let fits = |stored: &&StoredResponse| stored.method == "GET" && matches_stored(self.request, stored);
        let index = self.forward.selected.or_else(|| self.variants.iter().position(fits));
        match index.and_then(|index| Some((index, *self.variants.get(index)?))) {
            Some((index, stored)) if self.forward.store == Store::Store => {
                if !confirms(&response.headers, &stored.response.headers) {
                    return Settlement::Deliver {
                        store: None,
                        supersedes: vec![index],
                        unchanged: None,
                        status: self.delivered(response, false),
                    };
                }
                let fresh = freshen(stored, self.request, response, self.request_time, self.response_time);
                let status = self.status(Some(response.status), &fresh, true);
                Settlement::Freshened {
                    variant: index,
                    stored: Box::new(fresh),
                    answer: Answer::HeadOnly,
                    status,
                }
            }
            _ => self.deliver(response),
        }
    }

    fn deliver(&self, response: &Response) -> Settlement {
        let mut superseded = Vec::new();
        let mut unchanged = None;
        let mut kept = None;
        if self.forward.store == Store::Store {
            kept = store(self.request, response, self.rule, self.request_time, self.response_time);
            for (index, stored) in self.variants.iter().enumerate() {
                if supersedes(self.request, response, stored) {
                    superseded.push(index);
                    let tags = response.headers.get("etag").zip(stored.response.headers.get("etag"));
                    let same_status = response.status == stored.response.status;
                    if same_status && tags.is_some_and(|(new, old)| same_etag(new, old)) {
                        unchanged = Some(index);
                    }
                }
            }
        }
        let status = self.delivered(response, kept.is_some());
        Settlement::Deliver { store: kept.map(Box::new), supersedes: superseded, unchanged, status }
    }

    /// The response as it is, which says nothing of what is stored.
    fn hand_on(&self, response: &Response) -> Settlement {
        let status = self.delivered(response, false);
        Settlement::Deliver { store: None, supersedes: Vec::new(), unchanged: None, status }
    }

    /// What is stored, in the place of an error.
    fn stand_in(&self, status: Option<u16>) -> Option<Settlement> {
        let variant = self.forward.fallback?;
        let stored = self.variants.get(variant)?;
        let answer = answer(self.request, stored);
        Some(Settlement::ServeStored { variant, answer, status: self.status(status, stored, false) })
    }

    fn unconditional(&self) -> Forward {
        Forward { conditional: Headers::new(), ..self.forward.clone() }
    }

    fn status(&self, fwd_status: Option<u16>, stored: &StoredResponse, kept: bool) -> CacheStatus {
        CacheStatus {
            fwd: Some(self.forward.why),
            fwd_status,
            ttl: Some(ttl(stored, self.rule, self.response_time)),
            stored: kept,
            ..CacheStatus::default()
        }
    }

    fn delivered(&self, response: &Response, kept: bool) -> CacheStatus {
        CacheStatus {
            fwd: Some(self.forward.why),
            fwd_status: Some(response.status),
            stored: kept,
            ..CacheStatus::default()
        }
    }
}
