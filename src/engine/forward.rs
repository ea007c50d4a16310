//! Asking the origin, and settling what it answered.
//!
//! Invariants: the caller gets the response as it streams in, and the store only a complete body; what an
//! invalidation overtook is not stored.

use core::future::poll_fn;
use core::task::Poll;
use std::rc::Rc;

use super::fetch::{Answered, Exchange, Reply, Variant};
use super::flight::Landing;
use super::stored::{body_size, mark};
use super::{Engine, Failure};
use crate::error::Error;
use crate::event::Event;
use crate::http::{self, CacheStatus, Methods};
use crate::model::{
    Bytes, CacheMode, Entry, Headers, Key, Millis, Request, Response, StoredResponse, Version,
};
use crate::origin::{Incoming, SendError, Sending, Validation, key};
use crate::router::Route;
use crate::strategy::{Forward, Outcome, Settlement, Store, settle};
use crate::tier::{LocalFuture, Put};

impl<B: Clone + 'static> Engine<B> {
    /// Asks the origin, and once more without a validator when its 304 names nothing that is stored.
    pub(super) async fn forward(
        self: &Rc<Self>,
        exchange: &Exchange<B>,
        primary: &str,
        mut forward: Forward,
        variants: Vec<Variant>,
        landing: Option<Landing<()>>,
    ) -> Result<Answered<B>, Failure<B>> {
        let heads: Vec<&StoredResponse> = variants.iter().filter_map(|v| v.meta.response()).collect();
        let Exchange { request, route, .. } = exchange;
        loop {
            let version = self.stack.tick();
            let request_time = self.host.now();
            let native = if forward.conditional.is_empty() {
                exchange.native.clone()
            } else {
                // Kept whole, since a second request may have to follow.
                self.origin.duplicate(&exchange.native).unwrap_or_else(|| exchange.native.clone())
            };
            let sent = self.send(request, &native, &forward).await;
            let response_time = self.host.now();
            let outcome = match &sent {
                Ok(incoming) => Outcome::Response(&incoming.head),
                Err(Sent::TimedOut) => Outcome::TimedOut,
                Err(Sent::Error(SendError::Aborted(thrown))) => return Err(Failure::Thrown(thrown.clone())),
                Err(Sent::Error(SendError::Failed(_))) => Outcome::Failed,
            };
            let settled =
                settle(&forward, &route.rule, request, &heads, outcome, request_time, response_time);
            if let Ok(incoming) = &sent {
                self.note_answer(&forward, &incoming.head, primary);
                // A route that keeps unsafe methods says that they only read.
                if route.rule.methods == Methods::Http {
                    // The change is made: a tier that fails, which is counted, must not hide its response.
                    let _ = self.invalidate_after(request, &incoming.head).await;
                }
            }
            match (settled, sent) {
                (Settlement::Again(next), _) => forward = next,
                (Settlement::Freshened { variant, stored, answer, status }, sent) => {
                    let Some(variant) = variants.get(variant) else {
                        forward.conditional = Headers::new();
                        continue;
                    };
                    let Some(found) = self.stack.get(&variant.key).await else {
                        // Its body is gone: the head is worth nothing without it. A caller's own condition, or a
                        // HEAD, would only be answered the same again.
                        if let Ok(incoming) = sent
                            && forward.conditional.is_empty()
                        {
                            return Ok(Reply::Network(incoming.native, status).alone());
                        }
                        forward.conditional = Headers::new();
                        continue;
                    };
                    self.stack.count(|stats| stats.network.saved += found.entry.meta.size);
                    let body = found.entry.body;
                    let meta = self.meta(exchange, stored.clone(), version, body_size(&found.entry.meta));
                    let entry = Entry { meta: Rc::new(meta), body: body.clone() };
                    let (this, key, how) = (Rc::clone(self), variant.key.clone(), put(route));
                    let background = self.tracked(async move {
                        this.keep(&key, entry, how, landing).await;
                    });
                    let status = CacheStatus { detail: Some(found.tier.name().to_owned()), ..status };
                    let headers = http::validated_headers(&stored, response_time);
                    let reply = Reply::Stored { stored: Box::new(stored), headers, body, answer, status };
                    return Ok(Answered { reply, background: Some(background) });
                }
                (Settlement::ServeStored { variant, answer, status }, sent) => {
                    let found = match variants.get(variant) {
                        Some(variant) => self.stack.get(&variant.key).await,
                        None => None,
                    };
                    let Some((found, stored)) =
                        found.and_then(|found| Some((found.clone(), found.entry.meta.response()?.clone())))
                    else {
                        return match sent {
                            Ok(incoming) => Ok(Reply::Network(incoming.native, status).alone()),
                            Err(error) => Err(error.into()),
                        };
                    };
                    let status = CacheStatus { detail: Some(found.tier.name().to_owned()), ..status };
                    let headers = http::served_headers(&stored, response_time);
                    let (stored, body) = (Box::new(stored), found.entry.body);
                    return Ok(Reply::Stored { stored, headers, body, answer, status }.alone());
                }
                (Settlement::Deliver { store, supersedes, status, .. }, Ok(incoming)) => {
                    let superseded: Vec<Key> =
                        supersedes.iter().filter_map(|&i| variants.get(i)).map(|v| v.key.clone()).collect();
                    return self
                        .deliver(exchange, primary, incoming, store, superseded, (version, status), landing)
                        .await;
                }
                // Parts are joined only where a rule says so, and no rule does yet.
                (Settlement::Combine { .. } | Settlement::Fail | Settlement::Deliver { .. }, Err(error)) => {
                    return Err(error.into());
                }
                (Settlement::Combine { status, .. }, Ok(incoming)) => {
                    return Ok(Reply::Network(incoming.native, status).alone());
                }
                (Settlement::Fail, Ok(incoming)) => {
                    return Ok(Reply::Network(incoming.native, CacheStatus::default()).alone());
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    async fn deliver(
        self: &Rc<Self>,
        exchange: &Exchange<B>,
        primary: &str,
        incoming: Incoming<B>,
        store: Option<StoredResponse>,
        mut superseded: Vec<Key>,
        (version, status): (Version, CacheStatus),
        landing: Option<Landing<()>>,
    ) -> Result<Answered<B>, Failure<B>> {
        let Some(stored) = store else {
            // A failed removal is counted, and no reason to withhold the response.
            let _ = self.stack.remove(&superseded).await;
            return Ok(Reply::Network(incoming.native, status).alone());
        };
        let key = key::variant_key(primary, &mark(&stored));
        superseded.retain(|old| *old != key);
        let tee = self.origin.tee(&incoming).map_err(Failure::Thrown)?;
        let this = Rc::clone(self);
        let how = put(&exchange.route);
        let mut meta = self.meta(exchange, stored, version, Bytes::ZERO);
        let background = self.tracked(async move {
            match tee.store.await {
                Ok((body, size)) => {
                    meta.size += size;
                    this.keep(&key, Entry { meta: Rc::new(meta), body }, how, landing).await;
                    // Only now: a failed download leaves what was there.
                    let _ = this.stack.remove(&superseded).await;
                }
                // Aborted or cut off: an incomplete body is not stored as complete.
                Err(_) => this.stack.count(|stats| stats.network.failed += 1),
            }
        });
        Ok(Answered { reply: Reply::Network(tee.caller, status), background: Some(background) })
    }

    /// Stores a response, unless an invalidation has overtaken it.
    async fn keep(&self, key: &Key, entry: Entry<B>, how: Put, landing: Option<Landing<()>>) {
        if landing.as_ref().is_some_and(Landing::is_doomed) {
            return;
        }
        // A route's tier that cannot hold it is a fault of the route's, not of the caller's request.
        if let Err(Error::Tier(tier, error)) = self.stack.put(key, entry, how).await {
            self.stack.fault(tier, &error);
        }
        if let Some(landing) = landing {
            landing.land(&());
        }
    }

    async fn send(&self, request: &Request, native: &B, forward: &Forward) -> Result<Incoming<B>, Sent<B>> {
        let rebuilds = matches!(request.method.as_str(), "GET" | "HEAD") && forward.store == Store::Store;
        let sending = if rebuilds {
            let stale = forward.selected.is_some();
            self.options.profile.sending(request, &self.options.own, &forward.conditional, stale)
        } else {
            // The browser's own cache does not tell identities apart.
            let identified = request.headers.has("authorization");
            let reads = matches!(request.method.as_str(), "GET" | "HEAD");
            let cache = (identified && reads).then_some(CacheMode::NoStore);
            Sending { headers: forward.conditional.clone(), cache }
        };
        self.stack.count(|stats| {
            stats.network.requests += 1;
            if forward.selected.is_some() && rebuilds {
                let by = self.options.profile.validation(request, &self.options.own, &forward.conditional);
                match by {
                    Validation::Explicit => stats.network.conditional += 1,
                    Validation::Delegated => stats.network.delegated += 1,
                }
            }
        });
        let sent = self.origin.send(native, sending);
        let result = match forward.timeout.or(self.options.timeout) {
            None => sent.await.map_err(Sent::Error),
            Some(time) => self.within(time, sent).await,
        };
        if result.is_err() {
            self.stack.count(|stats| stats.network.failed += 1);
        }
        result
    }

    async fn within(
        &self,
        time: Millis,
        mut sent: LocalFuture<Result<Incoming<B>, SendError<B>>>,
    ) -> Result<Incoming<B>, Sent<B>> {
        let mut alarm = self.host.sleep(time);
        poll_fn(|context| match sent.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(result.map_err(Sent::Error)),
            Poll::Pending => alarm.as_mut().poll(context).map(|()| Err(Sent::TimedOut)),
        })
        .await
    }

    fn note_answer(&self, forward: &Forward, head: &Response, primary: &str) {
        if forward.conditional.is_empty() {
            return;
        }
        if head.status == 304 {
            self.stack.count(|stats| stats.network.not_modified += 1);
        }
        let key = Key::internal(primary).name().to_owned();
        self.host.emit(Event::Revalidate { key, status: head.status });
    }
}

/// Why there is no response: an error, or too much time.
enum Sent<B> {
    TimedOut,
    Error(SendError<B>),
}

impl<B> From<Sent<B>> for Failure<B> {
    fn from(sent: Sent<B>) -> Self {
        match sent {
            Sent::TimedOut => Self::Ours(Error::Timeout),
            Sent::Error(SendError::Aborted(thrown)) => Self::Thrown(thrown),
            Sent::Error(SendError::Failed(thrown)) => Self::Unreachable(thrown),
        }
    }
}

fn put(route: &Route) -> Put {
    Put { tier: route.tier, ..Put::default() }
}
