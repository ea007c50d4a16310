//! The policy of the crate, as a tier with another behind it drives it: what is heavy is offered, and may be refused.

use std::collections::HashMap;

use nearcache::evict::{Admission, Cost, Policy, Slot};
use nearcache::model::Bytes;

use super::Cache;
use crate::random::mix;

pub(crate) struct Ours {
    policy: Policy,
    slots: HashMap<u64, Slot>,
    keys: HashMap<Slot, u64>,
}

impl Ours {
    pub(crate) fn new(budget: u64) -> Self {
        Self { policy: Policy::new(Bytes(budget)), slots: HashMap::new(), keys: HashMap::new() }
    }
}

impl Cache for Ours {
    fn request(&mut self, key: u64, size: u64) -> bool {
        if let Some(slot) = self.slots.get(&key) {
            self.policy.touch(*slot);
            return true;
        }
        if let Admission::Admitted { slot, evicted } =
            self.policy.offer(mix(key), Bytes(size), Cost::default())
        {
            for gone in evicted {
                self.keys.remove(&gone).map(|key| self.slots.remove(&key));
            }
            self.slots.insert(key, slot);
            self.keys.insert(slot, key);
        }
        false
    }
}
