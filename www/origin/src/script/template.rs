//! Header values of scripts: times relative to now, and bytes that are not text.

use std::time::{Duration, SystemTime};

/// The bytes of a value: a byte for each character up to U+00FF, UTF-8 for any other.
pub(super) fn bytes(value: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    for char in value.chars() {
        match u8::try_from(char) {
            Ok(byte) => bytes.push(byte),
            Err(_) => bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The value with `{now}`, `{now+N}` and `{now-N}` replaced by HTTP dates; other braces stay.
pub(super) fn filled(value: &str, now: SystemTime) -> String {
    let mut parts = value.split("{now");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}').and_then(|(offset, rest)| Some((moved(now, offset)?, rest))) {
            Some((time, rest)) => {
                filled += &httpdate::fmt_http_date(time);
                filled += rest;
            }
            None => {
                filled += "{now";
                filled += part;
            }
        }
    }
    filled
}

fn moved(now: SystemTime, offset: &str) -> Option<SystemTime> {
    if offset.is_empty() {
        return Some(now);
    }
    let (sign, seconds) = offset.split_at_checked(1)?;
    let by = Duration::from_secs(seconds.parse().ok()?);
    match sign {
        "+" => now.checked_add(by),
        "-" => now.checked_sub(by),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_dates_and_leaves_the_rest() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(3_600);
        for (value, expected) in [
            ("{now}", "Thu, 01 Jan 1970 01:00:00 GMT"),
            ("a {now+60}", "a Thu, 01 Jan 1970 01:01:00 GMT"),
            ("{now-3600}, {now}", "Thu, 01 Jan 1970 00:00:00 GMT, Thu, 01 Jan 1970 01:00:00 GMT"),
            ("{now+x} {then} {now", "{now+x} {then} {now"),
            ("max-age=60", "max-age=60"),
        ] {
            assert_eq!(filled(value, now), expected);
        }
    }

    #[test]
    fn a_character_is_a_byte_where_it_fits() {
        assert_eq!(bytes("é"), [0xe9]);
        assert_eq!(bytes("€"), "€".as_bytes());
    }
}
