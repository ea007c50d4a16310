//! Budgets and quotas: who has to leave, and who stays.

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
