//! Failures that still are responses: what they look like.

use std::time::SystemTime;

use http::StatusCode;
use http::header::{ETAG, LAST_MODIFIED};

use crate::message::{Reply, error, reply, set};
use crate::switches::{Failure, FailureMode};

const SIGN_IN: &str = "<!doctype html><title>Sign in</title><h1>Welcome to the hotel network</h1>\
                       <p>Please accept the terms of use to go online.</p>";

/// The response in place of the true one; [`None`] where the failure needs the true one.
pub(super) fn substitute(failure: &Failure) -> Option<Reply> {
    match failure.mode {
        FailureMode::Status => {
            let status = u16::try_from(failure.status.get()).ok()?;
            let status = StatusCode::from_u16(status).ok()?;
            Some(error(status, "injected-failure", None, "The switches say that this request fails."))
        }
        FailureMode::Html => Some(reply(StatusCode::OK, "text/html; charset=utf-8", SIGN_IN)),
        _ => None,
    }
}

/// Puts validators on a response that belong to no representation, new ones each time.
pub(super) fn falsify(reply: &mut Reply, now: SystemTime) {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    set(reply, ETAG, &format!("\"wrong-{:x}\"", since.as_nanos()));
    set(reply, LAST_MODIFIED, &httpdate::fmt_http_date(now));
}
