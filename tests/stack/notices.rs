//! Messages between contexts: late, doubled, out of order. Versions decide.

use nearcache::event::Event;
use nearcache::model::{Key, Millis};
use nearcache::sync::Notice;
use nearcache::tier::{Put, Stack, TierId};

use super::setup::{NO_MEMORY, ROOMY, Setup, to};
use super::support::{Fault, entry, key, old_version, version};

fn body(setup: &Setup, stack: &Stack<u32>, key: &Key) -> Option<u32> {
    setup.world.run(stack.get(key)).map(|found| found.entry.body)
}

#[test]
fn another_context_sees_writes_and_removals() {
    let setup = Setup::new(ROOMY);
    let (context, stack) = setup.another(2);
    for value in [1, 2] {
        setup.put("k", value);
        for notice in setup.context.take_announced() {
            stack.apply(&notice);
        }
        assert_eq!(body(&setup, &stack, &key("k")), Some(value));
        assert_eq!(context.take_events(), [Event::Write { key: "k".into(), tier: TierId::IndexedDb }]);
    }
    setup.remove("k").unwrap();
    for notice in setup.context.take_announced() {
        stack.apply(&notice);
    }
    assert_eq!(body(&setup, &stack, &key("k")), None);
    assert!(context.take_events().contains(&Event::Invalidate { count: 1, all: false }));
    assert!(context.take_announced().is_empty(), "what was heard is not passed on");
}

#[test]
fn a_late_write_does_not_bring_back_what_was_removed() {
    let setup = Setup::new(ROOMY);
    let (_, stack) = setup.another(2);
    setup.put("k", 1);
    setup.remove("k").unwrap();
    let mut notices = setup.context.take_announced();
    notices.reverse();
    notices.extend(notices.clone());
    setup.db.plant(&key("k"), entry(old_version(1), 1));
    for notice in &notices {
        stack.apply(notice);
        assert_eq!(body(&setup, &stack, &key("k")), None);
    }
}

#[test]
fn a_late_removal_does_not_take_what_was_written_after_it() {
    for budgets in [ROOMY, NO_MEMORY] {
        let setup = Setup::new(budgets);
        let (_, stack) = setup.another(2);
        setup.put("k", 1);
        setup.remove("k").unwrap();
        setup.put("k", 2);
        let mut notices = setup.context.take_announced();
        notices.reverse();
        for notice in &notices {
            stack.apply(notice);
            assert_eq!(body(&setup, &stack, &key("k")), Some(2));
        }
    }
}

#[test]
fn a_late_clear_spares_what_is_newer() {
    let setup = Setup::new(ROOMY);
    let (_, stack) = setup.another(2);
    setup.put("old", 1);
    setup.world.run(setup.stack.clear()).unwrap();
    setup.put("new", 2);
    let notices = setup.context.take_announced();
    let [old, clear, new] = notices.as_slice() else { panic!("{notices:?}") };
    for notice in [new, clear, old] {
        stack.apply(notice);
    }
    assert_eq!((body(&setup, &stack, &key("old")), body(&setup, &stack, &key("new"))), (None, Some(2)));
}

#[test]
fn the_newer_of_two_contexts_wins_in_both() {
    let setup = Setup::new(ROOMY);
    let (context, stack) = setup.another(2);
    // Neither has heard of the other; the second write is the newer one.
    setup.put("k", 1);
    setup.world.advance(Millis(1));
    context.put(&stack, &key("k"), entry(stack.tick(), 2));
    for notice in context.take_announced() {
        setup.stack.apply(&notice);
    }
    for notice in setup.context.take_announced() {
        stack.apply(&notice);
    }
    assert_eq!((setup.get("k"), body(&setup, &stack, &key("k"))), (Some(2), Some(2)));
}

#[test]
fn a_memory_only_value_is_outdated_by_another_contexts_write() {
    let setup = Setup::new(ROOMY);
    let (context, stack) = setup.another(2);
    setup.world.run(setup.stack.put(&key("k"), setup.next(1), to(TierId::Memory))).unwrap();
    assert!(setup.context.take_announced().is_empty(), "nobody else can read it");
    setup.world.advance(Millis(1));
    context.put(&stack, &key("k"), entry(stack.tick(), 2));
    for notice in context.take_announced() {
        setup.stack.apply(&notice);
    }
    assert_eq!(setup.get("k"), Some(2));
}

#[test]
fn a_removal_heard_while_a_write_is_under_way_wins_if_it_is_newer() {
    let setup = Setup::new(ROOMY);
    let admitted = setup.stack.admit(&key("k"), setup.next(1), Put::default()).unwrap();
    setup.stack.apply(&Notice::Removed(vec![key("k")], version(1)));
    setup.world.run(setup.stack.commit(admitted)).unwrap();
    assert_eq!((setup.get("k"), setup.records("k")), (None, (None, None)));
}

#[test]
fn a_resync_makes_up_for_what_was_missed() {
    let setup = Setup::new(ROOMY);
    for (name, value) in [("changed", 1), ("removed", 2), ("kept", 3)] {
        setup.put(name, value);
    }
    let (context, stack) = setup.another(2);
    setup.world.advance(Millis(1));
    context.put(&stack, &key("changed"), entry(stack.tick(), 4));
    setup.world.run(stack.remove(&[key("removed")])).unwrap();
    context.put(&stack, &key("added"), entry(stack.tick(), 5));
    setup.world.run(setup.stack.resync());
    let found = ["changed", "removed", "kept", "added"].map(|name| setup.get(name));
    assert_eq!(found, [Some(4), None, Some(3), Some(5)]);
}

#[test]
fn what_was_committed_after_the_removal_that_it_came_too_late_for_is_erased() {
    let setup = Setup::new(ROOMY);
    let (context, stack) = setup.another(2);
    let late = entry(stack.tick(), 1);
    setup.world.advance(Millis(1));
    setup.remove("k").unwrap();
    // The other has not heard of it, and its older write reaches the store after the removal.
    context.put(&stack, &key("k"), late);
    assert_eq!(setup.records("k"), (None, Some(1)));
    for notice in context.take_announced() {
        setup.stack.apply(&notice);
    }
    setup.world.settle();
    assert_eq!(setup.records("k"), (None, None), "it would come back after a reload");
}

#[test]
fn a_removal_spares_the_newer_record_of_another_context() {
    let setup = Setup::new(NO_MEMORY);
    let (context, stack) = setup.another(2);
    setup.put("k", 1);
    let removal = setup.stack.tick();
    setup.world.advance(Millis(1));
    context.put(&stack, &key("k"), entry(stack.tick(), 2));
    setup.world.run(setup.stack.remove_older(&[key("k")], removal)).unwrap();
    assert_eq!(setup.records("k"), (None, Some(2)));
}

#[test]
fn two_homes_of_one_key_become_one_when_both_are_heard_of() {
    let setup = Setup::new(ROOMY);
    let (context, stack) = setup.another(2);
    setup.world.run(setup.stack.put(&key("k"), setup.next(1), to(TierId::Local))).unwrap();
    setup.world.advance(Millis(1));
    context.put(&stack, &key("k"), entry(stack.tick(), 2));
    assert_eq!(setup.records("k"), (Some(1), Some(2)));
    for notice in context.take_announced() {
        setup.stack.apply(&notice);
    }
    setup.world.settle();
    assert_eq!(setup.records("k"), (None, Some(2)));
}

/// A page, and a worker, which has no localStorage, that clears.
fn cleared_by_a_worker() -> (Setup, Vec<Notice>) {
    let setup = Setup::new(ROOMY);
    setup.world.run(setup.stack.put(&key("k"), setup.next(1), to(TierId::Local))).unwrap();
    setup.local.fault.set(Fault::Absent);
    let (context, worker) = setup.another(2);
    setup.world.advance(Millis(1));
    setup.world.run(worker.clear()).unwrap();
    setup.local.fault.set(Fault::None);
    assert_eq!(setup.records("k").0, Some(1));
    (setup, context.take_announced())
}

#[test]
fn a_page_empties_what_a_worker_cannot_reach_when_it_hears_of_the_clear() {
    let (setup, notices) = cleared_by_a_worker();
    for notice in notices {
        setup.stack.apply(&notice);
    }
    setup.world.settle();
    assert_eq!((setup.get("k"), setup.records("k")), (None, (None, None)));
}

#[test]
fn or_when_it_opens() {
    let (setup, _) = cleared_by_a_worker();
    let (context, page) = setup.another(3);
    assert_eq!((body(&setup, &page, &key("k")), setup.records("k")), (None, (None, None)));
    // What is written from now on stays, though the note does too.
    context.put(&page, &key("k"), entry(page.tick(), 2));
    let (_, page) = setup.another(4);
    assert_eq!(body(&setup, &page, &key("k")), Some(2));
}

#[test]
fn what_a_worker_removes_from_a_store_that_it_lacks_is_noted_for_a_page() {
    for count in [1, 300] {
        let setup = Setup::new(ROOMY);
        let names: Vec<String> = (0..count).map(|n| ["k", &n.to_string()].concat()).collect();
        for name in &names {
            setup.world.run(setup.stack.put(&key(name), setup.next(1), to(TierId::Local))).unwrap();
        }
        setup.local.fault.set(Fault::Absent);
        let (_, worker) = setup.another(2);
        setup.local.fault.set(Fault::None);
        assert!(worker.noted().is_empty());
        for name in &names {
            setup.world.run(worker.remove(&[key(name)])).unwrap();
            assert!(setup.local.get(&key(name)).is_some(), "it was reached");
        }
        let (_, page) = setup.another(3);
        let noted = page.noted();
        assert!((1..=256).contains(&noted.len()), "{count} removals left {} notes", noted.len());
        let tells_all = noted.iter().any(|notice| matches!(notice, Notice::Selected(..)));
        assert_eq!(tells_all, count > 256);
        assert!(page.list("").iter().all(|(key, _)| key.is_value()), "a note is taken for an entry");
        if !tells_all {
            noted.iter().for_each(|notice| page.apply(notice));
            assert_eq!(body(&setup, &page, &key("k0")), None);
        }
        setup.world.run(page.forget_notes());
        assert!(setup.another(4).1.noted().is_empty());
    }
}
