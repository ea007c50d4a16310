//! SIEVE (Zhang et al., NSDI 2024): a FIFO queue, a visited bit and a hand.

use std::collections::HashSet;

use super::{Cache, queue::Queue};

pub(crate) struct Sieve {
    queue: Queue,
    visited: HashSet<u64>,
    hand: u64,
    budget: u64,
}

impl Sieve {
    pub(crate) fn new(budget: u64) -> Self {
        Self { queue: Queue::default(), visited: HashSet::new(), hand: 0, budget }
    }
}

impl Cache for Sieve {
    fn request(&mut self, key: u64, size: u64) -> bool {
        if self.queue.contains(key) {
            self.visited.insert(key);
            return true;
        }
        if size > self.budget {
            return false;
        }
        while self.queue.used() + size > self.budget {
            let Some((place, victim)) = self.queue.after(self.hand).or_else(|| self.queue.after(0)) else {
                break;
            };
            self.hand = place;
            if !self.visited.remove(&victim) {
                self.queue.remove(victim);
            }
        }
        self.queue.push(key, size);
        false
    }
}
