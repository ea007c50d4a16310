//! Byte ranges of a response that is complete in memory (RFC 9110 §14): one range, or all of it.

use std::ops::Range;

use http::StatusCode;
use http::header::{
    ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_RANGE, LAST_MODIFIED, RANGE,
};

use crate::message::{Reply, set, text};

/// What a Range header asks of a body of a given length.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// Everything: no range, one we don't understand, or several at once (RFC 9110 §14.2 allows it).
    Whole,
    /// These bytes.
    Part(Range<usize>),
    /// Bytes beyond the end.
    Unsatisfiable,
}

/// Cuts a 200 down to what the request's Range asks for.
pub(crate) fn answer(request: &HeaderMap, mut reply: Reply) -> Reply {
    if reply.status() != StatusCode::OK {
        return reply;
    }
    set(&mut reply, ACCEPT_RANGES, "bytes");
    let length = reply.body().len();
    let wanted = match text(request, RANGE) {
        Some(range) if still_current(request, reply.headers()) => parse(range, length),
        _ => Wanted::Whole,
    };
    match wanted {
        Wanted::Whole => {}
        Wanted::Part(part) => {
            let content_range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            *reply.body_mut() = reply.body().slice(part);
            *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(&mut reply, CONTENT_RANGE, &content_range);
        }
        Wanted::Unsatisfiable => {
            reply.body_mut().clear();
            *reply.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            reply.headers_mut().remove(CONTENT_TYPE);
            set(&mut reply, CONTENT_RANGE, &format!("bytes */{length}"));
        }
    }
    reply
}

/// If-Range compares strongly: the same strong tag, or the same date. RFC 9110 §13.1.5
fn still_current(request: &HeaderMap, response: &HeaderMap) -> bool {
    match text(request, IF_RANGE) {
        None => true,
        Some(tag) if tag.starts_with('"') => text(response, ETAG) == Some(tag),
        Some(date) => text(response, LAST_MODIFIED) == Some(date),
    }
}

fn parse(range: &str, length: usize) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|spec| spec.split_once('-')) else {
        return Wanted::Whole;
    };
    match (first.trim().parse::<usize>(), last.trim().parse::<usize>()) {
        (Ok(first), _) if first >= length => Wanted::Unsatisfiable,
        (Ok(first), Ok(last)) if last >= first => Wanted::Part(first..length.min(last.saturating_add(1))),
        (Ok(first), Err(_)) if last.trim().is_empty() => Wanted::Part(first..length),
        (Err(_), Ok(0)) if first.trim().is_empty() => Wanted::Unsatisfiable,
        (Err(_), Ok(suffix)) if first.trim().is_empty() => {
            Wanted::Part(length.saturating_sub(suffix)..length)
        }
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_single_ranges() {
        for (range, expected) in [
            ("bytes=0-3", Wanted::Part(0..4)),
            ("bytes=8-", Wanted::Part(8..10)),
            ("bytes=8-99", Wanted::Part(8..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-99", Wanted::Part(0..10)),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=3-1", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("lines=0-3", Wanted::Whole),
        ] {
            assert_eq!(parse(range, 10), expected, "{range}");
        }
    }
}
