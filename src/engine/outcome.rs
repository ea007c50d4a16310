//! What a settlement leads to: a response handed on, kept, joined with a stored one, or stood in for.
//!
//! Invariants: the caller gets the response as it streams in, and the store only a complete body; what an
//! invalidation overtook is not stored.

use std::rc::Rc;

use super::fetch::{Answered, Exchange, Fields, Reply, Served};
use super::flight::Landing;
use super::forward::Errand;
use super::parts::Part;
use super::send::Sent;
use super::stored::{body_size, make_room, mark};
use super::{Engine, Failure};
use crate::error::{Error, TierError};
use crate::http::{Answer, CacheStatus, ContentRange, Methods};
use crate::model::{Bytes, Entry, Key, Request, Response, StoredResponse, Timestamp, Version};
use crate::origin::{Collected, Incoming, Profile, key};
use crate::router::Route;
use crate::tier::{Found, LocalFuture, Put};

/// What to do after a settlement.
pub(super) enum Step<B> {
    Done(Answered<B>),
    /// The origin asks for a break.
    Refused,
    /// Ask again, without conditions: what they were about is gone.
    Unconditional,
}

impl<B> Step<B> {
    /// The response is handed on as it came.
    pub(super) fn network(incoming: Incoming<B>, status: CacheStatus) -> Self {
        Self::Done(Reply::Network(incoming.native, Box::new(status)).alone())
    }
}

/// A response to be handed on, and what to keep of it.
pub(super) struct Delivery {
    pub(super) store: Box<StoredResponse>,
    /// The keys that it takes the place of.
    pub(super) superseded: Vec<Key>,
    pub(super) version: Version,
    pub(super) status: CacheStatus,
}

/// A confirmed variant, and its new head.
pub(super) struct Fresh {
    pub(super) variant: usize,
    pub(super) stored: Box<StoredResponse>,
    pub(super) answer: Answer,
    pub(super) status: CacheStatus,
    pub(super) version: Version,
    pub(super) at: Timestamp,
}

impl<B: Clone + Default + 'static> Engine<B> {
    /// A response that is kept, or that only confirms what is.
    pub(super) async fn stored(
        self: &Rc<Self>,
        errand: &mut Errand<'_, B>,
        incoming: Incoming<B>,
        delivery: Delivery,
        unchanged: Option<usize>,
    ) -> Result<Step<B>, Failure<B>> {
        // Where cookies are forwarded, a matching validator is answered by 200: the body is the same.
        if let Some(variant) = unchanged.filter(|_| self.options.profile == Profile::CloudFront) {
            return self.unchanged(errand, variant, incoming, delivery).await;
        }
        if self.is_refused(errand.exchange, &incoming) {
            return self.refuse(errand, incoming).await;
        }
        self.deliver(errand, incoming, delivery, None).map(Step::Done)
    }

    /// The size of the largest body that there is room for.
    pub(super) fn room(&self, route: &Route) -> Bytes {
        let most = self.stack.largest(route.tier);
        route.limit.as_ref().map_or(most, |limit| most.min(limit.bytes))
    }

    /// A response that is not kept.
    pub(super) async fn unstored(
        &self,
        errand: &Errand<'_, B>,
        incoming: Incoming<B>,
        superseded: &[Key],
        status: CacheStatus,
    ) -> Result<Step<B>, Failure<B>> {
        if self.is_refused(errand.exchange, &incoming) {
            return self.refuse(errand, incoming).await;
        }
        // A failed removal is counted, and no reason to withhold the response.
        let _ = self.stack.remove(superseded).await;
        Ok(Step::network(incoming, status))
    }

    async fn refuse(&self, errand: &Errand<'_, B>, incoming: Incoming<B>) -> Result<Step<B>, Failure<B>> {
        let noted = self.note_refusal(errand.exchange, errand.primary, incoming).await;
        noted.map(|()| Step::Refused).map_err(Failure::Unreachable)
    }

    /// A part that belongs to a stored one.
    pub(super) async fn combined(
        self: &Rc<Self>,
        errand: &mut Errand<'_, B>,
        incoming: Incoming<B>,
        delivery: Delivery,
        keep: (u64, u64),
        whole: Option<Answer>,
    ) -> Result<Step<B>, Failure<B>> {
        let found = self.body_of(delivery.superseded.first()).await;
        match (found, whole) {
            (Some(found), None) => {
                let join = Some((found.entry.body, keep));
                self.deliver(errand, incoming, delivery, join).map(Step::Done)
            }
            (Some(found), Some(answer)) => {
                Ok(self.complete(errand, found, incoming, delivery, keep, answer).await)
            }
            // The other part is gone.
            (None, None) => Ok(Step::network(incoming, delivery.status)),
            (None, Some(_)) => Ok(Step::Unconditional),
        }
    }

    async fn body_of(&self, key: Option<&Key>) -> Option<Found<B>> {
        self.stack.get(key?).await
    }

    /// A variant that the origin has confirmed.
    pub(super) async fn freshened(
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
                Some(incoming) => Step::network(incoming, status),
                None => Step::Unconditional,
            };
        };
        self.stack.count(|stats| stats.network.saved += found.entry.meta.size);
        let status = CacheStatus { detail: Some(found.tier.name().to_owned()), ..status };
        let meta = Rc::new(self.meta(errand.exchange, stored, version, body_size(&found.entry.meta)));
        let body = found.entry.body;
        let entry = Entry { meta: Rc::clone(&meta), body: body.clone() };
        let background = self.keep(&key, entry, errand, Vec::new());
        let served = Served { meta, body, answer, fields: Fields::Confirmed, at, status };
        let reply = Reply::Stored(Box::new(served));
        Step::Done(Answered { reply, background: Some(background) })
    }

    /// A variant that came once more as it was: the stream goes to the caller, the stored body stays.
    async fn unchanged(
        self: &Rc<Self>,
        errand: &mut Errand<'_, B>,
        variant: usize,
        incoming: Incoming<B>,
        delivery: Delivery,
    ) -> Result<Step<B>, Failure<B>> {
        let key = errand.variants.get(variant).map(|variant| variant.key.clone());
        let (Some(found), Some(key)) = (self.body_of(key.as_ref()).await, key) else {
            let delivery = Delivery { superseded: Vec::new(), ..delivery };
            return self.deliver(errand, incoming, delivery, None).map(Step::Done);
        };
        let Delivery { store, version, status, .. } = delivery;
        let meta = self.meta(errand.exchange, store, version, body_size(&found.entry.meta));
        let entry = Entry { meta: Rc::new(meta), body: found.entry.body };
        let background = self.keep(&key, entry, errand, Vec::new());
        let reply = Reply::Network(incoming.native, Box::new(status));
        Ok(Step::Done(Answered { reply, background: Some(background) }))
    }

    /// What is stored, in the place of an error.
    pub(super) async fn stand_in(
        &self,
        errand: &Errand<'_, B>,
        variant: usize,
        answer: Answer,
        mut status: CacheStatus,
        sent: Result<Incoming<B>, Sent<B>>,
    ) -> Result<Step<B>, Failure<B>> {
        let sent = match sent {
            Ok(incoming) if self.is_refused(errand.exchange, &incoming) => {
                status.fwd_status = Some(incoming.head.status);
                // Without its body nobody can be handed the refusal; then it is not remembered.
                let _ = self.note_refusal(errand.exchange, errand.primary, incoming).await;
                Err(Sent::TimedOut)
            }
            sent => sent,
        };
        let found = self.body_of(errand.variants.get(variant).map(|variant| &variant.key)).await;
        let Some(found) = found else {
            return Ok(Step::network(sent?, status));
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
        let part_len = part_len(&incoming.head);
        let tee = self.origin.tee(&incoming, self.room(route)).map_err(Failure::Thrown)?;
        let meta = self.meta(errand.exchange, store, version, Bytes::ZERO);
        let ranges = route.rule.ranges;
        let (this, route, landing) = (Rc::clone(self), Rc::clone(route), errand.landing.take());
        landing.iter().for_each(|landing| landing.store(self.host.now()));
        let background = self.tracked(Box::pin(async move {
            let read = match tee.store.await {
                Ok(Collected::Whole(body, size)) if is_whole(size, part_len) => Some((body, size)),
                Ok(Collected::TooLarge) => {
                    // Its caller sees it: what it would have replaced must not be the next answer.
                    let _ = this.stack.remove_older(&[superseded, vec![key]].concat(), meta.version).await;
                    return;
                }
                Ok(Collected::Whole(..)) | Err(_) => None,
            };
            let complete = match (read, join) {
                (Some((new, _)), Some((old, (before, after)))) => {
                    this.origin.join(&old, &new, before, after).await.ok()
                }
                (read, _) => read,
            };
            match complete {
                Some((body, size)) => {
                    let part = Part { key, meta, body, size, superseded };
                    let Part { key, mut meta, body, size, superseded } =
                        this.grown(&primary, ranges, part).await;
                    meta.size += size;
                    let entry = Entry { meta: Rc::new(meta), body };
                    this.land(&key, entry, &route, landing, superseded).await;
                }
                // Aborted or cut off: an incomplete body is not stored as complete.
                None => this.stack.count(|stats| stats.network.failed += 1),
            }
        }));
        Ok(Answered { reply: Reply::Network(tee.caller, Box::new(status)), background: Some(background) })
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
        let part_len = part_len(&incoming.head);
        let rest = self.origin.read(incoming).await.ok().filter(|(_, size)| is_whole(*size, part_len));
        let Some((rest, _)) = rest else { return Step::Unconditional };
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
        let reply = Reply::Stored(Box::new(Served { meta, body, answer, fields, at, status }));
        Step::Done(Answered { reply, background: Some(background) })
    }

    fn keep(
        self: &Rc<Self>,
        key: &Key,
        entry: Entry<B>,
        errand: &mut Errand<'_, B>,
        superseded: Vec<Key>,
    ) -> LocalFuture<()> {
        let (this, key, route) = (Rc::clone(self), key.clone(), Rc::clone(&errand.exchange.route));
        let landing = errand.landing.take();
        landing.iter().for_each(|landing| landing.store(self.host.now()));
        self.tracked(Box::pin(async move { this.land(&key, entry, &route, landing, superseded).await }))
    }

    /// Stores a response, unless an invalidation has overtaken it, and then removes what it supersedes: a
    /// failed download leaves what was there.
    async fn land(
        &self,
        key: &Key,
        entry: Entry<B>,
        route: &Route,
        landing: Option<Landing<()>>,
        superseded: Vec<Key>,
    ) {
        if !landing.as_ref().is_some_and(Landing::is_doomed) {
            let version = entry.meta.version;
            // A route's tier that cannot hold it is a fault of the route's, not of the caller's request.
            let how = Put { tier: route.tier, ..Put::default() };
            if let Err(Error::Tier(tier, error)) = self.stack.put(key, entry, how).await {
                if error != TierError::TooLarge || how.tier.is_some() {
                    self.stack.fault(tier, &error);
                }
                // Its caller has seen it: what it would have replaced must not be the next answer.
                let _ = self.stack.remove_older(core::slice::from_ref(key), version).await;
            }
            if let Some(limit) = &route.limit {
                self.stack.keep_to(limit).await;
            }
            if let Some(landing) = landing {
                landing.land(&());
            }
        }
        let _ = self.stack.remove(&superseded).await;
    }
}

/// How long a part says that it is.
fn part_len(head: &Response) -> Option<u64> {
    if head.status == 206 { ContentRange::of(&head.headers).map(|range| range.len()) } else { None }
}

/// RFC 9111 §3.3: whether a part is as long as it says.
fn is_whole(size: Bytes, part_len: Option<u64>) -> bool {
    part_len.is_none_or(|len| len == size.0)
}
