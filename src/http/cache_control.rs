//! `Cache-Control` (RFC 9111 §5.2) of requests and responses, and `Pragma` (§5.4).

use super::text::{List, delta_seconds, list, members, trim, unquote};
use crate::model::{Headers, Millis};

/// The directives that mean something to a private cache. Of repeated ones the most restrictive holds
/// (§4.2.1); unknown ones are ignored (§5.2.3); names are case-insensitive (§5.2).
///
/// ```
/// # use nearcache::{http::CacheControl, model::{Headers, Millis}};
/// let headers: Headers = [("cache-control", "Max-Age=60, ext=\"a, no-store\"")].into_iter().collect();
/// let cache_control = CacheControl::of(&headers);
/// assert_eq!(cache_control.max_age, Some(Millis::from_secs(60)));
/// assert!(!cache_control.no_store);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheControl {
    /// `max-age`; zero when its value is none (§4.2.1).
    pub max_age: Option<Millis>,
    /// `no-store`.
    pub no_store: bool,
    /// `no-cache` without field names.
    pub no_cache: bool,
    /// `must-revalidate`.
    pub must_revalidate: bool,
    /// `must-understand`.
    pub must_understand: bool,
    /// `public`.
    pub public: bool,
    /// `private`, with or without field names.
    pub private: bool,
    /// `immutable` (RFC 8246).
    pub immutable: bool,
    /// `stale-while-revalidate` (RFC 5861 §3).
    pub stale_while_revalidate: Option<Millis>,
    /// `stale-if-error` (RFC 5861 §4), of a response or a request.
    pub stale_if_error: Option<Millis>,
    /// `min-fresh` of a request; endless when its value is none.
    pub min_fresh: Option<Millis>,
    /// `max-stale` of a request.
    pub max_stale: Option<MaxStale>,
    /// `only-if-cached` of a request.
    pub only_if_cached: bool,
}

/// The `max-stale` of a request (§5.2.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MaxStale {
    /// Stale by no more than that.
    For(Millis),
    /// However stale.
    Any,
}

impl CacheControl {
    /// Reads the directives of a request or response.
    #[must_use]
    pub fn of(headers: &Headers) -> Self {
        let mut all = Self::default();
        for directive in members(headers, "cache-control") {
            match directive.split_once('=') {
                None => all.take(directive, None),
                // White space around "=" is no part of the grammar: a name or number with it is invalid,
                // and an invalid number is the most restrictive one.
                Some((name, value)) => all.take(trim(name), Some(value)),
            }
        }
        // RFC 9111 §5.4: Pragma counts where there is no Cache-Control. It is a request's field; in
        // responses it is unspecified, and `of_request` alone looks at it.
        all
    }

    /// Reads the directives of a request, `Pragma: no-cache` included (§5.4).
    #[must_use]
    pub fn of_request(headers: &Headers) -> Self {
        let mut all = Self::of(headers);
        if !headers.has("cache-control") {
            all.no_cache = members(headers, "pragma").any(|p| p.eq_ignore_ascii_case("no-cache"));
        }
        all
    }

    fn take(&mut self, name: &str, value: Option<&str>) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("max-age") {
            restrict(&mut self.max_age, value);
        } else if is("no-store") {
            self.no_store = true;
        } else if is("no-cache") {
            // §5.2.2.4: with field names it limits those; an empty list of them is taken as none given.
            self.no_cache |= field_names(value).next().is_none();
        } else if is("must-revalidate") {
            self.must_revalidate = true;
        } else if is("must-understand") {
            self.must_understand = true;
        } else if is("public") {
            self.public = true;
        } else if is("private") {
            self.private = true;
        } else if is("immutable") {
            self.immutable = true;
        } else if is("stale-while-revalidate") {
            restrict(&mut self.stale_while_revalidate, value);
        } else if is("stale-if-error") {
            restrict(&mut self.stale_if_error, value);
        } else if is("min-fresh") {
            let wish = seconds(value).unwrap_or(Millis(u64::MAX));
            self.min_fresh = Some(self.min_fresh.map_or(wish, |other| other.max(wish)));
        } else if is("max-stale") {
            let wish = match value {
                None => MaxStale::Any,
                Some(_) => MaxStale::For(seconds(value).unwrap_or(Millis::ZERO)),
            };
            self.max_stale = Some(self.max_stale.map_or(wish, |other| other.min(wish)));
        } else if is("only-if-cached") {
            self.only_if_cached = true;
        }
    }
}

/// The fields that `no-cache="…"` keeps from being served without validation (§5.2.2.4), in lower case.
pub(super) fn no_cache_fields(headers: &Headers) -> Vec<String> {
    let mut names = Vec::new();
    for directive in members(headers, "cache-control") {
        match directive.split_once('=') {
            Some((name, value)) if trim(name).eq_ignore_ascii_case("no-cache") => {
                names.extend(field_names(Some(value)).map(str::to_ascii_lowercase));
            }
            _ => {}
        }
    }
    names
}

fn field_names(value: Option<&str>) -> List<'_> {
    list(unquote(value.unwrap_or_default()))
}

/// §5.2: recipients accept the token and the quoted form alike.
fn seconds(value: Option<&str>) -> Option<Millis> {
    delta_seconds(unquote(value?)).map(Millis::from_secs)
}

/// §4.2.1: of several values the smallest; an invalid one counts as zero.
fn restrict(slot: &mut Option<Millis>, value: Option<&str>) {
    let new = seconds(value).unwrap_or(Millis::ZERO);
    *slot = Some(slot.map_or(new, |old| old.min(new)));
}
