//! Asking the origin, and settling what it answered.
//!
//! Invariants: what the origin changed is invalidated, whatever becomes of its response.

use std::rc::Rc;

use super::fetch::{Answered, Exchange, Variant};
use super::flight::Landing;
use super::idle::Came;
use super::outcome::{Delivery, Fresh, Step};
use super::send::Sent;
use super::stored::mark;
use super::{Engine, Failure};
use crate::http::{CacheStatus, Methods};
use crate::model::{Headers, StoredResponse};
use crate::origin::{Profile, SendError, key};
use crate::strategy::{Forward, Outcome, Settlement, settle};

/// A request on its way to the origin, and what was known when it left.
pub(super) struct Errand<'a, B> {
    pub(super) exchange: &'a Exchange<B>,
    pub(super) primary: &'a str,
    pub(super) variants: Vec<Variant>,
    pub(super) landing: Option<Landing<()>>,
}

/// What came of an errand.
pub(super) enum Asked<B> {
    /// An answer.
    Answered(Answered<B>),
    /// The origin asks for a break.
    Refused,
}

impl<B: Clone + Default + 'static> Engine<B> {
    /// Asks the origin, and once more without a validator when its 304 names nothing that is stored.
    pub(super) async fn forward(
        self: &Rc<Self>,
        mut errand: Errand<'_, B>,
        mut forward: Forward,
    ) -> Result<Asked<B>, Failure<B>> {
        let Exchange { request, route, native, .. } = errand.exchange;
        forward = self.worthwhile(errand.primary, forward);
        let mut denied = false;
        loop {
            let version = self.stack.tick();
            let request_time = self.host.now();
            let is_refused = self.refused_until(errand.primary).is_some();
            if is_refused && forward.fallback.is_none() {
                return Ok(Asked::Refused);
            }
            let sent = if is_refused {
                // What is stored stands in, as for any other failure.
                Err(Sent::TimedOut)
            } else if forward.conditional.is_empty() && !self.may_be_refused(errand.exchange) {
                self.send(request, native, &forward).await
            } else {
                // Kept whole, since a second request may have to follow.
                let copy = self.origin.duplicate(native).unwrap_or_else(|| native.clone());
                self.send(request, &copy, &forward).await
            };
            let is_foreign = request.url.origin() != self.options.own;
            let failed = matches!(sent, Err(Sent::Error(SendError::Failed(_))));
            if failed && is_foreign && !forward.conditional.is_empty() {
                // Its preflight may refuse our fields, where a plain request is answered.
                denied = true;
                forward.conditional = Headers::new();
                continue;
            }
            if denied && sent.is_ok() {
                self.note_validators(errand.primary, Came::Nothing);
            }
            let response_time = self.host.now();
            let outcome = match &sent {
                // Where something stored may stand in, it does so for a 429 as for a 503.
                Ok(incoming) if forward.fallback.is_some() && self.is_refused(errand.exchange, incoming) => {
                    Outcome::Failed
                }
                Ok(incoming) => Outcome::Response(&incoming.head),
                Err(Sent::TimedOut) => Outcome::TimedOut,
                Err(Sent::Error(SendError::Aborted(thrown))) => return Err(Failure::Thrown(thrown.clone())),
                Err(Sent::Error(SendError::Failed(_))) => Outcome::Failed,
            };
            let heads: Vec<&StoredResponse> =
                errand.variants.iter().filter_map(|v| v.meta.response()).collect();
            let settled =
                settle(&forward, &route.rule, request, &heads, outcome, request_time, response_time);
            if let Ok(incoming) = &sent {
                self.note_answer(&forward, &incoming.head, errand.primary);
                // A route that keeps unsafe methods says that they only read.
                if route.rule.methods == Methods::Http {
                    // The change is made: a tier that fails, which is counted, must not hide its response.
                    let _ = self.invalidate_after(request, &incoming.head).await;
                }
                if !self.is_refused(errand.exchange, incoming) {
                    self.forget_refusal(errand.primary);
                }
            }
            let step = match settled {
                Settlement::Again(next) => {
                    forward = next;
                    continue;
                }
                Settlement::Freshened { variant, stored, answer, status } => {
                    // A caller's own condition, or a HEAD, would only be answered the same again.
                    let instead = sent.ok().filter(|_| forward.conditional.is_empty());
                    let fresh = Fresh { variant, stored, answer, status, version, at: response_time };
                    self.freshened(&mut errand, fresh, instead).await
                }
                Settlement::ServeStored { variant, answer, status } => {
                    self.stand_in(&errand, variant, answer, status, sent).await?
                }
                Settlement::Deliver { store, supersedes, unchanged, status } => {
                    if forward.conditional.has("if-none-match") {
                        let is_idle = unchanged.is_some() && self.options.profile == Profile::CloudFront;
                        let came = if is_idle { Came::Unchanged } else { Came::News };
                        self.note_validators(errand.primary, came);
                    }
                    let superseded = supersedes.iter().filter_map(|&at| errand.variants.get(at));
                    let mut superseded: Vec<_> = superseded.map(|variant| variant.key.clone()).collect();
                    let incoming = sent?;
                    // What says that it is too large streams through untouched.
                    let fits = incoming.length().is_none_or(|length| length <= self.room(route));
                    match store {
                        Some(store) if fits => {
                            let delivery = Delivery { store, superseded, version, status };
                            self.stored(&mut errand, incoming, delivery, unchanged).await?
                        }
                        unfit => {
                            // Another request may have stored its own kind meanwhile.
                            superseded.extend(unfit.map(|it| key::variant_key(errand.primary, &mark(&it))));
                            let status = CacheStatus { stored: false, ..status };
                            self.unstored(&errand, incoming, &superseded, status).await?
                        }
                    }
                }
                Settlement::Combine { variant, stored, keep_before, keep_after, answer, status } => {
                    let whole = forward.conditional.has("range").then_some(answer);
                    let old = errand.variants.get(variant).map(|variant| variant.key.clone());
                    let superseded = old.into_iter().collect();
                    let delivery = Delivery { store: stored, superseded, version, status };
                    self.combined(&mut errand, sent?, delivery, (keep_before, keep_after), whole).await?
                }
                Settlement::Fail => Step::network(sent?, CacheStatus::default()),
            };
            match step {
                Step::Done(answered) => return Ok(Asked::Answered(answered)),
                Step::Refused => return Ok(Asked::Refused),
                Step::Unconditional => forward.conditional = Headers::new(),
            }
        }
    }
}
