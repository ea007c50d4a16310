//! The eviction policy against the obvious model, a map from slot to weight: whatever the policy does, the
//! model must agree on what is resident. How good its choices are is `examples/hit_ratio`'s business.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;

use nearcache::evict::{Admission, Cost, Policy, Slot};
use nearcache::model::Bytes;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Op {
    /// Read a key; set it with that weight and cost if it is missing.
    Request {
        key: u16,
        weight: u64,
        cost: u32,
    },
    /// The same for a key that may be refused.
    Offer {
        key: u16,
        weight: u64,
        cost: u32,
    },
    /// Overwrite a key that is there.
    Resize {
        key: u16,
        weight: u64,
        cost: u32,
    },
    Remove {
        key: u16,
    },
    /// A handle from nowhere, or from long ago.
    Stale {
        slot: u16,
    },
}

fn op(keys: u16, heaviest: u64) -> impl Strategy<Value = Op> {
    let weight = prop_oneof![1 => Just(0), 20 => 0..=heaviest, 1 => Just(u64::MAX)];
    let cost = prop_oneof![5 => Just(1), 1 => any::<u32>()];
    prop_oneof![
        12 => (0..keys, weight.clone(), cost.clone()).prop_map(|(key, weight, cost)| Op::Request { key, weight, cost }),
        8 => (0..keys, weight.clone(), cost.clone()).prop_map(|(key, weight, cost)| Op::Offer { key, weight, cost }),
        2 => (0..keys, weight, cost).prop_map(|(key, weight, cost)| Op::Resize { key, weight, cost }),
        1 => (0..keys).prop_map(|key| Op::Remove { key }),
        1 => any::<u16>().prop_map(|slot| Op::Stale { slot }),
    ]
}

/// A policy, and what should be resident in it.
struct Checked {
    policy: Policy,
    slots: HashMap<u64, Slot>,
    residents: HashMap<Slot, (u64, u64)>,
    gone: Vec<Slot>,
}

impl Checked {
    fn new(budget: u64) -> Self {
        let (slots, residents, gone) = Default::default();
        Self { policy: Policy::new(Bytes(budget)), slots, residents, gone }
    }

    /// Whether the key was there.
    fn request(&mut self, key: u64, weight: u64, cost: u32) -> bool {
        if let Some(slot) = self.slots.get(&key) {
            self.policy.touch(*slot);
            return true;
        }
        let admission = self.policy.admit(key, Bytes(weight), Cost(cost));
        if admission == Admission::Refused {
            assert!(Bytes(weight) > self.policy.budget(), "refused though it fits");
        }
        self.settle(key, weight, admission);
        false
    }

    /// Whether the key was there.
    fn offer(&mut self, key: u64, weight: u64, cost: u32) -> bool {
        if let Some(slot) = self.slots.get(&key) {
            self.policy.touch(*slot);
            return true;
        }
        let (used, budget) = (self.policy.used().0, self.policy.budget().0);
        let admission = self.policy.offer(key, Bytes(weight), Cost(cost));
        if admission == Admission::Refused {
            assert!(used.saturating_add(weight) > budget, "refused though there is room");
            assert_eq!(self.policy.used(), Bytes(used), "refused, and something went all the same");
        }
        self.settle(key, weight, admission);
        false
    }

    fn settle(&mut self, key: u64, weight: u64, admission: Admission) {
        if let Admission::Admitted { slot, evicted } = admission {
            self.evict(&evicted);
            assert!(self.residents.insert(slot, (key, weight)).is_none(), "slot handed out twice");
            self.slots.insert(key, slot);
        }
        self.check();
    }

    fn resize(&mut self, key: u64, weight: u64, cost: u32) {
        let Some(slot) = self.slots.get(&key).copied() else { return };
        let evicted = self.policy.resize(slot, Bytes(weight), Cost(cost));
        assert_eq!(evicted.contains(&slot), Bytes(weight) > self.policy.budget(), "goes only if it must");
        self.evict(&evicted);
        if let Some(resident) = self.residents.get_mut(&slot) {
            resident.1 = weight;
        }
        self.check();
    }

    fn remove(&mut self, key: u64) {
        if let Some(slot) = self.slots.remove(&key) {
            self.policy.remove(slot);
            self.residents.remove(&slot);
            self.gone.push(slot);
        }
        self.check();
    }

    fn stale(&mut self, slot: Slot) {
        if !self.residents.contains_key(&slot) {
            self.policy.touch(slot);
            self.policy.remove(slot);
            assert_eq!(self.policy.resize(slot, Bytes(1), Cost(1)), []);
        }
        self.check();
    }

    fn evict(&mut self, evicted: &[Slot]) {
        for slot in evicted {
            let resident = self.residents.remove(slot);
            assert!(resident.is_some(), "evicted what was not resident");
            resident.map(|(key, _)| self.slots.remove(&key));
            self.gone.push(*slot);
        }
    }

    fn check(&self) {
        let sum: u64 = self.residents.values().map(|(_, weight)| weight).sum();
        assert_eq!(self.policy.used(), Bytes(sum));
        assert!(self.policy.used() <= self.policy.budget());
        assert_eq!(self.policy.len(), self.residents.len());
        assert_eq!(self.policy.is_empty(), self.residents.is_empty());
    }

    fn run(&mut self, op: &Op) {
        match *op {
            Op::Request { key, weight, cost } => _ = self.request(key.into(), weight, cost),
            Op::Offer { key, weight, cost } => _ = self.offer(key.into(), weight, cost),
            Op::Resize { key, weight, cost } => self.resize(key.into(), weight, cost),
            Op::Remove { key } => self.remove(key.into()),
            Op::Stale { slot } => {
                if let Some(slot) = self.gone.get(usize::from(slot) % self.gone.len().max(1)) {
                    self.stale(*slot);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn agrees_with_the_model(budget in 0_u64..3_000, ops in prop::collection::vec(op(60, 400), 1..800)) {
        let mut checked = Checked::new(budget);
        ops.iter().for_each(|op| checked.run(op));
    }

    #[test]
    fn agrees_with_the_model_without_limits(ops in prop::collection::vec(op(60, 1 << 50), 1..200)) {
        let mut checked = Checked::new(1 << 60);
        ops.iter().for_each(|op| checked.run(op));
    }

    #[test]
    fn decides_the_same_way_each_time(ops in prop::collection::vec(op(60, 400), 1..400)) {
        let (mut one, mut other) = (Checked::new(2_000), Checked::new(2_000));
        ops.iter().for_each(|op| one.run(op));
        ops.iter().for_each(|op| other.run(op));
        prop_assert_eq!(one.residents, other.residents);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1))]

    // Enough entries for the sample to be halved, and enough rounds for the style to change.
    #[test]
    fn agrees_with_the_model_at_length(ops in prop::collection::vec(op(6_000, 10), 12_000)) {
        let mut checked = Checked::new(15_000);
        ops.iter().for_each(|op| checked.run(op));
    }
}

/// A hot set, then scans; how many of the hot keys are still there.
fn hot_after_scan(budget: u64, weight: u64, cold: impl Fn(u64) -> (u64, u32)) -> usize {
    let mut cache = Checked::new(budget);
    let hot = 50;
    for round in 0..120 {
        for key in 0..hot {
            cache.request(key, weight, 1);
        }
        for scanned in 0..if round < 20 { 1 } else { 200 } {
            let (heavy, cost) = cold(round);
            cache.request(1_000 + round * 1_000 + scanned, heavy, cost);
        }
    }
    (0..hot).filter(|key| cache.slots.contains_key(key)).count()
}

#[test]
fn a_hot_set_survives_scans() {
    assert!(hot_after_scan(10_000, 100, |_| (100, 1)) >= 48);
    assert!(hot_after_scan(10_000, 100, |round| (50 + round % 100, 1)) >= 48);
}

#[test]
fn a_loop_longer_than_the_budget_still_hits() {
    let mut cache = Checked::new(100);
    let hits = (0..40_000).filter(|request| cache.request(request % 200, 1, 1)).count();
    assert!(hits > 40_000 * 45 / 100, "{hits} hits; half the loop fits");
}

#[test]
fn what_moves_on_is_followed() {
    // Each key is popular for a while and never again: recency is all there is.
    let mut cache = Checked::new(100);
    let request = |step: u64| step / 10 + step * 7_919 % 60;
    let hits = (0..40_000).filter(|step| cache.request(request(*step), 1, 1)).count();
    assert!(hits > 40_000 * 75 / 100, "{hits} hits");
}

#[test]
fn of_two_alike_the_costly_and_the_light_stay() {
    let survivors = |weight: fn(u64) -> u64, cost: fn(u64) -> u32| {
        let mut cache = Checked::new(2_000);
        let mut kept = [0, 0];
        for step in 0..20_000 {
            let key = step * 7_919 % 400;
            if cache.request(key, weight(key), cost(key)) && step > 4_000 {
                kept[(key % 2) as usize] += 1;
            }
        }
        kept
    };
    let [cheap, costly] = survivors(|_| 10, |key| if key % 2 == 0 { 1 } else { 20 });
    assert!(costly > cheap, "{costly} costly, {cheap} cheap");
    let [light, heavy] = survivors(|key| if key % 2 == 0 { 2 } else { 40 }, |_| 1);
    assert!(light > heavy, "{light} light, {heavy} heavy");
}

#[test]
fn a_new_entry_is_resident_and_only_the_too_heavy_are_refused() {
    let mut cache = Checked::new(100);
    for key in 0..1_000 {
        cache.request(key, 1 + key % 100, 1);
        assert!(cache.slots.contains_key(&key));
    }
    assert_eq!(cache.policy.admit(9_999, Bytes(101), Cost::default()), Admission::Refused);
}

#[test]
fn the_heavy_are_let_in_when_they_are_worth_it() {
    let mut cache = Checked::new(1_000);
    let popular = |cache: &mut Checked| (0..100).for_each(|key| _ = cache.request(key, 10, 1));
    for _ in 0..20 {
        popular(&mut cache);
    }
    // Never asked for before: not for these.
    assert!(!cache.offer(7_000, 500, 1) && !cache.slots.contains_key(&7_000));
    assert_eq!(cache.policy.len(), 100);
    // What fits the window waits there as ever.
    assert!(!cache.offer(7_001, 10, 1) && cache.slots.contains_key(&7_001));
    // A ghost remembers each request, until it is worth more than what would go.
    let hits = (0..200).filter(|_| cache.offer(7_000, 500, 1)).count();
    assert!(hits > 100, "{hits} hits");
}
