//! Asking the origin, and settling what it answered.
//!
//! Invariants: the caller gets the response as it streams in, and the store only a complete body; what an
//! invalidation overtook is not stored.

use std::rc::Rc;

use super::fetch::{Answered, Exchange, Fields, Reply, Served, Variant};
use super::flight::Landing;
use super::parts::Part;
use super::send::Sent;
use super::stored::{body_size, make_room, mark};
use super::{Engine, Failure};
use crate::error::Error;
use crate::http::{Answer, CacheStatus, Methods};
use crate::model::{Bytes, Entry, Headers, Key, Request, StoredResponse, Timestamp, Version};
use crate::origin::{Incoming, Profile, SendError, key};
use crate::router::Route;
use crate::strategy::{Forward, Outcome, Settlement, settle};
use crate::tier::{Found, Put};

/// A request on its way to the origin, and what was known when it left.
pub(super) struct Errand<'a, B> {
    pub(super) exchange: &'a Exchange<B>,
    pub(super) primary: &'a str,
    pub(super) variants: Vec<Variant>,
    pub(super) landing: Option<Landing<()>>,
}

/// What came of an errand.
pub(super) enum Asked<B> {
    /// An answer.
    Answered(Answered<B>),
    /// The origin asks for a break.
    Refused,
}

/// What to do after a settlement.
enum Step<B> {
    Done(Answered<B>),
    /// Ask again, without conditions: what they were about is gone.
    Unconditional,
}

/// A response to be handed on, and what to keep of it.
struct Delivery {
    store: StoredResponse,
    /// The keys that it takes the place of.
    superseded: Vec<Key>,
    version: Version,
    status: CacheStatus,
}

impl<B: Clone + 'static> Engine<B> {
    /// Asks the origin, and once more without a validator when its 304 names nothing that is stored.
    pub(super) async fn forward(
        self: &Rc<Self>,
        mut errand: Errand<'_, B>,
        mut forward: Forward,
    ) -> Result<Asked<B>, Failure<B>> {
        let Exchange { request, route, native, .. } = errand.exchange;
        forward = self.worthwhile(errand.primary, forward);
        loop {
            let version = self.stack.tick();
            let request_time = self.host.now();
            let is_refused = self.refused_until(errand.primary).is_some();
            if is_refused && forward.fallback.is_none() {
                return Ok(Asked::Refused);
            }
            let sent = if is_refused {
                // What is stored stands in, as for any other failure.
                Err(Sent::TimedOut)
            } else if forward.conditional.is_empty() {
                self.send(request, native, &forward).await
            } else {
                // Kept whole, since a second request may have to follow.
                let copy = self.origin.duplicate(native).unwrap_or_else(|| native.clone());
                self.send(request, &copy, &forward).await
            };
            let response_time = self.host.now();
            let outcome = match &sent {
                // Where something stored may stand in, it does so for a 429 as for a 503.
                Ok(incoming) if forward.fallback.is_some() && self.is_refused(errand.exchange, incoming) => {
                    Outcome::Failed
                }
                Ok(incoming) => Outcome::Response(&incoming.head),
                Err(Sent::TimedOut) => Outcome::TimedOut,
                Err(Sent::Error(SendError::Aborted(thrown))) => return Err(Failure::Thrown(thrown.clone())),
                Err(Sent::Error(SendError::Failed(_))) => Outcome::Failed,
            };
            let heads: Vec<&StoredResponse> =
                errand.variants.iter().filter_map(|v| v.meta.response()).collect();
            let settled =
                settle(&forward, &route.rule, request, &heads, outcome, request_time, response_time);
            if let Ok(incoming) = &sent {
                self.note_answer(&forward, &incoming.head, errand.primary);
                // A route that keeps unsafe methods says that they only read.
                if route.rule.methods == Methods::Http {
                    // The change is made: a tier that fails, which is counted, must not hide its response.
                    let _ = self.invalidate_after(request, &incoming.head).await;
                }
                if !self.is_refused(errand.exchange, incoming) {
                    self.forget_refusal(errand.primary);
                }
            }
            let step = match (settled, sent) {
                (Settlement::Again(next), _) => {
                    forward = next;
                    continue;
                }
                (Settlement::Freshened { variant, stored, answer, status }, sent) => {
                    // A caller's own condition, or a HEAD, would only be answered the same again.
                    let instead = sent.ok().filter(|_| forward.conditional.is_empty());
                    let fresh = Fresh { variant, stored, answer, status, version, at: response_time };
                    self.freshened(&mut errand, fresh, instead).await
                }
                (Settlement::ServeStored { variant, answer, mut status }, sent) => {
                    let sent = match sent {
                        Ok(incoming) if self.is_refused(errand.exchange, &incoming) => {
                            status.fwd_status = Some(incoming.head.status);
                            // Without its body nobody can be handed the refusal; then it is not remembered.
                            let _ = self.note_refusal(errand.exchange, errand.primary, incoming).await;
                            Err(Sent::TimedOut)
                        }
                        sent => sent,
                    };
                    self.stand_in(&errand, variant, answer, status, sent).await?
                }
                (
                    Settlement::Deliver { store: Some(stored), unchanged: Some(variant), status, .. },
                    Ok(incoming),
                ) if self.options.profile == Profile::CloudFront => {
                    // Where cookies are forwarded, a matching validator is answered by 200: the body is the same.
                    let fresh =
                        Fresh { variant, stored, answer: Answer::Full, status, version, at: response_time };
                    self.unchanged(&mut errand, fresh, incoming).await?
                }
                (Settlement::Deliver { store, supersedes, status, .. }, Ok(incoming)) => {
                    if self.is_refused(errand.exchange, &incoming) {
                        let noted = self.note_refusal(errand.exchange, errand.primary, incoming).await;
                        return noted.map(|()| Asked::Refused).map_err(Failure::Unreachable);
                    }
                    let superseded: Vec<Key> = supersedes
                        .iter()
                        .filter_map(|&i| errand.variants.get(i))
                        .map(|v| v.key.clone())
                        .collect();
                    match store {
                        Some(store) => {
                            let delivery = Delivery { store, superseded, version, status };
                            Step::Done(self.deliver(&mut errand, incoming, delivery, None)?)
                        }
                        None => {
                            // A failed removal is counted, and no reason to withhold the response.
                            let _ = self.stack.remove(&superseded).await;
                            Step::Done(Reply::Network(incoming.native, status).alone())
                        }
                    }
                }
                (
                    Settlement::Combine { variant, stored, keep_before, keep_after, answer, status },
                    Ok(incoming),
                ) => {
                    let keep = (keep_before, keep_after);
                    let whole = forward.conditional.has("range").then_some(answer);
                    let old = errand.variants.get(variant).map(|variant| variant.key.clone());
                    let found = self.body_of(old.as_ref()).await;
                    let superseded = old.into_iter().collect();
                    let delivery = Delivery { store: stored, superseded, version, status };
                    match (found, whole) {
                        (Some(found), None) => {
                            let join = Some((found.entry.body, keep));
                            Step::Done(self.deliver(&mut errand, incoming, delivery, join)?)
                        }
                        (Some(found), Some(answer)) => {
                            self.complete(&mut errand, found, incoming, delivery, keep, answer).await
                        }
                        // The other part is gone.
                        (None, None) => Step::Done(Reply::Network(incoming.native, delivery.status).alone()),
                        (None, Some(_)) => Step::Unconditional,
                    }
                }
                (Settlement::Combine { .. } | Settlement::Fail | Settlement::Deliver { .. }, Err(error)) => {
                    return Err(error.into());
                }
                (Settlement::Fail, Ok(incoming)) => {
                    Step::Done(Reply::Network(incoming.native, CacheStatus::default()).alone())
                }
            };
            match step {
                Step::Done(answered) => return Ok(Asked::Answered(answered)),
                Step::Unconditional => forward.conditional = Headers::new(),
            }
        }
    }

    async fn body_of(&self, key: Option<&Key>) -> Option<Found<B>> {
        self.stack.get(key?).await
    }

    /// A variant that the origin has confirmed.
    async fn freshened(
        self: &Rc<Self>,
        errand: &mut Errand<'_, B>,
        fresh: Fresh,
        instead: Option<Incoming<B>>,
    ) -> Step<B> {
        let Fresh { variant, stored, answer, status, version, at } = fresh;
        let key = errand.variants.get(variant).map(|variant| variant.key.clone());
        let (Some(found), Some(key)) = (self.body_of(key.as_ref()).await, key) else {
            // Its body is gone: the head is worth nothing without it.
            return match instead {
                Some(incoming) => Step::Done(Reply::Network(incoming.native, status).alone()),
                None => Step::Unconditional,
            };
        };
        self.stack.count(|stats| stats.network.saved += found.entry.meta.size);
        let status = CacheStatus { detail: Some(found.tier.name().to_owned()), ..status };
        let meta = Rc::new(self.meta(errand.exchange, stored, version, body_size(&found.entry.meta)));
        let body = found.entry.body;
        let entry = Entry { meta: Rc::clone(&meta), body: body.clone() };
        let background = self.keep(&key, entry, errand, Vec::new());
        let reply = Reply::Stored(Served { meta, body, answer, fields: Fields::Confirmed, at, status });
        Step::Done(Answered { reply, background: Some(background) })
    }

    /// A variant that came once more as it was: the stream goes to the caller, the stored body stays.
    async fn unchanged(
        self: &Rc<Self>,
        errand: &mut Errand<'_, B>,
        fresh: Fresh,
        incoming: Incoming<B>,
    ) -> Result<Step<B>, Failure<B>> {
        let Fresh { variant, stored, status, version, .. } = fresh;
        let key = errand.variants.get(variant).map(|variant| variant.key.clone());
        let (Some(found), Some(key)) = (self.body_of(key.as_ref()).await, key) else {
            let delivery = Delivery { store: stored, superseded: Vec::new(), version, status };
            return self.deliver(errand, incoming, delivery, None).map(Step::Done);
        };
        self.note_idle(errand.primary);
        let meta = self.meta(errand.exchange, stored, version, body_size(&found.entry.meta));
        let entry = Entry { meta: Rc::new(meta), body: found.entry.body };
        let background = self.keep(&key, entry, errand, Vec::new());
        let reply = Reply::Network(incoming.native, status);
        Ok(Step::Done(Answered { reply, background: Some(background) }))
    }

    /// What is stored, in the place of an error.
    async fn stand_in(
        &self,
        errand: &Errand<'_, B>,
        variant: usize,
        answer: Answer,
        status: CacheStatus,
        sent: Result<Incoming<B>, Sent<B>>,
    ) -> Result<Step<B>, Failure<B>> {
        let found = self.body_of(errand.variants.get(variant).map(|variant| &variant.key)).await;
        let Some(found) = found else {
            return match sent {
                Ok(incoming) => Ok(Step::Done(Reply::Network(incoming.native, status).alone())),
                Err(error) => Err(error.into()),
            };
        };
        Ok(Step::Done(self.served(answer, status, found).alone()))
    }

    /// Hands the response on, and keeps it; joined with the body of a stored part where there is one.
    fn deliver(
        self: &Rc<Self>,
        errand: &mut Errand<'_, B>,
        incoming: Incoming<B>,
        delivery: Delivery,
        join: Option<(B, (u64, u64))>,
    ) -> Result<Answered<B>, Failure<B>> {
        let Delivery { store, superseded, mut version, status } = delivery;
        let mut primary = errand.primary.to_owned();
        let Exchange { request, route, .. } = errand.exchange;
        if request.method == "POST" && route.rule.methods == Methods::Http {
            // RFC 9110 §9.3.3: it answers later GETs, and comes after what its own request has invalidated.
            let get = Request { method: "GET".into(), ..request.clone() };
            primary = self.primary(errand.exchange, &get);
            version = self.stack.tick();
            errand.landing = Some(self.fetches.alone(&Key::internal(&primary)));
        }
        let key = key::variant_key(&primary, &mark(&store));
        let superseded = make_room(&errand.variants, superseded, &key);
        let tee = self.origin.tee(&incoming).map_err(Failure::Thrown)?;
        let meta = self.meta(errand.exchange, store, version, Bytes::ZERO);
        let ranges = route.rule.ranges;
        let (this, how, landing) = (Rc::clone(self), put(&errand.exchange.route), errand.landing.take());
        landing.iter().for_each(Landing::store);
        let background = self.tracked(async move {
            let complete = match (tee.store.await, join) {
                (Ok((new, _)), Some((old, (before, after)))) => {
                    this.origin.join(&old, &new, before, after).await
                }
                (read, _) => read,
            };
            match complete {
                Ok((body, size)) => {
                    let part = Part { key, meta, body, size, superseded };
                    let Part { key, mut meta, body, size, superseded } =
                        this.grown(&primary, ranges, part).await;
                    meta.size += size;
                    this.land(&key, Entry { meta: Rc::new(meta), body }, how, landing, superseded).await;
                }
                // Aborted or cut off: an incomplete body is not stored as complete.
                Err(_) => this.stack.count(|stats| stats.network.failed += 1),
            }
        });
        Ok(Answered { reply: Reply::Network(tee.caller, status), background: Some(background) })
    }

    /// Answers with a stored part and the rest of it, which has just come in.
    async fn complete(
        self: &Rc<Self>,
        errand: &mut Errand<'_, B>,
        found: Found<B>,
        incoming: Incoming<B>,
        delivery: Delivery,
        (before, after): (u64, u64),
        answer: Answer,
    ) -> Step<B> {
        let Ok((rest, _)) = self.origin.read(incoming).await else { return Step::Unconditional };
        let joined = self.origin.join(&found.entry.body, &rest, before, after).await;
        let Ok((body, size)) = joined else { return Step::Unconditional };
        let Delivery { store, superseded, version, status } = delivery;
        self.stack.count(|stats| stats.network.saved += Bytes(before + after));
        let key = key::variant_key(errand.primary, &mark(&store));
        let superseded = make_room(&errand.variants, superseded, &key);
        let meta = Rc::new(self.meta(errand.exchange, store, version, size));
        let entry = Entry { meta: Rc::clone(&meta), body: body.clone() };
        let background = self.keep(&key, entry, errand, superseded);
        let (fields, at) = (Fields::Confirmed, self.host.now());
        let reply = Reply::Stored(Served { meta, body, answer, fields, at, status });
        Step::Done(Answered { reply, background: Some(background) })
    }

    fn keep(
        self: &Rc<Self>,
        key: &Key,
        entry: Entry<B>,
        errand: &mut Errand<'_, B>,
        superseded: Vec<Key>,
    ) -> crate::tier::LocalFuture<()> {
        let (this, key, how) = (Rc::clone(self), key.clone(), put(&errand.exchange.route));
        let landing = errand.landing.take();
        landing.iter().for_each(Landing::store);
        self.tracked(async move { this.land(&key, entry, how, landing, superseded).await })
    }

    /// Stores a response, unless an invalidation has overtaken it, and then removes what it supersedes: a
    /// failed download leaves what was there.
    async fn land(
        &self,
        key: &Key,
        entry: Entry<B>,
        how: Put,
        landing: Option<Landing<()>>,
        superseded: Vec<Key>,
    ) {
        if !landing.as_ref().is_some_and(Landing::is_doomed) {
            // A route's tier that cannot hold it is a fault of the route's, not of the caller's request.
            if let Err(Error::Tier(tier, error)) = self.stack.put(key, entry, how).await {
                self.stack.fault(tier, &error);
            }
            if let Some(landing) = landing {
                landing.land(&());
            }
        }
        let _ = self.stack.remove(&superseded).await;
    }
}

/// A confirmed variant, and its new head.
struct Fresh {
    variant: usize,
    stored: StoredResponse,
    answer: Answer,
    status: CacheStatus,
    version: Version,
    at: Timestamp,
}

fn put(route: &Route) -> Put {
    Put { tier: route.tier, ..Put::default() }
}
