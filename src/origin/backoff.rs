//! When to ask again an origin that asked for a break: 429 (RFC 6585 §4) and 503 (RFC 9110 §15.6.4), as API
//! Gateway throttles.

use crate::model::Millis;

/// The first pause is up to twice as long, each further one up to twice the one before.
const BASE: Millis = Millis(100);

/// How far a client goes along with an origin that asks for a break.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// How often to ask again; 0 hands every refusal on, and remembers none.
    pub attempts: u64,
    /// The longest break that a caller waits for.
    pub longest: Millis,
}

/// Whether the response asks for a break.
#[must_use]
pub const fn is_refusal(status: u16) -> bool {
    matches!(status, 429 | 503)
}

/// How long to leave the origin alone after its refusal number `refusals`: what it asked for by `Retry-After`,
/// and full jitter (random between nothing and a bound that doubles), so that clients don't come back all at once.
///
/// ```
/// # use nearcache::{model::Millis, origin::backoff::pause};
/// let pause = pause(Some(Millis(2_000)), 1, u32::MAX);
/// assert!(pause >= Millis(2_000) && pause <= Millis(2_200));
/// ```
#[must_use]
pub fn pause(asked_for: Option<Millis>, refusals: u32, random: u32) -> Millis {
    let bound = BASE.0 << refusals.min(10);
    let jitter = Millis(bound * u64::from(random) / u64::from(u32::MAX));
    asked_for.unwrap_or_default() + jitter
}
