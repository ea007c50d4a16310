//! The first decision, by strategy and by Fetch's cache mode.

use super::support::*;
use nearcache::http::{Answer, Fwd, Methods, Ranges, Rule};
use nearcache::model::{CacheMode, Millis, Mode, Request, StoredResponse};
use nearcache::strategy::{Forward, Plan, Serve, Store, Strategy, plan};

/// A plan in a word: `serve`, `serve+renew`, `forward:why[+fallback][!store]`, `504`, `error`.
fn word(plan: &Plan) -> String {
    match plan {
        Plan::Serve(Serve { revalidate: None, .. }) => "serve".into(),
        Plan::Serve(Serve { revalidate: Some(_), .. }) => "serve+renew".into(),
        Plan::Forward(Forward { why, fallback, store, .. }) => {
            let fallback = if fallback.is_some() { "+fallback" } else { "" };
            let store = if *store == Store::Bypass { "!store" } else { "" };
            ["forward:", why.as_str(), fallback, store].concat()
        }
        Plan::GatewayTimeout => "504".into(),
        Plan::NetworkError => "error".into(),
    }
}

fn fresh() -> StoredResponse {
    kept(200, "cache-control: max-age=60 | etag: \"v1\"")
}

fn stale() -> StoredResponse {
    kept(200, "cache-control: max-age=0 | etag: \"v1\"")
}

const ALL: [Strategy; 6] = [
    Strategy::Http,
    Strategy::CacheFirst,
    Strategy::NetworkFirst { timeout: None },
    Strategy::StaleWhileRevalidate,
    Strategy::CacheOnly,
    Strategy::NetworkOnly,
];

/// One row a situation, one column a strategy, in the order of [`ALL`].
#[test]
fn strategies() {
    let get = |headers: &str| Some(get(headers));
    let mode = |cache| Some(mode(cache));
    let (nothing, fresh, stale): (&[StoredResponse], _, _) = (&[], &[fresh()][..], &[stale()][..]);
    type Row<'a> = (&'a str, Option<Request>, &'a [StoredResponse], [&'a str; 6]);
    let table: &[Row<'_>] = &[
        (
            "nothing",
            get(""),
            nothing,
            [
                "forward:uri-miss",
                "forward:uri-miss",
                "forward:uri-miss",
                "forward:uri-miss",
                "504",
                "forward:bypass!store",
            ],
        ),
        (
            "fresh",
            get(""),
            fresh,
            ["serve", "serve", "forward:request+fallback", "serve", "serve", "forward:bypass!store"],
        ),
        (
            "stale",
            get(""),
            stale,
            [
                "forward:stale",
                "serve",
                "forward:stale+fallback",
                "serve+renew",
                "serve",
                "forward:bypass!store",
            ],
        ),
        // Fetch's cache modes.
        (
            "no-store, fresh",
            mode(CacheMode::NoStore),
            fresh,
            [
                "forward:bypass!store",
                "forward:bypass!store",
                "forward:bypass!store",
                "forward:bypass!store",
                "504",
                "forward:bypass!store",
            ],
        ),
        (
            "reload, fresh",
            mode(CacheMode::Reload),
            fresh,
            [
                "forward:request",
                "forward:request+fallback",
                "forward:request+fallback",
                "forward:request+fallback",
                "504",
                "forward:bypass!store",
            ],
        ),
        (
            "no-cache, fresh",
            mode(CacheMode::NoCache),
            fresh,
            [
                "forward:request",
                "forward:request+fallback",
                "forward:request+fallback",
                "forward:request+fallback",
                "504",
                "forward:bypass!store",
            ],
        ),
        (
            "force-cache, stale",
            mode(CacheMode::ForceCache),
            stale,
            ["serve", "serve", "serve", "serve", "serve", "forward:bypass!store"],
        ),
        (
            "force-cache, nothing",
            mode(CacheMode::ForceCache),
            nothing,
            [
                "forward:uri-miss",
                "forward:uri-miss",
                "forward:uri-miss",
                "forward:uri-miss",
                "504",
                "forward:bypass!store",
            ],
        ),
        (
            "only-if-cached, stale",
            mode(CacheMode::OnlyIfCached),
            stale,
            ["serve", "serve", "serve", "serve", "serve", "error"],
        ),
        ("only-if-cached, nothing", mode(CacheMode::OnlyIfCached), nothing, ["error"; 6]),
        // The request's own directives.
        (
            "no-cache field, fresh",
            get("cache-control: no-cache"),
            fresh,
            [
                "forward:request",
                "forward:request",
                "forward:request",
                "forward:request",
                "serve",
                "forward:bypass!store",
            ],
        ),
        (
            "no-store field, nothing",
            get("cache-control: no-store"),
            nothing,
            [
                "forward:uri-miss!store",
                "forward:uri-miss!store",
                "forward:uri-miss!store",
                "forward:uri-miss!store",
                "504",
                "forward:bypass!store",
            ],
        ),
        (
            "no-store field, fresh",
            get("cache-control: no-store"),
            fresh,
            ["serve", "serve", "forward:request+fallback!store", "serve", "serve", "forward:bypass!store"],
        ),
        (
            "only-if-cached field, nothing",
            get("cache-control: only-if-cached"),
            nothing,
            ["504", "504", "504", "504", "504", "504"],
        ),
        (
            "only-if-cached field, stale",
            get("cache-control: only-if-cached"),
            stale,
            ["504", "serve", "504", "serve", "serve", "504"],
        ),
        (
            "if-match, fresh",
            get("if-match: \"v1\""),
            fresh,
            [
                "forward:request",
                "forward:request",
                "forward:request",
                "forward:request",
                "504",
                "forward:bypass!store",
            ],
        ),
        // Methods.
        (
            "POST",
            Some(ask("POST", "")),
            fresh,
            [
                "forward:method",
                "forward:method",
                "forward:method",
                "forward:method",
                "forward:method",
                "forward:bypass!store",
            ],
        ),
        (
            "OPTIONS",
            Some(ask("OPTIONS", "")),
            fresh,
            [
                "forward:method",
                "forward:method",
                "forward:method",
                "forward:method",
                "forward:method",
                "forward:bypass!store",
            ],
        ),
        (
            "HEAD",
            Some(ask("HEAD", "")),
            fresh,
            ["serve", "serve", "forward:request+fallback", "serve", "serve", "forward:bypass!store"],
        ),
        (
            "QUERY",
            Some(ask("QUERY", "")),
            fresh,
            [
                "forward:uri-miss",
                "forward:uri-miss",
                "forward:uri-miss",
                "forward:uri-miss",
                "504",
                "forward:bypass!store",
            ],
        ),
    ];
    for (name, request, stored, expected) in table {
        let variants: Vec<&StoredResponse> = stored.iter().collect();
        let request = request.clone().expect("request");
        let words = ALL.map(|strategy| word(&plan(strategy, &Rule::default(), &request, &variants, at(1))));
        assert_eq!(words, *expected, "{name}");
    }
}

#[test]
fn names() {
    for (name, strategy) in
        ["http", "cache-first", "network-first", "stale-while-revalidate", "cache-only", "network-only"]
            .iter()
            .zip(ALL)
    {
        assert_eq!(Strategy::parse(name), Some(strategy));
    }
    assert_eq!(Strategy::parse("HTTP"), None);
    assert_eq!(Strategy::default(), Strategy::Http);
}

#[test]
fn windows_of_the_rule_bound_the_strategies() {
    let ttl = Rule { ttl: Some(secs(10)), ..Rule::default() };
    let swr = Rule { ttl: Some(secs(10)), stale_while_revalidate: Some(secs(5)), ..Rule::default() };
    let table = [
        (Strategy::CacheFirst, &ttl, 9, "serve"),
        (Strategy::CacheFirst, &ttl, 10, "forward:stale+fallback"),
        (Strategy::StaleWhileRevalidate, &swr, 9, "serve"),
        (Strategy::StaleWhileRevalidate, &swr, 14, "serve+renew"),
        (Strategy::StaleWhileRevalidate, &swr, 15, "forward:stale+fallback"),
        (Strategy::Http, &ttl, 9, "serve"),
        (Strategy::Http, &ttl, 10, "forward:stale"),
        (Strategy::Http, &swr, 14, "serve+renew"),
        (Strategy::CacheOnly, &ttl, 10_000, "serve"),
    ];
    for (strategy, rule, seconds, expected) in table {
        let stored = kept(200, "");
        assert_eq!(
            word(&plan(strategy, rule, &get(""), &[&stored], at(seconds))),
            expected,
            "{strategy:?} {seconds}"
        );
    }
}

#[test]
fn what_goes_out() {
    let forward = |strategy, request: &Request, stored: &StoredResponse| match plan(
        strategy,
        &Rule::default(),
        request,
        &[stored],
        at(1),
    ) {
        Plan::Forward(forward) => forward,
        other => panic!("{other:?}"),
    };
    let http = |request: &Request| forward(Strategy::Http, request, &stale());
    assert_eq!(http(&get("")).conditional, fields("if-none-match: \"v1\""));
    // A caller's own condition goes out alone.
    assert!(http(&get("if-none-match: \"v0\"")).conditional.is_empty());
    assert!(http(&get("if-modified-since: x")).conditional.is_empty());
    assert_eq!(http(&get("if-none-match: \"v0\"")).selected, Some(0));
    // Nothing is asked that a fresh copy could answer, and nothing of a `reload`.
    assert!(http(&mode(CacheMode::Reload)).conditional.is_empty());
    assert_eq!(http(&mode(CacheMode::NoCache)).conditional, fields("if-none-match: \"v1\""));
    let timeout = Some(Millis(500));
    assert_eq!(forward(Strategy::NetworkFirst { timeout }, &get(""), &fresh()).timeout, timeout);
    assert_eq!(
        forward(Strategy::NetworkFirst { timeout }, &get(""), &fresh()).conditional,
        fields("if-none-match: \"v1\"")
    );
    let varied = kept_for(&get("foo: 1"), 200, "vary: foo | etag: \"v1\"");
    let miss = forward(Strategy::Http, &get("foo: 2"), &varied);
    assert_eq!(
        (miss.why, miss.conditional, miss.selected),
        (Fwd::VaryMiss, fields("if-none-match: \"v1\""), None)
    );
}

#[test]
fn a_renewal_goes_out_in_the_background() {
    let stored = kept(200, "cache-control: max-age=1, stale-while-revalidate=9 | etag: \"v1\"");
    let Plan::Serve(serve) = plan(Strategy::Http, &Rule::default(), &get(""), &[&stored], at(5)) else {
        panic!()
    };
    let renewal = serve.revalidate.expect("renewal");
    assert_eq!(
        (renewal.why, renewal.conditional, renewal.store),
        (Fwd::Stale, fields("if-none-match: \"v1\""), Store::Store)
    );
    assert_eq!(serve.status.to_header(), "nearcache; hit; ttl=-4");
    assert_eq!(serve.answer, Answer::Full);
}

#[test]
fn swr_is_for_the_default_mode() {
    // Fetch, HTTP-network-or-cache fetch.
    let stored = kept(200, "cache-control: max-age=1, stale-while-revalidate=9");
    let of = |cache| word(&plan(Strategy::Http, &Rule::default(), &mode(cache), &[&stored], at(5)));
    assert_eq!(of(CacheMode::Default), "serve+renew");
    assert_eq!(of(CacheMode::NoCache), "forward:stale");
    assert_eq!(of(CacheMode::ForceCache), "serve");
}

#[test]
fn immutable_and_reloads() {
    let stored = kept(200, "cache-control: max-age=60, immutable");
    let of = |request: &Request, seconds| {
        word(&plan(Strategy::Http, &Rule::default(), request, &[&stored], at(seconds)))
    };
    // A browser's reload of an image; a script's own no-cache; a forced reload.
    let image = Request { destination: "image".into(), ..mode(CacheMode::NoCache) };
    assert_eq!(of(&image, 5), "serve");
    assert_eq!(of(&image, 61), "forward:stale");
    assert_eq!(of(&mode(CacheMode::NoCache), 5), "forward:request");
    assert_eq!(
        of(&Request { destination: "image".into(), ..mode(CacheMode::Reload) }, 5),
        "forward:request+fallback"
    );
}

#[test]
fn a_browsers_reload_may_fall_back_and_a_scripts_may_not() {
    let rule = Rule { stale_if_error: Some(secs(500)), ..Rule::default() };
    let of = |cache, destination: &str, seconds| {
        let request = Request { destination: destination.into(), ..mode(cache) };
        word(&plan(Strategy::Http, &rule, &request, &[&fresh()], at(seconds)))
    };
    let table = [
        (CacheMode::NoCache, "", 1, "forward:request"),
        (CacheMode::NoCache, "document", 1, "forward:request+fallback"),
        (CacheMode::NoCache, "document", 100, "forward:stale+fallback"),
        (CacheMode::NoCache, "document", 1000, "forward:stale"),
        (CacheMode::Reload, "", 1, "forward:request"),
        (CacheMode::Reload, "document", 1, "forward:request+fallback"),
    ];
    for (cache, destination, seconds, expected) in table {
        assert_eq!(of(cache, destination, seconds), expected, "{cache:?} {destination} {seconds}");
    }
}

#[test]
fn a_browsers_reload_leaves_a_route_its_strategy() {
    let reload = Request { destination: "document".into(), mode: Mode::Navigate, ..mode(CacheMode::NoCache) };
    let words = ALL.map(|strategy| word(&plan(strategy, &Rule::default(), &reload, &[&stale()], at(1))));
    let forward = "forward:stale+fallback";
    assert_eq!(words, ["forward:stale", "serve", forward, "serve+renew", "serve", "forward:bypass!store"]);
}

#[test]
fn any_method_where_the_rule_says_so() {
    let rule = Rule { methods: Methods::Any, ttl: Some(secs(60)), ..Rule::default() };
    let post = ask("POST", "");
    let stored = nearcache::http::store(&post, &response(200, ""), &rule, at(0), at(0)).expect("kept");
    assert_eq!(word(&plan(Strategy::Http, &rule, &post, &[&stored], at(1))), "serve");
    assert_eq!(word(&plan(Strategy::Http, &rule, &ask("PUT", ""), &[&stored], at(1))), "forward:uri-miss");
    assert_eq!(word(&plan(Strategy::Http, &Rule::default(), &post, &[&stored], at(1))), "forward:method");
}

#[test]
fn answers_of_a_fresh_variant() {
    let of = |request: &Request| match plan(Strategy::Http, &Rule::default(), request, &[&fresh()], at(1)) {
        Plan::Serve(serve) => serve.answer,
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&get("")), Answer::Full);
    assert_eq!(of(&get("if-none-match: \"v1\"")), Answer::NotModified);
    assert_eq!(of(&get("if-none-match: \"v0\"")), Answer::Full);
    assert_eq!(of(&ask("HEAD", "")), Answer::HeadOnly);
    assert!(matches!(of(&get("range: bytes=0-1")), Answer::Part(_)));
}

#[test]
fn a_part_is_completed_unless_the_rule_keeps_parts_apart() {
    let rule = Rule { ranges: Ranges::Slice, ..Rule::default() };
    let stored = kept(206, "cache-control: max-age=60 | etag: \"v1\" | content-range: bytes 0-4/10");
    let of = |rule: &Rule, request: &Request| match plan(Strategy::Http, rule, request, &[&stored], at(1)) {
        Plan::Forward(forward) => (forward.why, forward.conditional),
        other => panic!("{other:?}"),
    };
    let whole = (Fwd::Partial, fields("range: bytes=5- | if-range: \"v1\""));
    assert_eq!(of(&Rule::default(), &get("")), whole);
    assert_eq!(of(&rule, &get("")), (Fwd::Partial, fields("")));
    assert_eq!(of(&Rule::default(), &get("range: bytes=3-7")), (Fwd::Partial, fields("")));
    let only = plan(Strategy::CacheOnly, &Rule::default(), &get(""), &[&stored], at(1));
    assert_eq!(only, Plan::GatewayTimeout);
}

#[test]
fn cache_only_stays_off_the_network_in_every_mode() {
    let stored = kept(200, "cache-control: max-age=60");
    for cache in [CacheMode::NoStore, CacheMode::Reload, CacheMode::NoCache] {
        let request = Request { cache, ..get("") };
        for variants in [&[][..], &[&stored][..]] {
            let planned = plan(Strategy::CacheOnly, &Rule::default(), &request, variants, at(1));
            assert_eq!(planned, Plan::GatewayTimeout, "{cache:?}");
        }
    }
}
