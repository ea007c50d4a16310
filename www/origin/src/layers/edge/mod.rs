//! The edge cache, CloudFront: answers near the user, and asks the origin as seldom as it may.
//!
//! [`key`] says what a request is cached by, [`ttl`] for how long and what staleness allows, [`entry`] what is
//! kept, [`compress`] what is gzipped, [`wire`] what is sent on and back. This file is the driver: look up, collapse, ask, store, answer.

mod compress;
mod entry;
mod key;
mod ttl;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use http::{Method, StatusCode};
use moka::sync::Cache;
use tokio::sync::Mutex;

use self::entry::Entry;
use self::ttl::Standing;
use self::wire::{stamped, to_client, towards_origin};
use super::{Handler, Visit, wait};
use crate::message::{Call, Reply, dated};
use crate::switches::{Behaviour, path_matches};
use crate::trace::{Layer, Outcome};

/// All images and many pages of lists fit; the bound is there because a cache has one.
const CAPACITY_BYTES: u64 = 256 << 20;

/// Called with the trace of every revalidation that nobody waited for.
pub(crate) type OnBackground = Arc<dyn Fn(&Visit) + Send + Sync>;

/// The edge in front of an origin. Clones share their entries.
pub(crate) struct Edge<H>(Arc<Inner<H>>);

struct Inner<H> {
    origin: H,
    entries: Cache<String, Arc<Entry>>,
    /// Who is asking the origin for a key right now.
    flights: Cache<String, Arc<Mutex<()>>>,
    answered: AtomicU64,
    on_background: OnBackground,
}

impl<H: Handler> Edge<H> {
    /// An empty edge.
    pub(crate) fn new(origin: H, on_background: OnBackground) -> Self {
        Self(Arc::new(Inner {
            origin,
            entries: Cache::builder()
                .max_capacity(CAPACITY_BYTES)
                .weigher(|_, entry: &Arc<Entry>| entry.weight())
                .build(),
            flights: Cache::new(1_000),
            answered: AtomicU64::new(0),
            on_background,
        }))
    }

    /// Drops every entry.
    pub(crate) fn purge(&self) {
        self.0.entries.invalidate_all();
    }
}

impl<H: Handler> Handler for Edge<H> {
    async fn handle(&self, visit: &Visit, call: Call) -> Reply {
        let switches = &visit.switches.edge;
        if !switches.enabled {
            return self.0.origin.handle(visit, call).await;
        }
        let span = visit.trace.enter(Layer::Edge);
        wait(switches.latency_ms).await;
        let path = call.uri().path();
        let behaviour = switches
            .behaviours
            .iter()
            .find(|behaviour| path_matches(&behaviour.path, path))
            .filter(|behaviour| behaviour.cached);
        let (outcome, reply) = match behaviour {
            Some(behaviour) if matches!(*call.method(), Method::GET | Method::HEAD) => {
                self.cached(visit, behaviour, &call).await
            }
            _ => {
                let reply = self.0.origin.handle(visit, call.clone()).await;
                (Outcome::Pass, self.compressed(visit, &call, reply))
            }
        };
        span.leave(outcome);
        stamped(outcome, self.0.answered.fetch_add(1, Ordering::Relaxed), reply)
    }
}

impl<H: Handler> Edge<H> {
    async fn cached(&self, visit: &Visit, behaviour: &Behaviour, call: &Call) -> (Outcome, Reply) {
        let key = key::of(behaviour, call);
        let lookup = || {
            let entry = self.0.entries.get(&key)?;
            Some((entry.standing(visit.now), entry))
        };
        let mut found = lookup();
        let flight = self.0.flights.get_with(key.clone(), Arc::default);
        let leader = flight.try_lock().ok();
        if leader.is_none() && visit.switches.edge.collapse && wants_origin(found.as_ref()) {
            // Wait for the leader, then look again. Who finds nothing then asks alone: that response could not
            // be cached, and queueing up for it would put the requests in line for no gain.
            drop(flight.lock().await);
            found = lookup();
            if let Some((Standing::Fresh, entry)) = found {
                return (Outcome::Collapsed, to_client(visit, behaviour, call, &entry));
            }
        }
        match found {
            Some((Standing::Fresh, entry)) => (Outcome::Hit, to_client(visit, behaviour, call, &entry)),
            Some((Standing::WhileRevalidating, entry)) => {
                // The task leads in our place; where somebody else does already, it finds that out itself.
                drop(leader);
                self.revalidate_behind(visit, behaviour.clone(), call.clone(), key, entry.clone());
                (Outcome::StaleHit, to_client(visit, behaviour, call, &entry))
            }
            found => {
                let stale = found.map(|(_, entry)| entry);
                self.ask(visit, behaviour, call, key, stale).await
            }
        }
    }

    /// Asks the origin, conditionally where there is an entry, and keeps what may be kept.
    async fn ask(
        &self,
        visit: &Visit,
        behaviour: &Behaviour,
        call: &Call,
        key: String,
        stale: Option<Arc<Entry>>,
    ) -> (Outcome, Reply) {
        let errors = visit.switches.edge.error_ttl_seconds.seconds();
        let mut reply = self.0.origin.handle(visit, towards_origin(behaviour, call, stale.as_deref())).await;
        let now = SystemTime::now();
        dated(&mut reply, now);
        let (outcome, entry) = match stale {
            Some(stale) if reply.status() == StatusCode::NOT_MODIFIED => {
                (Outcome::RefreshHit, stale.refreshed(reply.headers(), behaviour, now))
            }
            Some(stale) if reply.status().is_server_error() && stale.serves_on_error(now) => {
                return (Outcome::StaleHit, to_client(visit, behaviour, call, &stale));
            }
            _ => {
                let failed = reply.status().is_client_error() || reply.status().is_server_error();
                let reply = self.compressed(visit, call, reply);
                let outcome = if failed { Outcome::Error } else { Outcome::Miss };
                (outcome, Entry::new(reply, behaviour, errors, now))
            }
        };
        let entry = Arc::new(entry);
        if entry.is_worth_keeping() {
            self.0.entries.insert(key, entry.clone());
        } else {
            self.0.entries.invalidate(&key);
        }
        (outcome, to_client(visit, behaviour, call, &entry))
    }

    fn revalidate_behind(
        &self,
        visit: &Visit,
        behaviour: Behaviour,
        call: Call,
        key: String,
        stale: Arc<Entry>,
    ) {
        let edge = Self(self.0.clone());
        let visit = Visit::new(visit.switches.clone(), visit.now);
        tokio::spawn(async move {
            let flight = edge.0.flights.get_with(key.clone(), Arc::default);
            let Ok(_leader) = flight.try_lock() else {
                return;
            };
            let span = visit.trace.enter(Layer::Edge);
            let (outcome, _) = edge.ask(&visit, &behaviour, &call, key, Some(stale)).await;
            span.leave(outcome);
            (edge.0.on_background)(&visit);
        });
    }

    fn compressed(&self, visit: &Visit, call: &Call, reply: Reply) -> Reply {
        if visit.switches.edge.compress && compress::accepted(call.headers()) {
            compress::gzipped(reply)
        } else {
            reply
        }
    }
}

fn wants_origin(found: Option<&(Standing, Arc<Entry>)>) -> bool {
    !matches!(found, Some((Standing::Fresh | Standing::WhileRevalidating, _)))
}
