//! Refusals of the origin (429, 503) that are still in force, so that nobody asks before the break is over.

use core::cell::RefCell;
use std::rc::Rc;

use super::{Answered, Engine, Exchange, Fields, Reply, Served};
use crate::http::{Answer, CacheStatus, Fwd, Methods, retry_after};
use crate::model::{Headers, Key, Meta, ResponseKind, StoredResponse, Table, Timestamp, Version};
use crate::origin::Incoming;
use crate::origin::backoff::{is_refusal, pause};

/// One refusal, to be handed to whoever does not want to wait.
struct Refusal<B> {
    until: Timestamp,
    /// How many in a row.
    count: u32,
    meta: Rc<Meta>,
    body: B,
}

/// The refusals by primary key.
pub(super) struct Refusals<B>(RefCell<Table<Refusal<B>>>);

impl<B> Default for Refusals<B> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<B: Clone + Default + 'static> Engine<B> {
    /// Until when the origin is not to be asked for `primary`.
    pub(super) fn refused_until(&self, primary: &str) -> Option<Timestamp> {
        let refusals = self.refusals.0.borrow();
        refusals.get(primary).map(|refusal| refusal.until).filter(|until| *until > self.host.now())
    }

    /// The origin's own words, for a caller who does not wait.
    pub(super) fn refused(&self, primary: &str) -> Option<Answered<B>> {
        let refusals = self.refusals.0.borrow();
        let Refusal { meta, body, .. } = refusals.get(primary)?;
        let status = CacheStatus {
            fwd: Some(Fwd::Miss),
            fwd_status: meta.response().map(|stored| stored.response.status),
            ..CacheStatus::default()
        };
        let (meta, body, at) = (Rc::clone(meta), body.clone(), self.host.now());
        let reply = Reply::Stored(Box::new(Served {
            meta,
            body,
            answer: Answer::Full,
            fields: Fields::Unvalidated,
            at,
            status,
        }));
        Some(reply.alone())
    }

    /// Whether the response is a refusal that is to be gone along with.
    pub(super) fn is_refused(&self, exchange: &Exchange<B>, incoming: &Incoming<B>) -> bool {
        self.may_be_refused(exchange)
            && is_refusal(incoming.head.status)
            && matches!(incoming.head.kind, ResponseKind::Readable | ResponseKind::Cors)
    }

    /// Whether a refusal of that request would be gone along with.
    pub(super) fn may_be_refused(&self, Exchange { request, route, .. }: &Exchange<B>) -> bool {
        self.options.retry.attempts > 0 && (request.is_safe() || route.rule.methods == Methods::Any)
    }

    /// Remembers a refusal; fails when its body does not come in.
    pub(super) async fn note_refusal(
        &self,
        exchange: &Exchange<B>,
        primary: &str,
        incoming: Incoming<B>,
    ) -> Result<(), B> {
        let now = self.host.now();
        let response = incoming.head.clone();
        let (body, size) = self.origin.read(incoming).await?;
        self.stack.count(|stats| stats.network.throttled += 1);
        let mut refusals = self.refusals.0.borrow_mut();
        let longest = self.options.retry.longest;
        // Long over: the origin has recovered meanwhile.
        refusals.retain(|_, refusal| refusal.until + longest > now);
        let before = refusals.get(primary).map(|refusal| (refusal.count, refusal.until));
        // Requests that were out together are refused together: that is one refusal, and one break.
        let count = match before {
            Some((count, until)) if until > now => count,
            Some((count, _)) => count.saturating_add(1),
            None => 1,
        };
        let asked = now + pause(retry_after(&response.headers, now), count, self.host.random());
        let until = before.map_or(asked, |(_, until)| until.max(asked));
        let head = Box::new(StoredResponse {
            vary: Headers::new(),
            method: exchange.request.method.clone(),
            response,
            request_time: now,
            response_time: now,
        });
        let meta = Rc::new(self.meta(exchange, head, Version::default(), size));
        refusals.insert(Key::internal(primary), Refusal { until, count, meta, body });
        Ok(())
    }

    /// The origin answers again.
    pub(super) fn forget_refusal(&self, primary: &str) {
        self.refusals.0.borrow_mut().remove(primary);
    }
}
