//! What is replayed: synthetic request streams and recorded traces.

pub(crate) mod held_out;
mod recorded;
mod stream;
pub(crate) mod tuned;

use std::collections::HashMap;

pub(crate) use recorded::recorded;

/// A named list of requests: key and size.
pub(crate) struct Workload {
    pub(crate) name: String,
    /// Whether some keys are so much more popular than others that frequency pays.
    pub(crate) skewed: bool,
    pub(crate) requests: Vec<(u64, u64)>,
}

impl Workload {
    fn new(name: &str, skewed: bool, size: impl Fn(u64) -> u64, keys: impl Iterator<Item = u64>) -> Self {
        Self { name: name.to_owned(), skewed, requests: keys.map(|key| (key, size(key))).collect() }
    }

    /// The bytes of all distinct objects.
    pub(crate) fn footprint(&self) -> u64 {
        self.requests.iter().copied().collect::<HashMap<_, _>>().values().sum()
    }
}
