//! `get_or_set`: one load at a time, errors for everybody and for nobody after, stale while it loads.

use std::cell::Cell;
use std::rc::Rc;

use nearcache::engine::{Failure, Load, Select, SetOptions};
use nearcache::model::{Bytes, Millis};
use nearcache::tier::LocalFuture;

use super::house::House;
use super::origin::Native;
use super::support::key;
use super::values::{text, ttl};

/// A loader that takes 50 ms, and counts its calls.
struct Loader {
    house: House,
    calls: Rc<Cell<usize>>,
}

impl Loader {
    fn new() -> Self {
        Self { house: House::new(), calls: Rc::default() }
    }

    /// Asks for `k`, by loading `outcome` if need be.
    fn ask(
        &self,
        house: &House,
        outcome: Result<&'static str, &'static str>,
        options: SetOptions,
    ) -> impl Future<Output = Result<String, String>> + use<> {
        let (calls, alarm) = (Rc::clone(&self.calls), Rc::clone(&house.world));
        let load = move || -> LocalFuture<Load<Native>> {
            calls.set(calls.get() + 1);
            Box::pin(async move {
                alarm.sleep(Millis(50)).await;
                outcome.map(text).map_err(|why| Failure::Thrown(Native::Thrown(why)))
            })
        };
        let engine = Rc::clone(&house.engine);
        async move {
            match engine.get_or_set(&key("k"), options, load).await {
                Ok(Native::Body(body)) => Ok(body),
                Err(Failure::Thrown(Native::Thrown(why))) => Err(why.to_owned()),
                other => panic!("{other:?}"),
            }
        }
    }

    fn load(
        &self,
        outcome: Result<&'static str, &'static str>,
    ) -> impl Future<Output = Result<String, String>> + use<> {
        self.ask(&self.house, outcome, SetOptions::default())
    }
}

#[test]
fn callers_at_the_same_time_share_one_load() {
    let loader = Loader::new();
    let got = loader
        .house
        .world
        .run(async { tokio::join!(loader.load(Ok("v")), loader.load(Ok("w")), loader.load(Err("no"))) });
    let v = || Ok("v".to_owned());
    assert_eq!((got, loader.calls.get()), ((v(), v(), v()), 1));
    // And those after need none.
    assert_eq!((loader.house.world.run(loader.load(Ok("x"))), loader.calls.get()), (v(), 1));
    assert_eq!(loader.house.neighbour().value("k").as_deref(), Some("v"));
}

#[test]
fn what_finds_no_room_in_any_tier_is_the_callers_all_the_same() {
    let loader = Loader::new();
    loader.house.db.capacity.set(Bytes::ZERO);
    let load =
        || Box::pin(async { Ok((Native::Body("huge".into()), Bytes::mib(64))) }) as LocalFuture<Load<Native>>;
    let engine = &loader.house.engine;
    for _ in 0..2 {
        let loaded = loader.house.world.run(engine.get_or_set(&key("k"), SetOptions::default(), load));
        assert!(matches!(&loaded, Ok(Native::Body(body)) if body == "huge"), "{loaded:?}");
    }
    assert!(!engine.has(&key("k")));
}

#[test]
fn an_error_reaches_every_waiter_and_is_not_kept() {
    let loader = Loader::new();
    let got =
        loader.house.world.run(async { tokio::join!(loader.load(Err("no")), loader.load(Ok("never"))) });
    let no = || Err("no".to_owned());
    assert_eq!((got, loader.calls.get()), ((no(), no()), 1));
    assert_eq!(loader.house.value("k"), None);
    assert_eq!(loader.house.world.run(loader.load(Ok("v"))), Ok("v".into()));
}

#[test]
fn a_leader_that_goes_away_is_replaced() {
    let loader = Loader::new();
    let world = &loader.house.world;
    let first = Box::pin(loader.load(Ok("never")));
    let second = loader.load(Ok("v"));
    let got = world.run(async {
        tokio::select! {
            biased;
            got = first => panic!("{got:?}"),
            () = world.sleep(Millis(10)) => {}
        }
        second.await
    });
    assert_eq!((got, loader.calls.get()), (Ok("v".into()), 2));
}

#[test]
fn a_stale_value_is_answered_at_once_and_one_load_renews_it() {
    let loader = Loader::new();
    let house = &loader.house;
    house.set("k", "old", &ttl(100, 1_000));
    house.world.advance(Millis(150));
    let before = house.world.now();
    let ask = |body| loader.ask(house, Ok(body), ttl(100, 1_000));
    let got = house.world.run(async { tokio::join!(ask("new"), ask("newer")) });
    assert_eq!(got, (Ok("old".into()), Ok("old".into())));
    assert!(house.world.now().since(before) < Millis(50), "the callers waited for the load");
    house.world.run(house.world.sleep(Millis(60)));
    house.world.settle();
    assert_eq!((house.value("k").as_deref(), loader.calls.get()), (Some("new"), 1));
}

#[test]
fn a_renewal_that_fails_keeps_the_old_value_while_it_may_be_served() {
    let loader = Loader::new();
    let house = &loader.house;
    house.set("k", "old", &ttl(100, 1_000));
    house.world.advance(Millis(150));
    for _ in 0..2 {
        assert_eq!(house.world.run(loader.ask(house, Err("no"), ttl(100, 1_000))), Ok("old".into()));
        house.world.run(house.world.sleep(Millis(60)));
        house.world.settle();
    }
    house.world.advance(Millis(2_000));
    assert_eq!(house.world.run(loader.ask(house, Err("no"), ttl(100, 1_000))), Err("no".into()));
    assert_eq!(loader.calls.get(), 3);
}

#[test]
fn a_ttl_counts_from_the_end_of_the_load() {
    let loader = Loader::new();
    let house = &loader.house;
    house.world.run(loader.ask(house, Ok("v"), ttl(100, 0))).unwrap();
    house.world.advance(Millis(90));
    assert_eq!(house.value("k").as_deref(), Some("v"));
}

#[test]
fn what_is_invalidated_during_a_load_is_not_kept() {
    let selects = [
        Select::Keys(vec![key("k")]),
        Select::Prefix(String::new()),
        Select::Tags(vec!["whatever it will carry".into()]),
    ];
    for select in selects {
        let loader = Loader::new();
        let house = &loader.house;
        let (got, _) = house.world.run(async {
            let invalidation = async {
                house.world.sleep(Millis(25)).await;
                house.engine.invalidate(&select).await.unwrap();
            };
            tokio::join!(loader.load(Ok("outdated")), invalidation)
        });
        assert_eq!(got, Ok("outdated".into()), "whoever asked before gets it");
        assert_eq!((house.value("k"), house.db.keys()), (None, vec![]), "{select:?}");
    }
}

#[test]
fn whoever_asks_after_an_invalidation_loads_anew() {
    let loader = Loader::new();
    let house = &loader.house;
    let (before, after) = house.world.run(async {
        let later = async {
            house.world.sleep(Millis(25)).await;
            house.engine.invalidate(&Select::Keys(vec![key("k")])).await.unwrap();
            loader.load(Ok("new")).await
        };
        tokio::join!(loader.load(Ok("outdated")), later)
    });
    assert_eq!((before, after), (Ok("outdated".into()), Ok("new".into())));
    assert_eq!(house.value("k").as_deref(), Some("new"));
}

#[test]
fn a_set_during_a_load_stays() {
    let loader = Loader::new();
    let house = &loader.house;
    house
        .world
        .run(async {
            let setting = async {
                house.world.sleep(Millis(25)).await;
                let value = (Native::Body("set".into()), Bytes(3));
                let admitted = house.engine.set(&key("k"), value, &SetOptions::default()).unwrap();
                house.engine.stack.commit(admitted).await.unwrap();
            };
            tokio::join!(loader.load(Ok("loaded")), setting)
        })
        .0
        .unwrap();
    assert_eq!(house.value("k").as_deref(), Some("set"));
    assert_eq!(house.neighbour().value("k").as_deref(), Some("set"));
}

#[test]
fn two_contexts_share_one_load() {
    let loader = Loader::new();
    let other = loader.house.neighbour();
    let got = loader.house.world.run(async {
        tokio::join!(loader.load(Ok("v")), loader.ask(&other, Ok("w"), SetOptions::default()))
    });
    assert_eq!((got, loader.calls.get()), ((Ok("v".into()), Ok("v".into())), 1));
}

#[test]
fn a_context_whose_neighbour_failed_loads_by_itself() {
    let loader = Loader::new();
    let other = loader.house.neighbour();
    let got = loader.house.world.run(async {
        tokio::join!(loader.load(Err("no")), loader.ask(&other, Ok("w"), SetOptions::default()))
    });
    assert_eq!(got, (Err("no".into()), Ok("w".into())));
}
