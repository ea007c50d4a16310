//! Ranges: parts are kept, joined, completed, and answer what they hold.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use nearcache::model::{Millis, Request};
use nearcache::router::Route;

use super::house::{Got, House, get};
use super::origin::{Answer, answer};

const WHOLE: &str = "0123456789";

fn range(text: &str) -> Request {
    let mut request = get("/film");
    request.headers.set("range", text);
    request
}

fn part(first: usize, last: usize) -> Answer {
    let held = format!("bytes {first}-{last}/10");
    let head = [("cache-control", "max-age=60"), ("etag", "\"1\""), ("content-range", held.as_str())];
    answer(206, &head, &WHOLE[first..=last])
}

fn ask(house: &House, text: &str) -> Got {
    house.fetch_with(range(text), Route::default())
}

#[test]
fn parts_that_touch_become_one_and_at_last_the_whole() {
    let house = House::new();
    for (text, first, last) in [("bytes=0-3", 0, 3), ("bytes=3-6", 3, 6)] {
        house.origin.then(part(first, last));
        assert_eq!(ask(&house, text), Got::Network(WHOLE[first..=last].into()));
    }
    house.sent();
    // The whole body is handed over; the browser's side cuts the range out of it.
    assert!(ask(&house, "bytes=1-5").is_stored());
    assert_eq!((house.sent(), house.db.keys().len()), (0, 1));
    house.origin.then(part(7, 9));
    assert_eq!(house.fetch("/film").body(), WHOLE);
    let sent = house.origin.take_sent();
    let fields = (sent[0].headers.get("range"), sent[0].headers.get("if-range"));
    assert_eq!(fields, (Some("bytes=7-"), Some("\"1\"")));
    assert_eq!(house.fetch("/film").body(), WHOLE);
    assert_eq!(house.sent(), 0);
}

#[test]
fn a_part_that_fills_a_gap_is_joined_on_both_sides() {
    for [one, two, three] in [[(0, 3), (6, 9), (3, 6)], [(6, 9), (0, 3), (4, 5)], [(0, 2), (7, 9), (1, 8)]] {
        let house = House::new();
        for (first, last) in [one, two, three] {
            house.origin.then(part(first, last));
            ask(&house, &format!("bytes={first}-{last}"));
        }
        house.sent();
        assert!(ask(&house, "bytes=1-8").is_stored());
        assert_eq!(house.fetch("/film").body(), WHOLE);
        assert_eq!((house.sent(), house.db.keys().len()), (0, 1));
    }
}

#[test]
fn parts_that_are_in_the_air_together_are_joined_as_they_land() {
    let house = House::new();
    let all = ["bytes=5-9", "bytes=0-4"].map(|text| house.ask(range(text), Route::default()));
    house.origin.then(part(5, 9));
    house.origin.then(part(0, 4).after(Millis(20)));
    let (landed, world) = (Rc::new(Cell::new(0)), Rc::clone(&house.world));
    for each in all {
        let landed = Rc::clone(&landed);
        world.spawn(Box::pin(async move {
            each.await;
            landed.set(landed.get() + 1);
        }));
    }
    world.run(poll_fn(|_| if landed.get() == 2 { Poll::Ready(()) } else { Poll::Pending }));
    world.run(house.engine.flush());
    assert_eq!(house.fetch("/film").body(), WHOLE);
    assert_eq!((house.sent(), house.db.keys().len()), (2, 1));
}

#[test]
fn what_changed_meanwhile_is_not_joined() {
    let house = House::new();
    house.origin.then(part(0, 3));
    ask(&house, "bytes=0-3");
    house.origin.then(answer(200, &[("cache-control", "max-age=60"), ("etag", "\"2\"")], "new"));
    assert_eq!(house.fetch("/film"), Got::Network("new".into()));
    assert_eq!(house.fetch("/film").body(), "new");
    assert_eq!(house.db.keys().len(), 1);
}

#[test]
fn a_rest_that_breaks_off_is_asked_for_as_a_whole() {
    let house = House::new();
    house.origin.then(part(0, 3));
    ask(&house, "bytes=0-3");
    house.origin.then(part(4, 9).cut_off());
    house.origin.then(answer(200, &[("cache-control", "max-age=60"), ("etag", "\"1\"")], WHOLE));
    assert_eq!(house.fetch("/film"), Got::Network(WHOLE.into()));
    assert_eq!(house.sent(), 3);
}

#[test]
fn parts_are_bounded_per_key() {
    let house = House::new();
    for first in 0..40 {
        let held = format!("bytes {}-{}/1000", first * 10, first * 10 + 1);
        let head = [("cache-control", "max-age=60"), ("etag", "\"1\""), ("content-range", held.as_str())];
        house.origin.then(answer(206, &head, "ab"));
        ask(&house, &format!("bytes={}-{}", first * 10, first * 10 + 1));
    }
    assert_eq!(house.db.keys().len(), 16);
    house.sent();
    assert!(ask(&house, "bytes=390-391").is_stored());
    assert_eq!(house.sent(), 0);
}

#[test]
fn a_part_shorter_than_it_says_is_not_kept() {
    let house = House::new();
    let head = [("cache-control", "max-age=60"), ("etag", "\"1\""), ("content-range", "bytes 0-3/10")];
    house.origin.then(answer(206, &head, "01"));
    assert_eq!(ask(&house, "bytes=0-3"), Got::Network("01".into()));
    assert!(house.db.keys().is_empty());
}
