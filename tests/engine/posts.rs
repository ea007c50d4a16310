//! Unsafe methods whose response says more than that it is done.

use nearcache::model::Request;
use nearcache::router::Route;

use super::house::{Got, House, get};
use super::origin::ok;

fn post(path: &str) -> Request {
    Request { method: "POST".into(), ..get(path) }
}

#[test]
fn a_post_that_answers_with_its_own_representation_answers_later_gets() {
    let house = House::new();
    house.origin.then(ok("max-age=60", "old"));
    house.fetch("/cart");
    house.origin.then(ok("max-age=60", "new").with("content-location", "/cart"));
    assert_eq!(house.fetch_with(post("/cart"), Route::default()), Got::Network("new".into()));
    assert_eq!(house.fetch("/cart").body(), "new");
    assert!(house.fetch("/cart").is_stored());
    assert_eq!(house.sent(), 2);
    // It is never an answer to another POST.
    house.origin.then(ok("max-age=60", "newer"));
    assert_eq!(house.fetch_with(post("/cart"), Route::default()), Got::Network("newer".into()));
}

#[test]
fn one_without_that_only_invalidates() {
    for (cache_control, location) in [("max-age=60", "/other"), ("public", "/cart")] {
        let house = House::new();
        house.origin.then(ok(cache_control, "done").with("content-location", location));
        house.fetch_with(post("/cart"), Route::default());
        house.origin.then(ok("max-age=60", "cart"));
        assert_eq!(house.fetch("/cart"), Got::Network("cart".into()));
    }
}
