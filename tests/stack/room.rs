//! Budgets and quotas: who has to leave, and who stays.

use nearcache::error::{Error, TierError};
use nearcache::event::Event;
use nearcache::model::{Bytes, Millis};
use nearcache::tier::{Put, TierId};

use super::setup::{ROOMY, Setup, to};
use super::support::{key, mortal, sized};

/// Ten entries of 100 bytes in IndexedDB, all in memory.
fn full() -> Setup {
    let mut budgets = ROOMY;
    budgets[TierId::IndexedDb as usize] = Bytes(1_000);
    let setup = Setup::new(budgets);
    for n in 0..10 {
        setup.put(&n.to_string(), n);
        setup.world.advance(Millis(1));
    }
    setup.context.take_events();
    setup
}

#[test]
fn the_longest_unused_make_room() {
    let setup = full();
    setup.context.put(&setup.stack, &key("new"), sized(setup.stack.tick(), 150, 0));
    assert_eq!(setup.db.used(), Bytes(950));
    let evicted: Vec<_> = setup
        .context
        .take_events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Evict { key, tier: TierId::IndexedDb } => Some(key),
            _ => None,
        })
        .collect();
    assert_eq!(evicted, ["0", "1"]);
    assert_eq!((setup.get("0"), setup.get("2")), (None, Some(2)));
    assert_eq!(setup.stack.stats().tiers[TierId::IndexedDb as usize].evictions, 2);
}

#[test]
fn the_dead_make_room_first() {
    let setup = full();
    let brief = mortal(setup.stack.tick(), setup.world.now() + Millis(5), 99);
    setup.context.put(&setup.stack, &key("9"), brief);
    setup.world.advance(Millis(5));
    setup.put("new", 1);
    assert_eq!(setup.records("9"), (None, None));
    assert_eq!(setup.db.keys().len(), 10);
}

#[test]
fn overwriting_asks_for_no_more_room_than_it_needs() {
    let setup = full();
    for n in (0..10).rev() {
        setup.put(&n.to_string(), 100 + n);
    }
    assert_eq!(setup.db.keys().len(), 10, "as many as before");
}

#[test]
fn what_exceeds_a_budget_alone_goes_elsewhere() {
    let setup = full();
    let large = || sized(setup.stack.tick(), 1_001, 1);
    assert_eq!(setup.context.put(&setup.stack, &key("large"), large()), TierId::Local);
    assert_eq!(setup.db.keys().len(), 10);
    // Asked for by name, it is refused rather than paid for by all others.
    let refused = setup.world.run(setup.stack.put(&key("large"), large(), to(TierId::IndexedDb)));
    assert!(refused.is_err() || refused == Ok(TierId::Memory), "{refused:?}");
    assert_eq!(setup.db.keys().len(), 10);
}

#[test]
fn a_full_disk_gives_up_old_entries_and_is_asked_once_more() {
    let setup = full();
    setup.db.capacity.set(Bytes(900));
    assert_eq!(setup.put("new", 7), TierId::IndexedDb);
    assert_eq!(setup.records("new"), (None, Some(7)));
    assert!(setup.db.used() <= Bytes(900));
    assert_eq!(setup.stack.stats().tiers[TierId::IndexedDb as usize].faults, 0);
}

#[test]
fn nothing_is_thrown_for_a_disk_that_stays_full() {
    for how in [Put::default(), to(TierId::IndexedDb)] {
        let setup = Setup::new(ROOMY);
        setup.put("k", 1);
        setup.db.capacity.set(Bytes::ZERO);
        setup.local.capacity.set(Bytes::ZERO);
        let home = setup.world.run(setup.stack.put(&key("k"), setup.next(2), how));
        assert_eq!(home, Ok(TierId::Memory));
        assert_eq!(setup.found("k"), Some((2, TierId::Memory)));
        assert_eq!(setup.records("k"), (None, None), "an older record would come back after a reload");
    }
}

#[test]
fn memory_keeps_to_its_budget_and_the_home_keeps_what_leaves_it() {
    let mut budgets = ROOMY;
    budgets[TierId::Memory as usize] = Bytes(500);
    let setup = Setup::new(budgets);
    for n in 0..20 {
        setup.put(&n.to_string(), n);
        assert!(setup.stack.usage()[0].1 <= Bytes(500));
    }
    for n in 0..20 {
        assert_eq!(setup.get(&n.to_string()), Some(n));
    }
}

/// Memory of a thousand bytes, full of what is asked for all the time, and a heavy entry at home.
fn crowded() -> Setup {
    let mut budgets = ROOMY;
    budgets[TierId::Memory as usize] = Bytes(1_000);
    let setup = Setup::new(budgets);
    setup.context.put(&setup.stack, &key("heavy"), sized(setup.stack.tick(), 800, 7));
    for _ in 0..20 {
        (0..10).for_each(|n| {
            if setup.get(&n.to_string()).is_none() {
                setup.put(&n.to_string(), n);
            }
        });
    }
    setup.context.take_events();
    setup
}

#[test]
fn memory_does_not_trade_the_popular_for_one_heavy_read() {
    let setup = crowded();
    let before = setup.stack.stats().tiers[TierId::Memory as usize].evictions;
    assert_eq!(setup.found("heavy"), Some((7, TierId::IndexedDb)));
    assert_eq!(setup.found("heavy"), Some((7, TierId::IndexedDb)), "it is not in memory");
    for n in 0..10 {
        assert_eq!(setup.found(&n.to_string()), Some((n, TierId::Memory)));
    }
    assert_eq!(setup.stack.stats().tiers[TierId::Memory as usize].evictions, before);
    assert_eq!(setup.context.take_events(), [], "nothing left memory, so nothing is told");
    // Its own setter reads it back from memory.
    setup.context.put(&setup.stack, &key("heavy"), sized(setup.stack.tick(), 800, 8));
    assert_eq!(setup.found("heavy"), Some((8, TierId::Memory)));
}

#[test]
fn of_two_alike_memory_gives_up_the_one_that_disk_has() {
    let mut budgets = ROOMY;
    budgets[TierId::Memory as usize] = Bytes(2_000);
    let setup = Setup::new(budgets);
    for n in 0..10 {
        let name = key(&format!("homeless {n}"));
        setup.world.run(setup.stack.put(&name, setup.next(n), to(TierId::Memory))).unwrap();
    }
    for n in 0..100 {
        setup.put(&n.to_string(), n);
    }
    for n in 0..10 {
        assert_eq!(setup.get(&format!("homeless {n}")), Some(n));
    }
}

#[test]
fn what_a_full_disk_refuses_is_worth_its_refetch_to_memory() {
    let mut budgets = ROOMY;
    budgets[TierId::Memory as usize] = Bytes(2_000);
    let setup = Setup::new(budgets);
    setup.db.capacity.set(Bytes::ZERO);
    setup.local.capacity.set(Bytes::ZERO);
    let how = Put { made_in: Some(Millis(2_000)), ..Put::default() };
    assert_eq!(setup.world.run(setup.stack.put(&key("costly"), setup.next(1), how)), Ok(TierId::Memory));
    setup.db.capacity.set(Bytes::mib(1));
    for n in 0..100 {
        assert_eq!(setup.put(&n.to_string(), n), TierId::IndexedDb);
    }
    assert_eq!(setup.found("costly"), Some((1, TierId::Memory)));
}

#[test]
fn nobody_is_told_memory_where_memory_has_no_room() {
    let mut budgets = ROOMY;
    budgets[TierId::Memory as usize] = Bytes(500);
    let setup = Setup::new(budgets);
    let put = |size, how| {
        let (key, entry) = (key("k"), sized(setup.stack.tick(), size, 1));
        setup.world.run(setup.stack.put(&key, entry, how))
    };
    let too_large = Err(Error::Tier(TierId::Memory, TierError::TooLarge));
    assert_eq!(put(501, to(TierId::Memory)), too_large, "named, it cannot hold it");
    assert_eq!(put(2 << 20, Put::default()), too_large, "no tier has a budget for it");
    assert_eq!(put(501, Put::default()), Ok(TierId::IndexedDb));
    setup.db.capacity.set(Bytes::ZERO);
    setup.local.capacity.set(Bytes::ZERO);
    let full = put(501, Put::default());
    assert!(matches!(full, Err(Error::Tier(_, TierError::QuotaExceeded))), "{full:?}");
    assert_eq!(put(500, Put::default()), Ok(TierId::Memory));
    assert_eq!(setup.found("k"), Some((1, TierId::Memory)));
}
