//! Values: set, get, peek, expiry, selections.

use nearcache::engine::{Select, SetOptions};
use nearcache::event::Event;
use nearcache::model::{Bytes, Millis};
use nearcache::tier::{LocalFuture, TierId};

use super::house::House;
use super::origin::Native;
use super::support::key;

pub fn text(body: &str) -> (Native, Bytes) {
    (Native::Body(body.into()), Bytes(body.len() as u64))
}

pub fn ttl(ttl: u64, window: u64) -> SetOptions {
    SetOptions {
        ttl: Some(Millis(ttl)),
        stale_while_revalidate: (window > 0).then_some(Millis(window)),
        ..SetOptions::default()
    }
}

impl House {
    pub fn set(&self, name: &str, body: &str, options: &SetOptions) -> TierId {
        let admitted = self.engine.set(&key(name), text(body), options).unwrap();
        self.world.run(self.engine.stack.commit(admitted)).unwrap()
    }

    pub fn value(&self, name: &str) -> Option<String> {
        match self.world.run(self.engine.get(&key(name)))? {
            Native::Body(body) => Some(body),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_value_is_there_until_its_ttl_is_over() {
    let house = House::new();
    assert_eq!(house.set("k", "v", &ttl(100, 0)), TierId::IndexedDb);
    house.world.advance(Millis(99));
    let reloaded = house.neighbour();
    for house in [&house, &reloaded] {
        assert!(house.engine.has(&key("k")));
        assert_eq!(house.value("k").as_deref(), Some("v"));
        assert_eq!(house.engine.peek(&key("k")), Some(Native::Body("v".into())));
    }
    house.world.advance(Millis(1));
    for house in [&house, &reloaded] {
        assert!(!house.engine.has(&key("k")));
        assert_eq!((house.value("k"), house.engine.peek(&key("k"))), (None, None));
    }
}

#[test]
fn a_stale_value_is_only_for_those_who_will_renew_it() {
    let house = House::new();
    house.set("k", "v", &ttl(100, 100));
    house.world.advance(Millis(150));
    assert_eq!((house.value("k"), house.engine.peek(&key("k"))), (None, None));
    assert!(!house.engine.has(&key("k")));
}

/// Versions go on from where they were, a value's time does not.
#[test]
fn a_ttl_counts_by_the_clock_as_it_is_now_when_that_was_set_back() {
    let hour = Millis::from_secs(3_600);
    let house = House::new();
    house.set("before", "v", &ttl(hour.0, 0));
    house.world.set_back(Millis::from_secs(86_400));
    let reloaded = house.neighbour();
    for (house, name) in [(&house, "after"), (&reloaded, "and after a reload")] {
        house.set(name, "v", &ttl(hour.0, 0));
        let loaded = [name, " loaded"].concat();
        let load = || Box::pin(async { Ok(text("v")) }) as LocalFuture<_>;
        house.world.run(house.engine.get_or_set(&key(&loaded), ttl(hour.0, 0), load)).unwrap();
        assert_eq!([name, &loaded].map(|name| house.value(name).is_some()), [true, true]);
    }
    house.world.advance(hour);
    for (house, name) in [(&house, "after"), (&reloaded, "and after a reload")] {
        assert_eq!((house.value(name), house.value(&[name, " loaded"].concat())), (None, None));
        assert!(house.value("before").is_some(), "it lives until its own hour strikes");
    }
    house.world.advance(Millis::from_secs(86_400));
    assert_eq!(house.value("before"), None);
}

#[test]
fn peek_and_has_cost_no_io() {
    let house = House::new();
    house.set("k", "v", &SetOptions::default());
    let reloaded = house.neighbour();
    assert_eq!(reloaded.engine.peek(&key("k")), None, "not in this context's memory yet");
    assert!(reloaded.engine.has(&key("k")));
    assert!(house.db.reads.borrow().is_empty());
}

#[test]
fn hits_and_misses_are_counted_and_told() {
    let house = House::new();
    house.value("k");
    house.set("k", "v", &SetOptions::default());
    house.context.take_events();
    house.value("k");
    let stats = house.engine.stack.stats();
    assert_eq!((stats.hits, stats.misses, stats.tiers[TierId::Memory as usize].hits), (1, 1, 1));
    assert_eq!(house.context.take_events(), [Event::Hit { key: "k".into(), tier: TierId::Memory }]);
}

#[test]
fn keys_and_prefixes_select_values_only() {
    let house = House::new();
    for name in ["cart/1", "cart/2", "carton", "user"] {
        house.set(name, "v", &SetOptions::default());
    }
    let invalidate = |select: Select| house.world.run(house.engine.invalidate(&select));
    assert_eq!(invalidate(Select::Prefix("cart/".into())), Ok(2));
    assert_eq!(invalidate(Select::Keys(vec![key("carton"), key("none")])), Ok(1));
    assert_eq!(house.value("user").as_deref(), Some("v"));
    house.world.run(house.engine.clear()).unwrap();
    assert_eq!((house.value("user"), house.db.keys()), (None, vec![]));
}
