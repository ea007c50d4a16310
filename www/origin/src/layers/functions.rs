//! The functions, Lambda: containers that start cold, take one request at a time, remember between
//! requests, and are gone after an idle while.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::StatusCode;
use serde_json::json;

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

    /// Stops every idle container and lets busy ones go when they are done; the memory goes with them.
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

#[derive(Default)]
struct Pool {
    /// Waiting for work, the most recently used last.
    idle: Vec<Container>,
    busy: u64,
    /// Containers of an older generation are not taken back.
    generation: u64,
    gb_seconds: f64,
}

struct Container {
    memory: Memory,
    generation: u64,
    last_used: SystemTime,
}

/// Who takes a request.
enum Start {
    /// A container that waited.
    Warm(Container),
    /// One made for it.
    Cold(Container),
    /// Nobody: all that may run are busy.
    Refused,
}

impl Pool {
    fn acquire(&mut self, now: SystemTime, idle: Duration, concurrency: u64) -> Start {
        self.idle.retain(|container| now.duration_since(container.last_used).unwrap_or_default() < idle);
        if self.busy >= concurrency {
            return Start::Refused;
        }
        self.busy += 1;
        match self.idle.pop() {
            Some(container) => Start::Warm(container),
            None => Start::Cold(Container {
                memory: Memory::new(1_000),
                generation: self.generation,
                last_used: now,
            }),
        }
    }

    fn release(&mut self, mut container: Container, now: SystemTime) {
        self.busy -= 1;
        if container.generation == self.generation {
            container.last_used = now;
            self.idle.push(container);
        }
    }

    fn recycle(&mut self) {
        self.idle.clear();
        self.generation += 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(300);

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn cold(pool: &mut Pool, now: SystemTime) -> Container {
        match pool.acquire(now, IDLE, 2) {
            Start::Cold(container) => container,
            _ => panic!("expected a cold start"),
        }
    }

    #[test]
    fn a_container_is_reused_until_it_idled_too_long() {
        let mut pool = Pool::default();
        let container = cold(&mut pool, at(0));
        pool.release(container, at(1));
        let Start::Warm(container) = pool.acquire(at(300), IDLE, 2) else { panic!("expected a warm start") };
        pool.release(container, at(301));
        cold(&mut pool, at(601));
    }

    #[test]
    fn concurrency_is_bounded() {
        let mut pool = Pool::default();
        let first = cold(&mut pool, at(0));
        cold(&mut pool, at(0));
        assert!(matches!(pool.acquire(at(0), IDLE, 2), Start::Refused));
        pool.release(first, at(0));
        assert!(matches!(pool.acquire(at(0), IDLE, 2), Start::Warm(_)));
    }

    #[test]
    fn recycling_catches_busy_containers_too() {
        let mut pool = Pool::default();
        let container = cold(&mut pool, at(0));
        pool.recycle();
        pool.release(container, at(1));
        cold(&mut pool, at(1));
    }
}
