//! Identical requests at the same time share one, in a context and across contexts.

use nearcache::model::{CacheMode, Millis, Request};
use nearcache::router::Route;

use super::house::{Got, House, get};
use super::origin::{aborted, ok, unreachable};

/// Three callers at once.
fn three(house: &House, request: &Request) -> [Got; 3] {
    let ask = || house.ask(request.clone(), Route::default());
    let (one, two, three) = house.world.run(async { tokio::join!(ask(), ask(), ask()) });
    house.world.run(house.engine.flush());
    [one, two, three]
}

#[test]
fn one_request_answers_all() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "body").after(Millis(50)));
    let got = three(&house, &get("/p"));
    assert!(got.iter().all(|got| got.body() == "body"), "{got:?}");
    assert_eq!(house.sent(), 1);
    assert_eq!(house.engine.stack.stats().network.coalesced, 2);
}

#[test]
fn one_revalidation_answers_all() {
    let house = House::new();
    house.origin.then(ok("max-age=1", "body").with("etag", "\"1\""));
    house.fetch("/p");
    house.advance_secs(2);
    house.origin.then(super::origin::answer(304, &[("cache-control", "max-age=60")], "").after(Millis(50)));
    let got = three(&house, &get("/p"));
    assert!(got.iter().all(|got| got.body() == "body"), "{got:?}");
    assert_eq!(house.sent(), 2);
}

#[test]
fn what_may_not_be_kept_answers_its_own_caller_only() {
    let house = House::new();
    for body in ["1", "2", "3"] {
        house.origin.then(ok("no-store", body));
    }
    let mut bodies = three(&house, &get("/p")).map(|got| got.body().to_owned());
    bodies.sort();
    assert_eq!(bodies, ["1", "2", "3"]);
}

#[test]
fn requests_that_differ_are_not_shared() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "p").after(Millis(50)));
    house.origin.then(ok("max-age=60", "q").after(Millis(50)));
    let (p, q) = house.world.run(async {
        tokio::join!(house.ask(get("/p"), Route::default()), house.ask(get("/q"), Route::default()))
    });
    assert_eq!((p.body(), q.body()), ("p", "q"));
}

#[test]
fn whoever_wants_no_cache_goes_alone() {
    let house = House::new();
    let reload = Request { cache: CacheMode::Reload, ..get("/p") };
    for body in ["1", "2", "3"] {
        house.origin.then(ok("max-age=60", body));
    }
    let mut bodies = three(&house, &reload).map(|got| got.body().to_owned());
    bodies.sort();
    assert_eq!(bodies, ["1", "2", "3"]);
}

#[test]
fn a_failure_reaches_every_caller_and_is_not_kept() {
    let house = House::new();
    for _ in 0..3 {
        house.origin.then(unreachable());
    }
    let got = three(&house, &get("/p"));
    assert!(got.iter().all(|got| matches!(got, Got::Failed(why) if why.contains("Unreachable"))), "{got:?}");
    house.sent();
    house.origin.then(ok("max-age=60", "body"));
    assert_eq!(house.fetch("/p").body(), "body");
}

#[test]
fn the_others_go_on_when_one_gives_up() {
    let house = House::new();
    house.origin.then(aborted().after(Millis(50)));
    house.origin.then(ok("max-age=60", "body"));
    house.origin.then(ok("max-age=60", "body"));
    let [first, second, third] = three(&house, &get("/p"));
    assert!(matches!(&first, Got::Failed(why) if why.contains("aborted")), "{first:?}");
    assert_eq!((second.body(), third.body()), ("body", "body"));
}

#[test]
fn a_caller_that_goes_away_holds_nobody_up() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "never").after(Millis(1_000_000)));
    house.origin.then(ok("max-age=60", "body"));
    let first = Box::pin(house.ask(get("/p"), Route::default()));
    let second = house.ask(get("/p"), Route::default());
    let got = house.world.run(async {
        // The first leads for a while, and is dropped.
        tokio::select! {
            biased;
            got = first => panic!("{got:?}"),
            () = house.world.sleep(Millis(10)) => {}
        }
        second.await
    });
    assert_eq!(got.body(), "body");
}

#[test]
fn two_contexts_share_one_request() {
    let house = House::new();
    let other = house.neighbour();
    house.origin.then(ok("max-age=60", "body").after(Millis(50)));
    let (one, two) = house.world.run(async {
        tokio::join!(house.ask(get("/p"), Route::default()), other.ask(get("/p"), Route::default()))
    });
    assert_eq!((one.body(), two.body()), ("body", "body"));
    assert!(two.is_stored());
    assert_eq!(house.sent(), 1);
}

#[test]
fn a_context_whose_neighbour_failed_asks_by_itself() {
    let house = House::new();
    let other = house.neighbour();
    house.origin.then(unreachable().after(Millis(50)));
    house.origin.then(ok("max-age=60", "body"));
    let (one, two) = house.world.run(async {
        tokio::join!(house.ask(get("/p"), Route::default()), other.ask(get("/p"), Route::default()))
    });
    assert!(matches!(one, Got::Failed(_)), "{one:?}");
    assert_eq!(two.body(), "body");
}

#[test]
fn what_a_caller_has_read_counts_though_it_is_still_being_stored() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "body").with("etag", "\"1\""));
    let mut part = get("/p");
    part.headers.set("range", "bytes=0-1");
    let cached = Request { cache: CacheMode::OnlyIfCached, ..get("/p") };
    let head = Request { method: "HEAD".into(), ..get("/p") };
    assert_eq!(house.world.run(house.ask(get("/p"), Route::default())), Got::Network("body".into()));
    for request in [part, cached, head, get("/p")] {
        assert!(house.world.run(house.ask(request, Route::default())).is_stored());
    }
    assert_eq!(house.sent(), 1);
}

#[test]
fn a_body_that_streams_on_holds_nobody_up() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "long").body_after(Millis(60_000)));
    house.world.run(house.ask(get("/p"), Route::default()));
    house.origin.then(super::origin::answer(206, &[("content-range", "bytes 0-1/4")], "lo"));
    let mut part = get("/p");
    part.headers.set("range", "bytes=0-1");
    let start = house.world.now();
    assert_eq!(house.world.run(house.ask(part, Route::default())), Got::Network("lo".into()));
    assert!(house.world.now().since(start) < Millis(200));
}
