//! Cache-aside, as the application does it: container memory first, the shared cache next, then the work.

use std::time::SystemTime;

use bytes::Bytes;
use http::StatusCode;

use super::Desk;
use crate::message::{Reply, reply, validated};
use crate::trace::{Layer, Outcome};

/// A finished JSON page, as the caches of the application keep it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The JSON text.
    pub(crate) body: Bytes,
    /// The newest change among what it shows.
    pub(crate) modified: SystemTime,
}

impl Answer {
    /// The answer as a response.
    pub(super) fn reply(self, cache_control: &str) -> Reply {
        let page = reply(StatusCode::OK, "application/json", self.body);
        validated(page, self.modified, cache_control)
    }
}

impl Desk<'_> {
    /// The answer of this key, from wherever it is nearest; `work` is done where it is nowhere. An `Err` is
    /// not kept.
    pub(super) async fn remembered<E>(
        &self,
        key: String,
        work: impl Future<Output = Result<Answer, E>>,
    ) -> Result<Answer, E> {
        if let Some(answer) = self.recall(&key) {
            return Ok(answer);
        }
        if let Some(answer) = self.shared.get(self.visit, &key).await {
            self.memorise(key, &answer);
            return Ok(answer);
        }
        let answer = work.await?;
        self.shared.put(self.visit, key.clone(), answer.clone()).await;
        self.memorise(key, &answer);
        Ok(answer)
    }

    fn recall(&self, key: &str) -> Option<Answer> {
        let memory = self.memory?;
        let span = self.visit.trace.enter(Layer::Memory);
        let answer = memory.get(key, self.visit.now);
        span.leave(if answer.is_some() { Outcome::Hit } else { Outcome::Miss });
        answer
    }

    fn memorise(&self, key: String, answer: &Answer) {
        if let Some(memory) = self.memory {
            let ttl = self.visit.switches.functions.memory_ttl_seconds.seconds();
            memory.put(key, answer.clone(), self.visit.now, ttl);
        }
    }
}
