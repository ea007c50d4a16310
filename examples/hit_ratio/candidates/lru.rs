//! Least recently used: the yardstick.

use super::{Cache, queue::Queue};

pub(crate) struct Lru {
    queue: Queue,
    budget: u64,
}

impl Lru {
    pub(crate) fn new(budget: u64) -> Self {
        Self { queue: Queue::default(), budget }
    }
}

impl Cache for Lru {
    fn request(&mut self, key: u64, size: u64) -> bool {
        let hit = self.queue.contains(key);
        if size <= self.budget {
            self.queue.push(key, size);
        }
        while self.queue.used() > self.budget {
            self.queue.pop();
        }
        hit
    }
}
