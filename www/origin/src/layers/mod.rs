//! The layers of the stack, one module each, outermost first.
//!
//! Request layers ([`edge`], [`stage`], [`functions`]) share one shape, [`Handler`]; data layers
//! ([`shared`], [`dax`], [`table`]) are what the application reads through. Each takes its switches from the
//! [`Visit`], waits its latency, and leaves one hop in the trace. What a layer keeps is in a [`Store`].

pub(crate) mod dax;
pub(crate) mod edge;
pub(crate) mod functions;
pub(crate) mod shared;
pub(crate) mod stack;
pub(crate) mod stage;
mod store;
pub(crate) mod table;

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use crate::message::{Call, Reply};
use crate::switches::{Millis, Switches};
use crate::trace::Trace;

pub(crate) use store::{Store, Timed};

/// One request's way through the stack. Clones are the same way.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The switches as they were when it came in.
    pub(crate) switches: Arc<Switches>,
    /// When it came in.
    pub(crate) now: SystemTime,
    /// What has happened to it.
    pub(crate) trace: Arc<Trace>,
}

impl Visit {
    /// A request that comes in now.
    pub(crate) fn new(switches: Arc<Switches>, now: SystemTime) -> Self {
        Self { switches, now, trace: Arc::default() }
    }
}

/// Something that answers requests: a layer, or what stands behind the last one.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Answers one request.
    fn handle(&self, visit: &Visit, call: Call) -> impl Future<Output = Reply> + Send;
}

impl<H: Handler> Handler for Arc<H> {
    fn handle(&self, visit: &Visit, call: Call) -> impl Future<Output = Reply> + Send {
        H::handle(self, visit, call)
    }
}

/// Lets a latency pass. None at all is not even a turn of the timer.
pub(crate) async fn wait(latency: Millis) {
    let duration = latency.duration();
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
