//! The front: what happens to every request but those to `/_origin/`, before and after it is answered.
//!
//! The way between client and edge (time, failures, being offline), CORS, the log and the statistics.

mod cors;
mod exchange;
mod failure;

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use self::exchange::Exchange;
use crate::layers::{Visit, wait};
use crate::message::{Call, Reply, dated, error};
use crate::origin::Origin;
use crate::outgoing::Outgoing;
use crate::server::Connection;
use crate::switches::{Failure, FailureMode};

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
    let mut exchange = Exchange::begin(&origin, &call, now);
    let visit = Visit::new(switches, now);
    let outgoing = if call.uri().path().starts_with("/s/") {
        origin.scripts.play(&call, &connection, now).await
    } else {
        wait(visit.switches.network_ms).await;
        let outgoing = match origin.failure(call.uri().path()) {
            None => Outgoing::whole(truth(&origin, &visit, call).await),
            Some(failure) => match failure.mode {
                FailureMode::Reset => {
                    exchange.unanswered();
                    connection.reset().await
                }
                FailureMode::Hang => {
                    exchange.unanswered();
                    pending().await
                }
                _ => failed(&origin, &visit, call, &failure).await,
            },
        };
        tokio::time::sleep(carried(&visit, outgoing.bytes)).await;
        outgoing
    };
    exchange.answered(&outgoing, &visit.trace.hops());
    outgoing.response
}

/// The time that so many bytes take on the way.
fn carried(visit: &Visit, bytes: u64) -> Duration {
    let kilobits = bytes as f64 * 8.0 / 1000.0;
    visit
        .switches
        .network_kbps
        .map_or(Duration::ZERO, |rate| Duration::from_secs_f64(kilobits / rate.get() as f64))
}

/// A response that is there, but wrong.
async fn failed(origin: &Origin, visit: &Visit, call: Call, failure: &Failure) -> Outgoing {
    if let Some(mut reply) = failure::substitute(failure) {
        finish(visit, call.headers(), &mut reply);
        return Outgoing::whole(reply);
    }
    let mut reply = truth(origin, visit, call).await;
    if failure.mode == FailureMode::Truncate {
        return Outgoing::truncated(reply);
    }
    failure::falsify(&mut reply, visit.now);
    Outgoing::whole(reply)
}

/// The true response: from the layers, or a file.
async fn truth(origin: &Origin, visit: &Visit, call: Call) -> Reply {
    let headers = call.headers().clone();
    let path = call.uri().path();
    let mut reply = if path.starts_with("/api/") || path.starts_with("/images/") {
        origin.stack.answer(visit, call).await
    } else {
        origin.files.answer(&call).await
    };
    finish(visit, &headers, &mut reply);
    reply
}

/// Adds what every response carries.
fn finish(visit: &Visit, request: &HeaderMap, reply: &mut Reply) {
    cors::expose(&visit.switches.cors, request, reply);
    dated(reply, visit.now);
}
