//! Read-through, promotion, expiry, and what opening finds.

use nearcache::model::{Bytes, Millis};
use nearcache::tier::TierId;

use super::setup::{NO_MEMORY, ROOMY, Setup};
use super::support::{World, entry, key, mortal, old_version, version};

#[test]
fn memory_answers_before_a_home_and_takes_what_a_home_had() {
    let setup = Setup::new(ROOMY);
    setup.db.plant(&key("k"), entry(version(1), 7));
    setup.world.run(setup.stack.resync());
    assert_eq!(setup.found("k"), Some((7, TierId::IndexedDb)));
    assert_eq!(setup.found("k"), Some((7, TierId::Memory)));
    assert_eq!(setup.stack.peek(&key("k")).map(|entry| entry.body), Some(7));
}

#[test]
fn a_miss_costs_no_io() {
    let setup = Setup::new(ROOMY);
    assert_eq!(setup.get("none"), None);
    assert!(setup.stack.known(&key("none")).is_none());
    assert!(setup.db.reads.borrow().is_empty() && setup.local.reads.borrow().is_empty());
}

#[test]
fn reads_of_a_tick_share_one_transaction() {
    let setup = Setup::new(NO_MEMORY);
    for name in ["a", "b", "c"] {
        setup.put(name, 1);
    }
    let (a, b, c) = (key("a"), key("b"), key("c"));
    let stack = &setup.stack;
    setup.world.run(async { tokio::join!(stack.get(&a), stack.get(&b), stack.get(&c)) });
    assert_eq!(*setup.db.reads.borrow(), [[a, b, c]]);
}

#[test]
fn a_reload_finds_everything_by_its_newest_version() {
    let setup = Setup::new(ROOMY);
    setup.put("a", 1);
    setup.local.plant(&key("b"), entry(version(9), 9));
    setup.db.plant(&key("b"), entry(version(8), 8));
    let (_, reloaded) = setup.another(2);
    for (name, body) in [("a", 1), ("b", 9)] {
        assert!(reloaded.known(&key(name)).is_some());
        let found = setup.world.run(reloaded.get(&key(name)));
        assert_eq!(found.map(|found| found.entry.body), Some(body), "{name}");
    }
    assert_eq!(reloaded.list("v:").len(), 2);
}

#[test]
fn versions_go_on_from_what_a_reload_finds() {
    let setup = Setup::new(ROOMY);
    let ahead = version(1_000_000);
    setup.db.plant(&key("k"), entry(ahead, 1));
    let (_, reloaded) = setup.another(2);
    assert!(reloaded.tick() > ahead, "a clock behind another's loses its writes");
}

#[test]
fn what_cannot_be_read_is_dropped_and_counted() {
    let setup = Setup::new(NO_MEMORY);
    setup.put("k", 1);
    setup.db.spoil(&key("k"));
    assert_eq!(setup.get("k"), None);
    assert_eq!(setup.db.keys(), []);
    assert_eq!(setup.stack.stats().tiers[TierId::IndexedDb as usize].corrupt, 1);
    assert_eq!(setup.stack.stats().tiers[TierId::IndexedDb as usize].faults, 0);
}

#[test]
fn what_was_lost_is_missed_and_forgotten() {
    let setup = Setup::new(NO_MEMORY);
    setup.put("k", 1);
    setup.db.lose(&key("k"));
    assert!(setup.stack.known(&key("k")).is_some());
    assert_eq!(setup.get("k"), None);
    assert!(setup.stack.known(&key("k")).is_none());
}

#[test]
fn an_older_record_than_expected_is_not_answered() {
    let setup = Setup::new(NO_MEMORY);
    setup.put("k", 1);
    setup.db.plant(&key("k"), entry(old_version(1), 0));
    assert_eq!(setup.get("k"), None);
}

#[test]
fn the_dead_are_missed_and_leave_their_home() {
    for budgets in [ROOMY, NO_MEMORY] {
        let setup = Setup::new(budgets);
        let entry = mortal(setup.stack.tick(), World::START + Millis(50), 1);
        setup.context.put(&setup.stack, &key("k"), entry);
        setup.world.advance(Millis(49));
        assert_eq!(setup.get("k"), Some(1));
        setup.world.advance(Millis(1));
        assert!(setup.stack.known(&key("k")).is_none());
        assert!(setup.stack.list("").is_empty());
        assert_eq!(setup.get("k"), None);
        assert_eq!(setup.db.keys(), []);
    }
}

#[test]
fn a_prefix_lists_what_starts_with_it() {
    let setup = Setup::new(ROOMY);
    for name in ["cart", "cart/1", "cart/2", "car", "user"] {
        setup.put(name, 1);
    }
    let names: Vec<String> =
        setup.stack.list("v:cart/").into_iter().map(|(key, _)| key.name().to_owned()).collect();
    assert_eq!(names, ["cart/1", "cart/2"]);
}

#[test]
fn usage_says_what_each_tier_holds() {
    let setup = Setup::new(ROOMY);
    setup.put("a", 1);
    setup.put("b", 2);
    let usage = setup.stack.usage();
    assert_eq!(
        usage,
        [
            (TierId::Memory, Bytes(200), 2, Bytes::mib(1)),
            (TierId::Local, Bytes(0), 0, Bytes::mib(1)),
            (TierId::IndexedDb, Bytes(200), 2, Bytes::mib(1)),
        ]
    );
}

#[test]
fn an_older_record_in_another_tier_goes_when_it_is_found() {
    let setup = Setup::new(ROOMY);
    setup.local.plant(&key("k"), entry(version(1), 1));
    setup.db.plant(&key("k"), entry(version(2), 2));
    let (_, reloaded) = setup.another(2);
    setup.world.settle();
    assert_eq!(setup.records("k"), (None, Some(2)), "else it comes back when the newer one is removed");
    setup.world.run(reloaded.remove(&[key("k")])).unwrap();
    let (_, again) = setup.another(3);
    assert!(setup.world.run(again.get(&key("k"))).is_none());
}

#[test]
fn what_a_listing_brings_along_is_read_without_io() {
    let setup = Setup::new(ROOMY);
    setup.db.lists_bodies.set(true);
    let names: Vec<String> = (0..100).map(|n| format!("k{n}")).collect();
    for name in &names {
        setup.put(name, 7);
    }
    let (_, reloaded) = setup.another(2);
    for name in &names {
        assert_eq!(reloaded.peek(&key(name)).map(|entry| entry.body), Some(7));
        let found = setup.world.run(reloaded.get(&key(name)));
        assert_eq!(found.map(|found| found.tier), Some(TierId::Memory));
    }
    assert!(setup.db.reads.borrow().is_empty());
}

#[test]
fn a_sweep_frees_the_room_of_the_dead_and_leaves_the_living() {
    let setup = Setup::new(NO_MEMORY);
    for n in 0..600 {
        let entry = if n % 3 == 0 { entry(version(1), n) } else { mortal(version(1), World::START, n) };
        setup.db.plant(&key(&format!("k{n}")), entry);
    }
    let (_, reloaded) = setup.another(2);
    setup.world.advance(Millis::from_secs(3_600));
    setup.world.run(reloaded.sweep(&|| true));
    assert_eq!(setup.db.keys().len(), 200);
    assert_eq!(reloaded.list("").len(), 200);
}
