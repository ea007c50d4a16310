//! Stored, fresh, stale, validated, renewed.

use nearcache::engine::OriginOptions;
use nearcache::model::{Bytes, CacheMode, Millis, Request, Url};
use nearcache::origin::Profile;
use nearcache::router::Route;
use nearcache::strategy::Strategy;
use nearcache::tier::TierId;

use super::house::{Got, House, by, get};
use super::origin::{Native, answer, ok, unreachable};

/// A house that has `/p`, stale, with `etag: "1"`.
fn stale(cache_control: &str) -> House {
    let house = House::new();
    house.origin.then(ok(cache_control, "old").with("etag", "\"1\"").with("x-old", "1"));
    assert_eq!(house.fetch("/p"), Got::Network("old".into()));
    house.advance_secs(11);
    house.origin.take_sent();
    house
}

#[test]
fn a_fresh_response_needs_no_network_also_after_a_reload() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "body"));
    house.fetch("/p");
    let reloaded = house.neighbour();
    for house in [&house, &reloaded] {
        let got = house.fetch("/p");
        assert!(got.is_stored());
        assert_eq!(got.body(), "body");
    }
    assert_eq!(house.sent(), 1);
}

#[test]
fn a_304_renews_the_head_and_keeps_the_body() {
    let house = stale("max-age=10");
    let head = [("etag", "\"1\""), ("cache-control", "max-age=60"), ("x-new", "2")];
    house.origin.then(answer(304, &head, ""));
    let Got::Stored(body, headers) = house.fetch("/p") else { panic!("not stored") };
    assert_eq!(body, "old");
    assert_eq!((headers.get("x-old"), headers.get("x-new")), (Some("1"), Some("2")));
    let sent = house.origin.take_sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].headers.get("if-none-match"), Some("\"1\""));
    let network = house.engine.stack.stats().network;
    assert_eq!((network.conditional, network.not_modified), (1, 1));
    assert!(network.saved > Bytes(0));
    // Fresh again, for as long as the 304 said, also in another context.
    house.advance_secs(30);
    assert!(house.fetch("/p").is_stored() && house.neighbour().fetch("/p").is_stored());
    assert_eq!(house.sent(), 0);
}

#[test]
fn a_response_too_large_to_keep_takes_the_place_of_the_old_one() {
    let house = House::new();
    house.origin.then(ok("max-age=600", "old"));
    house.fetch("/p");
    let huge = "x".repeat(2 << 20);
    for _ in 0..2 {
        house.origin.then(ok("max-age=600", &huge));
    }
    let reload = Request { cache: CacheMode::Reload, ..get("/p") };
    assert_eq!(house.fetch_with(reload, Route::default()), Got::Network(huge.clone()));
    assert_eq!(house.fetch("/p"), Got::Network(huge), "seen once, it is not followed by what it replaced");
    assert_eq!(house.engine.stack.stats().tiers[TierId::Memory as usize].faults, 0);
}

#[test]
fn a_new_response_replaces_the_old_one() {
    let house = stale("max-age=10");
    house.origin.then(ok("max-age=60", "new").with("etag", "\"2\""));
    assert_eq!(house.fetch("/p"), Got::Network("new".into()));
    let got = house.fetch("/p");
    assert!(got.is_stored());
    assert_eq!(got.body(), "new");
    assert_eq!(house.db.keys().len(), 1);
}

#[test]
fn a_304_whose_body_is_gone_is_asked_for_again_without_a_validator() {
    let house = stale("max-age=10");
    let reloaded = house.neighbour();
    house.db.keys().iter().for_each(|key| house.db.lose(key));
    house.origin.then(answer(304, &[("etag", "\"1\"")], ""));
    house.origin.then(ok("max-age=60", "whole"));
    assert_eq!(reloaded.fetch("/p"), Got::Network("whole".into()));
    let sent = house.origin.take_sent();
    assert!(sent[0].headers.has("if-none-match") && !sent[1].headers.has("if-none-match"), "{sent:?}");
}

#[test]
fn stale_while_revalidate_answers_at_once_and_hands_the_work_back() {
    let house = stale("max-age=10, stale-while-revalidate=60");
    house.origin.then(ok("max-age=10", "new").after(Millis(500)));
    let before = house.world.now();
    let answered = house.world.run(house.begin(get("/p"), Route::default())).ok().unwrap();
    assert!(house.world.now().since(before) < Millis(100), "the caller waited for the origin");
    let work = answered.background.unwrap();
    // A second caller meanwhile gets the same and starts nothing.
    let second = house.world.run(house.begin(get("/p"), Route::default())).ok().unwrap();
    assert!(second.background.is_none());
    house.world.run(work);
    assert_eq!(house.sent(), 1);
    let got = house.fetch("/p");
    assert_eq!((got.is_stored(), got.body()), (true, "new"));
}

#[test]
fn a_revalidation_that_fails_leaves_what_is_stored() {
    for failure in [unreachable(), answer(503, &[], "down")] {
        let house = stale("max-age=10, stale-while-revalidate=60");
        house.origin.then(failure.clone());
        house.origin.then(failure);
        for _ in 0..2 {
            assert_eq!(house.fetch("/p").body(), "old");
        }
        assert_eq!(house.sent(), 2, "the next caller tries again");
    }
}

#[test]
fn the_strategy_renews_whatever_the_headers_say() {
    let house = stale("max-age=10");
    house.origin.then(ok("max-age=10", "new"));
    let got = house.fetch_with(get("/p"), by(Strategy::StaleWhileRevalidate));
    assert_eq!((got.is_stored(), got.body()), (true, "old"));
    assert_eq!(house.fetch("/p").body(), "new");
}

#[test]
fn the_callers_own_condition_is_answered_from_the_cache() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "body").with("etag", "\"1\""));
    house.fetch("/p");
    let mut request = get("/p");
    request.headers.set("if-none-match", "\"1\"");
    assert_eq!(house.fetch_with(request, Route::default()), Got::NotModified);
    assert_eq!(house.sent(), 1);
}

#[test]
fn a_body_that_is_cut_off_is_not_kept_and_what_was_there_stays() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "half").cut_off());
    assert_eq!(house.fetch("/p"), Got::Network("half".into()));
    assert_eq!(house.db.keys(), []);
    let house = stale("max-age=10, stale-if-error=60");
    house.origin.then(ok("max-age=60", "half").cut_off());
    house.fetch("/p");
    house.origin.then(unreachable());
    assert_eq!(house.fetch("/p").body(), "old");
}

#[test]
fn a_head_request_is_answered_by_a_stored_get() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "body"));
    house.fetch("/p");
    let head = Request { method: "HEAD".into(), ..get("/p") };
    assert!(house.fetch_with(head, Route::default()).is_stored());
    assert_eq!(house.sent(), 1);
}

#[test]
fn what_is_kept_is_the_body_and_the_head_apart() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "body").with("x-head", "1"));
    house.fetch("/p");
    let entry = house.db.get(&house.db.keys()[0]).unwrap();
    assert_eq!(entry.body, Native::Body("body".into()));
    let stored = entry.meta.response().unwrap();
    assert_eq!((stored.response.status, stored.response.headers.get("x-head")), (200, Some("1")));
}

#[test]
fn validators_that_never_help_are_left_out_at_cloudfront() {
    let house = House::before(OriginOptions { profile: Profile::CloudFront, ..OriginOptions::default() });
    let same = || ok("max-age=1", "body").with("etag", "\"1\"");
    for turn in 0..6 {
        house.origin.then(same());
        assert_eq!(house.fetch("/p").body(), "body", "turn {turn}");
        house.advance_secs(10);
    }
    let conditional = |sent: &super::origin::Sent| sent.headers.has("if-none-match");
    let sent: Vec<bool> = house.origin.take_sent().iter().map(conditional).collect();
    assert_eq!(sent, [false, true, true, true, false, false]);
}

#[test]
fn a_foreign_origin_that_refuses_our_fields_is_asked_without_them() {
    let house = House::new();
    let foreign = || Request::get(Url::new("https://cdn.example/p"));
    let fetch = || house.fetch_with(foreign(), Route::default());
    house.origin.then(ok("max-age=1", "1").with("etag", "\"1\""));
    fetch();
    for body in ["2", "3"] {
        house.advance_secs(10);
        if body == "2" {
            // Its preflight fails.
            house.origin.then(unreachable());
        }
        house.origin.then(ok("max-age=1", body).with("etag", &format!("\"{body}\"")));
        assert_eq!(fetch().body(), body);
    }
    let conditional = |sent: &super::origin::Sent| sent.headers.has("if-none-match");
    let sent: Vec<bool> = house.origin.take_sent().iter().map(conditional).collect();
    assert_eq!(sent, [false, true, false, false]);
}

#[test]
fn a_reload_says_nothing_of_validators() {
    let house = House::before(OriginOptions { profile: Profile::CloudFront, ..OriginOptions::default() });
    for _ in 0..5 {
        house.origin.then(ok("max-age=1", "body").with("etag", "\"1\""));
        let reload = Request { cache: CacheMode::Reload, ..get("/p") };
        house.fetch_with(reload, Route::default());
    }
    house.advance_secs(10);
    house.sent();
    house.origin.then(answer(304, &[("etag", "\"1\"")], ""));
    house.fetch("/p");
    assert!(house.origin.take_sent()[0].headers.has("if-none-match"));
}
