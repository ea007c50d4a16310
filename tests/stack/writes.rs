//! Placement, one home, one commit a tick, and what a caller may rely on.

use std::cell::Cell;
use std::rc::Rc;

use nearcache::error::{Error, TierError};
use nearcache::event::Event;
use nearcache::model::Bytes;
use nearcache::sync::Notice;
use nearcache::tier::{Batched, Change, Durability, Lifetime, Put, TierId};

use super::setup::{NO_MEMORY, ROOMY, Setup, to};
use super::support::{join_all, key, sized};

#[test]
fn memory_shows_a_value_before_its_home_has_it() {
    let setup = Setup::new(ROOMY);
    let admitted = setup.stack.admit(&key("k"), setup.next(1), Put::default()).unwrap();
    assert_eq!(setup.stack.peek(&key("k")).map(|entry| entry.body), Some(1));
    assert_eq!(setup.records("k"), (None, None));
    assert_eq!(setup.world.run(setup.stack.commit(admitted)), Ok(TierId::IndexedDb));
    assert_eq!(setup.records("k"), (None, Some(1)));
}

#[test]
fn an_awaited_write_outlives_its_context() {
    let setup = Setup::new(ROOMY);
    assert_eq!(setup.put("k", 1), TierId::IndexedDb);
    let (_, reloaded) = setup.another(2);
    assert_eq!(setup.world.run(reloaded.get(&key("k"))).map(|found| found.entry.body), Some(1));
}

#[test]
fn a_write_is_announced_and_told_once_it_is_committed() {
    let setup = Setup::new(ROOMY);
    setup.put("k", 1);
    let announced = setup.context.take_announced();
    assert!(
        matches!(announced.as_slice(), [Notice::Written(k, TierId::IndexedDb, _)] if *k == key("k")),
        "{announced:?}"
    );
    assert_eq!(setup.context.take_events(), [Event::Write { key: "k".into(), tier: TierId::IndexedDb }]);
}

#[test]
fn writes_of_a_tick_share_one_commit_and_the_last_of_a_key_wins() {
    let setup = Setup::new(ROOMY);
    let (a, b) = (key("a"), key("b"));
    let strict = Put { durability: Durability::Strict, ..Put::default() };
    let stack = &setup.stack;
    let entries = [setup.next(1), setup.next(2), setup.next(3)];
    let [first, second, third] = entries;
    let homes = setup.world.run(async {
        tokio::join!(
            stack.put(&a, first, Put::default()),
            stack.put(&b, second, strict),
            stack.put(&a, third, Put::default())
        )
    });
    assert_eq!(homes, (Ok(TierId::IndexedDb), Ok(TierId::IndexedDb), Ok(TierId::IndexedDb)));
    // The strictest wish holds for all.
    assert_eq!(*setup.db.commits.borrow(), [(vec![a, b], Durability::Strict)]);
    assert_eq!(setup.records("a"), (None, Some(3)));
    assert_eq!(setup.get("a"), Some(3));
}

/// Writes `count` entries at once, each key twice, and how many entries each commit had.
fn burst(setup: &Setup, count: u32) -> Vec<usize> {
    let put = |(name, body): (u32, u32)| {
        let admitted = setup.stack.admit(&key(&name.to_string()), setup.next(body), Put::default()).unwrap();
        setup.stack.commit(admitted)
    };
    let names = (0..count).map(|i| (i, i)).chain((0..count).map(|i| (i, i + count)));
    let writes: Vec<_> = names.map(put).collect();
    setup.world.run(async {
        let all = async {
            for home in join_all(writes).await {
                assert_eq!(home, Ok(TierId::IndexedDb));
            }
        };
        tokio::join!(all, setup.stack.flush());
    });
    setup.db.commits.borrow().iter().map(|(keys, _)| keys.len()).collect()
}

#[test]
fn a_long_burst_is_handed_on_in_parts_to_a_store_that_keeps_their_order() {
    let setup = Setup::new(ROOMY);
    setup.db.takes_turns.set(true);
    let commits = burst(&setup, 300);
    // The first two while the burst still went on; of a key that is twice in a commit, one.
    assert_eq!(commits, [256, 256, 88]);
    for i in 0..300 {
        assert_eq!(setup.records(&i.to_string()), (None, Some(i + 300)));
    }
}

#[test]
fn what_is_held_together_is_one_commit() {
    let setup = Setup::new(ROOMY);
    setup.db.takes_turns.set(true);
    setup.stack.hold(true);
    assert_eq!(burst(&setup, 300), [300]);
}

#[test]
fn a_burst_is_one_commit_to_any_other_store() {
    assert_eq!(burst(&Setup::new(ROOMY), 300), [300]);
}

#[test]
fn a_burst_that_finds_no_room_stays_in_memory() {
    let setup = Setup::new(ROOMY);
    setup.db.takes_turns.set(true);
    setup.db.capacity.set(Bytes(0));
    let entries = (0..300).map(|i| (key(&i.to_string()), setup.next(i), to(TierId::IndexedDb)));
    let put = |(key, entry, how)| {
        let admitted = setup.stack.admit(&key, entry, how).unwrap();
        setup.stack.commit(admitted)
    };
    let writes: Vec<_> = entries.map(put).collect();
    let homes = setup.world.run(join_all(writes));
    assert!(homes.iter().all(|home| *home == Ok(TierId::Memory)), "{homes:?}");
    assert_eq!(setup.db.keys(), []);
}

#[test]
fn flush_waits_for_what_was_accepted() {
    let setup = Setup::new(ROOMY);
    let (done, k) = (Cell::new(false), key("k"));
    let entry = setup.next(1);
    setup.world.run(async {
        let put = async {
            setup.stack.put(&k, entry, Put::default()).await.unwrap();
            done.set(true);
        };
        tokio::join!(put, setup.stack.flush());
    });
    assert!(done.get());
    assert_eq!(setup.records("k"), (None, Some(1)));
}

#[test]
fn flush_waits_for_a_write_that_makes_room() {
    let mut budgets = ROOMY;
    budgets[TierId::IndexedDb as usize] = Bytes(1_000);
    let setup = Setup::new(budgets);
    (0..10).for_each(|n| _ = setup.put(&n.to_string(), n));
    setup.db.delay.set(20);
    let (k, entry) = (key("new"), setup.next(7));
    let flushed = async {
        setup.stack.flush().await;
        assert_eq!(setup.records("new"), (None, Some(7)), "flushed, and not there");
    };
    let (home, ()) =
        setup.world.run(async { tokio::join!(setup.stack.put(&k, entry, Put::default()), flushed) });
    assert_eq!(home, Ok(TierId::IndexedDb));
}

#[test]
fn a_new_home_leaves_the_old_one_empty() {
    let setup = Setup::new(ROOMY);
    setup.put("k", 1);
    let homes = [TierId::Local, TierId::IndexedDb, TierId::Local];
    for (body, home) in (2..).zip(homes) {
        setup.world.run(setup.stack.put(&key("k"), setup.next(body), to(home))).unwrap();
        let wanted = if home == TierId::Local { (Some(body), None) } else { (None, Some(body)) };
        assert_eq!(setup.records("k"), wanted);
        assert_eq!(setup.get("k"), Some(body));
    }
    assert_eq!(setup.stack.usage()[2].2, 0, "IndexedDB holds nothing");
}

#[test]
fn memory_as_the_home_leaves_no_record() {
    let ways = [to(TierId::Memory), Put { lifetime: Lifetime::Context, ..Put::default() }];
    for how in ways {
        let setup = Setup::new(ROOMY);
        setup.put("k", 1);
        assert_eq!(setup.world.run(setup.stack.put(&key("k"), setup.next(2), how)), Ok(TierId::Memory));
        assert_eq!(setup.records("k"), (None, None));
        assert_eq!(setup.found("k"), Some((2, TierId::Memory)));
    }
}

#[test]
fn what_a_tier_cannot_hold_is_refused_before_anything_is_written() {
    let setup = Setup::new(ROOMY);
    setup.put("k", 1);
    setup.local.largest.set(Bytes(1_000));
    let large = || sized(setup.stack.tick(), 2_000, 2);
    let refused = setup.world.run(setup.stack.put(&key("k"), large(), to(TierId::Local)));
    assert_eq!(refused, Err(Error::Tier(TierId::Local, TierError::TooLarge)));
    assert_eq!(setup.get("k"), Some(1));
    let unknown = setup.world.run(setup.stack.put(&key("k"), large(), to(TierId::Cookie)));
    assert!(matches!(unknown, Err(Error::Tier(TierId::Cookie, TierError::Unavailable(_)))), "{unknown:?}");
    assert_eq!(setup.records("k"), (None, Some(1)));
    // Unasked, the next tier takes it.
    setup.db.largest.set(Bytes(1_000));
    setup.local.largest.set(Bytes(10_000));
    assert_eq!(setup.context.put(&setup.stack, &key("k"), large()), TierId::Local);
    assert_eq!(setup.records("k"), (Some(2), None));
}

#[test]
fn a_removal_reaches_home_memory_and_the_others() {
    let setup = Setup::new(ROOMY);
    setup.put("k", 1);
    setup.context.take_announced();
    assert_eq!(setup.remove("k"), Ok(1));
    assert_eq!(setup.remove("k"), Ok(0));
    assert_eq!((setup.get("k"), setup.records("k")), (None, (None, None)));
    let announced = setup.context.take_announced();
    assert!(matches!(announced.first(), Some(Notice::Removed(keys, _)) if *keys == [key("k")]));
}

#[test]
fn a_removal_overtakes_a_write_under_way() {
    for budgets in [ROOMY, NO_MEMORY] {
        let setup = Setup::new(budgets);
        let (k, entry) = (key("k"), setup.next(1));
        let keys = [k.clone()];
        let (put, removed) = setup.world.run(async {
            tokio::join!(setup.stack.put(&k, entry, Put::default()), setup.stack.remove(&keys))
        });
        assert!(put.is_ok() && removed.is_ok(), "{put:?} {removed:?}");
        assert_eq!((setup.get("k"), setup.records("k")), (None, (None, None)));
    }
}

#[test]
fn a_removal_of_less_does_not_take_the_place_of_one_of_more() {
    let setup = Setup::new(ROOMY);
    let [older, newer] = [setup.next(1), setup.next(2)];
    let [less, more] = [&older, &newer].map(|entry| Change::RemoveUpTo(entry.meta.version));
    for [one, two] in [[&more, &less], [&less, &more], [&Change::Remove, &less], [&less, &Change::Remove]] {
        setup.db.plant(&key("a"), newer.clone());
        let home = Batched::new(Rc::clone(&setup.db).tier(), Rc::clone(&setup.context) as _);
        let change =
            |change: &Change<u32>| Rc::clone(&home).change(key("a"), change.clone(), Durability::Relaxed);
        setup.world.run(join_all([change(one), change(two)]));
        assert_eq!(setup.db.get(&key("a")).map(|entry| entry.body), None, "{one:?}, then {two:?}");
    }
}

#[test]
fn clear_leaves_nothing_anywhere() {
    let setup = Setup::new(ROOMY);
    setup.put("a", 1);
    setup.world.run(setup.stack.put(&key("b"), setup.next(2), to(TierId::Local))).unwrap();
    setup.world.run(setup.stack.put(&key("c"), setup.next(3), to(TierId::Memory))).unwrap();
    setup.world.run(setup.stack.clear()).unwrap();
    for name in ["a", "b", "c"] {
        assert_eq!((setup.get(name), setup.records(name)), (None, (None, None)));
    }
    assert!(setup.stack.usage().iter().all(|(_, bytes, count, _)| *bytes == Bytes::ZERO && *count == 0));
    assert_eq!(setup.put("a", 4), TierId::IndexedDb);
    assert_eq!(setup.get("a"), Some(4));
}
