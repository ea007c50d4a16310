//! What the control shows: counters, the log, the switches, the parts.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::shown;
use crate::message::json;
use crate::origin::Origin;
use crate::stats::Stats;

/// The counters, and what the stack would have billed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    #[serde(flatten)]
    stats: &'a Stats,
    read_units: f64,
    write_units: f64,
    gb_seconds: f64,
}

#[derive(Deserialize)]
pub(super) struct Since {
    #[serde(default)]
    since: u64,
}

/// `GET /_origin/stats`
pub(super) async fn stats(State(origin): State<Arc<Origin>>) -> Response {
    let consumed = origin.stack.table.consumed();
    let gb_seconds = origin.stack.functions.gb_seconds();
    let report = Report {
        stats: &origin.journal().stats,
        read_units: consumed.read,
        write_units: consumed.write,
        gb_seconds,
    };
    shown(json(StatusCode::OK, &report))
}

/// `GET /_origin/log?since=N`
pub(super) async fn log(State(origin): State<Arc<Origin>>, Query(Since { since }): Query<Since>) -> Response {
    shown(json(StatusCode::OK, &origin.journal().log.since(since)))
}

/// `GET /_origin/switches`
pub(super) async fn switches(State(origin): State<Arc<Origin>>) -> Response {
    shown(json(StatusCode::OK, &*origin.switches()))
}

/// `GET /_origin/parts`
pub(super) async fn parts(State(origin): State<Arc<Origin>>) -> Response {
    shown(json(StatusCode::OK, &origin.stack.parts()))
}
