//! The shared cache, ElastiCache: what one function container worked out, the others need not.

use super::{Store, Visit, wait};
use crate::app::Answer;
use crate::trace::{Layer, Outcome};

/// Answers by key, for all containers.
pub(crate) struct Shared(Store<Answer>);

impl Shared {
    /// A node that keeps its answers here.
    pub(crate) fn new(store: Store<Answer>) -> Self {
        Self(store)
    }

    /// What it is.
    pub(crate) fn part(&self) -> &'static str {
        self.0.part()
    }

    /// Reads an answer; [`None`] as well when the layer is off.
    pub(crate) async fn get(&self, visit: &Visit, key: &str) -> Option<Answer> {
        let switches = &visit.switches.shared;
        if !switches.enabled {
            return None;
        }
        let span = visit.trace.enter(Layer::Shared);
        wait(switches.latency_ms).await;
        let answer = self.0.get(key, visit.now).await;
        span.leave(if answer.is_some() { Outcome::Hit } else { Outcome::Miss });
        answer
    }

    /// Keeps an answer. No latency passes: the application writes without awaiting the node.
    pub(crate) async fn put(&self, visit: &Visit, key: String, answer: Answer) {
        let switches = &visit.switches.shared;
        if switches.enabled {
            self.0.put(key, answer, visit.now, switches.ttl_seconds.seconds()).await;
        }
    }

    /// Drops everything.
    pub(crate) async fn clear(&self) {
        self.0.clear().await;
    }
}
