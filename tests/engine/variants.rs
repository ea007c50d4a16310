//! Vary: one URL, several responses.

use nearcache::model::Request;
use nearcache::router::Route;

use super::house::{Got, House, get};
use super::origin::ok;

fn in_language(language: &str) -> Request {
    let mut request = get("/p");
    request.headers.set("accept-language", language);
    request
}

fn fetch(house: &House, language: &str) -> Got {
    house.fetch_with(in_language(language), Route::default())
}

#[test]
fn each_variant_answers_its_own_requests() {
    let house = House::new();
    for (language, body) in [("de", "Hallo"), ("en", "Hello")] {
        house.origin.then(ok("max-age=60", body).with("vary", "Accept-Language"));
        assert_eq!(fetch(&house, language), Got::Network(body.into()));
    }
    house.sent();
    for house in [&house, &house.neighbour()] {
        assert_eq!((fetch(house, "de").body(), fetch(house, "en").body()), ("Hallo", "Hello"));
    }
    assert_eq!((house.sent(), house.db.keys().len()), (0, 2));
}

#[test]
fn a_star_is_never_answered_from_the_cache() {
    let house = House::new();
    for body in ["1", "2"] {
        house.origin.then(ok("max-age=60", body).with("vary", "*"));
        assert_eq!(house.fetch("/p"), Got::Network(body.into()));
    }
}

#[test]
fn all_variants_validate_at_once_and_a_304_names_one() {
    let house = House::new();
    for (language, tag) in [("de", "\"de\""), ("en", "\"en\"")] {
        house.origin.then(ok("max-age=1", language).with("vary", "accept-language").with("etag", tag));
        fetch(&house, language);
    }
    house.advance_secs(10);
    house.sent();
    let head = [("etag", "\"de\""), ("vary", "accept-language"), ("cache-control", "max-age=60")];
    house.origin.then(super::origin::answer(304, &head, ""));
    assert_eq!(fetch(&house, "de").body(), "de");
    let sent = house.origin.take_sent();
    assert!(sent[0].headers.get("if-none-match").is_some_and(|tags| tags.contains("\"de\"")), "{sent:?}");
    assert!(fetch(&house, "de").is_stored());
    // The other one is as stale as before.
    house.origin.then(ok("max-age=60", "new").with("vary", "accept-language"));
    assert_eq!(fetch(&house, "en"), Got::Network("new".into()));
}
