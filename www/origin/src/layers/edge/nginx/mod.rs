//! The edge cache as a real nginx with `proxy_cache`, between this process and itself.
//!
//! ```text
//! Edge ── edge.sock ─► nginx ── origin.sock ─► behind.rs ─► the layers behind the edge
//! ```
//!
//! What CloudFront lets a behaviour decide is decided here and told to nginx in headers of this leg alone
//! (`X-Edge-…`): the key on the way in, the lifetime on the way out ([`instructions`]). Keeping, ageing,
//! collapsing, revalidating, serving stale, compressing, conditions and ranges are nginx's own.
//! nginx can't purge: a purge starts another generation of keys, and the old ones are evicted unused.

mod behind;
mod instructions;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use http::header::{
    ACCEPT_ENCODING, AGE, CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HOST, HeaderMap, HeaderValue,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderName, Method, StatusCode};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use moka::sync::Cache;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::net::UnixStream;

use super::ttl::Lifetime;
use super::wire::{is_conditional, towards_origin};
use super::{OnBackground, compress, key};
use crate::conditional;
use crate::layers::{Handler, Visit};
use crate::message::{Call, Reply, error, millis, set, text};
use crate::switches::Behaviour;
use crate::trace::Outcome;

const X_EDGE_KEY: HeaderName = HeaderName::from_static("x-edge-key");
const X_EDGE_VISIT: HeaderName = HeaderName::from_static("x-edge-visit");
const X_EDGE_STATUS: HeaderName = HeaderName::from_static("x-edge-status");
const X_EDGE_BEHIND: HeaderName = HeaderName::from_static("x-edge-behind");

/// An nginx, and what it can't tell.
pub(super) struct Nginx {
    folder: PathBuf,
    generation: AtomicU64,
    ledger: Arc<Ledger>,
}

/// What both ends of nginx share.
struct Ledger {
    /// The visits on their way through nginx, and the last ones that were: what it asks for belongs to one.
    visits: Cache<u64, Visit>,
    count: AtomicU64,
    /// nginx sends no Age, and keeps the headers of a revalidated entry.
    confirmed: Cache<String, Confirmed>,
}

/// When the origin last vouched for a key, and for how long.
#[derive(Clone, Copy)]
struct Confirmed {
    at: SystemTime,
    lifetime: Lifetime,
}

impl Nginx {
    /// The nginx that listens in this folder; it is answered there from now on.
    pub(super) fn open<H: Handler>(
        folder: &Path,
        origin: Arc<H>,
        on_background: OnBackground,
    ) -> Result<Self, String> {
        let ledger = Arc::new(Ledger {
            visits: Cache::new(1_000),
            count: AtomicU64::new(0),
            confirmed: Cache::new(10_000),
        });
        behind::listen(&folder.join("origin.sock"), origin, ledger.clone(), on_background)
            .map_err(|error| format!("cannot listen for nginx: {error}"))?;
        // What another process left in the same cache is of another generation.
        let generation = AtomicU64::new(millis(SystemTime::now()));
        Ok(Self { folder: folder.to_owned(), generation, ledger })
    }

    /// Leaves every entry behind.
    pub(super) fn purge(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }

    /// Answers a request; without a behaviour that caches, by passing it on.
    pub(super) async fn answer(
        &self,
        visit: &Visit,
        behaviour: Option<&Behaviour>,
        call: &Call,
    ) -> (Outcome, Reply) {
        let key = behaviour.map(|behaviour| self.key(behaviour, call));
        let onward = self.onward(visit, behaviour, key.as_deref(), call);
        let collapses = visit.switches.edge.collapse;
        let socket = self.folder.join(if collapses { "edge.sock" } else { "alone.sock" });
        let mut reply = match exchange(&socket, onward).await {
            Ok(reply) => reply,
            Err(failure) => {
                let message = format!("nginx does not answer: {failure}");
                return (Outcome::Error, error(StatusCode::BAD_GATEWAY, "edge-unreachable", None, &message));
            }
        };
        instructions::unveil(&mut reply);
        let outcome = outcome(&reply);
        tidy(call, &mut reply);
        if let (Some(behaviour), Some(key)) = (behaviour, key) {
            self.dated(&key, &mut reply);
            if is_conditional(behaviour) {
                // nginx leaves a condition unanswered where it could not keep the response.
                reply = conditional::answer(call, reply);
            }
        }
        (outcome, reply)
    }

    /// The key, in characters that a header can hold.
    fn key(&self, behaviour: &Behaviour, call: &Call) -> String {
        let generation = self.generation.load(Ordering::Relaxed);
        format!("{generation}-{}", utf8_percent_encode(&key::of(behaviour, call), NON_ALPHANUMERIC))
    }

    fn onward(&self, visit: &Visit, behaviour: Option<&Behaviour>, key: Option<&str>, call: &Call) -> Call {
        let mut onward = call.clone();
        if let Some(behaviour) = behaviour {
            onward = towards_origin(behaviour, call, None);
            *onward.method_mut() = call.method().clone();
            if is_conditional(behaviour) {
                copy(call.headers(), onward.headers_mut(), &[IF_MODIFIED_SINCE, IF_NONE_MATCH]);
            }
            copy(call.headers(), onward.headers_mut(), &[IF_RANGE, RANGE]);
        }
        let headers = onward.headers_mut();
        for name in [ACCEPT_ENCODING, CONNECTION, EXPECT, TRANSFER_ENCODING, UPGRADE] {
            headers.remove(name);
        }
        if visit.switches.edge.compress && compress::accepted(call.headers()) {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        headers.entry(HOST).or_insert(HeaderValue::from_static("localhost"));
        headers.insert(X_EDGE_VISIT, self.ledger.admit(visit).into());
        if let Some(key) = key {
            headers.insert(X_EDGE_KEY, HeaderValue::from_str(key).expect("letters, digits, - and %"));
        }
        onward
    }

    /// Says when the origin last spoke of it, and how long ago.
    fn dated(&self, key: &str, reply: &mut Reply) {
        if let Some(confirmed) = self.ledger.confirmed.get(key) {
            let age = confirmed.age(SystemTime::now()).as_secs();
            set(reply, DATE, &httpdate::fmt_http_date(confirmed.at));
            if age > 0 {
                set(reply, AGE, &age.to_string());
            }
        }
    }
}

impl Ledger {
    /// Numbers a visit.
    fn admit(&self, visit: &Visit) -> u64 {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        self.visits.insert(number, visit.clone());
        number
    }
}

impl Confirmed {
    fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.at).unwrap_or_default()
    }

    /// Whether what is kept may stand in for a failure now.
    fn serves_on_error(&self, now: SystemTime) -> bool {
        self.lifetime.serves_on_error(self.age(now))
    }
}

/// One request to nginx, on a connection of its own: nginx holds one back while it revalidates behind it.
async fn exchange(socket: &Path, call: Call) -> Result<Reply, Box<dyn Error + Send + Sync>> {
    let stream = UnixStream::connect(socket).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(call.map(Body::from)).await?.into_parts();
    let body = axum::body::to_bytes(Body::new(body), usize::MAX).await?;
    Ok(Reply::from_parts(parts, body))
}

/// What nginx's `$upstream_cache_status` says. A request that waited for another's answer is a hit there.
fn outcome(reply: &Reply) -> Outcome {
    let failed = reply.status().is_client_error() || reply.status().is_server_error();
    match text(reply.headers(), X_EDGE_STATUS) {
        Some("HIT") => Outcome::Hit,
        Some("REVALIDATED") => Outcome::RefreshHit,
        Some("STALE" | "UPDATING") => Outcome::StaleHit,
        Some(_) if failed => Outcome::Error,
        Some(_) => Outcome::Miss,
        None => Outcome::Pass,
    }
}

/// Takes off what was for this leg alone.
fn tidy(call: &Call, reply: &mut Reply) {
    let headers = reply.headers_mut();
    headers.remove(X_EDGE_STATUS);
    headers.remove(CONNECTION);
    headers.remove(TRANSFER_ENCODING);
    if *call.method() != Method::HEAD {
        headers.remove(CONTENT_LENGTH);
    }
}

fn copy(from: &HeaderMap, to: &mut HeaderMap, names: &[HeaderName]) {
    for name in names {
        for value in from.get_all(name) {
            to.append(name, value.clone());
        }
    }
}
