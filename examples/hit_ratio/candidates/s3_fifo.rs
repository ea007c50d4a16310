//! S3-FIFO (Yang et al., SOSP 2023): a small queue of a tenth, a main queue, and ghosts.

use std::collections::HashMap;

use super::{Cache, queue::Queue};

pub(crate) struct S3Fifo {
    small: Queue,
    main: Queue,
    ghosts: Queue,
    hits: HashMap<u64, u8>,
    budget: u64,
}

impl S3Fifo {
    pub(crate) fn new(budget: u64) -> Self {
        let hits = HashMap::new();
        Self { small: Queue::default(), main: Queue::default(), ghosts: Queue::default(), hits, budget }
    }

    fn evict(&mut self) {
        if self.small.used() * 10 >= self.budget || self.main.len() == 0 {
            if let Some((key, size)) = self.small.pop() {
                if self.hits.remove(&key).unwrap_or(0) > 1 {
                    self.main.push(key, size);
                } else {
                    self.ghosts.push(key, size);
                    while self.ghosts.used() * 10 > self.budget * 9 {
                        self.ghosts.pop();
                    }
                }
            }
        } else if let Some((key, size)) = self.main.pop() {
            match self.hits.get_mut(&key) {
                Some(hits) if *hits > 0 => {
                    *hits -= 1;
                    self.main.push(key, size);
                }
                _ => drop(self.hits.remove(&key)),
            }
        }
    }
}

impl Cache for S3Fifo {
    fn request(&mut self, key: u64, size: u64) -> bool {
        if self.small.contains(key) || self.main.contains(key) {
            let hits = self.hits.entry(key).or_default();
            *hits = (*hits + 1).min(3);
            return true;
        }
        if size > self.budget {
            return false;
        }
        while self.small.used() + self.main.used() + size > self.budget {
            self.evict();
        }
        let known = self.ghosts.remove(key).is_some();
        if known { &mut self.main } else { &mut self.small }.push(key, size);
        false
    }
}
