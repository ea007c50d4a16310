//! One context at a time over stores that break, against what a caller may rely on.
//!
//! After each operation: nothing older than what was confirmed is answered, nothing removed, nothing dead; budgets
//! hold; without faults, a confirmed value is there unless an eviction was told, here and after a reload.

use std::collections::HashMap;
use std::rc::Rc;

use nearcache::event::Event;
use nearcache::model::{Bytes, Entry, Meta, Millis, Version};
use nearcache::tier::{Put, Stack, TierId};
use proptest::prelude::*;

use super::setup::Setup;
use super::support::{Context, Fault, key, sized};

#[derive(Clone, Debug)]
enum Op {
    Put { key: u8, size: u64, tier: Option<TierId>, ttl: Option<u64> },
    Get { key: u8 },
    Remove { key: u8 },
    Clear,
    Advance { ms: u64 },
    Break { tier: TierId, fault: Fault },
    Mend,
    Reload,
    Resync,
}

fn tier() -> impl Strategy<Value = TierId> {
    prop_oneof![Just(TierId::IndexedDb), Just(TierId::Local)]
}

fn op() -> impl Strategy<Value = Op> {
    let named = prop_oneof![4 => Just(None), 1 => tier().prop_map(Some), 1 => Just(Some(TierId::Memory))];
    let ttl = prop_oneof![3 => Just(None), 1 => (1..100u64).prop_map(Some)];
    let fault = prop_oneof![Just(Fault::Full), Just(Fault::Failing), Just(Fault::Hanging)];
    prop_oneof![
        8 => (0..6u8, 10..400u64, named, ttl).prop_map(|(key, size, tier, ttl)| Op::Put { key, size, tier, ttl }),
        8 => (0..6u8).prop_map(|key| Op::Get { key }),
        3 => (0..6u8).prop_map(|key| Op::Remove { key }),
        1 => Just(Op::Clear),
        2 => (0..60u64).prop_map(|ms| Op::Advance { ms }),
        1 => (tier(), fault).prop_map(|(tier, fault)| Op::Break { tier, fault }),
        2 => Just(Op::Mend),
        1 => Just(Op::Reload),
        1 => Just(Op::Resync),
    ]
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Nothing older may be answered, and this neither if it was a removal.
    floor: Version,
    removed: bool,
    /// What a broken store could not give up is hidden in this context only.
    failed: bool,
    /// Where the value of that version must be, unless evicted, lost to a fault or dead.
    kept: Option<TierId>,
}

struct Model {
    setup: Setup,
    context: Rc<Context>,
    stack: Rc<Stack<u32>>,
    known: HashMap<u8, Known>,
    written: HashMap<Version, (u8, Entry<u32>)>,
    bodies: u32,
    node: u32,
}

impl Model {
    fn new(memory: u64) -> Self {
        let mut budgets = [Bytes::ZERO; TierId::ALL.len()];
        budgets[TierId::Memory as usize] = Bytes(memory);
        budgets[TierId::Local as usize] = Bytes(600);
        budgets[TierId::IndexedDb as usize] = Bytes(900);
        let setup = Setup::new(budgets);
        let (context, stack) = (Rc::clone(&setup.context), Rc::clone(&setup.stack));
        Self { setup, context, stack, known: HashMap::new(), written: HashMap::new(), bodies: 0, node: 1 }
    }

    fn is_broken(&self) -> bool {
        self.setup.db.fault.get() != Fault::None || self.setup.local.fault.get() != Fault::None
    }

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Put { key, size, tier, ttl } => self.put(key, size, tier, ttl),
            Op::Get { key } => self.check(key),
            Op::Remove { key: name } => {
                let removal = self.setup.world.run(self.stack.remove(&[key(&name.to_string())]));
                self.removed(removal.is_err(), |other| other == name);
            }
            Op::Clear => {
                let removal = self.setup.world.run(self.stack.clear());
                self.removed(removal.is_err(), |_| true);
            }
            Op::Advance { ms } => self.setup.world.advance(Millis(ms)),
            Op::Break { tier, fault } => {
                self.setup.store(tier).fault.set(fault);
            }
            Op::Mend => {
                self.setup.db.fault.set(Fault::None);
                self.setup.local.fault.set(Fault::None);
            }
            Op::Reload if !self.is_broken() => {
                self.node += 1;
                (self.context, self.stack) = self.setup.another(self.node);
                self.known.retain(|_, known| !known.failed);
                self.setup.world.settle();
            }
            Op::Resync if !self.is_broken() => {
                self.setup.world.run(self.stack.resync());
                self.known.retain(|_, known| known.removed || !known.failed);
            }
            Op::Reload | Op::Resync => {}
        }
        if matches!(op, Op::Reload | Op::Resync) {
            // Memory alone keeps nothing over these.
            for known in self.known.values_mut().filter(|known| known.kept == Some(TierId::Memory)) {
                known.kept = None;
            }
        }
        for event in self.context.take_events() {
            if let Event::Evict { key, tier } = event
                && let Some(known) = self.known.get_mut(&key.parse().unwrap())
                && known.kept == Some(tier)
            {
                known.kept = None;
            }
        }
        if self.is_broken() {
            self.known.values_mut().for_each(|known| known.kept = None);
        }
    }

    fn put(&mut self, name: u8, size: u64, tier: Option<TierId>, ttl: Option<u64>) {
        self.bodies += 1;
        let entry = sized(self.stack.tick(), size, self.bodies);
        let expires = ttl.map(|ms| self.setup.world.now() + Millis(ms));
        let entry = Entry { meta: Meta { expires, ..(*entry.meta).clone() }.into(), ..entry };
        self.written.insert(entry.meta.version, (name, entry.clone()));
        let how = Put { tier, ..Put::default() };
        let version = entry.meta.version;
        match self.setup.world.run(self.stack.put(&key(&name.to_string()), entry, how)) {
            Ok(home) => {
                let failed = self.is_broken();
                let known = Known { floor: version, kept: Some(home), failed, ..Known::default() };
                self.known.insert(name, known);
            }
            Err(_) => self.known.entry(name).or_default().kept = None,
        }
    }

    fn removed(&mut self, failed: bool, hit: impl Fn(u8) -> bool) {
        let floor = self.stack.tick();
        for name in (0..6).filter(|name| hit(*name)) {
            self.known.insert(name, Known { floor, removed: true, failed, kept: None });
        }
    }

    fn check(&self, name: u8) {
        let known = self.known.get(&name).copied().unwrap_or_default();
        let now = self.setup.world.now();
        let found = self.setup.world.run(self.stack.get(&key(&name.to_string())));
        let Some(found) = found else {
            if let Some(home) = known.kept {
                let (_, entry) = &self.written[&known.floor];
                assert!(entry.meta.is_dead(now), "{name} was confirmed in {home:?} and is lost");
            }
            return;
        };
        let version = found.entry.meta.version;
        assert!(version >= known.floor, "{name}: {version:?} is older than {:?}", known.floor);
        assert!(!known.removed, "{name} was removed and is back");
        assert!(!found.entry.meta.is_dead(now), "{name} is dead");
        let (written_as, written) = &self.written[&version];
        assert_eq!((*written_as, written), (name, &found.entry));
    }

    fn validate(&self, op: &Op) {
        for (tier, used, _, budget) in self.stack.usage() {
            // A reload may find more than there should be; the next write into that tier makes room.
            let written =
                matches!(op, Op::Put { key, .. } if self.known.get(key).and_then(|k| k.kept) == Some(tier));
            if tier == TierId::Memory || written {
                assert!(used <= budget, "{tier:?} holds {used:?} of {budget:?}");
            }
        }
        if self.is_broken() {
            return;
        }
        for name in 0..6 {
            let records = self.setup.records(&name.to_string());
            if self.known.get(&name).is_some_and(|known| known.kept.is_some()) {
                assert!(!matches!(records, (Some(_), Some(_))), "{name} has two homes");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_caller_can_rely_on_what_was_confirmed(
        ops in prop::collection::vec(op(), 1..60),
        memory in prop_oneof![Just(0u64), Just(500), Just(10_000)],
    ) {
        let mut model = Model::new(memory);
        for op in &ops {
            model.apply(op);
            model.validate(op);
        }
        model.apply(&Op::Mend);
        for key in 0..6 {
            model.apply(&Op::Get { key });
        }
    }
}
