//! LIRS (Jiang and Zhang, SIGMETRICS 2002), by bytes: 99 % for keys of low inter-reference recency, the
//! rest for the others; ghosts in the stack up to twice the budget.

use std::collections::HashSet;

use super::{Cache, queue::Queue};

pub(crate) struct Lirs {
    /// Recency of all, residents and ghosts.
    stack: Queue,
    /// Resident keys of high inter-reference recency.
    high: Queue,
    low: HashSet<u64>,
    low_used: u64,
    ghosts: Queue,
    budget: u64,
}

impl Lirs {
    pub(crate) fn new(budget: u64) -> Self {
        let (stack, high, ghosts) = <(Queue, Queue, Queue)>::default();
        Self { stack, high, low: HashSet::new(), low_used: 0, ghosts, budget }
    }

    fn low_budget(&self) -> u64 {
        self.budget - self.budget / 100
    }

    /// The bottom of the stack is always a low one.
    fn prune(&mut self) {
        while let Some(key) = self.stack.oldest() {
            if self.low.contains(&key) {
                break;
            }
            self.stack.pop();
            self.ghosts.remove(key);
        }
    }

    fn demote(&mut self) {
        while self.low_used > self.low_budget() {
            let Some((key, size)) = self.stack.pop() else { break };
            if self.low.remove(&key) {
                self.low_used -= size;
                self.high.push(key, size);
            }
            self.prune();
        }
    }

    fn shrink(&mut self) {
        while self.low_used + self.high.used() > self.budget {
            let Some((key, size)) = self.high.pop() else { break };
            if self.stack.contains(key) {
                self.ghosts.push(key, size);
            }
        }
        while self.ghosts.used() > 2 * self.budget {
            let Some((key, _)) = self.ghosts.pop() else { break };
            self.stack.remove(key);
        }
    }
}

impl Cache for Lirs {
    fn request(&mut self, key: u64, size: u64) -> bool {
        let resident = self.low.contains(&key) || self.high.contains(key);
        if size > self.low_budget() {
            return resident;
        }
        if self.low.contains(&key) {
            self.stack.push(key, size);
            self.prune();
            return true;
        }
        let recent = self.stack.contains(key);
        self.high.remove(key);
        self.ghosts.remove(key);
        self.stack.push(key, size);
        if recent || self.low_used + size <= self.low_budget() && !resident {
            self.low.insert(key);
            self.low_used += size;
            self.demote();
        } else {
            self.high.push(key, size);
        }
        self.prune();
        self.shrink();
        resident
    }
}
