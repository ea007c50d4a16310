//! A client's `Cache-Control: max-age=0`, which API Gateway takes as "drop your entry".
//!
//! Rules: API Gateway Developer Guide, "Invalidate an API Gateway cache entry". A signature counts as
//! permission: there are no accounts here that could withhold it.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::directives::Directives;
use crate::message::text;
use crate::switches::Invalidation;

/// What becomes of the client's wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// It made none.
    None,
    /// The entry goes.
    Granted,
    /// The entry stays, and the response carries a warning.
    Ignored,
    /// The request fails.
    Refused,
}

/// Reads a request under the stage's setting.
pub(crate) fn wish(request: &HeaderMap, setting: Invalidation) -> Wish {
    if Directives::of(request).seconds("max-age") != Some(0) {
        return Wish::None;
    }
    let signed = text(request, AUTHORIZATION).is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 "));
    match setting {
        _ if signed => Wish::Granted,
        Invalidation::Allow => Wish::Granted,
        Invalidation::Warn => Wish::Ignored,
        Invalidation::Forbid => Wish::Refused,
    }
}

#[cfg(test)]
mod tests {
    use http::header::CACHE_CONTROL;

    use super::*;

    #[test]
    fn permission_comes_from_a_signature_or_from_the_setting() {
        let signature = "AWS4-HMAC-SHA256 Credential=AKID/x";
        for (cache_control, authorization, setting, expected) in [
            ("max-age=0", "", Invalidation::Allow, Wish::Granted),
            ("max-age=0", "", Invalidation::Warn, Wish::Ignored),
            ("max-age=0", "", Invalidation::Forbid, Wish::Refused),
            ("max-age=0", "Bearer x", Invalidation::Forbid, Wish::Refused),
            ("max-age=0", signature, Invalidation::Forbid, Wish::Granted),
            ("max-age=00", signature, Invalidation::Warn, Wish::Granted),
            ("max-age=1", signature, Invalidation::Allow, Wish::None),
            ("no-cache", signature, Invalidation::Allow, Wish::None),
        ] {
            let request = HeaderMap::from_iter([
                (CACHE_CONTROL, cache_control.parse().unwrap()),
                (AUTHORIZATION, authorization.parse().unwrap()),
            ]);
            assert_eq!(wish(&request, setting), expected, "{cache_control} {authorization} {setting:?}");
        }
    }
}
