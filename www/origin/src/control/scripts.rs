//! Setting, reading and removing scripted responses.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;

use super::{bad_request, missing, shown};
use crate::message::json;
use crate::origin::Origin;
use crate::script;

const NO_SCRIPT: &str = "There is no such script.";

/// `PUT /_origin/script/{id}`
pub(super) async fn put(State(origin): State<Arc<Origin>>, Path(id): Path<String>, body: Bytes) -> Response {
    match script::read(&body) {
        Ok(script) => {
            origin.scripts.put(id, script);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(invalid) => bad_request("invalid-script", &invalid),
    }
}

/// `GET /_origin/script/{id}`
pub(super) async fn get(State(origin): State<Arc<Origin>>, Path(id): Path<String>) -> Response {
    match origin.scripts.record(&id) {
        Some(record) => shown(json(StatusCode::OK, &record)),
        None => missing("no-such-script", NO_SCRIPT),
    }
}

/// `DELETE /_origin/script/{id}`
pub(super) async fn delete(State(origin): State<Arc<Origin>>, Path(id): Path<String>) -> Response {
    if origin.scripts.remove(&id) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        missing("no-such-script", NO_SCRIPT)
    }
}
