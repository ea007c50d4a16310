//! What puts stored responses and values out of date, also those that are still in the air.

use nearcache::engine::{Select, SetOptions};
use nearcache::model::{Millis, Request};
use nearcache::router::Route;
use nearcache::tier::TierId;

use super::house::{Got, House, OWN, get};
use super::origin::{Native, answer, ok};
use super::support::key;

fn stored(house: &House, path: &str) {
    house.origin.then(ok("max-age=600", path));
    house.fetch(path);
}

fn post(path: &str) -> Request {
    Request { method: "POST".into(), ..get(path) }
}

fn url(path: &str) -> Select {
    Select::Url([OWN, path].concat())
}

#[test]
fn an_unsafe_method_invalidates_its_url_and_those_it_names() {
    let house = House::new();
    for path in ["/cart", "/cart/1", "/cart?page=2", "/other"] {
        stored(&house, path);
    }
    house.origin.then(answer(200, &[("location", "/cart/1")], "done"));
    assert_eq!(house.fetch_with(post("/cart"), Route::default()), Got::Network("done".into()));
    house.sent();
    for path in ["/cart", "/cart/1"] {
        house.origin.then(ok("max-age=600", "new"));
        assert_eq!(house.fetch(path), Got::Network("new".into()), "{path}");
    }
    for path in ["/other", "/cart?page=2"] {
        assert!(house.fetch(path).is_stored(), "{path}");
    }
}

#[test]
fn one_that_fails_invalidates_nothing() {
    for status in [400, 404, 500] {
        let house = House::new();
        stored(&house, "/cart");
        house.origin.then(answer(status, &[], "no"));
        house.fetch_with(post("/cart"), Route::default());
        assert!(house.fetch("/cart").is_stored(), "{status}");
    }
}

#[test]
fn an_invalidation_wins_over_a_response_in_the_air() {
    let selects: [fn() -> Select; 2] = [|| url("/p"), || Select::Tags(vec!["t".into()])];
    for select in selects {
        let house = House::new();
        let route = Route { tags: vec!["t".into()], ..Route::default() };
        house.origin.then(ok("max-age=600", "outdated").after(Millis(100)));
        let (got, invalidated) = house.world.run(async {
            let invalidation = async {
                house.world.sleep(Millis(50)).await;
                house.engine.invalidate(&select()).await
            };
            tokio::join!(house.ask(get("/p"), route.clone()), invalidation)
        });
        house.world.run(house.engine.flush());
        // Whoever asked before gets what was there before; nobody after.
        assert_eq!((got.body(), invalidated.is_ok()), ("outdated", true));
        assert_eq!(house.db.keys(), []);
        house.origin.then(ok("max-age=600", "new"));
        assert_eq!(house.fetch_with(get("/p"), route).body(), "new");
    }
}

#[test]
fn another_contexts_invalidation_wins_as_well() {
    let house = House::new();
    let other = house.neighbour();
    house.origin.then(ok("max-age=600", "outdated").after(Millis(100)));
    house.world.run(async {
        let clearing = async {
            house.world.sleep(Millis(50)).await;
            other.engine.clear().await.unwrap();
        };
        tokio::join!(house.ask(get("/p"), Route::default()), clearing)
    });
    house.world.run(house.engine.flush());
    assert_eq!(house.db.keys(), []);
}

#[test]
fn a_url_is_every_method_and_variant_of_it_and_nothing_else() {
    let house = House::new();
    for path in ["/p", "/p?q", "/p/1"] {
        stored(&house, path);
    }
    assert_eq!(house.world.run(house.engine.invalidate(&url("/p"))), Ok(1));
    assert_eq!(house.world.run(house.engine.invalidate(&url("/p"))), Ok(0));
    assert!(house.fetch("/p?q").is_stored() && house.fetch("/p/1").is_stored());
}

#[test]
fn tags_name_responses_and_values_alike() {
    let house = House::new();
    let tags = |tag: &str| vec![tag.to_owned(), "all".to_owned()];
    house.origin.then(ok("max-age=600", "body").with("cache-groups", "\"group\""));
    house.fetch_with(get("/p"), Route { tags: tags("products"), ..Route::default() });
    for (name, tag) in [("a", "products"), ("b", "users")] {
        let options = SetOptions { tags: tags(tag), ..SetOptions::default() };
        let value = (Native::Body(name.into()), nearcache::model::Bytes(1));
        let admitted = house.engine.set(&key(name), value, &options).unwrap();
        house.world.run(house.engine.stack.commit(admitted)).unwrap();
    }
    let invalidate = |tag: &str| house.world.run(house.engine.invalidate(&Select::Tags(vec![tag.into()])));
    assert_eq!(invalidate("none"), Ok(0));
    assert_eq!(invalidate("products"), Ok(2));
    assert_eq!(invalidate("all"), Ok(1));
}

#[test]
fn an_origin_names_its_groups_and_clears_its_data() {
    for (field, value) in [("cache-group-invalidation", "\"group\""), ("clear-site-data", "\"cache\"")] {
        let house = House::new();
        house.origin.then(ok("max-age=600", "body").with("cache-groups", "\"group\""));
        house.fetch("/p");
        house.origin.then(answer(204, &[(field, value)], ""));
        house.fetch_with(post("/logout"), Route::default());
        assert_eq!(house.db.keys(), [], "{field}");
    }
}

#[test]
fn what_only_another_context_has_is_meant_too() {
    for select in [Select::Prefix("a/".into()), Select::Tags(vec!["red".into()])] {
        let house = House::new();
        let other = house.neighbour();
        let options =
            SetOptions { tags: vec!["red".into()], tier: Some(TierId::Memory), ..SetOptions::default() };
        other.set("a/1", "x", &options);
        house.world.advance(Millis(1));
        house.world.run(house.engine.invalidate(&select)).unwrap();
        house.world.settle();
        assert!(other.engine.peek(&key("a/1")).is_none(), "{select:?}");
        // What is set afterwards is not meant.
        house.world.advance(Millis(1));
        other.set("a/1", "y", &options);
        assert!(other.engine.peek(&key("a/1")).is_some());
    }
}

#[test]
fn what_is_written_while_several_selections_are_removed_is_not_meant() {
    let house = House::new();
    let tagged = SetOptions { tags: vec!["red".into()], ..SetOptions::default() };
    for name in ["a/1", "b/1", "c"] {
        house.set(name, "old", &tagged);
    }
    let (selects, written) = (
        [Select::Prefix("a/".into()), Select::Prefix("b/".into()), Select::Tags(vec!["red".into()])],
        key("b/1"),
    );
    let removed = house.world.run(async {
        let writing = async {
            // The first commit is under way.
            super::support::breathe().await;
            let body = (Native::Body("new".into()), nearcache::model::Bytes(3));
            let admitted = house.engine.set(&written, body, &tagged).unwrap();
            house.engine.stack.commit(admitted).await.unwrap();
        };
        tokio::join!(house.engine.invalidate_all(&selects), writing).0
    });
    assert_eq!(removed, Ok(3));
    let reloaded = house.neighbour();
    for house in [&house, &reloaded] {
        assert_eq!(["a/1", "b/1", "c"].map(|name| house.value(name)), [None, Some("new".into()), None]);
    }
}
