//! One request to the origin: how it goes out, how long it may take, what is noted of its answer.

use core::future::poll_fn;
use core::task::Poll;

use super::idle::Came;
use super::{Engine, Failure};
use crate::error::Error;
use crate::event::Event;
use crate::http::{Edge, EdgeVerdict};
use crate::model::{CacheMode, Key, Millis, Mode, Request, Response};
use crate::origin::{Incoming, SendError, Sending, Validation};
use crate::strategy::{Forward, Store};
use crate::tier::LocalFuture;

/// Why there is no response: an error, or too much time.
pub(super) enum Sent<B> {
    TimedOut,
    Error(SendError<B>),
}

impl<B> From<Sent<B>> for Failure<B> {
    fn from(sent: Sent<B>) -> Self {
        match sent {
            Sent::TimedOut => Self::Ours(Error::Timeout),
            Sent::Error(SendError::Aborted(thrown)) => Self::Thrown(thrown),
            Sent::Error(SendError::Failed(thrown)) => Self::Unreachable(thrown),
        }
    }
}

impl<B: Clone + Default + 'static> Engine<B> {
    pub(super) async fn send(
        &self,
        request: &Request,
        native: &B,
        forward: &Forward,
    ) -> Result<Incoming<B>, Sent<B>> {
        let reads = matches!(request.method.as_str(), "GET" | "HEAD");
        let rebuilds = forward.store == Store::Store && (reads || !forward.conditional.is_empty());
        let sending = if rebuilds {
            let stale = forward.selected.is_some();
            self.options.profile.sending(request, &self.options.own, &forward.conditional, stale)
        } else {
            // What passes our cache by passes the browser's by as well, which tells no identities apart. Rebuilt, a
            // navigation would be none any more, and a media element's request would lose its Range.
            let is_plain = request.mode != Mode::Navigate && !request.headers.has("range");
            let by_default = request.cache == CacheMode::Default || request.headers.has("authorization");
            let cache =
                (reads && is_plain && by_default && request.url.is_http()).then_some(CacheMode::NoStore);
            Sending { headers: forward.conditional.clone(), cache }
        };
        self.stack.count(|stats| {
            stats.network.requests += 1;
            if forward.selected.is_some() && rebuilds {
                let by = self.options.profile.validation(request, &self.options.own, &forward.conditional);
                match by {
                    Validation::Explicit => stats.network.conditional += 1,
                    Validation::Delegated => stats.network.delegated += 1,
                }
            }
        });
        let sent = self.origin.send(native, sending);
        let result = match forward.timeout.or(self.options.timeout) {
            None => sent.await.map_err(Sent::Error),
            Some(time) => self.within(time, sent).await,
        };
        if result.is_err() {
            self.stack.count(|stats| stats.network.failed += 1);
        }
        result
    }

    async fn within(
        &self,
        time: Millis,
        mut sent: LocalFuture<Result<Incoming<B>, SendError<B>>>,
    ) -> Result<Incoming<B>, Sent<B>> {
        let mut alarm = self.host.sleep(time);
        poll_fn(|context| match sent.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(result.map_err(Sent::Error)),
            Poll::Pending => alarm.as_mut().poll(context).map(|()| Err(Sent::TimedOut)),
        })
        .await
    }

    pub(super) fn note_answer(&self, forward: &Forward, head: &Response, primary: &str) {
        let edge = Edge::of(&head.headers).verdict;
        self.stack.count(|stats| match edge {
            EdgeVerdict::Hit | EdgeVerdict::RefreshHit => stats.network.edge_hits += 1,
            EdgeVerdict::Miss => stats.network.edge_misses += 1,
            EdgeVerdict::Error | EdgeVerdict::Unknown => {}
        });
        if forward.conditional.is_empty() {
            return;
        }
        if head.status == 304 {
            self.note_validators(primary, Came::News);
            self.stack.count(|stats| stats.network.not_modified += 1);
        }
        let key = Key::internal(primary).name().to_owned();
        self.host.emit(Event::Revalidate { key, status: head.status });
    }
}
