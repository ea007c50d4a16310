//! RFC 9110 §13 and §14: the caller's own conditions, and ranges.

use super::support::*;
use nearcache::http::{
    Answer, ByteRange, ContentRange, RangeAnswer, answer, combine, missing_range, partial_headers, select,
};
use nearcache::model::Headers;

#[test]
fn conditions_of_the_caller() {
    let etag = "etag: \"v1\" | last-modified: Tue, 14 Nov 2023 10:00:00 GMT";
    // Method, request fields, status, response fields, 304?
    let table = [
        ("GET", "", 200, etag, false),
        ("GET", "if-none-match: \"v1\"", 200, etag, true),
        ("GET", "if-none-match: W/\"v1\"", 200, etag, true),
        ("GET", "if-none-match: \"v1\"", 200, "etag: W/\"v1\"", true),
        ("GET", "if-none-match: \"v0\", \"v1\"", 200, etag, true),
        ("GET", "if-none-match: \"v0\" | if-none-match: \"v1\"", 200, etag, true),
        ("GET", "if-none-match: \"v0\"", 200, etag, false),
        ("GET", "if-none-match: \"V1\"", 200, etag, false),
        ("GET", "if-none-match: v1", 200, etag, false),
        ("GET", "if-none-match: *", 200, etag, true),
        ("GET", "if-none-match: *", 200, "", true),
        ("GET", "if-none-match: \"v1\"", 200, "", false),
        ("GET", "if-none-match: \"a, v1\"", 200, "etag: \"a, v1\"", true),
        ("HEAD", "if-none-match: \"v1\"", 200, etag, true),
        ("QUERY", "if-none-match: \"v1\"", 200, etag, true),
        ("GET", "if-none-match: \"v1\"", 404, etag, false),
        // RFC 9110 §13.1.3; RFC 9111 §4.3.2.
        ("GET", "if-modified-since: Tue, 14 Nov 2023 10:00:00 GMT", 200, etag, true),
        ("GET", "if-modified-since: Tue, 14 Nov 2023 11:00:00 GMT", 200, etag, true),
        ("GET", "if-modified-since: Tue, 14 Nov 2023 09:59:59 GMT", 200, etag, false),
        ("GET", "if-modified-since: yesterday", 200, etag, false),
        ("GET", "if-modified-since: Tue, 14 Nov 2023 12:00:00 GMT", 200, "", true),
        ("GET", "if-modified-since: Tue, 14 Nov 2023 11:59:59 GMT", 200, "", false),
        ("GET", "if-none-match: \"v0\" | if-modified-since: Tue, 14 Nov 2023 11:00:00 GMT", 200, etag, false),
        ("GET", "if-modified-since: Tue, 14 Nov 2023 11:00:00 GMT", 404, etag, false),
    ];
    for (method, wishes, status, headers, unmodified) in table {
        let found = answer(&ask(method, wishes), &kept(status, headers));
        assert_eq!(found == Answer::NotModified, unmodified, "{method} {wishes} {status} {headers}");
    }
    assert_eq!(answer(&ask("HEAD", ""), &kept(200, "")), Answer::HeadOnly);
}

#[test]
fn ranges_as_they_are_asked_for() {
    let from = |first, last| Some(ByteRange::From { first, last });
    let table = [
        ("bytes=0-4", from(0, Some(4))),
        ("Bytes=0-4", from(0, Some(4))),
        ("bytes=5-", from(5, None)),
        ("bytes=-5", Some(ByteRange::Suffix(5))),
        ("bytes= 0-4 ", from(0, Some(4))),
        ("bytes=4-0", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes", None),
        ("bytes=0-4,6-7", None),
        ("bytes=a-b", None),
        ("bytes=0x0-4", None),
        ("bytes=+0-4", None),
        ("lines=0-4", None),
        ("bytes=99999999999999999999-", None),
    ];
    for (value, range) in table {
        assert_eq!(ByteRange::asked(&get(&format!("range: {value}"))), range, "{value}");
    }
    assert_eq!(ByteRange::asked(&ask("HEAD", "range: bytes=0-4")), None);
    assert_eq!(ByteRange::asked(&get("range: bytes=0-4 | range: bytes=5-6")), None);
}

#[test]
fn ranges_as_they_are_answered() {
    let part = |start, end_inclusive, total| RangeAnswer::Part { start, end_inclusive, total };
    let whole = "";
    let middle = "content-range: bytes 10-19/100";
    let table = [
        (200, whole, "bytes=0-4", 10, part(0, 4, Some(10))),
        (200, whole, "bytes=5-", 10, part(5, 9, Some(10))),
        (200, whole, "bytes=5-99", 10, part(5, 9, Some(10))),
        (200, whole, "bytes=-3", 10, part(7, 9, Some(10))),
        (200, whole, "bytes=-99", 10, part(0, 9, Some(10))),
        (200, whole, "bytes=10-", 10, RangeAnswer::Unsatisfiable { total: 10 }),
        (200, whole, "bytes=-0", 10, RangeAnswer::Unsatisfiable { total: 10 }),
        (200, whole, "bytes=0-", 0, RangeAnswer::Unsatisfiable { total: 0 }),
        (200, whole, "bytes=-1", 0, RangeAnswer::Unsatisfiable { total: 0 }),
        (206, middle, "bytes=12-15", 10, part(12, 15, Some(100))),
        (206, "content-range: bytes 90-99/100", "bytes=95-", 10, part(95, 99, Some(100))),
        (206, "content-range: bytes 90-99/100", "bytes=-5", 10, part(95, 99, Some(100))),
        (206, "content-range: bytes 0-9/*", "bytes=2-3", 10, part(2, 3, None)),
    ];
    for (status, headers, asked, len, expected) in table {
        let range = ByteRange::parse(asked).expect("range");
        assert_eq!(range.of(&kept(status, headers), len), expected, "{headers} {asked}");
    }
}

#[test]
fn parts_answer_what_they_hold() {
    let table = [
        ("bytes 10-19/100", "range: bytes=10-19", true),
        ("bytes 10-19/100", "range: bytes=12-13", true),
        ("bytes 10-19/100", "range: bytes=9-13", false),
        ("bytes 10-19/100", "range: bytes=12-20", false),
        ("bytes 10-19/100", "range: bytes=12-", false),
        ("bytes 10-19/100", "range: bytes=-5", false),
        ("bytes 10-19/20", "range: bytes=12-", true),
        ("bytes 10-19/20", "range: bytes=12-99", true),
        ("bytes 10-19/20", "range: bytes=-5", true),
        ("bytes 10-19/20", "range: bytes=-11", false),
        ("bytes 10-19/20", "range: bytes=30-", false),
        ("bytes 0-19/20", "", false),
        ("bytes 10-19/100", "range: bytes=12-13, 15-16", false),
        ("bytes 10-19/100", "range: bytes=12-13 | if-range: \"v1\"", true),
        ("bytes 10-19/100", "range: bytes=12-13 | if-range: \"v2\"", false),
    ];
    for (held, wishes, fits) in table {
        let stored = kept(206, &format!("content-range: {held} | etag: \"v1\""));
        assert_eq!(select(&get(wishes), &[&stored]).is_some(), fits, "{held} for {wishes}");
    }
}

#[test]
fn if_range() {
    // RFC 9110 §13.1.5: strong comparison; a date that is exact, and strong.
    let table = [
        ("etag: \"v1\"", "\"v1\"", true),
        ("etag: \"v1\"", "\"v2\"", false),
        ("etag: W/\"v1\"", "W/\"v1\"", false),
        ("etag: W/\"v1\"", "\"v1\"", false),
        ("", "\"v1\"", false),
        ("last-modified: Tue, 14 Nov 2023 10:00:00 GMT", "Tue, 14 Nov 2023 10:00:00 GMT", true),
        ("last-modified: Tue, 14 Nov 2023 10:00:00 GMT", "Tue, 14 Nov 2023 10:00:01 GMT", false),
        ("last-modified: Tue, 14 Nov 2023 12:00:00 GMT", "Tue, 14 Nov 2023 12:00:00 GMT", false),
        ("last-modified: x", "x", false),
    ];
    for (headers, condition, part) in table {
        let found = answer(&get(&format!("range: bytes=0-1 | if-range: {condition}")), &kept(200, headers));
        assert_eq!(matches!(found, Answer::Part(_)), part, "{headers} {condition}");
    }
    for (status, headers) in [(404, ""), (200, "content-encoding: gzip")] {
        assert_eq!(answer(&get("range: bytes=0-1"), &kept(status, headers)), Answer::Full);
    }
}

#[test]
fn content_range() {
    let range = |first, last, total| Some(ContentRange { first, last, total });
    let table = [
        ("bytes 0-4/10", range(0, 4, Some(10))),
        ("bytes 0-4/*", range(0, 4, None)),
        ("Bytes 0-0/1", range(0, 0, Some(1))),
        ("bytes */10", None),
        ("bytes 4-0/10", None),
        ("bytes 0-10/10", None),
        ("bytes=0-4/10", None),
        ("bytes 0-4", None),
        ("bytes 0 - 4/10", None),
        ("lines 0-4/10", None),
        ("bytes 0-99999999999999999999/*", None),
        ("", None),
    ];
    for (value, parsed) in table {
        assert_eq!(ContentRange::parse(value), parsed, "{value}");
        if let Some(parsed) = parsed {
            assert!(value.eq_ignore_ascii_case(&parsed.to_header()));
        }
    }
}

#[test]
fn heads_of_parts() {
    let head = |answer| {
        let mut headers = fields("content-length: 10 | etag: \"v1\"");
        partial_headers(&mut headers, answer);
        let value = |headers: &Headers, name| headers.get(name).unwrap_or("-").to_owned();
        [value(&headers, "content-range"), value(&headers, "content-length")].join(" | ")
    };
    assert_eq!(head(RangeAnswer::Full), "- | 10");
    assert_eq!(head(RangeAnswer::Part { start: 2, end_inclusive: 5, total: Some(10) }), "bytes 2-5/10 | 4");
    assert_eq!(head(RangeAnswer::Part { start: 2, end_inclusive: 5, total: None }), "bytes 2-5/* | 4");
    assert_eq!(head(RangeAnswer::Unsatisfiable { total: 10 }), "bytes */10 | 0");
}

#[test]
fn joining_parts() {
    // Old, new; status, range, bytes kept before and after.
    let table = [
        ("0-4/10", "5-9/10", Some((200, "-", 5, 0))),
        ("5-9/10", "0-4/10", Some((200, "-", 0, 5))),
        ("0-4/20", "5-9/20", Some((206, "bytes 0-9/20", 5, 0))),
        ("0-6/20", "5-9/20", Some((206, "bytes 0-9/20", 5, 0))),
        ("0-9/20", "2-3/20", Some((206, "bytes 0-9/20", 2, 6))),
        ("2-3/20", "0-9/20", Some((206, "bytes 0-9/20", 0, 0))),
        ("0-4/*", "5-9/*", Some((206, "bytes 0-9/*", 5, 0))),
        ("0-4/*", "5-9/10", Some((200, "-", 5, 0))),
        ("0-4/20", "6-9/20", None),
        ("0-4/20", "5-9/21", None),
        ("0-19/*", "0-4/10", None),
    ];
    for (old, new, expected) in table {
        let part = |range: &str| kept(206, &format!("etag: \"v1\" | content-range: bytes {range}"));
        let joined = combine(&part(old), &part(new)).map(|joined| {
            let head = joined.stored.response;
            let range = head.headers.get("content-range").unwrap_or("-").to_owned();
            (head.status, range, joined.keep_before, joined.keep_after)
        });
        assert_eq!(joined, expected.map(|(s, r, b, a)| (s, r.to_owned(), b, a)), "{old} + {new}");
    }
}

#[test]
fn parts_without_the_same_strong_tag_are_not_joined() {
    let part = |etag: &str, range: &str| kept(206, &format!("{etag} | content-range: bytes {range}"));
    for (old, new) in
        [("etag: \"a\"", "etag: \"b\""), ("etag: W/\"a\"", "etag: W/\"a\""), ("", "etag: \"a\""), ("", "")]
    {
        assert_eq!(combine(&part(old, "0-4/10"), &part(new, "5-9/10")), None, "{old} {new}");
    }
    assert_eq!(combine(&kept(200, "etag: \"a\""), &part("etag: \"a\"", "5-9/10")), None);
}

#[test]
fn joined_heads_take_the_new_fields() {
    // RFC 9111 §3.4.
    let old = kept(206, "etag: \"a\" | content-range: bytes 0-4/10 | x-old: 1 | x-both: old | age: 9");
    let new = kept(206, "etag: \"a\" | content-range: bytes 5-9/10 | x-both: new");
    let head = combine(&old, &new).expect("joined").stored.response.headers;
    assert_eq!([head.get("x-old"), head.get("x-both"), head.get("age")], [Some("1"), Some("new"), None]);
    assert_eq!(head.get("content-length"), Some("10"));
}

#[test]
fn asking_for_the_rest() {
    let table = [
        ("etag: \"v1\" | content-range: bytes 0-4/10", Some("bytes=5-")),
        ("etag: \"v1\" | content-range: bytes 0-4/*", Some("bytes=5-")),
        ("etag: \"v1\" | content-range: bytes 5-9/10", Some("bytes=0-4")),
        ("etag: \"v1\" | content-range: bytes 3-4/10", None),
        ("etag: W/\"v1\" | content-range: bytes 0-4/10", None),
        ("content-range: bytes 0-4/10", None),
    ];
    for (headers, range) in table {
        let fields = missing_range(&kept(206, headers));
        assert_eq!(fields.as_ref().and_then(|fields| fields.get("range")), range, "{headers}");
        assert!(fields.is_none_or(|fields| fields.get("if-range") == Some("\"v1\"")));
    }
}
