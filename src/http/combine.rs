//! Joining parts (RFC 9110 §15.3.7.3, RFC 9111 §3.4) and asking for what is missing (§3.3).

use crate::model::{Headers, Response, StoredResponse};

/// Two parts made one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combined {
    /// The head: 200 once nothing is missing, else 206.
    pub stored: StoredResponse,
    /// How many bytes of the stored body stay in front of the new ones.
    pub keep_before: u64,
    /// How many bytes at the end of the stored body follow the new ones.
    pub keep_after: u64,
}

/// `stored` and a new part, joined where they touch and share a strong validator.
#[must_use]
pub fn combine(_stored: &StoredResponse, _response: &Response) -> Option<Combined> {
    None
}

/// The fields that ask for what a stored part lacks at its end: `Range` and `If-Range`.
#[must_use]
pub fn missing_range(_stored: &StoredResponse) -> Option<Headers> {
    None
}
