//! RFC 9111 §4.1: which variant answers.

use super::support::*;
use nearcache::http::{Rule, VaryCookie, select, store};
use nearcache::model::{Mode, Request, ResponseKind, StoredResponse};

#[test]
fn the_nominated_fields_decide() {
    // Vary, fields of the first request, of the second, match?
    let table = [
        ("foo", "foo: 1", "foo: 1", true),
        ("foo", "foo: 1", "foo: 2", false),
        ("FOO", "foo: 1", "Foo: 1", true),
        ("foo", "foo: 1", "", false),
        ("foo", "", "foo: 1", false),
        ("foo", "", "", true),
        ("foo", "foo:", "", false),
        ("foo", "foo:", "foo:", true),
        ("foo", "foo: 1", "foo: 1 | bar: 2", true),
        ("foo, bar", "foo: 1 | bar: 2", "bar: 2 | foo: 1", true),
        ("foo, bar", "foo: 1 | bar: 2", "foo: 1 | bar: 3", false),
        ("foo, bar", "foo: 1 | bar: 2", "foo: 1", false),
        ("foo | vary: bar", "foo: 1 | bar: 2", "foo: 1 | bar: 3", false),
        (",foo,", "foo: 1", "foo: 1", true),
        ("", "foo: 1", "foo: 2", true),
        // Several lines are one list, and white space at commas is no difference.
        ("foo", "foo: 1 | foo: 2", "foo: 1, 2", true),
        ("foo", "foo: 1,2", "foo: 1 ,  2", true),
        ("foo", "foo: 1, 2", "foo: 2, 1", false),
        ("foo", "foo: a", "foo: A", false),
        ("foo", "foo: \"a, b\"", "foo: \"a,b\"", false),
        // Order, case and white space where they mean nothing.
        ("accept-language", "accept-language: en, de", "accept-language: de, en", true),
        ("accept-language", "accept-language: en-GB", "accept-language: EN-gb", true),
        ("accept-language", "accept-language: en;q=0.5, de", "accept-language: de,en ; q=0.5", true),
        ("accept-language", "accept-language: en;q=0.5", "accept-language: en;q=0.6", false),
        ("accept-language", "accept-language: en", "accept-language: en, de", false),
        ("accept-language", "accept-language: en, en", "accept-language: en", false),
        ("accept-encoding", "accept-encoding: gzip, br", "accept-encoding: BR,gzip", true),
        ("accept", "accept: text/html, */*;q=0.1", "accept: */*;q=0.1,text/html", true),
        ("accept-language", "", "accept-language: en", false),
        // Cookies are unknown to scripts.
        ("cookie", "", "", false),
        ("foo, Cookie", "foo: 1", "foo: 1", false),
        // Credentials.
        ("authorization", "authorization: Bearer a", "authorization: Bearer a", true),
        ("authorization", "authorization: Bearer a", "authorization: Bearer b", false),
        ("authorization", "authorization: Bearer a", "", false),
    ];
    for (vary, first, second, fits) in table {
        let stored = kept_for(&get(first), 200, &format!("vary: {vary}"));
        assert_eq!(select(&get(second), &[&stored]).is_some(), fits, "{vary} | {first} | {second}");
    }
}

#[test]
fn a_star_never_matches() {
    let stored = StoredResponse { response: response(200, "vary: foo, *"), ..kept(200, "") };
    assert_eq!(select(&get(""), &[&stored]), None);
}

#[test]
fn secrets_are_not_kept() {
    let stored = kept_for(&get("authorization: Bearer sesame"), 200, "vary: Authorization");
    let value = stored.vary.get("authorization").expect("nominated");
    assert!(value.len() == 32 && !value.contains("sesame"));
}

#[test]
fn what_the_browser_adds_is_worked_out() {
    let image = Request { destination: "image".into(), mode: Mode::NoCors, ..get("") };
    let page = Request { destination: "document".into(), mode: Mode::Navigate, ..get("") };
    let stored = kept_for(&image, 200, "vary: Sec-Fetch-Dest, Sec-Fetch-Mode");
    assert_eq!(
        [select(&image, &[&stored]), select(&page, &[&stored]), select(&get(""), &[&stored])],
        [Some(0), None, None]
    );
}

#[test]
fn cookies_by_rule() {
    let stored = kept(200, "vary: cookie | cache-control: max-age=60");
    let rule = Rule { vary_cookie: VaryCookie::Ignore, ..Rule::default() };
    let plan = nearcache::strategy::plan(Default::default(), &rule, &get(""), &[&stored], at(1));
    assert!(matches!(plan, nearcache::strategy::Plan::Serve(_)), "{plan:?}");
}

#[test]
fn the_most_recent_wins() {
    let of = |date: &str, received: i64| StoredResponse {
        response_time: at(received),
        ..kept(200, &format!("date: {date}"))
    };
    let (early, late) = (of("Tue, 14 Nov 2023 11:00:00 GMT", 5), of("Tue, 14 Nov 2023 11:00:01 GMT", 4));
    assert_eq!(select(&get(""), &[&early, &late]), Some(1));
    assert_eq!(select(&get(""), &[&late, &early]), Some(0));
    let again = of("Tue, 14 Nov 2023 11:00:01 GMT", 9);
    assert_eq!(select(&get(""), &[&again, &late]), Some(0), "same Date: the last received");
    assert_eq!(select(&get(""), &[&late, &late]), Some(1), "the last stored");
}

#[test]
fn side_by_side() {
    let en = kept_for(&get("accept-language: en"), 200, "vary: accept-language");
    let de = kept_for(&get("accept-language: de"), 200, "vary: accept-language");
    let pick = |language: &str| select(&get(&format!("accept-language: {language}")), &[&en, &de]);
    assert_eq!([pick("en"), pick("de"), pick("fr")], [Some(0), Some(1), None]);
}

#[test]
fn a_response_without_vary_does_not_stand_in_for_newer_ones_with_it() {
    // §4.1: the most recent Vary shows what the older response was chosen by.
    let bare = StoredResponse { response_time: at(0), ..kept(200, "") };
    let mut varied = kept_for(&get("foo: 1"), 200, "vary: foo | date: Tue, 14 Nov 2023 12:00:05 GMT");
    varied.response_time = at(5);
    assert_eq!(select(&get("foo: 2"), &[&bare, &varied]), None);
    assert_eq!(select(&get("foo: 1"), &[&bare, &varied]), Some(1));
    let newer = StoredResponse { response_time: at(9), ..kept(200, "date: Tue, 14 Nov 2023 12:00:09 GMT") };
    assert_eq!(select(&get("foo: 2"), &[&newer, &varied]), Some(0));
}

#[test]
fn methods_and_kinds() {
    let of = |method: &str| StoredResponse { method: method.into(), ..kept(200, "") };
    let table = [
        ("GET", "GET", true),
        ("GET", "HEAD", true),
        ("POST", "GET", true),
        ("POST", "HEAD", true),
        ("GET", "POST", false),
        ("GET", "QUERY", false),
        ("QUERY", "QUERY", true),
        ("QUERY", "GET", false),
        ("PUT", "GET", false),
    ];
    for (stored, asked, fits) in table {
        assert_eq!(select(&ask(asked, ""), &[&of(stored)]).is_some(), fits, "{stored} for {asked}");
    }
    let mut opaque = kept(200, "");
    opaque.response.kind = ResponseKind::Opaque;
    assert_eq!(select(&get(""), &[&opaque]), None);
    assert_eq!(select(&Request { mode: Mode::NoCors, ..get("") }, &[&opaque]), Some(0));
}

#[test]
fn a_vary_without_end_is_a_star() {
    let many = (0..200).map(|n| format!("a{n}")).collect::<Vec<_>>().join(",");
    let stored = store(&get(""), &response(200, &format!("vary: {many}")), &Rule::default(), at(0), at(0));
    assert_eq!(stored, None);
}

#[test]
fn what_may_be_a_secret_is_not_kept() {
    let request = get("x-api-key: s3cret, other | authorization: Basic s3cret | accept: s3cret");
    let stored = kept_for(&request, 200, "vary: x-api-key, authorization, accept");
    let kept: Vec<(&str, bool)> =
        stored.vary.iter().map(|(name, value)| (name, value.contains("s3cret"))).collect();
    assert_eq!(kept, [("x-api-key", false), ("authorization", false), ("accept", true)]);
    assert_eq!(select(&request, &[&stored]), Some(0));
    let spaced = get("x-api-key:  s3cret ,other | authorization: Basic s3cret | accept: s3cret");
    assert_eq!(select(&spaced, &[&stored]), Some(0));
    let another = get("x-api-key: s3cret, another | authorization: Basic s3cret | accept: s3cret");
    assert_eq!(select(&another, &[&stored]), None);
}
