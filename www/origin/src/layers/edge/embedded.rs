//! The edge cache in this process: look up, collapse, ask, store, answer.

use std::sync::Arc;
use std::time::SystemTime;

use http::StatusCode;
use moka::sync::Cache;
use tokio::sync::Mutex;

use super::entry::Entry;
use super::ttl::Standing;
use super::wire::{to_client, towards_origin};
use super::{OnBackground, compress, key};
use crate::layers::{Handler, Visit};
use crate::message::{Call, Reply, dated};
use crate::switches::Behaviour;
use crate::trace::{Layer, Outcome};

/// All images and many pages of lists fit; the bound is there because a cache has one.
const CAPACITY_BYTES: u64 = 256 << 20;

/// The cache in front of an origin. Clones share their entries.
pub(super) struct Embedded<H>(Arc<Inner<H>>);

struct Inner<H> {
    origin: Arc<H>,
    entries: Cache<String, Arc<Entry>>,
    /// Who is asking the origin for a key right now.
    flights: Cache<String, Arc<Mutex<()>>>,
    on_background: OnBackground,
}

impl<H: Handler> Embedded<H> {
    /// An empty cache.
    pub(super) fn new(origin: Arc<H>, on_background: OnBackground) -> Self {
        Self(Arc::new(Inner {
            origin,
            entries: Cache::builder()
                .max_capacity(CAPACITY_BYTES)
                .weigher(|_, entry: &Arc<Entry>| entry.weight())
                .build(),
            flights: Cache::new(1_000),
            on_background,
        }))
    }

    /// Drops every entry.
    pub(super) fn purge(&self) {
        self.0.entries.invalidate_all();
    }

    /// Answers a request; without a behaviour that caches, by passing it on.
    pub(super) async fn answer(
        &self,
        visit: &Visit,
        behaviour: Option<&Behaviour>,
        call: &Call,
    ) -> (Outcome, Reply) {
        match behaviour {
            Some(behaviour) => self.cached(visit, behaviour, call).await,
            None => {
                let reply = self.0.origin.handle(visit, call.clone()).await;
                (Outcome::Pass, self.compressed(visit, call, reply))
            }
        }
    }

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
