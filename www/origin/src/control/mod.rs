//! `/_origin/`: the switchboard that tests and the demo's panel work the origin by.
//!
//! Never cached, open to every page, and not counted in what it shows.

mod actions;
mod scripts;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL,
    HeaderValue,
};
use http::{Method, StatusCode};

use crate::input::Invalid;
use crate::message::{Reply, error};
use crate::origin::Origin;

/// The routes below `/_origin`.
pub(crate) fn router() -> Router<Arc<Origin>> {
    Router::new()
        .route("/stats", get(views::stats))
        .route("/log", get(views::log))
        .route("/switches", get(views::switches).patch(actions::switch))
        .route("/parts", get(views::parts))
        .route("/reset", post(actions::reset))
        .route("/data", post(actions::change_data))
        .route("/purge", post(actions::purge))
        .route("/script/{id}", put(scripts::put).get(scripts::get).delete(scripts::delete))
        .fallback(async || missing("no-such-route", "There is no such control."))
        .layer(middleware::from_fn(open))
}

/// Opens every response to every page, and keeps it out of every cache.
async fn open(request: Request, next: Next) -> Response {
    let mut response = match *request.method() {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A response of the control.
fn shown(reply: Reply) -> Response {
    reply.map(axum::body::Body::from)
}

fn bad_request(code: &str, Invalid { path, message }: &Invalid) -> Response {
    shown(error(StatusCode::BAD_REQUEST, code, Some(path), message))
}

fn missing(code: &str, message: &str) -> Response {
    shown(error(StatusCode::NOT_FOUND, code, None, message))
}
