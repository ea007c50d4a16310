//! One request's entry in the journal, written once: with its response, or without one when the exchange is
//! dropped because the connection was reset or the client left.

use std::time::SystemTime;

use http::{Method, StatusCode};

use crate::log::Arrival;
use crate::message::Call;
use crate::origin::Origin;
use crate::outgoing::Outgoing;
use crate::trace::Hop;

/// A request that has come in and is not written down yet.
pub(super) struct Exchange<'a> {
    origin: &'a Origin,
    is_head: bool,
    arrival: Option<Arrival>,
}

impl<'a> Exchange<'a> {
    /// A request that came in now.
    pub(super) fn begin(origin: &'a Origin, call: &Call, now: SystemTime) -> Self {
        Self { origin, is_head: call.method() == Method::HEAD, arrival: Some(Arrival::new(call, now)) }
    }

    /// Writes the response down.
    pub(super) fn answered(mut self, outgoing: &Outgoing, hops: &[Hop]) {
        let bytes = if self.is_head { 0 } else { outgoing.bytes };
        self.write(Some(outgoing.response.status()), bytes, hops);
    }

    /// Writes down that there will be no response, now rather than when the client has left.
    pub(super) fn unanswered(&mut self) {
        self.write(None, 0, &[]);
    }

    fn write(&mut self, status: Option<StatusCode>, bytes: u64, hops: &[Hop]) {
        if let Some(arrival) = self.arrival.take() {
            let mut journal = self.origin.journal();
            journal.stats.request(&arrival.path, status, bytes);
            journal.stats.hops(hops);
            journal.log.write(arrival, status, bytes, hops);
        }
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        self.unanswered();
    }
}
