//! `Cache-Status` (RFC 9211) for what we serve.

use super::text::push_number;

/// Why a request went on to the origin (RFC 9211 §2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fwd {
    /// Caching was not wanted.
    Bypass,
    /// The method requires it.
    Method,
    /// Nothing stored for the URL.
    UriMiss,
    /// Nothing stored for these values of the nominated fields.
    VaryMiss,
    /// Nothing stored, no matter why.
    #[default]
    Miss,
    /// Fresh, but the request asked for more.
    Request,
    /// Stored, but stale.
    Stale,
    /// Only a part was stored.
    Partial,
}

impl Fwd {
    /// The token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bypass => "bypass",
            Self::Method => "method",
            Self::UriMiss => "uri-miss",
            Self::VaryMiss => "vary-miss",
            Self::Miss => "miss",
            Self::Request => "request",
            Self::Stale => "stale",
            Self::Partial => "partial",
        }
    }
}

/// What this cache did for a response.
///
/// ```
/// # use nearcache::http::{CacheStatus, Fwd};
/// let hit = CacheStatus { ttl: Some(30), detail: Some("memory".into()), ..CacheStatus::default() };
/// assert_eq!(hit.to_header(), "nearcache; hit; ttl=30; detail=memory");
/// let validated = CacheStatus { fwd: Some(Fwd::Stale), fwd_status: Some(304), stored: true, ..CacheStatus::default() };
/// assert_eq!(validated.to_header(), "nearcache; fwd=stale; fwd-status=304; stored");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheStatus {
    /// Why the request went on; `None` for a hit.
    pub fwd: Option<Fwd>,
    /// What the next hop answered.
    pub fwd_status: Option<u16>,
    /// Seconds of freshness left; negative when stale.
    pub ttl: Option<i64>,
    /// Whether the response was stored.
    pub stored: bool,
    /// Whether the request shared another one's way to the origin.
    pub collapsed: bool,
    /// The tier, or whatever else the engine has to say.
    pub detail: Option<String>,
}

impl CacheStatus {
    /// The value of the field.
    #[must_use]
    pub fn to_header(&self) -> String {
        let mut out = String::from("nearcache");
        match self.fwd {
            None => out.push_str("; hit"),
            Some(why) => {
                out.push_str("; fwd=");
                out.push_str(why.as_str());
            }
        }
        if let Some(status) = self.fwd_status {
            out.push_str("; fwd-status=");
            push_number(&mut out, u64::from(status));
        }
        if let Some(ttl) = self.ttl {
            out.push_str("; ttl=");
            if ttl < 0 {
                out.push('-');
            }
            push_number(&mut out, ttl.unsigned_abs());
        }
        if self.stored {
            out.push_str("; stored");
        }
        if self.collapsed {
            out.push_str("; collapsed");
        }
        if let Some(detail) = &self.detail {
            out.push_str("; detail=");
            push_text(&mut out, detail);
        }
        out
    }
}

/// A token where the text is one, else a string without what a string can't hold (RFC 9651 §4.1.6, §4.1.7).
fn push_text(out: &mut String, text: &str) {
    let mut bytes = text.bytes();
    let token = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'*')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte));
    if token {
        out.push_str(text);
        return;
    }
    out.push('"');
    for letter in text.chars().filter(|letter| matches!(letter, ' '..='~')) {
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
}
