//! The memory tier against a map: whatever is put, offered, overwritten, read and removed, its entries weigh what
//! the map says and never more than the budget, and each one that leaves is named once.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use nearcache::evict::Cost;
use nearcache::model::{Bytes, Entry};
use nearcache::tier::{Memory, Slot, TierId};
use proptest::prelude::*;

use super::support::{World, key, sized, version};

#[derive(Clone, Debug)]
enum Op {
    /// `age`: by how much it is older than the newest.
    Put {
        name: u8,
        size: u64,
        cost: u32,
        age: u64,
    },
    /// The same for what can be read elsewhere.
    Offer {
        name: u8,
        size: u64,
        cost: u32,
    },
    Get {
        name: u8,
    },
    Show {
        name: u8,
    },
    Remove {
        name: u8,
    },
    Clear,
}

fn op() -> impl Strategy<Value = Op> {
    let size = prop_oneof![12 => 0..200u64, 2 => 200..700u64, 1 => Just(1 << 40)];
    let cost = prop_oneof![Just(1), Just(50), 1..60_000u32];
    let age = prop_oneof![4 => Just(0), 1 => 0..500u64];
    prop_oneof![
        10 => (0..30u8, size.clone(), cost.clone(), age)
            .prop_map(|(name, size, cost, age)| Op::Put { name, size, cost, age }),
        10 => (0..30u8, size, cost).prop_map(|(name, size, cost)| Op::Offer { name, size, cost }),
        10 => (0..30u8).prop_map(|name| Op::Get { name }),
        5 => (0..30u8).prop_map(|name| Op::Show { name }),
        2 => (0..30u8).prop_map(|name| Op::Remove { name }),
        1 => Just(Op::Clear),
    ]
}

struct Checked {
    memory: Memory<u32>,
    /// What should be there.
    entries: HashMap<u8, Entry<u32>>,
    /// What somebody holds, by slot.
    shown: Rc<RefCell<HashSet<Slot>>>,
    slots: HashMap<u8, Slot>,
    now: u64,
}

impl Checked {
    fn new(budget: u64) -> Self {
        let memory = Memory::new(Bytes(budget));
        let shown: Rc<RefCell<HashSet<Slot>>> = Rc::default();
        let held = Rc::clone(&shown);
        memory.mirror(Box::new(move |slot| {
            assert!(held.borrow_mut().remove(&slot), "hidden, though nobody holds it");
        }));
        Self { memory, entries: HashMap::new(), shown, slots: HashMap::new(), now: 1_000 }
    }

    fn apply(&mut self, op: &Op) {
        self.now += 1;
        match *op {
            Op::Put { name, size, cost, age } => {
                let entry = sized(version(self.now - age), size, 0);
                let evicted =
                    self.memory.put(&key(&name.to_string()), entry.clone(), TierId::Memory, Cost(cost));
                if self.is_newest(name, &entry) {
                    self.took(name, entry, evicted.iter().map(|gone| gone.name()));
                    assert_eq!(self.entries.contains_key(&name), Bytes(size) <= self.memory.budget());
                } else {
                    assert!(evicted.is_empty());
                }
            }
            Op::Offer { name, size, cost } => {
                let (entry, (used, _)) = (sized(version(self.now), size, 0), self.memory.used());
                let was_there = self.entries.contains_key(&name);
                let evicted =
                    self.memory.offer(&key(&name.to_string()), entry.clone(), TierId::Local, Cost(cost));
                self.took(name, entry, evicted.iter().map(|gone| gone.name()));
                if !self.entries.contains_key(&name) && Bytes(size) <= self.memory.budget() {
                    assert!(!was_there && evicted.is_empty(), "refused, and something went all the same");
                    assert!(used + Bytes(size) > self.memory.budget(), "refused though there is room");
                }
            }
            Op::Get { name } => {
                let found = self.memory.get(key(&name.to_string()).as_str(), World::START);
                assert_eq!(found.map(|(entry, _)| entry), self.entries.get(&name).cloned());
            }
            Op::Show { name } => {
                let found = self.memory.show(key(&name.to_string()).as_str(), World::START);
                assert_eq!(found.as_ref().map(|(entry, _)| entry), self.entries.get(&name));
                if let Some((_, slot)) = found {
                    self.shown.borrow_mut().insert(slot);
                    self.slots.insert(name, slot);
                }
            }
            Op::Remove { name } => {
                self.memory.remove(key(&name.to_string()).as_str());
                self.left(name);
            }
            Op::Clear => {
                self.memory.clear();
                self.entries.keys().copied().collect::<Vec<_>>().into_iter().for_each(|name| self.left(name));
            }
        }
        self.validate();
    }

    fn is_newest(&self, name: u8, entry: &Entry<u32>) -> bool {
        self.entries.get(&name).is_none_or(|old| old.meta.version <= entry.meta.version)
    }

    fn took<'a>(&mut self, name: u8, entry: Entry<u32>, evicted: impl Iterator<Item = &'a str>) {
        self.left(name);
        for gone in evicted {
            let gone = gone.parse().unwrap();
            assert!(self.entries.contains_key(&gone), "{gone} was not there, or is named twice");
            self.left(gone);
        }
        if self.memory.keys().contains(&key(&name.to_string())) {
            self.entries.insert(name, entry);
        }
    }

    /// Whoever held it has been told.
    fn left(&mut self, name: u8) {
        self.entries.remove(&name);
        if let Some(slot) = self.slots.remove(&name) {
            assert!(!self.shown.borrow().contains(&slot), "{name} is gone, and nobody was told");
        }
    }

    fn validate(&self) {
        let sum = self.entries.values().map(|entry| entry.meta.size.0).sum();
        assert_eq!(self.memory.used(), (Bytes(sum), self.entries.len()));
        assert!(Bytes(sum) <= self.memory.budget());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_leaves_unnamed(ops in prop::collection::vec(op(), 1..400), budget in 0..2_000u64) {
        let mut checked = Checked::new(budget);
        ops.iter().for_each(|op| checked.apply(op));
    }
}

/// Whether entries that are touched by `use_it` outlive a scan of a thousand others.
fn survives(use_it: impl Fn(&Memory<u32>, u64), cost: Cost) -> bool {
    let memory = Memory::new(Bytes(10_000));
    let mut now = 0;
    let mut next = |memory: &Memory<u32>, name: &str, cost: Cost| {
        now += 1;
        memory.put(&key(name), sized(version(now), 100, 0), TierId::Memory, cost);
        now
    };
    let at = next(&memory, "it", cost);
    use_it(&memory, at);
    (0..1_000).for_each(|n| _ = next(&memory, &n.to_string(), Cost(1)));
    memory.get(key("it").as_str(), World::START).is_some()
}

#[test]
fn what_is_overwritten_stays_as_hot_as_it_was() {
    let overwrite = |memory: &Memory<u32>, at: u64| {
        for n in 0..20 {
            memory.put(&key("it"), sized(version(at + n), 100 + n, 0), TierId::Memory, Cost(1));
        }
    };
    assert!(!survives(|_, _| {}, Cost(1)), "written once it goes with the others");
    assert!(survives(overwrite, Cost(1)));
}

#[test]
fn what_is_costly_stays() {
    assert!(survives(|_, _| {}, Cost(500)));
}

#[test]
fn an_overwrite_tells_anew_what_it_costs() {
    let memory = Memory::new(Bytes(1_000));
    let put = |now: u64, name: &str, cost: u32| {
        memory.put(&key(name), sized(version(now), 100, 0), TierId::Memory, Cost(cost))
    };
    for (now, name) in ["cheap", "costly"].into_iter().enumerate() {
        put(now as u64, name, 500);
    }
    put(2, "cheap", 1);
    put(3, "costly", 500);
    (4..100).for_each(|now| _ = put(now, &now.to_string(), 50));
    let is_there = |name: &str| memory.get(key(name).as_str(), World::START).is_some();
    assert!(is_there("costly") && !is_there("cheap"));
}
