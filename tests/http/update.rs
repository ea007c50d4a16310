//! RFC 9111 §3.2, §4.3: what validation asks, and what its answers change.

use super::support::*;
use nearcache::http::{conditional, freshen, same_etag};
use nearcache::model::StoredResponse;

#[test]
fn what_validation_asks() {
    let modified = "last-modified: Tue, 14 Nov 2023 10:00:00 GMT";
    // Request fields, stored variants, the selected one, If-None-Match, If-Modified-Since.
    let lm = Some("Tue, 14 Nov 2023 10:00:00 GMT");
    type Row<'a> = (&'a str, &'a [&'a str], Option<usize>, Option<&'a str>, Option<&'a str>);
    let table: &[Row<'_>] = &[
        ("", &["etag: \"a\""], Some(0), Some("\"a\""), None),
        ("", &["etag: W/\"a\""], Some(0), Some("W/\"a\""), None),
        ("", &[modified], Some(0), None, lm),
        ("", &["etag: \"a\" | last-modified: Tue, 14 Nov 2023 10:00:00 GMT"], Some(0), Some("\"a\""), lm),
        ("", &[""], Some(0), None, Some(NOON)),
        ("", &["etag: \"a\"", "etag: \"b\""], Some(1), Some("\"a\", \"b\""), None),
        ("", &["etag: \"a\"", "etag: \"a\""], Some(1), Some("\"a\""), None),
        ("", &["etag: \"a\"", "etag: \"b\""], None, Some("\"a\", \"b\""), None),
        ("", &[modified], None, None, None),
        (
            "range: bytes=0-1",
            &["etag: \"a\" | last-modified: Tue, 14 Nov 2023 10:00:00 GMT"],
            Some(0),
            Some("\"a\""),
            None,
        ),
        ("", &["etag: unquoted"], Some(0), None, Some(NOON)),
        ("", &[], None, None, None),
    ];
    for (wishes, variants, selected, tags, since) in table {
        let stored: Vec<StoredResponse> = variants.iter().map(|headers| kept(200, headers)).collect();
        let refs: Vec<&StoredResponse> = stored.iter().collect();
        let sent = conditional(&get(wishes), &refs, *selected);
        assert_eq!(
            (sent.get("if-none-match"), sent.get("if-modified-since")),
            (*tags, *since),
            "{variants:?}"
        );
    }
}

#[test]
fn a_part_is_not_offered_for_the_whole() {
    let part = kept(206, "content-range: bytes 0-4/10 | etag: \"part\"");
    let whole = kept(200, "etag: \"whole\"");
    let sent = conditional(&get(""), &[&part, &whole], Some(1));
    assert_eq!(sent.get("if-none-match"), Some("\"whole\""));
}

#[test]
fn what_a_304_updates() {
    let stored = kept(
        200,
        "cache-control: max-age=1 | etag: \"a\" | content-type: text/html | content-length: 5 | content-encoding: br \
         | x-old: 1 | x-both: old | x-both: older | age: 100",
    );
    let news = response(
        304,
        "cache-control: max-age=9 | etag: W/\"a\" | content-type: text/plain | content-length: 0 | content-encoding: gzip \
         | content-range: bytes 0-1/2 | x-both: new | x-new: 1 | connection: x-hop | x-hop: 1 | keep-alive: 5 \
         | set-cookie: a=b | date: Tue, 14 Nov 2023 12:01:00 GMT",
    );
    let fresh = freshen(&stored, &get(""), &news, at(60), at(61));
    let expected = fields(
        "content-type: text/html | content-length: 5 | content-encoding: br | x-old: 1 | cache-control: max-age=9 \
         | etag: W/\"a\" | x-both: new | x-new: 1 | date: Tue, 14 Nov 2023 12:01:00 GMT",
    );
    assert_eq!(fresh.response.headers, expected);
    assert_eq!((fresh.request_time, fresh.response_time, fresh.response.status), (at(60), at(61), 200));
}

#[test]
fn a_304_without_date_counts_from_its_reception() {
    let mut news = response(304, "x: 1");
    news.headers.remove("date");
    let fresh = freshen(&kept(200, "cache-control: max-age=60 | age: 30"), &get(""), &news, at(100), at(100));
    assert_eq!(nearcache::http::age(&fresh, at(101)), secs(1));
    assert_eq!(fresh.response.headers.get("date"), Some("Tue, 14 Nov 2023 12:01:40 GMT"));
}

#[test]
fn a_304_may_change_what_is_nominated() {
    let request = get("accept: 1 | accept-language: 2");
    let stored = kept_for(&request, 200, "vary: accept");
    let fresh = freshen(&stored, &request, &response(304, "vary: accept, accept-language"), at(1), at(1));
    assert_eq!((fresh.vary.get("accept"), fresh.vary.get("accept-language")), (Some("1"), Some("2")));
    // For another variant's request it must not.
    let other = freshen(&stored, &get("accept: 9"), &response(304, "vary: accept"), at(1), at(1));
    assert_eq!(other.vary.get("accept"), Some("1"));
}

#[test]
fn tags_are_compared_weakly() {
    for (a, b, same) in [
        ("\"a\"", "\"a\"", true),
        ("W/\"a\"", "\"a\"", true),
        ("W/\"a\"", "W/\"a\"", true),
        ("\"a\"", "\"b\"", false),
        ("w/\"a\"", "\"a\"", false),
    ] {
        assert_eq!(same_etag(a, b), same, "{a} {b}");
    }
}
