//! Responses: plan, serve or forward, settle, store.
//!
//! Invariants: the caller gets the response as it streams in, and the store only a complete body; background
//! work is handed back, so that a service worker can be kept alive for it; identical requests share one.

use core::future::poll_fn;
use core::task::Poll;
use std::rc::Rc;

use super::flight::{Boarding, Landing};
use super::values::{NEWS_PAUSE, NEWS_TRIES};
use super::{Engine, Failure, OriginOptions};
use crate::error::Error;
use crate::event::Event;
use crate::http::{self, Answer, CacheStatus, Methods};
use crate::model::{
    Bytes, CacheMode, Entry, Headers, Key, Kind, Meta, Millis, Request, Response, StoredResponse, Timestamp,
    Url, Version,
};
use crate::origin::{Incoming, SendError, Sending, Validation, key};
use crate::router::Route;
use crate::strategy::{Forward, Outcome, Plan, Serve, Settlement, Store, plan, settle};
use crate::tier::{LocalFuture, Lock, Put};

/// A request on its way through the cache.
pub struct Exchange<B> {
    /// What is asked.
    pub request: Request,
    /// The platform's own request.
    pub native: B,
    /// The digest of the body parts that are in the key.
    pub body_key: Option<String>,
    /// The route that holds for it.
    pub route: Rc<Route>,
}

/// An answer, and the work that goes on after it.
pub struct Answered<B> {
    /// The answer.
    pub reply: Reply<B>,
    /// To be run to its end: storing, revalidating.
    pub background: Option<LocalFuture<()>>,
}

/// The kinds of answer.
pub enum Reply<B> {
    /// The platform's own response, as it streams in.
    Network(B, CacheStatus),
    /// A stored response.
    Stored {
        /// Its head.
        stored: Box<StoredResponse>,
        /// Its body.
        body: B,
        /// What is sent of it.
        answer: Answer,
        /// When it is served.
        now: Timestamp,
        /// What happened.
        status: CacheStatus,
    },
    /// 504: nothing stored may be used and the network was ruled out.
    GatewayTimeout,
    /// Fetch's network error.
    NetworkError,
}

/// A stored variant of the key that is asked for.
struct Variant {
    key: Key,
    meta: Rc<Meta>,
}

impl<B: Clone + 'static> Engine<B> {
    /// Answers a request from the cache, the network or both.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] when the network failed and nothing stored may stand in;
    /// [`Failure::Thrown`] when the caller aborted.
    pub async fn fetch(self: &Rc<Self>, exchange: Exchange<B>) -> Result<Answered<B>, Failure<B>> {
        let Exchange { request, route, .. } = &exchange;
        let primary = {
            let OriginOptions { profile, own, .. } = &self.options;
            key::primary(*profile, own, &route.key, request, exchange.body_key.as_deref())
        };
        let primary_key = Key::internal(&primary);
        let mut unreadable: Vec<Key> = Vec::new();
        let mut shared = false;
        let mut waited = false;
        loop {
            let mut variants = self.variants(&primary, request);
            variants.retain(|variant| !unreadable.contains(&variant.key));
            let heads: Vec<&StoredResponse> = variants.iter().filter_map(|v| v.meta.response()).collect();
            match plan(route.strategy, &route.rule, request, &heads, self.host.now()) {
                Plan::Serve(serve) => {
                    let Some(variant) = variants.get(serve.variant) else { continue };
                    let Some(found) = self.stack.get(&variant.key).await else {
                        unreadable.push(variant.key.clone());
                        continue;
                    };
                    self.hit(&variant.key, found.tier);
                    return Ok(self.serve(&exchange, &primary, serve, &found.entry, found.tier.name()));
                }
                Plan::Forward(forward) => {
                    let may_share = forward.store == Store::Store
                        && request.is_safe()
                        && !matches!(request.cache, CacheMode::NoStore | CacheMode::Reload);
                    let landing = match self.fetches.board(&primary_key) {
                        Boarding::Leader(landing) => Some(landing),
                        Boarding::Follower(outcome) if may_share && !shared => {
                            shared = true;
                            self.stack.count(|stats| stats.network.coalesced += 1);
                            // Landed or dropped: what is stored now decides.
                            let _ = outcome.await;
                            continue;
                        }
                        Boarding::Follower(_) => None,
                    };
                    let landing = match landing {
                        Some(landing) if may_share => match self.host.lock(&primary).await {
                            Lock::Waited(_) if !waited => {
                                waited = true;
                                self.await_news(&primary, request, &variants).await;
                                continue;
                            }
                            Lock::Waited(hold) | Lock::Free(hold) => Some(landing.holding(hold)),
                            Lock::None => Some(landing),
                        },
                        landing => landing,
                    };
                    self.miss(&primary_key);
                    return self.forward(&exchange, &primary, forward, variants, landing).await;
                }
                Plan::GatewayTimeout => return Ok(Reply::GatewayTimeout.alone()),
                Plan::NetworkError => return Ok(Reply::NetworkError.alone()),
            }
        }
    }

    /// Another context has just asked the origin: what it stored is on the way, if it stored anything.
    async fn await_news(&self, primary: &str, request: &Request, known: &[Variant]) {
        for _ in 0..NEWS_TRIES {
            let now = self.variants(primary, request);
            let is_new =
                |v: &Variant| known.iter().all(|k| k.key != v.key || k.meta.version < v.meta.version);
            if now.iter().any(is_new) {
                return;
            }
            self.host.sleep(NEWS_PAUSE).await;
        }
    }

    fn serve(
        self: &Rc<Self>,
        exchange: &Exchange<B>,
        primary: &str,
        serve: Serve,
        entry: &Entry<B>,
        tier: &str,
    ) -> Answered<B> {
        let Some(stored) = entry.meta.response() else { return Reply::NetworkError.alone() };
        let status = CacheStatus { detail: Some(tier.to_owned()), ..serve.status };
        let reply = Reply::Stored {
            stored: Box::new(stored.clone()),
            body: entry.body.clone(),
            answer: serve.answer,
            now: self.host.now(),
            status,
        };
        let background = serve.revalidate.and_then(|forward| self.revalidate(exchange, primary, forward));
        Answered { reply, background }
    }

    /// The background revalidation of a stale answer, unless one is under way.
    fn revalidate(
        self: &Rc<Self>,
        exchange: &Exchange<B>,
        primary: &str,
        forward: Forward,
    ) -> Option<LocalFuture<()>> {
        let Boarding::Leader(landing) = self.fetches.board(&Key::internal(primary)) else { return None };
        let (this, primary) = (Rc::clone(self), primary.to_owned());
        let exchange = Exchange {
            request: exchange.request.clone(),
            native: self.origin.duplicate(&exchange.native)?,
            body_key: exchange.body_key.clone(),
            route: Rc::clone(&exchange.route),
        };
        Some(self.tracked(async move {
            let variants = this.variants(&primary, &exchange.request);
            let answered = this.forward(&exchange, &primary, forward, variants, Some(landing)).await;
            // A failed revalidation leaves the stored response as it was.
            if let Ok(Answered { background: Some(work), .. }) = answered {
                work.await;
            }
        }))
    }

    /// Asks the origin, and once more without a validator when its 304 names nothing that is stored.
    async fn forward(
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
                    self.invalidate_after(request, &incoming.head).await?;
                }
            }
            match (settled, sent) {
                (Settlement::Again(next), _) => forward = next,
                (Settlement::Freshened { variant, stored, answer, status }, _) => {
                    let Some(variant) = variants.get(variant) else { return Err(Error::Timeout.into()) };
                    let Some(found) = self.stack.get(&variant.key).await else {
                        // Its body is gone: the head is worth nothing without it.
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
                    let reply =
                        Reply::Stored { stored: Box::new(stored), body, answer, now: response_time, status };
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
                    let (stored, body, now) = (Box::new(stored), found.entry.body, response_time);
                    return Ok(Reply::Stored { stored, body, answer, now, status }.alone());
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
            self.stack.remove(&superseded).await?;
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
            Sending { headers: forward.conditional.clone(), cache: None }
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

    /// What a response puts out of date: RFC 9111 §4.4, RFC 9875, Clear-Site-Data.
    async fn invalidate_after(&self, request: &Request, head: &Response) -> Result<(), Failure<B>> {
        let resolve = |base: &Url, relative: &str| {
            self.origin.resolve(base.as_str(), relative).map(|url| Url::new(&url))
        };
        for url in http::invalidated(request, head, &resolve) {
            self.invalidate(&super::Select::Url(url.as_str().to_owned())).await?;
        }
        let groups = http::cache_group_invalidation(request, head);
        if !groups.is_empty() {
            let tags = groups.iter().map(|group| group_tag(&request.url, group)).collect();
            self.invalidate(&super::Select::Tags(tags)).await?;
        }
        if http::clear_site_data(head) {
            let origin = request.url.origin();
            self.fetches.doom(|_| true);
            let keys = self.matching(|_, meta| {
                meta.response().is_some_and(|stored| stored.response.url.origin() == origin)
            });
            self.stack.remove(&keys).await?;
        }
        Ok(())
    }

    /// What is stored under the primary key; without anything there, what No-Vary-Search makes the same.
    fn variants(&self, primary: &str, request: &Request) -> Vec<Variant> {
        let prefix = key::variant_prefix(primary);
        let exact = self.stack.list(&prefix);
        let found = if exact.is_empty() {
            let siblings = self.stack.list(&key::of_path(&request.method, &request.url));
            let same = |meta: &Meta| {
                let Some(stored) = meta.response() else { return false };
                let rule = stored.response.headers.combined("no-vary-search");
                rule.is_some_and(|rule| http::same_resource(&rule, &stored.response.url, &request.url))
            };
            siblings.into_iter().filter(|(_, place)| same(&place.meta)).collect()
        } else {
            exact
        };
        found.into_iter().map(|(key, place)| Variant { key, meta: place.meta }).collect()
    }

    fn meta(&self, exchange: &Exchange<B>, stored: StoredResponse, version: Version, body: Bytes) -> Meta {
        let route = &exchange.route;
        let mut tags = route.tags.clone();
        let groups = http::cache_groups(&stored.response);
        tags.extend(groups.iter().map(|group| group_tag(&exchange.request.url, group)));
        let head: usize = stored.response.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        Meta {
            version,
            expires: Some(http::expires_at(&stored, &route.rule)),
            stale_until: None,
            size: body + Bytes(head as u64 + HEAD_OVERHEAD),
            tags,
            kind: Kind::Response(Box::new(stored)),
        }
    }
}

/// What a response's metadata weighs beside its header fields: URL, method, times.
const HEAD_OVERHEAD: u64 = 256;

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

impl<B> Reply<B> {
    fn alone(self) -> Answered<B> {
        Answered { reply: self, background: None }
    }
}

fn put(route: &Route) -> Put {
    Put { tier: route.tier, ..Put::default() }
}

/// The body's share of a stored response's size.
fn body_size(meta: &Meta) -> Bytes {
    let head = meta.response().map_or(0, |stored| {
        stored.response.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() as u64
    });
    meta.size.saturating_sub(Bytes(head + HEAD_OVERHEAD))
}

/// A Cache-Groups member as a tag: groups are per origin (RFC 9875 §2).
fn group_tag(url: &Url, group: &str) -> String {
    [url.origin(), " ", group].concat()
}

/// Tells the variants of one primary key apart: by the values of the nominated fields, and the range.
fn mark(stored: &StoredResponse) -> String {
    let mut text = String::new();
    for (name, value) in stored.vary.iter() {
        text.push_str(name);
        text.push(':');
        text.push_str(value);
        text.push('\n');
    }
    if stored.response.status == 206 {
        text.push_str(stored.response.headers.get("content-range").unwrap_or_default());
    }
    if text.is_empty() { text } else { crate::origin::identity::digest(&text) }
}
