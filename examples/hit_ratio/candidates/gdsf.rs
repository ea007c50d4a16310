//! Greedy-Dual-Size-Frequency (Cherkasova, HP Labs 1998): `clock + hits * cost / size`, least first.

use std::collections::{BTreeSet, HashMap};

use super::Cache;

/// Priorities are integers, so that they have an order.
const SCALE: u64 = 1 << 32;

pub(crate) struct Gdsf {
    order: BTreeSet<(u64, u64)>,
    held: HashMap<u64, (u64, u64, u64)>,
    clock: u64,
    used: u64,
    budget: u64,
}

impl Gdsf {
    pub(crate) fn new(budget: u64) -> Self {
        Self { order: BTreeSet::new(), held: HashMap::new(), clock: 0, used: 0, budget }
    }
}

impl Cache for Gdsf {
    fn request(&mut self, key: u64, size: u64) -> bool {
        let old = self.held.get(&key).copied();
        if size > self.budget {
            return false;
        }
        if let Some((priority, _, size)) = old {
            self.order.remove(&(priority, key));
            self.used -= size;
        }
        let hits = old.map_or(1, |(_, hits, _)| hits + 1);
        while self.used + size > self.budget {
            let Some((priority, victim)) = self.order.pop_first() else { break };
            self.clock = priority;
            self.used -= self.held.remove(&victim).map_or(0, |(_, _, size)| size);
        }
        let priority = self.clock + hits * SCALE / size;
        self.order.insert((priority, key));
        self.held.insert(key, (priority, hits, size));
        self.used += size;
        old.is_some()
    }
}
