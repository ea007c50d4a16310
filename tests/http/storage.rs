//! RFC 9111 §3: what is kept, and in which form.

use super::support::*;
use nearcache::http::{Methods, Opaque, Rule, served_headers, store, validated_headers};
use nearcache::model::{CacheMode, Mode, Request, Response, ResponseKind};

#[test]
fn what_may_be_stored() {
    // Method, request fields, status, response fields, stored?
    let table = [
        ("GET", "", 200, "", true),
        ("GET", "", 200, "cache-control: max-age=60", true),
        ("GET", "", 200, "cache-control: no-store", false),
        ("GET", "", 200, "cache-control: NO-STORE, max-age=60", false),
        ("GET", "", 200, "cache-control: max-age=60 | cache-control: no-store", false),
        ("GET", "cache-control: no-store", 200, "cache-control: max-age=60", false),
        ("GET", "cache-control: no-cache", 200, "cache-control: max-age=60", true),
        ("GET", "", 200, "cache-control: private, max-age=60", true),
        ("GET", "", 200, "cache-control: private=\"x\", max-age=60", true),
        ("GET", "", 200, "cache-control: no-cache", true),
        ("GET", "", 200, "cdn-cache-control: no-store", true),
        ("GET", "authorization: Bearer x", 200, "cache-control: max-age=60", true),
        ("GET", "", 200, "vary: *", false),
        ("GET", "", 200, "vary: a, *", false),
        // §5.2.2.3 must-understand.
        ("GET", "", 200, "cache-control: no-store, must-understand, max-age=60", true),
        ("GET", "", 299, "cache-control: no-store, must-understand, max-age=60", false),
        ("GET", "", 299, "cache-control: must-understand, max-age=60", false),
        // §3: final statuses; those cacheable by heuristic, or explicitly.
        ("GET", "", 101, "cache-control: max-age=60", false),
        ("GET", "", 103, "cache-control: max-age=60", false),
        ("GET", "", 203, "", true),
        ("GET", "", 204, "", true),
        ("GET", "", 206, "content-range: bytes 0-4/10", true),
        ("GET", "", 206, "", false),
        ("GET", "", 206, "content-range: lines 0-4/10 | cache-control: max-age=60", false),
        ("GET", "", 300, "", true),
        ("GET", "", 301, "", true),
        ("GET", "", 302, "", false),
        ("GET", "", 304, "cache-control: max-age=60", false),
        ("GET", "", 308, "", true),
        ("GET", "", 404, "", true),
        ("GET", "", 405, "", true),
        ("GET", "", 410, "", true),
        ("GET", "", 414, "", true),
        ("GET", "", 501, "", true),
        ("GET", "", 201, "", false),
        ("GET", "", 400, "", false),
        ("GET", "", 403, "", false),
        ("GET", "", 500, "", false),
        ("GET", "", 503, "", false),
        ("GET", "", 201, "cache-control: max-age=60", true),
        ("GET", "", 299, "cache-control: max-age=60", true),
        ("GET", "", 302, "cache-control: max-age=60", true),
        ("GET", "", 400, "cache-control: max-age=60", true),
        ("GET", "", 499, "cache-control: max-age=60", true),
        ("GET", "", 500, "cache-control: max-age=60", true),
        ("GET", "", 503, "expires: Tue, 14 Nov 2023 13:00:00 GMT", true),
        ("GET", "", 599, "cache-control: max-age=60", true),
        ("GET", "", 403, "cache-control: public", true),
        ("GET", "", 403, "cache-control: private", true),
        ("GET", "", 403, "cache-control: s-maxage=60", false),
        // Methods.
        ("HEAD", "", 200, "cache-control: max-age=60", false),
        ("QUERY", "", 200, "cache-control: max-age=60", true),
        ("OPTIONS", "", 200, "cache-control: max-age=60", false),
        ("PUT", "", 200, "cache-control: max-age=60", false),
        ("DELETE", "", 200, "cache-control: max-age=60", false),
        ("FROB", "", 200, "cache-control: max-age=60", false),
        // RFC 9110 §9.3.3.
        ("POST", "", 200, "cache-control: max-age=60", false),
        ("POST", "", 200, "cache-control: max-age=60 | content-location: /item?id=1", true),
        (
            "POST",
            "",
            200,
            "cache-control: max-age=60 | content-location: https://shop.example/item?id=1",
            true,
        ),
        ("POST", "", 200, "cache-control: max-age=60 | content-location: /other", false),
        ("POST", "", 200, "content-location: /item?id=1", false),
    ];
    for (method, wishes, status, headers, stored) in table {
        let (request, response) = (ask(method, wishes), response(status, headers));
        let kept = store(&request, &response, &Rule::default(), at(0), at(0));
        assert_eq!(kept.is_some(), stored, "{method} {wishes} {status} {headers}");
    }
}

#[test]
fn what_a_rule_may_store() {
    let listed = |statuses: &[u16]| Rule { statuses: Some(statuses.to_vec()), ..Rule::default() };
    let any = Rule { methods: Methods::Any, ..Rule::default() };
    let ttl = Rule { ttl: Some(secs(60)), ..Rule::default() };
    let table = [
        (&listed(&[200, 503]), "GET", 503, "", true),
        (&listed(&[200]), "GET", 404, "cache-control: max-age=60", false),
        (&listed(&[200]), "GET", 200, "cache-control: no-store", false),
        (&ttl, "GET", 200, "", true),
        (&ttl, "GET", 200, "cache-control: no-store", false),
        (&ttl, "GET", 500, "", false),
        (&any, "POST", 200, "", true),
        (&any, "PUT", 200, "cache-control: max-age=5", true),
        (&any, "POST", 200, "cache-control: no-store", false),
        (&any, "POST", 500, "", false),
    ];
    for (rule, method, status, headers, stored) in table {
        let kept = store(&ask(method, ""), &response(status, headers), rule, at(0), at(0));
        assert_eq!(kept.is_some(), stored, "{method} {status} {headers} {rule:?}");
    }
}

#[test]
fn kinds_and_modes() {
    let opaque = Rule { store_opaque: Opaque::Store, ..Rule::default() };
    let ttl = Rule { ttl: Some(secs(60)), ..Rule::default() };
    let plain = Rule::default();
    let no_cors = Request { mode: Mode::NoCors, ..get("") };
    let range = Request { mode: Mode::NoCors, ..get("range: bytes=0-1") };
    let no_store = mode(CacheMode::NoStore);
    let reload = mode(CacheMode::Reload);
    let table = [
        (&no_cors, ResponseKind::Opaque, &plain, false),
        (&no_cors, ResponseKind::Opaque, &opaque, true),
        (&range, ResponseKind::Opaque, &opaque, false),
        (&no_cors, ResponseKind::OpaqueRedirect, &opaque, false),
        (&no_cors, ResponseKind::Redirected, &plain, false),
        (&no_cors, ResponseKind::Redirected, &ttl, true),
        (&no_store, ResponseKind::Readable, &plain, false),
        (&reload, ResponseKind::Readable, &plain, true),
    ];
    for (request, kind, rule, stored) in table {
        let status = if kind == ResponseKind::Opaque { 0 } else { 200 };
        let response = Response { kind, ..response(status, "cache-control: max-age=60") };
        assert_eq!(store(request, &response, rule, at(0), at(0)).is_some(), stored, "{kind:?} {rule:?}");
    }
}

#[test]
fn what_is_left_out_of_storage() {
    // §3.1, RFC 9110 §7.6.1.
    let stored = kept(
        200,
        "cache-control: max-age=60 | connection: X-Hop, close | x-hop: 1 | keep-alive: 1 | te: x | upgrade: x \
         | transfer-encoding: chunked | trailer: x | proxy-authenticate: x | set-cookie: a=b | x-kept: 1 | warning: 1",
    );
    let names: Vec<&str> = stored.response.headers.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["cache-control", "x-kept", "warning", "date"]);
}

#[test]
fn a_missing_date_is_that_of_reception() {
    // RFC 9110 §6.6.1.
    let bare = Response { headers: fields("x: 1"), ..response(200, "") };
    let stored = store(&get(""), &bare, &Rule::default(), at(-1), at(0)).expect("kept");
    assert_eq!(stored.response.headers.get("date"), Some(NOON));
}

#[test]
fn what_is_served() {
    // §4: Age replaces what came; §5.2.2.4: fields that need validation are left out without it.
    let stored =
        kept(200, "cache-control: max-age=60, no-cache=\"X-Price, x-none\" | x-price: 1 | age: 5 | age: 7");
    let headers = served_headers(&stored, at(3));
    assert_eq!(headers.values("age").collect::<Vec<_>>(), ["8"]);
    assert!(!headers.has("x-price") && headers.has("date"));
    assert_eq!(validated_headers(&stored, at(3)).get("x-price"), Some("1"));
}
