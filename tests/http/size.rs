//! Work grows with the length of the headers, not faster: eight times as long may not take 24 times the time
//! (a quadratic scan would take 64 times as much).

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::support::*;
use nearcache::http::*;
use nearcache::model::{Headers, Request, Response, Url};
use nearcache::strategy::{Forward, Outcome, Plan, Strategy, plan, settle};

fn one(name: &str, value: &str) -> Headers {
    [(name, value)].into_iter().collect()
}

/// The whole way of a response with this header, and of a request with it.
fn work(headers: &Headers) {
    let response = Response { headers: headers.clone(), ..response(200, "") };
    let request = Request { headers: headers.clone(), ..get("") };
    if let Some(stored) = store(&request, &response, &Rule::default(), at(0), at(0)) {
        black_box(matches!(
            plan(Strategy::Http, &Rule::default(), &request, &[&stored], at(1)),
            Plan::Serve(_)
        ));
        for status in [200, 206, 304, 503] {
            let news = Response { status, ..response.clone() };
            let forward = Forward { selected: Some(0), fallback: Some(0), ..Forward::default() };
            let outcome = Outcome::Response(&news);
            black_box(settle(&forward, &combining(), &request, &[&stored], outcome, at(1), at(1)));
        }
        black_box(freshen(&stored, &request, &response, at(1), at(1)));
        black_box(served_headers(&stored, at(1)));
    }
    black_box((Edge::of(headers), cache_groups(&response), clear_site_data(&response)));
    black_box(cache_group_invalidation(&ask("POST", ""), &response));
    black_box(invalidated(&ask("POST", ""), &response, &|_, text| Some(Url::new(text))));
    let part = Response { status: 206, ..response.clone() };
    if let Some(part) = store(&request, &part, &combining(), at(0), at(0)) {
        black_box((combine(&part, &part), missing_range(&part)));
    }
    let long = headers.get("no-vary-search").unwrap_or_default();
    let url = Url::new(&["https://a.example/?", headers.get("x").unwrap_or_default()].concat());
    black_box(same_resource(long, &url, &Url::new("https://a.example/?a")));
}

fn combining() -> Rule {
    Rule { ranges: Ranges::Combine, ..Rule::default() }
}

fn time(headers: &Headers) -> Duration {
    (0..2)
        .map(|_| {
            let start = Instant::now();
            work(headers);
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// A field, and what its value repeats.
const PIECES: &[(&str, &str)] = &[
    ("cache-control", "max-age=1,"),
    ("cache-control", "\""),
    ("cache-control", "\"\\"),
    ("cache-control", "no-cache=\"a\","),
    ("cache-control", ","),
    ("vary", "foo,"),
    ("vary", "accept-language,"),
    ("etag", "\""),
    ("if-none-match", "\"a\","),
    ("if-none-match", "\""),
    ("age", "1,"),
    ("expires", "0"),
    ("connection", "a,"),
    ("cache-status", "a;b=1,"),
    ("cache-status", "(a "),
    ("cache-groups", "\"a\", "),
    ("clear-site-data", "\"a\","),
    ("no-vary-search", "a=1,"),
    ("no-vary-search", "params=(\"a\"),"),
    ("x", "a=%41&"),
    ("range", "bytes=0-1,"),
    ("pragma", "x,"),
    ("x-cache", "a,"),
    ("accept-language", "en;q=0.5,"),
    ("date", "Tue, "),
    ("expires", "Sunday, 06-Nov-94 "),
    ("last-modified", "Sun Nov  6 "),
    ("if-modified-since", "Tue, "),
    ("if-range", "\"a"),
    ("range", "0"),
    ("content-range", "bytes 0-1/"),
    ("content-range", "0"),
    ("content-location", "/"),
    ("location", "../"),
    ("content-type", "a/b;"),
    ("cache-group-invalidation", "\"a\", "),
    ("cache-groups", "%\"%41\", "),
    ("cache-groups", ":aGk=:, "),
    ("cache-groups", "1.5;a=@1;b=?0, "),
    ("cache-groups", "\"\\\\\", "),
    ("cache-status", "\"\\\""),
    ("authorization", "a"),
    ("cookie", "a=b; "),
    ("cache-control", "\u{ff}\u{80}"),
    ("x", "\u{ff}&"),
];

#[test]
fn any_field_takes_linear_time() {
    for (name, piece) in PIECES {
        let of = |bytes: usize| one(name, &piece.repeat(bytes / piece.len()));
        let linear = || time(&of(1 << 17)) < time(&of(1 << 14)) * 24 + Duration::from_millis(50);
        // A busy machine may be the reason, once or twice.
        assert!((0..5).any(|_| linear()), "{name}: {piece}");
    }
}

#[test]
fn a_megabyte_is_no_trouble() {
    for (name, piece) in PIECES {
        let start = Instant::now();
        work(&one(name, &piece.repeat((1 << 20) / piece.len())));
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
    }
}

#[test]
fn ten_thousand_fields_and_directives() {
    let mut many = Headers::new();
    let mut connection = String::new();
    for n in 0..10_000 {
        let name = ["x-", &n.to_string()].concat();
        many.append(&name, "1");
        connection.push_str(&name);
        connection.push(',');
    }
    many.append("connection", &connection);
    many.append("cache-control", &["no-cache=\"", &connection, "\", max-age=60"].concat());
    many.append("vary", "x-1, x-9999");
    let start = Instant::now();
    work(&many);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
