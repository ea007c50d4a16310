//! Responses: plan, then serve or forward.
//!
//! Invariants: identical requests share one, in this context and across tabs; background work is handed back,
//! so that a service worker can be kept alive for it.

use core::future::poll_fn;
use core::pin::Pin;
use core::task::Poll;
use std::rc::Rc;

use tokio::sync::oneshot;

use super::flight::Boarding;
use super::forward::{Asked, Errand};
use super::values::{NEWS_PAUSE, NEWS_TRIES};
use super::{Engine, Failure, OriginOptions};
use crate::error::Error;
use crate::http::{self, Answer, CacheStatus, Methods};
use crate::model::{CacheMode, Headers, Key, Meta, Millis, Request, StoredResponse, Timestamp};
use crate::origin::key;
use crate::router::Route;
use crate::strategy::{Forward, Plan, Serve, Store, Strategy, plan};
use crate::tier::{Found, LocalFuture, Lock, TierId};

/// How long to wait for another caller's request before asking by oneself.
const FLIGHT_PATIENCE: Millis = Millis(5_000);
/// How long to wait for a body that a caller reads while it is stored.
const STORE_PATIENCE: Millis = Millis(50);
/// A body that streams for longer than that is not about to be stored.
const STREAM_PATIENCE: Millis = Millis(1_000);

/// A request on its way through the cache.
pub struct Exchange<B> {
    /// What is asked.
    pub request: Request,
    /// The platform's own request.
    pub native: B,
    /// The digest of the body parts that are in the key.
    pub body_key: Option<String>,
    /// Whom it speaks for, by the application's own word; read off `Authorization` when `None`.
    pub identity: Option<String>,
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
    Network(B, Box<CacheStatus>),
    /// A stored response.
    Stored(Box<Served<B>>),
    /// 504: nothing stored may be used and the network was ruled out.
    GatewayTimeout,
    /// Fetch's network error.
    NetworkError,
}

/// A stored response on its way to a caller.
pub struct Served<B> {
    /// Its metadata.
    pub meta: Rc<Meta>,
    /// Its body.
    pub body: B,
    /// What is sent of it.
    pub answer: Answer,
    /// What is sent of its header fields.
    pub fields: Fields,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub status: CacheStatus,
}

/// What is sent of a stored response's header fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// All but those that must be validated first (RFC 9111 §5.2.2.4).
    Unvalidated,
    /// All: the origin has just confirmed them.
    Confirmed,
}

impl<B> Served<B> {
    /// The header fields as they are sent.
    #[must_use]
    pub fn headers(&self) -> Headers {
        match (self.meta.response(), self.fields) {
            (None, _) => Headers::new(),
            (Some(stored), Fields::Unvalidated) => http::served_headers(stored, self.at),
            (Some(stored), Fields::Confirmed) => http::validated_headers(stored, self.at),
        }
    }
}

/// A stored variant of the key that is asked for.
pub(super) struct Variant {
    pub(super) key: Key,
    pub(super) meta: Rc<Meta>,
}

impl<B> Reply<B> {
    /// With no work left to do.
    pub(super) fn alone(self) -> Answered<B> {
        Answered { reply: self, background: None }
    }
}

impl<B: Clone + Default + 'static> Engine<B> {
    /// Answers a request from the cache, the network or both.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] when the network failed and nothing stored may stand in;
    /// [`Failure::Thrown`] when the caller aborted.
    pub async fn fetch(self: &Rc<Self>, exchange: Exchange<B>) -> Result<Answered<B>, Failure<B>> {
        let Exchange { request, route, .. } = &exchange;
        let primary = self.primary(&exchange, request);
        let primary_key = Key::internal(&primary);
        // A media element asks for other parts while the first streams in: each part is a flight of its own.
        let flight = match request.headers.get("range") {
            Some(range) => key::variant_key(&primary, range),
            None => primary_key.clone(),
        };
        let mut unreadable: Vec<Key> = Vec::new();
        let mut shared = false;
        let mut waited = false;
        let mut pauses = 0;
        self.settled(&exchange, &primary_key).await;
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
                    return Ok(self.serve(&exchange, &primary, serve, found));
                }
                Plan::Forward(forward) => {
                    let may_share = forward.store == Store::Store
                        && (request.is_safe() || route.rule.methods == Methods::Any)
                        && !matches!(request.cache, CacheMode::NoStore | CacheMode::Reload);
                    let (landing, leads) = match self.fetches.board(&flight) {
                        Boarding::Leader(landing) => (landing, true),
                        Boarding::Follower(outcome) if may_share && !shared => {
                            shared = true;
                            self.stack.count(|stats| stats.network.coalesced += 1);
                            // Landed or dropped: what is stored now decides.
                            self.patiently(vec![outcome], FLIGHT_PATIENCE).await;
                            continue;
                        }
                        Boarding::Follower(_) => (self.fetches.alone(&flight), false),
                    };
                    let landing = match may_share && leads {
                        true => match self.host.lock(flight.as_str()).await {
                            Lock::Waited(_) if !waited => {
                                waited = true;
                                self.await_news(&primary, request, &variants).await;
                                continue;
                            }
                            Lock::Waited(hold) | Lock::Free(hold) => landing.holding(hold),
                            Lock::None => landing,
                        },
                        false => landing,
                    };
                    let errand =
                        Errand { exchange: &exchange, primary: &primary, variants, landing: Some(landing) };
                    if let Asked::Answered(answered) = self.forward(errand, forward).await? {
                        self.miss(&primary_key);
                        return Ok(answered);
                    }
                    let left =
                        self.refused_until(&primary).map_or(Millis::ZERO, |at| at.since(self.host.now()));
                    if pauses == self.options.retry.attempts || left > self.options.retry.longest {
                        return self.refused(&primary).ok_or(Failure::Ours(Error::Timeout));
                    }
                    pauses += 1;
                    self.host.sleep(left).await;
                    // One of those that waited goes first again.
                    (shared, waited) = (false, false);
                }
                Plan::GatewayTimeout => return Ok(Reply::GatewayTimeout.alone()),
                Plan::NetworkError => return Ok(Reply::NetworkError.alone()),
            }
        }
    }

    pub(super) fn primary(&self, exchange: &Exchange<B>, request: &Request) -> String {
        let OriginOptions { profile, own, .. } = &self.options;
        let Exchange { body_key, identity, route, .. } = exchange;
        key::primary(*profile, own, &route.key, request, body_key.as_deref(), identity.as_deref())
    }

    /// Waits for what a caller may have read to its end already, while it is on its way into the store: it
    /// counts from now on. Bodies that stream on are not waited for.
    async fn settled(&self, exchange: &Exchange<B>, primary: &Key) {
        if !reads_cache(exchange) {
            return;
        }
        let storing =
            self.fetches.storing(self.lately(), |key| self.concerns(key, primary, &exchange.request));
        if !storing.is_empty() {
            self.patiently(storing, STORE_PATIENCE).await;
        }
    }

    /// The time of now, and how long bodies that stream are thought to be all but stored.
    fn lately(&self) -> (Timestamp, Millis) {
        (self.host.now(), STREAM_PATIENCE)
    }

    /// Whether what is stored under `key` may answer a request whose primary key is `primary`.
    fn concerns(&self, key: &Key, primary: &Key, request: &Request) -> bool {
        key::primary_of(key) == primary.as_str()
            // No-Vary-Search makes other queries the same, where there is nothing for this one.
            || key::is_of_path(key, stored_method(request), &request.url)
                && self.stack.list(&key::variant_prefix(primary.as_str())).is_empty()
    }

    /// Waits for others' requests, but not for a body that never ends.
    async fn patiently(&self, mut outcomes: Vec<oneshot::Receiver<()>>, patience: Millis) {
        let mut alarm = self.host.sleep(patience);
        poll_fn(|context| {
            outcomes.retain_mut(|outcome| Pin::new(outcome).poll(context).is_pending());
            if outcomes.is_empty() { Poll::Ready(()) } else { alarm.as_mut().poll(context) }
        })
        .await;
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

    /// An answer that memory has and that needs no work afterwards, at once.
    pub fn fetch_now(self: &Rc<Self>, exchange: &Exchange<B>) -> Option<Reply<B>> {
        let Exchange { request, route, .. } = exchange;
        let primary = self.primary(exchange, request);
        let primary_key = Key::internal(&primary);
        if self.fetches.is_storing(self.lately(), |key| self.concerns(key, &primary_key, request)) {
            return None;
        }
        let variants = self.variants(&primary, request);
        let heads: Vec<&StoredResponse> = variants.iter().filter_map(|v| v.meta.response()).collect();
        let now = self.host.now();
        let Plan::Serve(serve) = plan(route.strategy, &route.rule, request, &heads, now) else { return None };
        let key = &variants.get(serve.variant).filter(|_| serve.revalidate.is_none())?.key;
        let found = Found { entry: self.stack.peek(key)?, tier: TierId::Memory };
        self.hit(key, found.tier);
        Some(self.served(serve.answer, serve.status, found))
    }

    fn serve(
        self: &Rc<Self>,
        exchange: &Exchange<B>,
        primary: &str,
        serve: Serve,
        found: Found<B>,
    ) -> Answered<B> {
        let reply = self.served(serve.answer, serve.status, found);
        let background = serve.revalidate.and_then(|forward| self.revalidate(exchange, primary, forward));
        Answered { reply, background }
    }

    /// What a tier has, as an answer.
    pub(super) fn served(&self, answer: Answer, status: CacheStatus, found: Found<B>) -> Reply<B> {
        Reply::Stored(Box::new(Served {
            meta: found.entry.meta,
            body: found.entry.body,
            answer,
            fields: Fields::Unvalidated,
            at: self.host.now(),
            status: CacheStatus { detail: Some(found.tier.name().to_owned()), ..status },
        }))
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
            identity: exchange.identity.clone(),
            route: Rc::clone(&exchange.route),
        };
        Some(self.tracked(Box::pin(async move {
            let variants = this.variants(&primary, &exchange.request);
            let errand = Errand { exchange: &exchange, primary: &primary, variants, landing: Some(landing) };
            // A failed revalidation leaves the stored response as it was.
            if let Ok(Asked::Answered(Answered { background: Some(work), .. })) =
                this.forward(errand, forward).await
            {
                work.await;
            }
        })))
    }

    /// What is stored under the primary key; without anything there, what No-Vary-Search makes the same.
    fn variants(&self, primary: &str, request: &Request) -> Vec<Variant> {
        let prefix = key::variant_prefix(primary);
        let exact = self.stack.list(&prefix);
        let found = if exact.is_empty() {
            let siblings = self.stack.list(&key::of_path(stored_method(request), &request.url));
            // For the same caller and by the same parts: No-Vary-Search speaks of the query alone.
            let primary = Key::internal(primary);
            let same = |key: &Key, meta: &Meta| {
                if key::parts_of(key) != key::parts_of(&primary) {
                    return false;
                }
                let Some(stored) = meta.response() else { return false };
                let rule = stored.response.headers.combined("no-vary-search");
                rule.is_some_and(|rule| http::same_resource(&rule, &stored.response.url, &request.url))
            };
            siblings.into_iter().filter(|(key, place)| same(key, &place.meta)).collect()
        } else {
            exact
        };
        found.into_iter().map(|(key, place)| Variant { key, meta: place.meta }).collect()
    }
}

/// Whether what is stored may answer.
fn reads_cache<B>(Exchange { request, route, .. }: &Exchange<B>) -> bool {
    request.cache != CacheMode::NoStore && route.strategy != Strategy::NetworkOnly
}

/// The method that a request's response is stored under: a GET answers HEAD.
fn stored_method(request: &Request) -> &str {
    if request.method == "HEAD" { "GET" } else { &request.method }
}
