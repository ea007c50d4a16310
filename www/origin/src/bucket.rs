//! The bucket, S3: the images, each an object that never changes.

use std::time::{Duration, SystemTime};

use http::{Method, StatusCode};

use crate::catalogue::art;
use crate::layers::{Handler, Visit, wait};
use crate::message::{self, Call, Reply, reply, validated};
use crate::trace::{Layer, Outcome};
use crate::{conditional, range};

/// Every object was uploaded on 2025-01-01.
const UPLOADED: Duration = Duration::from_secs(1_735_689_600);

/// The bucket; its objects are drawn when they are asked for.
pub(crate) struct Bucket;

impl Handler for Bucket {
    async fn handle(&self, visit: &Visit, call: Call) -> Reply {
        let span = visit.trace.enter(Layer::Bucket);
        wait(visit.switches.bucket.latency_ms).await;
        let reply = match *call.method() {
            Method::GET | Method::HEAD => object(call.uri().path()),
            _ => None,
        };
        span.leave(Outcome::Read);
        match reply {
            Some(reply) => range::answer(call.headers(), conditional::answer(&call, reply)),
            None => message::error(StatusCode::NOT_FOUND, "no-such-key", None, "There is no such object."),
        }
    }
}

fn object(path: &str) -> Option<Reply> {
    let (id, kind) = path.strip_prefix("/images/")?.rsplit_once('.')?;
    let reply = match kind {
        "svg" => reply(StatusCode::OK, "image/svg+xml", art::svg(id)?),
        "png" => reply(StatusCode::OK, "image/png", art::png(id)?),
        _ => return None,
    };
    let uploaded = SystemTime::UNIX_EPOCH + UPLOADED;
    Some(validated(reply, uploaded, "public, max-age=31536000, immutable"))
}
