//! Stores that fail, hang or are not there: a read misses, a write goes elsewhere, nobody waits for ever.

use nearcache::error::{Error, TierError};
use nearcache::event::Event;
use nearcache::model::Millis;
use nearcache::tier::TierId;

use super::setup::{NO_MEMORY, ROOMY, Setup, to};
use super::support::{Fault, World, entry, key};

const BROKEN: [Fault; 3] = [Fault::Failing, Fault::Hanging, Fault::Absent];

#[test]
fn a_read_misses_soon_and_hits_again_when_the_store_is_back() {
    for fault in BROKEN {
        let setup = Setup::new(NO_MEMORY);
        setup.put("k", 1);
        setup.db.fault.set(fault);
        assert_eq!(setup.get("k"), None, "{fault:?}");
        let waited = setup.world.now().since(World::START);
        assert!(waited <= Millis(5_000), "{fault:?} holds a read up for {waited:?}");
        setup.db.fault.set(Fault::None);
        assert_eq!(setup.get("k"), Some(1), "{fault:?}");
    }
}

#[test]
fn memory_does_not_ask_what_is_broken() {
    for fault in BROKEN {
        let setup = Setup::new(ROOMY);
        setup.put("k", 1);
        setup.db.fault.set(fault);
        assert_eq!(setup.found("k"), Some((1, TierId::Memory)), "{fault:?}");
        assert_eq!(setup.world.now(), World::START);
    }
}

#[test]
fn a_write_goes_to_the_next_home() {
    for fault in BROKEN {
        let setup = Setup::new(ROOMY);
        setup.db.fault.set(fault);
        assert_eq!(setup.put("k", 1), TierId::Local, "{fault:?}");
        assert_eq!(setup.records("k"), (Some(1), None), "{fault:?}");
        setup.local.fault.set(fault);
        assert_eq!(setup.put("l", 2), TierId::Memory, "{fault:?}");
        assert_eq!(setup.get("l"), Some(2), "{fault:?}");
    }
}

#[test]
fn a_write_to_a_named_tier_fails_with_it() {
    for fault in BROKEN {
        let setup = Setup::new(ROOMY);
        setup.put("k", 1);
        setup.db.fault.set(fault);
        let failed = setup.world.run(setup.stack.put(&key("k"), setup.next(2), to(TierId::IndexedDb)));
        assert!(matches!(failed, Err(Error::Tier(TierId::IndexedDb, _))), "{fault:?}: {failed:?}");
        setup.db.fault.set(Fault::None);
        assert_eq!(setup.get("k"), Some(1), "{fault:?}: what was confirmed before stays");
    }
}

#[test]
fn faults_are_counted_and_the_first_is_told() {
    let setup = Setup::new(NO_MEMORY);
    setup.put("k", 1);
    setup.db.fault.set(Fault::Failing);
    setup.context.take_events();
    assert_eq!((setup.get("k"), setup.get("k")), (None, None));
    assert_eq!(setup.stack.stats().tiers[TierId::IndexedDb as usize].faults, 2);
    let events = setup.context.take_events();
    assert!(
        matches!(events.as_slice(), [Event::Error { tier: TierId::IndexedDb, code: "tier-failed", .. }]),
        "{events:?}"
    );
}

#[test]
fn what_does_not_open_is_left_out_until_it_does() {
    for fault in BROKEN {
        let setup = Setup::new(ROOMY);
        setup.put("k", 1);
        setup.db.fault.set(fault);
        let (context, stack) = setup.another(2);
        assert_eq!(stack.present(), [TierId::Local], "{fault:?}");
        assert_eq!(stack.down().len(), 1);
        // That a kind of context has no such store is no fault of the store.
        let faults = stack.stats().tiers[TierId::IndexedDb as usize].faults;
        assert_eq!(faults, u64::from(fault != Fault::Absent), "{fault:?}");
        assert_eq!(context.put(&stack, &key("l"), setup.next(2)), TierId::Local);
        let named = setup.world.run(stack.put(&key("l"), setup.next(3), to(TierId::IndexedDb)));
        assert!(matches!(named, Err(Error::Tier(TierId::IndexedDb, _))), "{fault:?}: {named:?}");
        setup.db.fault.set(Fault::None);
        setup.world.run(stack.resync());
        assert_eq!(stack.present(), [TierId::Local, TierId::IndexedDb]);
        assert_eq!(setup.world.run(stack.get(&key("k"))).map(|found| found.entry.body), Some(1));
    }
}

#[test]
fn a_removal_that_fails_says_so_and_hides_the_value_all_the_same() {
    for fault in BROKEN {
        let setup = Setup::new(ROOMY);
        setup.put("k", 1);
        setup.db.fault.set(fault);
        assert!(matches!(setup.remove("k"), Err(Error::Tier(TierId::IndexedDb, _))), "{fault:?}");
        setup.db.fault.set(Fault::None);
        assert_eq!(setup.get("k"), None, "{fault:?}");
        setup.world.run(setup.stack.resync());
        assert_eq!(setup.get("k"), None, "{fault:?}: a resync does not bring it back");
    }
}

#[test]
fn what_a_failing_home_could_not_give_up_goes_with_the_removal() {
    let setup = Setup::new(ROOMY);
    setup.put("k", 1);
    setup.db.fault.set(Fault::Failing);
    assert_eq!(setup.put("k", 2), TierId::Local);
    setup.db.fault.set(Fault::None);
    assert_eq!(setup.remove("k"), Ok(1));
    assert_eq!(setup.records("k"), (None, None), "the older record would come back after a reload");
}

#[test]
fn flush_does_not_wait_for_ever() {
    let setup = Setup::new(ROOMY);
    setup.db.fault.set(Fault::Hanging);
    setup.local.fault.set(Fault::Hanging);
    assert_eq!(setup.put("k", 1), TierId::Memory);
    setup.world.run(setup.stack.flush());
    assert!(setup.world.now().since(World::START) <= Millis(60_000));
    assert_eq!(
        setup.world.run(setup.stack.clear()),
        Err(Error::Tier(TierId::Local, TierError::Failed("it timed out".into())))
    );
}

#[test]
fn a_tier_that_was_only_slow_is_taken_back_and_loses_what_was_removed_meanwhile() {
    let setup = Setup::new(ROOMY);
    setup.put("kept", 1);
    setup.put("removed", 2);
    setup.db.fault.set(Fault::Hanging);
    let (context, stack) = setup.another(2);
    assert!(!stack.is_whole());
    setup.world.run(stack.remove(&[key("removed")])).unwrap();
    context.put(&stack, &key("moved"), entry(stack.tick(), 3));
    setup.db.fault.set(Fault::None);
    setup.world.run(stack.reopen());
    assert!(stack.is_whole());
    let body = |name: &str| setup.world.run(stack.get(&key(name))).map(|found| found.entry.body);
    assert_eq!(["kept", "removed", "moved"].map(body), [Some(1), None, Some(3)]);
    assert_eq!(setup.records("removed"), (None, None));
}
