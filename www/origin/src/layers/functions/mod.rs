//! The functions, Lambda: containers that start cold, take one request at a time, remember between
//! requests, and are gone after an idle while.

mod pool;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use http::StatusCode;
use serde_json::json;

use self::pool::{Container, Pool, Start};
use super::{Handler, Timed, Visit, wait};
use crate::app::{Answer, App};
use crate::message::{self, Call, Reply};
use crate::trace::{Layer, Outcome};

/// What one container keeps between its requests.
pub(crate) type Memory = Timed<Answer>;

/// The pool, and the application that its containers run.
pub(crate) struct Functions {
    app: App,
    pool: Arc<Mutex<Pool>>,
}

impl Functions {
    /// A pool without containers.
    pub(crate) fn new(app: App) -> Self {
        Self { app, pool: Arc::default() }
    }

    /// Empties the memory of every container.
    pub(crate) fn forget(&self) {
        lock(&self.pool).forget();
    }

    /// Stops every container, busy ones when they are done; their memory goes with them.
    pub(crate) fn recycle(&self) {
        lock(&self.pool).recycle();
    }

    /// Forgets what was billed.
    pub(crate) fn forget_bill(&self) {
        lock(&self.pool).gb_seconds = 0.0;
    }

    /// Memory times duration, what Lambda bills.
    pub(crate) fn gb_seconds(&self) -> f64 {
        lock(&self.pool).gb_seconds
    }
}

impl Handler for Functions {
    async fn handle(&self, visit: &Visit, call: Call) -> Reply {
        let switches = &visit.switches.functions;
        if !switches.enabled {
            return self.app.handle(visit, None, call).await;
        }
        let span = visit.trace.enter(Layer::Function);
        let start =
            lock(&self.pool).acquire(visit.now, switches.idle_seconds.seconds(), switches.concurrency.get());
        let (container, outcome) = match start {
            Start::Warm(container) => (container, Outcome::Warm),
            Start::Cold(container) => (container, Outcome::Cold),
            Start::Refused => {
                span.leave(Outcome::Throttled);
                // Lambda's TooManyRequestsException becomes this at the gateway.
                return message::json(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    &json!({ "message": "Internal server error" }),
                );
            }
        };
        let lease = Lease {
            pool: self.pool.clone(),
            memory: container.memory.clone(),
            container: Some(container),
            gigabytes: switches.memory_mb.get() as f64 / 1024.0,
            started: Instant::now(),
        };
        if outcome == Outcome::Cold {
            wait(switches.cold_start_ms).await;
        }
        wait(switches.latency_ms).await;
        let reply = self.app.handle(visit, Some(&lease.memory), call).await;
        drop(lease);
        span.leave(outcome);
        reply
    }
}

/// A container at work; comes back and is billed when dropped, also when the client has left in between.
struct Lease {
    pool: Arc<Mutex<Pool>>,
    memory: Memory,
    container: Option<Container>,
    gigabytes: f64,
    started: Instant,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut pool = lock(&self.pool);
        pool.gb_seconds += self.gigabytes * self.started.elapsed().as_secs_f64();
        if let Some(container) = self.container.take() {
            pool.release(container, SystemTime::now());
        }
    }
}

fn lock(pool: &Mutex<Pool>) -> MutexGuard<'_, Pool> {
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}
