//! Who a request speaks for, as far as its headers tell. Never the credential itself: only a digest of what
//! stays the same while tokens rotate.

use crate::model::{Request, Url, digest};

/// A digest of the identity in `Authorization`; `None` without one.
///
/// - SigV4: the access key of the credential; date, region and signature change with each call.
/// - Bearer tokens that are JWTs: the claims but those that rotate, so that another organisation, scope or
///   impersonated user (`act`) is another identity.
/// - Anything else: the whole value.
#[must_use]
pub fn of(request: &Request) -> Option<String> {
    let value = request.headers.get("authorization")?;
    let stable = sigv4_access_key(value).map(str::to_owned).or_else(|| jwt_claims(value));
    Some(digest(stable.as_deref().unwrap_or(value).as_bytes()))
}

/// A digest of the access key that presigned `url` (SigV4 in the query): the rest of it changes with each call.
#[must_use]
pub fn of_presigned(url: &Url) -> Option<String> {
    let credential = url.query()?.split('&').find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
    // The scope follows after a slash, escaped or not.
    credential.split(['/', '%']).next().map(|access_key| digest(access_key.as_bytes()))
}

fn sigv4_access_key(value: &str) -> Option<&str> {
    let rest = value.strip_prefix("AWS4-HMAC-SHA256")?;
    rest.split_once("Credential=")?.1.split(['/', ',']).next()
}

fn jwt_claims(value: &str) -> Option<String> {
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut parts = token.trim().split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = String::from_utf8(base64url(claims)?).ok()?;
    claims.contains("\"sub\"").then(|| ROTATING.iter().fold(claims, |claims, name| without(&claims, name)))
}

/// Claims that change when a token is renewed.
const ROTATING: [&str; 8] =
    ["\"exp\"", "\"iat\"", "\"nbf\"", "\"jti\"", "\"auth_time\"", "\"nonce\"", "\"at_hash\"", "\"sid\""];

/// `claims` without the first claim called `name`, should that be a number or text: it is compared, never shown.
fn without(claims: &str, name: &str) -> String {
    let Some((before, after)) = claims.split_once(name) else { return claims.to_owned() };
    // Not a name but a value that reads like one.
    let Some(value) = after.trim_start().strip_prefix(':') else { return claims.to_owned() };
    let value = value.trim_start();
    let rest = match value.strip_prefix('"') {
        Some(text) => text.split_once('"').map_or("", |(_, rest)| rest),
        None => value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'),
    };
    [before, rest].concat()
}

/// RFC 4648 §5, padding optional.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    for c in text.trim_end_matches('=').bytes() {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(((held >> bits) & 0xff) as u8);
        }
    }
    Some(bytes)
}
