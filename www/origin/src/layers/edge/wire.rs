//! What the edge sends on to its origin, and what it sends back to the client.

use http::header::{AUTHORIZATION, COOKIE, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE, VIA};
use http::{HeaderName, Method};

use super::entry::Entry;
use super::key;
use crate::layers::Visit;
use crate::message::{Call, Reply, set};
use crate::switches::Behaviour;
use crate::trace::Outcome;
use crate::{conditional, range};

const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const X_AMZ_CF_POP: HeaderName = HeaderName::from_static("x-amz-cf-pop");
const X_AMZ_CF_ID: HeaderName = HeaderName::from_static("x-amz-cf-id");

/// CloudFront Developer Guide, "Cache content based on cookies": conditional requests are not supported where
/// cookies are forwarded, all or some.
pub(super) fn is_conditional(behaviour: &Behaviour) -> bool {
    behaviour.cookies.is_empty()
}

/// The request as the origin gets it: with the query that is in the key, without the client's identity,
/// conditions and range, and with the entry's own validators.
pub(super) fn towards_origin(behaviour: &Behaviour, call: &Call, stale: Option<&Entry>) -> Call {
    let mut onward = call.clone();
    *onward.method_mut() = Method::GET;
    *onward.uri_mut() = key::onward_uri(behaviour, call);
    let headers = onward.headers_mut();
    for name in [AUTHORIZATION, COOKIE, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE] {
        if !behaviour.headers.iter().any(|keyed| name == keyed.as_str()) {
            headers.remove(name);
        }
    }
    if let Some(cookies) = key::onward_cookies(behaviour, call) {
        headers.insert(COOKIE, cookies);
    }
    if let Some(stale) = stale.filter(|_| is_conditional(behaviour)) {
        headers.extend(stale.conditions());
    }
    onward
}

/// The entry as this client gets it: a 304 where it has it, a part where it asks for one.
pub(super) fn to_client(visit: &Visit, behaviour: &Behaviour, call: &Call, entry: &Entry) -> Reply {
    let mut reply = entry.reply(visit.now);
    if is_conditional(behaviour) {
        reply = conditional::answer(call, reply);
    }
    range::answer(call.headers(), reply)
}

/// Adds what CloudFront adds to every response. `id` numbers the responses.
pub(super) fn stamped(outcome: Outcome, id: u64, mut reply: Reply) -> Reply {
    let verdict = match outcome {
        _ if reply.status().is_client_error() || reply.status().is_server_error() => "Error",
        Outcome::Hit | Outcome::Collapsed | Outcome::StaleHit => "Hit",
        Outcome::RefreshHit => "RefreshHit",
        _ => "Miss",
    };
    set(&mut reply, X_CACHE, &format!("{verdict} from cloudfront"));
    set(&mut reply, VIA, "1.1 nearcache.cloudfront.net (CloudFront)");
    set(&mut reply, X_AMZ_CF_POP, "LOCAL1-P1");
    set(&mut reply, X_AMZ_CF_ID, &format!("nearcache-{id:08x}"));
    reply
}
