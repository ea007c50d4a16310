//! Two contexts over the same stores, whose messages are late, doubled and out of order.
//!
//! No context ever answers with something older than what it was told of, or with something it was told is gone;
//! when all is delivered, or after a resync, both answer with the newest, and a key has one home.

use std::collections::HashMap;
use std::rc::Rc;

use nearcache::model::{Millis, Version};
use nearcache::sync::Notice;
use nearcache::tier::{Put, Stack, TierId};
use proptest::prelude::*;

use super::setup::{NO_MEMORY, ROOMY, Setup};
use super::support::{Context, entry, key};

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
