//! The edge cache, CloudFront: answers near the user, and asks the origin as seldom as it may.
//!
//! [`key`] says what a request is cached by, [`ttl`] for how long and what staleness allows, [`wire`] what is
//! sent on and back. What is kept is kept by [`embedded`], in this process, or by [`nginx`], a real cache
//! that is told the same: [`entry`] and [`compress`] are what nginx has of its own.

mod compress;
mod embedded;
mod entry;
mod key;
mod nginx;
mod ttl;
mod wire;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::Method;

use self::embedded::Embedded;
use self::nginx::Nginx;
use self::wire::stamped;
use super::{Handler, Visit, wait};
use crate::message::{Call, Reply};
use crate::switches::{self, Behaviour, path_matches};
use crate::trace::Layer;

/// Called with the trace of every revalidation that nobody waited for.
pub(crate) type OnBackground = Arc<dyn Fn(&Visit) + Send + Sync>;

/// The edge in front of an origin.
pub(crate) struct Edge<H> {
    origin: Arc<H>,
    cache: Cache<H>,
    answered: AtomicU64,
}

enum Cache<H> {
    Embedded(Embedded<H>),
    Nginx(Nginx),
}

impl<H: Handler> Edge<H> {
    /// An empty edge.
    pub(crate) fn embedded(origin: H, on_background: OnBackground) -> Self {
        let origin = Arc::new(origin);
        let cache = Cache::Embedded(Embedded::new(origin.clone(), on_background));
        Self { origin, cache, answered: AtomicU64::new(0) }
    }

    /// The nginx of this folder.
    pub(crate) fn nginx(origin: H, on_background: OnBackground, folder: &Path) -> Result<Self, String> {
        let origin = Arc::new(origin);
        let cache = Cache::Nginx(Nginx::open(folder, origin.clone(), on_background)?);
        Ok(Self { origin, cache, answered: AtomicU64::new(0) })
    }

    /// What it is.
    pub(crate) fn part(&self) -> &'static str {
        match self.cache {
            Cache::Embedded(_) => "embedded",
            Cache::Nginx(_) => "nginx",
        }
    }

    /// Drops every entry.
    pub(crate) fn purge(&self) {
        match &self.cache {
            Cache::Embedded(embedded) => embedded.purge(),
            Cache::Nginx(nginx) => nginx.purge(),
        }
    }
}

impl<H: Handler> Handler for Edge<H> {
    async fn handle(&self, visit: &Visit, call: Call) -> Reply {
        let switches = &visit.switches.edge;
        if !switches.enabled {
            return self.origin.handle(visit, call).await;
        }
        let span = visit.trace.enter(Layer::Edge);
        wait(switches.latency_ms).await;
        let behaviour = governing(switches, &call);
        let (outcome, reply) = match &self.cache {
            Cache::Embedded(embedded) => embedded.answer(visit, behaviour, &call).await,
            Cache::Nginx(nginx) => nginx.answer(visit, behaviour, &call).await,
        };
        span.leave(outcome);
        stamped(outcome, self.answered.fetch_add(1, Ordering::Relaxed), reply)
    }
}

/// The behaviour that a request is cached by; [`None`] where it passes.
fn governing<'a>(edge: &'a switches::Edge, call: &Call) -> Option<&'a Behaviour> {
    let path = call.uri().path();
    edge.behaviours
        .iter()
        .find(|behaviour| path_matches(&behaviour.path, path))
        .filter(|behaviour| behaviour.cached && matches!(*call.method(), Method::GET | Method::HEAD))
}
