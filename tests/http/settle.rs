//! The second decision: what came of a forward.

use super::support::*;
use nearcache::http::{Answer, Ranges, Rule};
use nearcache::model::{CacheMode, Request, Response, StoredResponse};
use nearcache::strategy::{Forward, Outcome, Plan, Settlement, Store, Strategy, plan, settle};

/// Plans at `now`, forwards, and settles what came.
fn after(
    strategy: Strategy,
    rule: &Rule,
    request: &Request,
    variants: &[&StoredResponse],
    outcome: Outcome<'_>,
) -> Settlement {
    let Plan::Forward(forward) = plan(strategy, rule, request, variants, at(100)) else {
        panic!("not forwarded")
    };
    settle(&forward, rule, request, variants, outcome, at(100), at(101))
}

fn http(request: &Request, variants: &[&StoredResponse], response: &Response) -> Settlement {
    after(Strategy::Http, &Rule::default(), request, variants, Outcome::Response(response))
}

fn later(status: u16, headers: &str) -> Response {
    response(status, &format!("date: Tue, 14 Nov 2023 12:01:40 GMT | {headers}"))
}

/// A settlement in a word.
fn word(settlement: &Settlement) -> String {
    match settlement {
        Settlement::Deliver { store, supersedes, unchanged, .. } => {
            let store = if store.is_some() { "+store" } else { "" };
            let gone: String = supersedes.iter().map(|index| format!(" -{index}")).collect();
            let same = if unchanged.is_some() { " =" } else { "" };
            format!("deliver{store}{gone}{same}")
        }
        Settlement::Freshened { variant, answer, .. } => format!("fresh {variant} {}", short(*answer)),
        Settlement::ServeStored { variant, answer, .. } => format!("stored {variant} {}", short(*answer)),
        Settlement::Combine { variant, keep_before, keep_after, answer, .. } => {
            format!("join {variant} {keep_before} {keep_after} {}", short(*answer))
        }
        Settlement::Again(Forward { conditional, .. }) => format!("again {}", conditional.len()),
        Settlement::Fail => "fail".into(),
    }
}

fn short(answer: Answer) -> &'static str {
    match answer {
        Answer::Full => "full",
        Answer::NotModified => "304",
        Answer::Part(_) => "part",
        Answer::HeadOnly => "head",
    }
}

#[test]
fn one_stale_variant() {
    let stored = kept(
        200,
        "cache-control: max-age=1 | etag: \"v1\" | last-modified: Tue, 14 Nov 2023 10:00:00 GMT | content-length: 5",
    );
    // Method, request fields, status, response fields, settlement.
    let table = [
        ("GET", "", 304, "etag: \"v1\"", "fresh 0 full"),
        ("GET", "", 304, "etag: W/\"v1\"", "fresh 0 full"),
        ("GET", "", 304, "", "fresh 0 full"),
        ("GET", "", 304, "last-modified: Tue, 14 Nov 2023 10:00:00 GMT", "fresh 0 full"),
        // §4.3.4: what it names is not here.
        ("GET", "", 304, "etag: \"v2\"", "again 0"),
        ("GET", "", 304, "last-modified: Tue, 14 Nov 2023 11:00:00 GMT", "again 0"),
        // §5.2.2.5: nothing of this response may be kept.
        ("GET", "", 304, "etag: \"v1\" | cache-control: no-store", "stored 0 full"),
        ("GET", "cache-control: no-store", 304, "etag: \"v1\"", "stored 0 full"),
        ("GET", "", 200, "etag: \"v2\" | cache-control: max-age=1", "deliver+store -0"),
        ("GET", "", 200, "etag: \"v1\" | cache-control: max-age=1", "deliver+store -0 ="),
        ("GET", "", 200, "etag: W/\"v1\"", "deliver+store -0 ="),
        ("GET", "", 200, "cache-control: no-store", "deliver -0"),
        ("GET", "cache-control: no-store", 200, "", "deliver"),
        ("GET", "", 404, "", "deliver+store -0"),
        ("GET", "", 410, "cache-control: no-store", "deliver -0"),
        ("GET", "", 403, "", "deliver"),
        ("GET", "", 429, "", "deliver"),
        ("GET", "", 500, "", "deliver"),
        ("GET", "", 503, "cache-control: max-age=5", "deliver+store"),
        ("GET", "", 301, "", "deliver+store -0"),
        // The caller's own condition (RFC 9110 §13).
        ("GET", "if-none-match: \"v1\"", 304, "etag: \"v1\"", "fresh 0 304"),
        ("GET", "if-none-match: \"v0\"", 304, "etag: \"v0\"", "deliver"),
        ("GET", "if-none-match: \"v0\"", 200, "etag: \"v2\"", "deliver+store -0"),
        ("GET", "if-modified-since: Tue, 14 Nov 2023 09:00:00 GMT", 304, "etag: \"v1\"", "fresh 0 304"),
        // A page in the place of data says nothing of the data.
        ("GET", "accept: application/json", 200, "content-type: text/html", "deliver"),
        ("GET", "accept: application/json", 404, "content-type: text/html", "deliver+store -0"),
        ("GET", "accept: text/html, application/json", 200, "content-type: text/html", "deliver+store -0"),
        ("GET", "accept: */*", 200, "content-type: text/html", "deliver+store -0"),
        // Ranges.
        ("GET", "range: bytes=0-1", 304, "etag: \"v1\"", "fresh 0 part"),
        ("GET", "range: bytes=0-1", 206, "etag: \"v1\" | content-range: bytes 0-1/5", "deliver+store"),
        ("GET", "range: bytes=0-1", 206, "etag: \"v2\" | content-range: bytes 0-1/5", "deliver+store -0"),
        ("GET", "range: bytes=9-", 416, "content-range: bytes */5", "deliver"),
        // HEAD (§4.3.5).
        ("HEAD", "", 200, "etag: \"v1\" | content-length: 5", "fresh 0 head"),
        ("HEAD", "", 200, "etag: \"v1\"", "fresh 0 head"),
        ("HEAD", "", 304, "etag: \"v1\"", "fresh 0 head"),
        ("HEAD", "", 200, "etag: \"v2\"", "deliver -0"),
        ("HEAD", "", 200, "etag: \"v1\" | content-length: 6", "deliver -0"),
        ("HEAD", "", 200, "etag: \"v1\" | last-modified: Tue, 14 Nov 2023 11:00:00 GMT", "deliver -0"),
        ("HEAD", "", 404, "", "deliver"),
        // Methods written through.
        ("POST", "", 200, "etag: \"v1\" | cache-control: max-age=1", "deliver"),
        ("POST", "", 200, "cache-control: max-age=1 | content-location: /item?id=1", "deliver+store"),
        ("PUT", "", 200, "cache-control: max-age=1", "deliver"),
        ("OPTIONS", "", 200, "etag: \"v1\"", "deliver"),
        ("QUERY", "", 200, "", "deliver+store"),
    ];
    for (method, wishes, status, headers, expected) in table {
        let found = http(&ask(method, wishes), &[&stored], &later(status, headers));
        assert_eq!(word(&found), expected, "{method} {wishes} {status} {headers}");
    }
}

#[test]
fn several_variants() {
    let of = |language: &str, etag: &str| {
        kept_for(
            &get(&format!("accept-language: {language}")),
            200,
            &format!("vary: accept-language | cache-control: max-age=1 | etag: {etag}"),
        )
    };
    let (en, de) = (of("en", "\"en\""), of("de", "\"de\""));
    let variants = [&en, &de];
    let table = [
        ("de", 304, "etag: \"de\"", "fresh 1 full"),
        // The origin chose another of those that were offered.
        ("de", 304, "etag: \"en\"", "fresh 0 full"),
        ("fr", 304, "etag: \"en\"", "fresh 0 full"),
        ("fr", 304, "", "again 0"),
        ("fr", 200, "vary: accept-language | etag: \"fr\"", "deliver+store"),
        ("de", 200, "vary: accept-language | etag: \"de2\"", "deliver+store -1"),
        ("de", 200, "", "deliver+store -1"),
    ];
    for (language, status, headers, expected) in table {
        let request = get(&format!("accept-language: {language}"));
        assert_eq!(
            word(&http(&request, &variants, &later(status, headers))),
            expected,
            "{language} {status} {headers}"
        );
    }
}

#[test]
fn a_304_that_nobody_asked_for_is_handed_on() {
    let stored = kept(200, "cache-control: max-age=1 | etag: \"v1\"");
    let reload = mode(CacheMode::Reload);
    assert_eq!(word(&http(&reload, &[&stored], &later(304, "etag: \"v1\""))), "deliver");
    let none: [&StoredResponse; 0] = [];
    assert_eq!(word(&http(&get(""), &none, &later(304, ""))), "deliver");
}

#[test]
fn a_304_does_not_make_a_part_the_whole() {
    let whole = kept(200, "cache-control: max-age=1 | etag: \"v1\"");
    let part = kept(206, "cache-control: max-age=1 | etag: \"v2\" | content-range: bytes 0-4/10");
    assert_eq!(word(&http(&get(""), &[&whole, &part], &later(304, "etag: \"v2\""))), "again 0");
    assert_eq!(word(&http(&get(""), &[&whole, &part], &later(304, "etag: \"v1\""))), "fresh 0 full");
    assert_eq!(word(&http(&get("range: bytes=0-1"), &[&part], &later(304, "etag: \"v2\""))), "fresh 0 part");
}

#[test]
fn a_head_renews_what_a_reload_did_not_read() {
    let stored = kept(200, "cache-control: max-age=1 | etag: \"v1\"");
    let request = Request { method: "HEAD".into(), ..mode(CacheMode::Reload) };
    assert_eq!(word(&http(&request, &[&stored], &later(200, "etag: \"v1\""))), "fresh 0 head");
    assert_eq!(word(&http(&request, &[&stored], &later(200, "etag: \"v2\""))), "deliver -0");
}

#[test]
fn errors_and_stand_ins() {
    let of = |directives: &str| kept(200, &format!("cache-control: {directives}"));
    let (plain, sie, strict) = (
        of("max-age=1"),
        of("max-age=1, stale-if-error=500"),
        of("max-age=1, stale-if-error=500, must-revalidate"),
    );
    let (s500, s502, s503, s504, s501) =
        (later(500, ""), later(502, ""), later(503, ""), later(504, ""), later(501, ""));
    let table = [
        (&plain, Outcome::Failed, "fail"),
        (&plain, Outcome::Response(&s503), "deliver"),
        (&sie, Outcome::Failed, "stored 0 full"),
        (&sie, Outcome::TimedOut, "stored 0 full"),
        (&sie, Outcome::Response(&s500), "stored 0 full"),
        (&sie, Outcome::Response(&s502), "stored 0 full"),
        (&sie, Outcome::Response(&s503), "stored 0 full"),
        (&sie, Outcome::Response(&s504), "stored 0 full"),
        (&sie, Outcome::Response(&s501), "deliver+store"),
        (&strict, Outcome::Failed, "fail"),
        (&strict, Outcome::Response(&s503), "deliver"),
    ];
    for (stored, outcome, expected) in table {
        let found = after(Strategy::Http, &Rule::default(), &get(""), &[stored], outcome);
        assert_eq!(word(&found), expected, "{stored:?} {outcome:?}");
    }
    // A 404 is an answer, not an error to stand in for.
    assert_eq!(word(&http(&get(""), &[&sie], &later(404, ""))), "deliver+store -0");
    let network_first = Strategy::NetworkFirst { timeout: Some(secs(1)) };
    for outcome in [Outcome::Failed, Outcome::TimedOut, Outcome::Response(&s503)] {
        assert_eq!(
            word(&after(network_first, &Rule::default(), &get(""), &[&plain], outcome)),
            "stored 0 full"
        );
    }
    assert_eq!(word(&after(network_first, &Rule::default(), &get(""), &[], Outcome::TimedOut)), "fail");
}

#[test]
fn statuses_that_are_reported() {
    let stored = kept(200, "cache-control: max-age=1, stale-if-error=500 | etag: \"v1\"");
    let status = |settlement: Settlement| match settlement {
        Settlement::Deliver { status, .. }
        | Settlement::Freshened { status, .. }
        | Settlement::Combine { status, .. }
        | Settlement::ServeStored { status, .. } => status.to_header(),
        other => panic!("{other:?}"),
    };
    let variants = [&stored];
    let none: [&StoredResponse; 0] = [];
    let cases = [
        (http(&get(""), &none, &later(200, "")), "nearcache; fwd=uri-miss; fwd-status=200; stored"),
        (http(&get(""), &none, &later(500, "")), "nearcache; fwd=uri-miss; fwd-status=500"),
        (
            http(&get(""), &variants, &later(304, "cache-control: max-age=9")),
            "nearcache; fwd=stale; fwd-status=304; ttl=8; stored",
        ),
        (http(&get(""), &variants, &later(503, "")), "nearcache; fwd=stale; fwd-status=503; ttl=-100"),
        (http(&ask("PUT", ""), &variants, &later(200, "")), "nearcache; fwd=method; fwd-status=200"),
    ];
    for (settlement, text) in cases {
        assert_eq!(status(settlement), text);
    }
}

#[test]
fn a_bypass_leaves_everything_as_it_is() {
    let stored = kept(200, "cache-control: max-age=1 | etag: \"v1\"");
    let found = after(
        Strategy::NetworkOnly,
        &Rule::default(),
        &get(""),
        &[&stored],
        Outcome::Response(&later(200, "cache-control: max-age=60")),
    );
    assert_eq!(word(&found), "deliver");
}

#[test]
fn parts_are_joined_where_the_rule_says_so() {
    let rule = Rule { ranges: Ranges::Combine, ..Rule::default() };
    let stored = kept(206, "cache-control: max-age=1000 | etag: \"v1\" | content-range: bytes 0-4/10");
    let table = [
        ("", 206, "etag: \"v1\" | content-range: bytes 5-9/10", "join 0 5 0 full"),
        ("", 206, "etag: \"v2\" | content-range: bytes 5-9/10", "again 0"),
        ("", 206, "etag: \"v1\" | content-range: bytes 5-8/10", "again 0"),
        ("", 206, "", "again 0"),
        ("", 416, "content-range: bytes */4", "again 0"),
        ("", 200, "etag: \"v2\"", "deliver+store -0"),
        ("range: bytes=3-6", 206, "etag: \"v1\" | content-range: bytes 3-6/10", "join 0 3 0 part"),
        ("range: bytes=7-8", 206, "etag: \"v1\" | content-range: bytes 7-8/10", "deliver+store"),
        ("range: bytes=7-8", 206, "etag: \"v2\" | content-range: bytes 7-8/10", "deliver+store -0"),
    ];
    for (wishes, status, headers, expected) in table {
        let found = after(
            Strategy::Http,
            &rule,
            &get(wishes),
            &[&stored],
            Outcome::Response(&later(status, headers)),
        );
        assert_eq!(word(&found), expected, "{wishes} {status} {headers}");
    }
}

#[test]
fn indices_out_of_reach_do_no_harm() {
    let forward = Forward { fallback: Some(7), selected: Some(9), store: Store::Store, ..Forward::default() };
    let head = ask("HEAD", "");
    for outcome in [Outcome::Failed, Outcome::Response(&later(304, "")), Outcome::Response(&later(200, ""))] {
        let _ = settle(&forward, &Rule::default(), &head, &[], outcome, at(0), at(0));
    }
}
