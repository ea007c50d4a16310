//! A route that says how much its responses may take up.

use nearcache::model::{Bytes, CacheMode, Limit, Millis, Request};
use nearcache::router::Route;

use super::house::{House, get};
use super::origin::ok;

fn route(entries: usize, bytes: u64) -> Route {
    let limit = Limit { tag: "\u{1d}few".into(), entries, bytes: Bytes(bytes) };
    Route { limit: Some(limit), ..Route::default() }
}

/// Which of `/0`, `/1`, … are stored.
fn stored(house: &House) -> String {
    let is = |n: &u8| house.db.keys().iter().any(|key| key.as_str().contains(&format!("/{n}\u{1f}")));
    (0..9).filter(is).map(|n| char::from(b'0' + n)).collect()
}

#[test]
fn the_least_recently_used_makes_room() {
    let house = House::new();
    let fetch = |n: u8, route: Route| {
        house.advance_secs(1);
        house.fetch_with(get(&format!("/{n}")), route)
    };
    for n in 0..3 {
        house.origin.then(ok("max-age=600", "hello"));
        fetch(n, route(3, u64::MAX));
    }
    assert!(fetch(0, route(3, u64::MAX)).is_stored(), "used once more, from memory");
    for n in 3..5 {
        house.origin.then(ok("max-age=600", "hello"));
        fetch(n, route(3, u64::MAX));
    }
    assert_eq!(stored(&house), "034");
    // Another route's are none of its business.
    house.origin.then(ok("max-age=600", "hello"));
    fetch(5, Route::default());
    assert_eq!(stored(&house), "0345");
}

#[test]
fn bytes_count_too() {
    let house = House::new();
    for n in 0..4 {
        house.advance_secs(1);
        house.origin.then(ok("max-age=600", &"x".repeat(1_000)));
        house.fetch_with(get(&format!("/{n}")), route(usize::MAX, 7_000));
    }
    assert_eq!(stored(&house), "23");
}

#[test]
fn a_body_that_there_is_no_room_for_is_handed_on_and_replaces_what_was_there() {
    let large = "x".repeat(7_000);
    let says_so = ok("max-age=600", &large).with("content-length", "7000");
    for answer in [says_so, ok("max-age=600", &large)] {
        let house = House::new();
        let fetch = || house.fetch_with(get("/0"), route(usize::MAX, 6_000));
        house.origin.then(ok("max-age=1", "hello"));
        fetch();
        assert_eq!(stored(&house), "0");
        house.advance_secs(2);
        house.origin.then(answer);
        assert_eq!(fetch().body(), large);
        assert_eq!(stored(&house), "");
        house.origin.then(ok("max-age=600", "small again"));
        assert_eq!(fetch().body(), "small again");
        assert!(fetch().is_stored());
    }
}

#[test]
fn it_also_replaces_what_another_request_has_stored_meanwhile() {
    let house = House::new();
    let large = "x".repeat(7_000);
    house.origin.then(ok("max-age=600", &large).with("content-length", "7000").after(Millis(500)));
    house.origin.then(ok("max-age=600", "small").after(Millis(100)));
    let other = house.neighbour();
    let reload = |house: &House| {
        house.ask(Request { cache: CacheMode::Reload, ..get("/0") }, route(usize::MAX, 6_000))
    };
    let (first, second) = house.world.run(async { tokio::join!(reload(&house), reload(&other)) });
    house.world.run(other.engine.flush());
    assert_eq!((first.body(), second.body()), (&*large, "small"));
    assert_eq!(stored(&house), "");
}
