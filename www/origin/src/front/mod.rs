//! The front: what happens to every request but those to `/_origin/`, before and after it is answered.
//!
//! The way between client and edge (time, failures, being offline), CORS, the log and the statistics.

mod cors;
mod failure;

use std::future::pending;
use std::sync::Arc;
use std::time::SystemTime;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;

use crate::layers::{Visit, wait};
use crate::log::Arrival;
use crate::message::{Call, Reply, dated, error};
use crate::origin::{Journal, Origin};
use crate::outgoing::Outgoing;
use crate::server::Connection;
use crate::switches::FailureMode;
use crate::trace::Hop;

/// The longest request body, API Gateway's own limit.
const MAX_BODY: usize = 10 << 20;

/// Answers a request, or lets it fail as the switches say.
pub(crate) async fn answer(
    State(origin): State<Arc<Origin>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Response {
    let switches = origin.switches();
    if switches.offline {
        // Nothing is counted: a request that never arrived is none.
        connection.reset().await;
    }
    let now = SystemTime::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        let message = "A request body holds 10 MB at most.";
        return Outgoing::whole(error(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", None, message))
            .response;
    };
    let call = Call::from_parts(parts, body);
    if cors::is_preflight(&call) {
        origin.journal().stats.preflight();
        return Outgoing::whole(cors::preflight(&switches.cors, call.headers())).response;
    }
    let arrival = Arrival::new(&call, now);
    if call.uri().path().starts_with("/s/") {
        let outgoing = origin.scripts.play(&call, &connection, now).await;
        origin.journal().record(arrival, &outgoing, &[]);
        return outgoing.response;
    }
    wait(switches.network_ms).await;
    let failure = origin.failure(call.uri().path());
    let mode = failure.as_ref().map_or(FailureMode::None, |failure| failure.mode);
    if matches!(mode, FailureMode::Reset | FailureMode::Hang) {
        origin.journal().record_unanswered(arrival);
        if mode == FailureMode::Hang {
            pending::<()>().await;
        }
        connection.reset().await;
    }
    let visit = Visit::new(switches.clone(), now);
    let origin_headers = call.headers().clone();
    let mut reply = match failure.and_then(|failure| failure::substitute(&failure)) {
        Some(substitute) => substitute,
        None => honest(&origin, &visit, call).await,
    };
    if mode == FailureMode::WrongValidator {
        failure::falsify(&mut reply, now);
    }
    cors::expose(&switches.cors, &origin_headers, &mut reply);
    dated(&mut reply, now);
    let outgoing = match mode {
        FailureMode::Truncate => Outgoing::truncated(reply),
        _ => Outgoing::whole(reply),
    };
    origin.journal().record(arrival, &outgoing, &visit.trace.hops());
    outgoing.response
}

async fn honest(origin: &Origin, visit: &Visit, call: Call) -> Reply {
    let path = call.uri().path();
    if path.starts_with("/api/") || path.starts_with("/images/") {
        origin.stack.answer(visit, call).await
    } else {
        origin.files.answer(&call).await
    }
}

impl Journal {
    fn record(&mut self, arrival: Arrival, outgoing: &Outgoing, hops: &[Hop]) {
        let status = Some(outgoing.response.status());
        let bytes = if arrival.method == "HEAD" { 0 } else { outgoing.bytes };
        self.stats.request(&arrival.path, status, bytes);
        self.stats.hops(hops);
        self.log.write(arrival, status, bytes, hops);
    }

    fn record_unanswered(&mut self, arrival: Arrival) {
        self.stats.request(&arrival.path, None, 0);
        self.log.write(arrival, None, 0, &[]);
    }
}
