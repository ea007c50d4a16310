//! Two contexts over the same stores, whose messages are late, doubled and out of order.
//!
//! No context ever answers with something older than what it was told of, or with something it was told is gone;
//! when all is delivered, or after a resync, both answer with the newest, and a key has one home.

use std::collections::HashMap;
use std::rc::Rc;

use nearcache::model::{Bytes, Entry, Millis, Version};
use nearcache::sync::Notice;
use nearcache::tier::{Put, Stack, TierId};
use proptest::prelude::*;

use super::setup::{NO_MEMORY, ROOMY, Setup};
use super::support::{Context, Store, World, breathe, entry, key};

#[derive(Clone, Debug)]
enum Op {
    Put {
        who: usize,
        key: u8,
        tier: Option<TierId>,
    },
    Get {
        who: usize,
        key: u8,
    },
    Remove {
        who: usize,
        key: u8,
    },
    Clear {
        who: usize,
    },
    /// One of the messages that are under way arrives, and may arrive again.
    Deliver {
        which: usize,
        again: Again,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0..2usize;
    let tier = prop_oneof![2 => Just(None), 1 => Just(Some(TierId::Local)), 1 => Just(Some(TierId::Memory))];
    prop_oneof![
        5 => (who.clone(), 0..3u8, tier).prop_map(|(who, key, tier)| Op::Put { who, key, tier }),
        5 => (who.clone(), 0..3u8).prop_map(|(who, key)| Op::Get { who, key }),
        2 => (who.clone(), 0..3u8).prop_map(|(who, key)| Op::Remove { who, key }),
        1 => who.prop_map(|who| Op::Clear { who }),
        6 => (0..100usize, prop_oneof![Just(Again::Yes), Just(Again::No)])
            .prop_map(|(which, again)| Op::Deliver { which, again }),
    ]
}

/// A context, and what it was told.
struct Peer {
    context: Rc<Context>,
    stack: Rc<Stack<u32>>,
    /// By key: the newest write, and the newest removal.
    told: HashMap<u8, (Version, Version)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Memory {
    None,
    Roomy,
}

struct Model {
    setup: Setup,
    memory: Memory,
    peers: [Peer; 2],
    /// Messages under way, and to whom.
    mail: Vec<(usize, Notice)>,
}

impl Model {
    fn new(memory: Memory) -> Self {
        let setup = Setup::new(if memory == Memory::Roomy { ROOMY } else { NO_MEMORY });
        let (context, stack) = setup.another(2);
        let first =
            Peer { context: Rc::clone(&setup.context), stack: Rc::clone(&setup.stack), told: HashMap::new() };
        let second = Peer { context, stack, told: HashMap::new() };
        Self { setup, memory, peers: [first, second], mail: Vec::new() }
    }

    fn apply(&mut self, op: &Op) {
        // All contexts of a machine have one clock; versions of one moment are ordered by whim.
        self.setup.world.advance(Millis(1));
        match *op {
            Op::Put { who, key: name, tier } => {
                let peer = &mut self.peers[who];
                let version = peer.stack.tick();
                // Where there is no memory, a memory-only value is nowhere.
                let tier = tier.filter(|tier| *tier != TierId::Memory || self.memory == Memory::Roomy);
                let how = Put { tier, ..Put::default() };
                let key = key(&name.to_string());
                self.setup.world.run(peer.stack.put(&key, entry(version, 0), how)).unwrap();
                peer.told.entry(name).or_default().0 = version;
            }
            Op::Get { who, key } => {
                self.check(who, key);
            }
            Op::Remove { who, key: name } => {
                let keys = [key(&name.to_string())];
                self.setup.world.run(self.peers[who].stack.remove(&keys)).unwrap();
            }
            Op::Clear { who } => self.setup.world.run(self.peers[who].stack.clear()).unwrap(),
            Op::Deliver { which, again } if !self.mail.is_empty() => {
                let index = which % self.mail.len();
                let (who, notice) = self.mail[index].clone();
                if again == Again::No {
                    self.mail.remove(index);
                }
                self.peers[who].stack.apply(&notice);
                self.tell(who, &notice);
            }
            Op::Deliver { .. } => {}
        }
        for who in 0..2 {
            for notice in self.peers[who].context.take_announced() {
                self.tell(who, &notice);
                self.mail.push((1 - who, notice));
            }
        }
    }

    fn tell(&mut self, who: usize, notice: &Notice) {
        for name in 0..3 {
            let told = self.peers[who].told.entry(name).or_default();
            let named = key(&name.to_string());
            match notice {
                Notice::Written(key, _, meta) if *key == named => told.0 = told.0.max(meta.version),
                Notice::Removed(keys, at) if keys.contains(&named) => told.1 = told.1.max(*at),
                Notice::Cleared(at) => told.1 = told.1.max(*at),
                _ => {}
            }
        }
    }

    fn check(&mut self, who: usize, name: u8) -> Option<Version> {
        let peer = &mut self.peers[who];
        let found = self.setup.world.run(peer.stack.get(&key(&name.to_string())))?;
        let version = found.entry.meta.version;
        let told = peer.told.entry(name).or_default();
        assert!(version >= told.0, "{who} knew {:?} of {name}, and answers {version:?}", told.0);
        assert!(version >= told.1, "{who} knew that {name} was removed at {:?}: {version:?}", told.1);
        Some(version)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_goes_back_in_time(
        ops in prop::collection::vec(op(), 1..60),
        memory in prop_oneof![Just(Memory::Roomy), Just(Memory::None)],
        resync in prop_oneof![Just(Again::Yes), Just(Again::No)],
    ) {
        let mut model = Model::new(memory);
        for op in &ops {
            model.apply(op);
        }
        // In the end both know what there is, whichever way they learn of it.
        while resync == Again::No && !model.mail.is_empty() {
            model.apply(&Op::Deliver { which: 0, again: Again::No });
        }
        for who in 0..2 {
            if resync == Again::Yes {
                model.setup.world.run(model.peers[who].stack.resync());
                // What only memory had, and nobody else knew of, is gone; what was removed stays so.
                model.peers[who].told.values_mut().for_each(|told| told.0 = Version::default());
            }
        }
        model.setup.world.settle();
        for name in 0..3 {
            let k = key(&name.to_string());
            let newest = [&model.setup.local, &model.setup.db]
                .into_iter()
                .filter_map(|store| store.get(&k).map(|entry| entry.meta.version))
                .max();
            for who in 0..2 {
                let found = model.check(who, name);
                if found.is_some() && newest.is_some() {
                    assert!(found >= newest, "{who} answers {found:?}, though {newest:?} is stored");
                }
            }
        }
    }
}

/// Eviction is not announced: the others' directories still name what is gone.
#[test]
fn what_another_context_has_evicted_is_a_miss_and_no_fault() {
    let mut budgets = NO_MEMORY;
    budgets[TierId::IndexedDb as usize] = Bytes(500);
    let setup = Setup::new(budgets);
    (0..5).for_each(|n| _ = setup.put(&n.to_string(), n));
    let (context, other) = setup.another(2);
    setup.world.advance(Millis(1));
    (5..8).for_each(|n| _ = setup.put(&n.to_string(), n));
    for notice in setup.context.take_announced() {
        other.apply(&notice);
    }
    let read = |n: u32| setup.world.run(other.get(&key(&n.to_string()))).map(|found| found.entry.body);
    assert!(other.known(&key("0")).is_some(), "it was told");
    assert_eq!((0..8).filter_map(read).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    assert!(other.known(&key("0")).is_none(), "it is asked for again and again");
    let stats = other.stats().tiers[TierId::IndexedDb as usize];
    assert_eq!((stats.faults, stats.corrupt), (0, 0));
    // What the other has to give up is what is there, however much it thinks that is.
    context.put(&other, &key("8"), entry(other.tick(), 8));
    assert_eq!(setup.db.used(), Bytes(500));
    assert_eq!(read(8), Some(8));
}

/// Without transactions another context's write can come between the comparison and the write.
#[test]
fn of_two_contexts_at_once_the_newer_wins_in_a_store_without_transactions() {
    for first in [0, 1] {
        let world = World::new();
        let store = Store::new(TierId::CacheStorage);
        store.compares_apart.set(true);
        let contexts = [Context::new(&world), Context::new(&world)];
        let [one, two] = [0, 1].map(|n| contexts[n].open(n as u32, &[Rc::clone(&store)], NO_MEMORY));
        let older = entry(one.tick(), 1);
        world.advance(Millis(1));
        let newer = entry(two.tick(), 2);
        let writes = [(&one, older), (&two, newer)];
        let begin = |(stack, entry): &(&Rc<Stack<u32>>, Entry<u32>)| {
            let (stack, entry) = (Rc::clone(stack), entry.clone());
            async move { stack.put(&key("k"), entry, Put::default()).await }
        };
        let (begun, then) = (begin(&writes[first]), begin(&writes[1 - first]));
        let then = async {
            store.delay.set(5);
            breathe().await;
            store.delay.set(1);
            then.await
        };
        let homes = world.run(async { tokio::join!(begun, then) });
        assert_eq!(homes, (Ok(TierId::CacheStorage), Ok(TierId::CacheStorage)));
        assert_eq!(store.get(&key("k")).map(|entry| entry.body), Some(2), "{first} first");
    }
}
