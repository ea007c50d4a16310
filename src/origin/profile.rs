//! What each kind of origin needs, decided by the headers as origins saw them (docs/decisions/0003).

use super::{Sending, identity};
use crate::model::{CacheMode, Headers, Mode, Request};

/// The kind of origin behind the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Any HTTP server.
    #[default]
    Http,
    /// A CloudFront distribution.
    CloudFront,
    /// An API Gateway stage.
    ApiGateway,
}

/// Who validates a stale response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// We do, with a validator of our own in the request.
    Explicit,
    /// The browser's own HTTP cache does, to spare a preflight.
    Delegated,
}

impl Profile {
    /// The profile called `name`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "http" => Some(Self::Http),
            "cloudfront" => Some(Self::CloudFront),
            "api-gateway" => Some(Self::ApiGateway),
            _ => None,
        }
    }

    /// Query parameters that sign a URL: new with each call, so they stay out of keys.
    #[must_use]
    pub fn is_signature(self, parameter: &str) -> bool {
        let is = |names: &[&str]| names.contains(&parameter);
        match self {
            Self::Http => false,
            Self::CloudFront => is(&["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"]),
            Self::ApiGateway => parameter.starts_with("X-Amz-"),
        }
    }

    /// Whom `request` speaks for, by its own word: a digest of that.
    #[must_use]
    pub fn identity(self, request: &Request) -> Option<String> {
        identity::of(request).or_else(|| match self {
            Self::ApiGateway => identity::of_presigned(&request.url),
            Self::Http | Self::CloudFront => None,
        })
    }

    /// Who validates: we do on the own origin, where the ETag is visible, or where the browser's way would
    /// tell the stage cache to drop its entry (`max-age=0`); else the browser (design rule 9).
    #[must_use]
    pub fn validation(self, request: &Request, own_origin: &str, validators: &Headers) -> Validation {
        let explicit = request.url.origin() == own_origin
            || validators.has("if-none-match")
            // The browser's cache tells no identities apart, and the preflight is due anyway.
            || request.headers.has("authorization")
            || self == Self::ApiGateway
            || request.method != "GET";
        if explicit { Validation::Explicit } else { Validation::Delegated }
    }

    /// How to send a request whose answer may be kept; `stale` when something stored is to be validated. On
    /// the own origin the browser's HTTP cache is kept out of it (`no-store`): one cache, one answer, none of
    /// another identity's. Cross-origin it is filled (`reload`), so that it can validate for us (`no-cache`).
    #[must_use]
    pub fn sending(self, request: &Request, own_origin: &str, validators: &Headers, stale: bool) -> Sending {
        let is_media = request.mode == Mode::NoCors && request.headers.has("range");
        if is_media || request.mode == Mode::Navigate && validators.is_empty() {
            // They go out as the browser made them: rebuilt, a navigation would be none any more, and a media
            // element's request would lose its Range (Fetch: no scripts' business in mode no-cors).
            return Sending::default();
        }
        let own = request.url.origin() == own_origin;
        let delegated = self.validation(request, own_origin, validators) == Validation::Delegated;
        let (headers, cache) = match (own, stale) {
            (false, true) if delegated => (Headers::new(), CacheMode::NoCache),
            (false, false) if self != Self::ApiGateway && !request.headers.has("authorization") => {
                (Headers::new(), CacheMode::Reload)
            }
            _ => (validators.clone(), CacheMode::NoStore),
        };
        Sending { headers, cache: Some(cache) }
    }
}
