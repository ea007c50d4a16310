//! What nginx asks when it has no answer of its own.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Body;
use http::StatusCode;
use http::header::{CONNECTION, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{UnixListener, UnixStream};

use super::instructions::{failed, instruct};
use super::{Confirmed, Ledger, X_EDGE_BEHIND, X_EDGE_KEY, X_EDGE_VISIT};
use crate::layers::edge::ttl::lifetime;
use crate::layers::edge::wire::is_conditional;
use crate::layers::edge::{OnBackground, governing};
use crate::layers::{Handler, Visit};
use crate::message::{Call, Reply, dated, error, text};
use crate::trace::{Layer, Outcome};

struct Behind<H> {
    origin: Arc<H>,
    ledger: Arc<Ledger>,
    on_background: OnBackground,
}

/// Answers at this socket for ever.
pub(super) fn listen<H: Handler>(
    socket: &Path,
    origin: Arc<H>,
    ledger: Arc<Ledger>,
    on_background: OnBackground,
) -> std::io::Result<()> {
    // A process that stood here before has left its socket.
    let _ = std::fs::remove_file(socket);
    let listener = UnixListener::bind(socket)?;
    let behind = Arc::new(Behind { origin, ledger, on_background });
    tokio::spawn(async move {
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, behind.clone()));
            }
        }
    });
    Ok(())
}

async fn converse<H: Handler>(stream: UnixStream, behind: Arc<Behind<H>>) {
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let behind = behind.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(Body::new(body), usize::MAX).await.unwrap_or_default();
            let reply = behind.answer(Call::from_parts(parts, body)).await;
            Ok::<_, Infallible>(reply.map(Body::from))
        }
    });
    // nginx gives up what its own client has given up.
    let _ =
        http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service).await;
}

impl<H: Handler> Behind<H> {
    async fn answer(&self, mut call: Call) -> Reply {
        let number = text(call.headers(), X_EDGE_VISIT).and_then(|number| number.parse().ok());
        let Some(visit) = number.and_then(|number: u64| self.ledger.visits.get(&number)) else {
            return error(StatusCode::BAD_GATEWAY, "no-such-visit", None, "Nobody asked the edge for this.");
        };
        // Where nginx has answered its client already, it is asking behind that client's back.
        if text(call.headers(), X_EDGE_BEHIND) == Some("0") {
            return self.ask(&visit, call).await;
        }
        let visit = Visit::new(visit.switches, SystemTime::now());
        let span = visit.trace.enter(Layer::Edge);
        call.headers_mut().remove(X_EDGE_BEHIND);
        let reply = self.ask(&visit, call).await;
        span.leave(match reply.status() {
            StatusCode::NOT_MODIFIED => Outcome::RefreshHit,
            status if status.is_server_error() => Outcome::StaleHit,
            status if status.is_client_error() => Outcome::Error,
            _ => Outcome::Miss,
        });
        (self.on_background)(&visit);
        reply
    }

    async fn ask(&self, visit: &Visit, mut call: Call) -> Reply {
        let headers = call.headers_mut();
        let key = headers.remove(X_EDGE_KEY).and_then(|key| key.to_str().ok().map(str::to_owned));
        for name in [CONNECTION, X_EDGE_BEHIND, X_EDGE_VISIT] {
            headers.remove(name);
        }
        let edge = &visit.switches.edge;
        let (Some(key), Some(behaviour)) = (key, governing(edge, &call)) else {
            return self.origin.handle(visit, call).await;
        };
        if !is_conditional(behaviour) {
            call.headers_mut().remove(IF_NONE_MATCH);
            call.headers_mut().remove(IF_MODIFIED_SINCE);
        }
        let mut reply = self.origin.handle(visit, call).await;
        let now = SystemTime::now();
        dated(&mut reply, now);
        // A 304 renews what a 200 was.
        let status = match reply.status() {
            StatusCode::NOT_MODIFIED => StatusCode::OK,
            status => status,
        };
        let lifetime = lifetime(status, reply.headers(), behaviour, edge.error_ttl_seconds.seconds(), now);
        if status.is_server_error() {
            let covered = self.ledger.confirmed.get(&key).is_some_and(|kept| kept.serves_on_error(now));
            failed(&mut reply, covered);
        } else {
            self.ledger.confirmed.insert(key, Confirmed { at: now, lifetime });
        }
        instruct(&mut reply, lifetime, now);
        reply
    }
}
