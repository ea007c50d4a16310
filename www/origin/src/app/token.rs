//! Tokens shaped like a JWT and new at every login. Unsigned: anybody may be anybody in a demonstration, and
//! what matters here is that the text rotates while the subject stays.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use crate::catalogue::Random;

const LIFETIME: Duration = Duration::from_secs(3_600);

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
}

/// A token for a user, different from every other.
pub(super) fn issue(user: &str, now: SystemTime) -> String {
    static ISSUED: AtomicU64 = AtomicU64::new(0);
    let serial = ISSUED.fetch_add(1, Ordering::Relaxed);
    let claims = Claims { sub: user.to_owned(), iat: seconds(now), exp: seconds(now + LIFETIME) };
    let signature = Random::new(&format!("{user} {} {serial}", claims.iat)).bits().to_be_bytes();
    [&br#"{"alg":"none","typ":"JWT"}"#[..], &crate::message::encode(&claims), &signature]
        .map(|part| BASE64.encode(part))
        .join(".")
}

/// Whom a token names, while it is valid.
pub(super) fn subject(token: &str, now: SystemTime) -> Option<String> {
    let [_, claims, _] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
    let claims: Claims = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
    (seconds(now) < claims.exp).then_some(claims.sub)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_rotate_name_their_subject_and_expire() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let token = issue("alice", now);
        assert_ne!(token, issue("alice", now));
        assert_eq!(subject(&token, now).as_deref(), Some("alice"));
        assert_eq!(subject(&token, now + LIFETIME), None);
        for bad in ["", "a.b", "a.b.c", "a.e30.c"] {
            assert_eq!(subject(bad, now), None, "{bad}");
        }
    }
}
