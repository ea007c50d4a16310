//! Any bytes in any field: nothing panics. The bounded, stable stand-in for a fuzzer; raise
//! `PROPTEST_CASES` for a long run.

use super::checks::ALL;
use super::support::*;
use nearcache::http::*;
use nearcache::model::{Headers, Response, Timestamp, Url};
use nearcache::strategy::{Outcome, Plan, Strategy as Way, plan, settle};
use proptest::prelude::*;

/// Field values of any bytes, one char a byte, biased to what parsers look for.
fn value() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(vec![
        ",",
        ";",
        "=",
        "\"",
        "\\",
        " ",
        "\t",
        "*",
        "W/",
        "-",
        "/",
        "(",
        ")",
        "?1",
        "%",
        ":",
        "@",
        "0",
        "60",
        "99999999999999999999",
        "max-age=",
        "no-store",
        "no-cache",
        "bytes",
        "bytes=",
        "hit",
        "fwd=stale",
        "params",
        "except=",
        "GMT",
        "Tue, ",
        "14 Nov 2023 12:00:00 GMT",
        "\"v1\"",
        "accept",
    ]);
    let any = prop::collection::vec(any::<u8>(), 0..6)
        .prop_map(|bytes| bytes.into_iter().map(char::from).collect::<String>());
    let piece = prop_oneof![3 => marks.prop_map(str::to_owned), 1 => any];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn headers(names: &'static [&'static str]) -> impl Strategy<Value = Headers> {
    prop::collection::vec((prop::sample::select(names), value()), 0..6)
        .prop_map(|fields| fields.iter().map(|(name, value)| (*name, value.as_str())).collect())
}

const REQUEST: &[&str] = &[
    "cache-control",
    "pragma",
    "if-none-match",
    "if-modified-since",
    "if-range",
    "range",
    "accept",
    "cookie",
    "authorization",
    "x",
];
const RESPONSE: &[&str] = &[
    "cache-control",
    "expires",
    "date",
    "age",
    "last-modified",
    "etag",
    "vary",
    "content-range",
    "content-length",
    "content-location",
    "location",
    "connection",
    "no-vary-search",
    "cache-groups",
    "cache-group-invalidation",
    "clear-site-data",
    "cache-status",
    "x-cache",
    "x",
];

proptest! {
    #[test]
    fn every_check_holds(text in value(), mark: u8) {
        // One char a byte, as the checks want it.
        let mut data = vec![mark];
        data.extend(text.chars().map(|letter| letter as u8));
        for (_, check) in ALL {
            check(&data);
            check(&data[1..]);
        }
    }

    #[test]
    fn the_whole_decision(
        first in headers(REQUEST), then in headers(REQUEST), kept in headers(RESPONSE), news in headers(RESPONSE),
        status in prop::sample::select(vec![0_u16, 200, 204, 206, 301, 304, 404, 416, 500, 503, 999]),
        method in prop::sample::select(vec!["GET", "HEAD", "QUERY", "POST"]),
        times in prop::array::uniform4(prop_oneof![0_u64..4_000_000_000_000, any::<u64>()]),
        combine in any::<bool>(),
    ) {
        let [sent, received, now, end] = times.map(Timestamp);
        let ranges = if combine { Ranges::Combine } else { Ranges::Slice };
        let rule = Rule { ranges, ..Rule::default() };
        let mut old = get("");
        old.headers = first;
        let answer = Response { headers: kept, ..response(if status == 206 { 206 } else { 200 }, "") };
        let Some(stored) = store(&old, &answer, &rule, sent, received) else { return Ok(()) };
        let mut request = ask(method, "");
        request.headers = then;
        let _ = served_headers(&stored, now);
        let _ = expires_at(&stored, &rule);
        let response = Response { headers: news, ..response(status, "") };
        let _ = (Edge::of(&response.headers), cache_groups(&response), clear_site_data(&response));
        let _ = cache_group_invalidation(&request, &response);
        let _ = invalidated(&request, &response, &|_, text| Some(Url::new(text)));
        for way in [Way::Http, Way::CacheFirst, Way::StaleWhileRevalidate, Way::NetworkFirst { timeout: None }] {
            match plan(way, &rule, &request, &[&stored], now) {
                Plan::Serve(serve) => {
                    if let Answer::Part(range) = serve.answer {
                        let mut headers = stored.response.headers.clone();
                        partial_headers(&mut headers, range.of(&stored, 10));
                    }
                }
                Plan::Forward(forward) => {
                    for outcome in [Outcome::Failed, Outcome::Response(&response)] {
                        let _ = settle(&forward, &rule, &request, &[&stored], outcome, now, end);
                    }
                }
                _ => {}
            }
        }
    }
}
