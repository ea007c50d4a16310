//! No network, no time, no luck: what stands in, and what is said.

use nearcache::error::Error;
use nearcache::model::{CacheMode, Headers, Millis, Request};
use nearcache::router::Route;
use nearcache::strategy::Strategy;

use super::house::{Got, House, by, get};
use super::origin::{aborted, answer, ok, unreachable};

fn with_old(cache_control: &str) -> House {
    let house = House::new();
    house.origin.then(ok(cache_control, "old"));
    house.fetch("/p");
    house.advance_secs(11);
    house.origin.take_sent();
    house
}

#[test]
fn stale_if_error_stands_in_for_a_failure_and_for_5xx() {
    for failure in [unreachable(), answer(500, &[], ""), answer(503, &[], ""), answer(504, &[], "")] {
        let house = with_old("max-age=10, stale-if-error=60");
        house.origin.then(failure.clone());
        let got = house.fetch("/p");
        assert_eq!((got.is_stored(), got.body()), (true, "old"), "{failure:?}");
        // Past its time it does not.
        house.advance_secs(100);
        house.origin.then(failure.clone());
        assert!(!house.fetch("/p").is_stored(), "{failure:?}");
    }
}

#[test]
fn without_leave_nothing_stale_stands_in() {
    let house = with_old("max-age=10");
    house.origin.then(unreachable());
    let got = house.fetch("/p");
    assert!(matches!(&got, Got::Failed(why) if why.contains("Unreachable")), "{got:?}");
    house.origin.then(answer(503, &[], "down"));
    assert_eq!(house.fetch("/p"), Got::Network("down".into()));
}

#[test]
fn must_revalidate_forbids_it() {
    let house = with_old("max-age=10, stale-if-error=60, must-revalidate");
    house.origin.then(unreachable());
    assert!(matches!(house.fetch("/p"), Got::Failed(_)));
}

#[test]
fn network_first_falls_back_when_the_network_fails_or_dawdles() {
    let route = || by(Strategy::NetworkFirst { timeout: Some(Millis(100)) });
    for failure in [unreachable(), ok("max-age=60", "late").after(Millis(5_000))] {
        let house = with_old("max-age=60");
        house.origin.then(failure);
        assert_eq!(house.fetch_with(get("/p"), route()).body(), "old");
    }
    let house = House::new();
    house.origin.then(ok("max-age=60", "late").after(Millis(5_000)));
    let got = house.fetch_with(get("/p"), route());
    assert_eq!(got, Got::Failed(format!("{:?}", nearcache::engine::Failure::<()>::Ours(Error::Timeout))));
}

#[test]
fn an_abort_is_handed_through_as_it_was_thrown() {
    let house = with_old("max-age=10, stale-if-error=60");
    house.origin.then(aborted());
    let got = house.fetch("/p");
    assert!(matches!(&got, Got::Failed(why) if why.contains("Thrown") && why.contains("aborted")), "{got:?}");
}

#[test]
fn cache_only_never_asks() {
    let house = House::new();
    assert_eq!(house.fetch_with(get("/p"), by(Strategy::CacheOnly)), Got::GatewayTimeout);
    let request = Request { cache: CacheMode::OnlyIfCached, ..get("/p") };
    assert_eq!(house.fetch_with(request, Route::default()), Got::NetworkError);
    let wish = Request { headers: Headers::from_iter([("cache-control", "only-if-cached")]), ..get("/p") };
    assert_eq!(house.fetch_with(wish, Route::default()), Got::GatewayTimeout);
    assert_eq!(house.sent(), 0);
}

#[test]
fn network_only_and_no_store_keep_nothing_and_use_nothing() {
    let house = House::new();
    let no_store = || Request { cache: CacheMode::NoStore, ..get("/p") };
    for body in ["1", "2"] {
        house.origin.then(ok("max-age=60", body));
        assert_eq!(house.fetch_with(get("/p"), by(Strategy::NetworkOnly)), Got::Network(body.into()));
        house.origin.then(ok("max-age=60", body));
        assert_eq!(house.fetch_with(no_store(), Route::default()), Got::Network(body.into()));
    }
    assert_eq!(house.db.keys(), []);
}

#[test]
fn a_store_that_fails_costs_the_caller_nothing() {
    let house = House::new();
    house.db.fault.set(super::support::Fault::Failing);
    house.origin.then(ok("max-age=60", "body"));
    assert_eq!(house.fetch("/p"), Got::Network("body".into()));
    // Memory has it.
    let got = house.fetch("/p");
    assert_eq!((got.is_stored(), got.body()), (true, "body"));
}

#[test]
fn a_record_that_is_lost_is_fetched_again() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "body"));
    house.fetch("/p");
    let reloaded = house.neighbour();
    house.db.keys().iter().for_each(|key| house.db.spoil(key));
    house.origin.then(ok("max-age=60", "again"));
    assert_eq!(reloaded.fetch("/p"), Got::Network("again".into()));
    assert!(reloaded.fetch("/p").is_stored());
}
