//! Compression at the edge.
//!
//! Rules: CloudFront Developer Guide, "Serve compressed files": bodies of 1 000 to 10 000 000 bytes of a
//! listed type that are not encoded yet. A compressed body is another representation, so its ETag turns weak.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, RANGE, VARY,
};

use crate::message::{Reply, set, text};

const SIZES: std::ops::RangeInclusive<usize> = 1_000..=10_000_000;

const TYPES: [&str; 6] =
    ["application/json", "image/svg+xml", "text/html", "text/css", "text/javascript", "text/plain"];

/// Whether the client takes gzip. A range is of the identity body, so it takes none.
pub(crate) fn accepted(request: &HeaderMap) -> bool {
    let listed = text(request, ACCEPT_ENCODING).unwrap_or_default();
    !request.contains_key(RANGE)
        && listed.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts.next() == Some("gzip");
            let refused = parts.any(|weight| weight.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
            named && !refused
        })
}

/// The response, compressed where the rules say so.
pub(crate) fn gzipped(mut reply: Reply) -> Reply {
    if !compressible(&reply) {
        return reply;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(reply.body()).expect("a Vec takes every write");
    *reply.body_mut() = encoder.finish().expect("a Vec takes every write").into();
    if let Some(tag) = text(reply.headers(), ETAG).filter(|tag| !tag.starts_with("W/")) {
        let weak = format!("W/{tag}");
        set(&mut reply, ETAG, &weak);
    }
    set(&mut reply, CONTENT_ENCODING, "gzip");
    set(&mut reply, VARY, "Accept-Encoding");
    reply
}

fn compressible(reply: &Reply) -> bool {
    let headers = reply.headers();
    let media_type = text(headers, CONTENT_TYPE).unwrap_or_default();
    reply.status() == StatusCode::OK
        && SIZES.contains(&reply.body().len())
        && TYPES.iter().any(|listed| media_type.starts_with(listed))
        && !headers.contains_key(CONTENT_ENCODING)
        && !text(headers, CACHE_CONTROL).is_some_and(|value| value.contains("no-transform"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{reply, validated};

    #[test]
    fn gzip_is_accepted_by_name_and_refused_by_weight() {
        for (value, expected) in
            [("gzip", true), ("br, gzip;q=0.5", true), ("gzip;q=0", false), ("br", false)]
        {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, value.parse().unwrap())]);
            assert_eq!(accepted(&headers), expected, "{value}");
        }
    }

    #[test]
    fn compression_makes_a_strong_tag_weak() {
        let large = "a".repeat(2_000);
        let plain = validated(reply(StatusCode::OK, "text/plain", large), std::time::UNIX_EPOCH, "public");
        let tag = plain.headers()[ETAG].clone();
        let zipped = gzipped(plain);
        assert_eq!(zipped.headers()[CONTENT_ENCODING], "gzip");
        assert_eq!(zipped.headers()[ETAG], format!("W/{}", tag.to_str().unwrap()));
        assert!(zipped.body().len() < 100);
    }

    #[test]
    fn small_or_encoded_or_pictorial_bodies_stay() {
        for (media_type, body) in [("text/plain", "a".repeat(999)), ("image/png", "a".repeat(2_000))] {
            let zipped = gzipped(reply(StatusCode::OK, media_type, body));
            assert!(!zipped.headers().contains_key(CONTENT_ENCODING), "{media_type}");
        }
    }
}
