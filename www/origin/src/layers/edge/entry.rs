//! What the edge keeps: a response, when it was stored, and its lifetime.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{
    AGE, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, VARY,
};

use super::ttl::{Lifetime, Standing, lifetime};
use crate::message::{Reply, set};
use crate::switches::Behaviour;

/// A stored response.
pub(crate) struct Entry {
    reply: Reply,
    stored: SystemTime,
    lifetime: Lifetime,
}

impl Entry {
    /// An entry of a response that came from the origin now.
    pub(crate) fn new(reply: Reply, behaviour: &Behaviour, errors: Duration, now: SystemTime) -> Self {
        let lifetime = lifetime(reply.status(), reply.headers(), behaviour, errors, now);
        Self { reply, stored: now, lifetime }
    }

    /// The entry after a 304: its headers updated, its time counted anew. RFC 9111 §3.2
    pub(crate) fn refreshed(&self, headers: &HeaderMap, behaviour: &Behaviour, now: SystemTime) -> Self {
        let mut reply = self.reply.clone();
        // The ETag and Vary kept here are those of the compressed variant; the origin doesn't know it.
        let ours = [CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY];
        for name in headers.keys().filter(|name| !ours.contains(name)) {
            let values: Vec<_> = headers.get_all(name).iter().cloned().collect();
            reply.headers_mut().remove(name);
            for value in values {
                reply.headers_mut().append(name.clone(), value);
            }
        }
        Self::new(reply, behaviour, Duration::ZERO, now)
    }

    /// What the entry is good for now.
    pub(crate) fn standing(&self, now: SystemTime) -> Standing {
        self.lifetime.standing(self.age(now))
    }

    /// Whether the entry may stand in for a failure now.
    pub(crate) fn serves_on_error(&self, now: SystemTime) -> bool {
        self.lifetime.serves_on_error(self.age(now))
    }

    /// Whether there is a time to serve it, fresh or stale.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.lifetime != Lifetime::default()
    }

    /// The response as it is served now.
    pub(crate) fn reply(&self, now: SystemTime) -> Reply {
        let mut reply = self.reply.clone();
        let age = self.age(now).as_secs();
        if age > 0 {
            set(&mut reply, AGE, &age.to_string());
        }
        reply
    }

    /// The headers of a request that asks whether the entry still stands.
    pub(crate) fn conditions(&self) -> HeaderMap {
        let mut conditions = HeaderMap::new();
        for (validator, condition) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
            if let Some(value) = self.reply.headers().get(validator) {
                conditions.insert(condition, value.clone());
            }
        }
        conditions
    }

    /// Roughly what it takes in memory.
    pub(crate) fn weight(&self) -> u32 {
        u32::try_from(self.reply.body().len() + 1024).unwrap_or(u32::MAX)
    }

    fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.stored).unwrap_or_default()
    }
}
