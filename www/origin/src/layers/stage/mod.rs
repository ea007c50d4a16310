//! The stage cache, API Gateway: keeps whole responses for the stage's own time, whatever their
//! Cache-Control says.
//!
//! [`throttle`] lets requests in, [`invalidation`] reads a client's `max-age=0`, [`key`] says what a method
//! is cached by. This file is the driver.

mod invalidation;
mod key;
mod throttle;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use http::StatusCode;
use http::header::{RETRY_AFTER, WARNING};
use serde_json::json;

use self::invalidation::Wish;
use self::throttle::Bucket;
use super::{Handler, Store, Visit, wait};
use crate::message::{self, Call, Reply, dated, set};
use crate::trace::{Layer, Outcome};

/// The stage in front of its integration.
pub(crate) struct Stage<H> {
    integration: H,
    replies: Store<Reply>,
    bucket: Mutex<Bucket>,
}

impl<H: Handler> Stage<H> {
    /// A stage that keeps its replies here.
    pub(crate) fn new(integration: H, replies: Store<Reply>) -> Self {
        Self { integration, replies, bucket: Mutex::default() }
    }

    /// What its cache is.
    pub(crate) fn part(&self) -> &'static str {
        self.replies.part()
    }

    /// Drops every entry: the console's "Flush entire cache".
    pub(crate) async fn flush(&self) {
        self.replies.clear().await;
    }
}

impl<H: Handler> Handler for Stage<H> {
    async fn handle(&self, visit: &Visit, call: Call) -> Reply {
        let switches = &visit.switches.stage;
        if !switches.enabled {
            return self.integration.handle(visit, call).await;
        }
        let span = visit.trace.enter(Layer::Stage);
        wait(switches.latency_ms).await;
        let (outcome, reply) = self.admit(visit, call).await;
        span.leave(outcome);
        reply
    }
}

impl<H: Handler> Stage<H> {
    async fn admit(&self, visit: &Visit, call: Call) -> (Outcome, Reply) {
        let switches = &visit.switches.stage;
        if let Some(throttle) = switches.throttle {
            let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(wait) = bucket.take(throttle, Instant::now()) {
                let mut reply = refusal(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
                set(&mut reply, RETRY_AFTER, &wait.as_secs().max(1).to_string());
                return (Outcome::Throttled, reply);
            }
        }
        let Some(key) = key::of(switches, &call) else {
            return (Outcome::Pass, self.integration.handle(visit, call).await);
        };
        let wish = invalidation::wish(call.headers(), switches.invalidation);
        let outcome = match wish {
            Wish::Refused => {
                let message = "User is not authorized to perform: execute-api:InvalidateCache";
                return (Outcome::Refused, refusal(StatusCode::FORBIDDEN, message));
            }
            Wish::Granted if self.replies.remove(&key).await => Outcome::Invalidated,
            _ => Outcome::Miss,
        };
        let (outcome, mut reply) = match self.replies.get(&key, visit.now).await {
            Some(reply) => (Outcome::Hit, reply),
            None => {
                let mut reply = self.integration.handle(visit, call).await;
                dated(&mut reply, visit.now);
                // API Gateway would keep any status; a kept 404 helps nobody who learns from this stack.
                if reply.status() == StatusCode::OK {
                    let ttl = switches.ttl_seconds.seconds();
                    self.replies.put(key, reply.clone(), visit.now, ttl).await;
                }
                (outcome, reply)
            }
        };
        if wish == Wish::Ignored {
            set(&mut reply, WARNING, "199 - \"cache invalidation not permitted\"");
        }
        (outcome, reply)
    }
}

/// An answer of the gateway's own, in its own shape.
fn refusal(status: StatusCode, text: &str) -> Reply {
    message::json(status, &json!({ "message": text }))
}
