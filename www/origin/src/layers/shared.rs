//! The shared cache, ElastiCache: what one function container worked out, the others need not.

use super::{Timed, Visit, wait};
use crate::app::Answer;
use crate::trace::{Layer, Outcome};

/// Answers by key, for all containers.
pub(crate) struct Shared(Timed<Answer>);

impl Shared {
    /// An empty node.
    pub(crate) fn new() -> Self {
        Self(Timed::new(10_000))
    }

    /// Reads an answer; [`None`] as well when the layer is off.
    pub(crate) async fn get(&self, visit: &Visit, key: &str) -> Option<Answer> {
        let switches = &visit.switches.shared;
        if !switches.enabled {
            return None;
        }
        let span = visit.trace.enter(Layer::Shared);
        wait(switches.latency_ms).await;
        let answer = self.0.get(key, visit.now);
        span.leave(if answer.is_some() { Outcome::Hit } else { Outcome::Miss });
        answer
    }

    /// Keeps an answer. Nobody waits for it: the application writes without awaiting the node.
    pub(crate) fn put(&self, visit: &Visit, key: String, answer: Answer) {
        let switches = &visit.switches.shared;
        if switches.enabled {
            self.0.put(key, answer, visit.now, switches.ttl_seconds.seconds());
        }
    }

    /// Drops everything.
    pub(crate) fn clear(&self) {
        self.0.clear();
    }
}
