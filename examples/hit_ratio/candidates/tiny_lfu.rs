//! W-TinyLFU (Einziger et al., ToS 2017) with the size-aware admission of aggregated victims
//! (Einziger et al., 2021) and, when asked, a window that climbs towards the better hit ratio
//! (Einziger et al., Middleware 2018). Frequencies are exact and halved now and then.

use std::collections::HashMap;

use super::{Cache, queue::Queue};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    Fixed,
    Climbing,
}

pub(crate) struct TinyLfu {
    window: Queue,
    probation: Queue,
    protected: Queue,
    counts: HashMap<u64, u64>,
    seen: u64,
    share: f64,
    step: f64,
    hits: u64,
    sampled: u64,
    before: f64,
    kind: Window,
    budget: u64,
}

impl TinyLfu {
    pub(crate) fn new(budget: u64, kind: Window) -> Self {
        let (window, probation, protected) = <(Queue, Queue, Queue)>::default();
        let (share, step) = (0.01, 0.0625);
        let counts = HashMap::new();
        Self {
            window,
            probation,
            protected,
            counts,
            seen: 0,
            share,
            step,
            hits: 0,
            sampled: 0,
            before: 0.0,
            kind,
            budget,
        }
    }

    fn len(&self) -> u64 {
        (self.window.len() + self.probation.len() + self.protected.len()) as u64
    }

    fn count(&mut self, key: u64) {
        let count = self.counts.entry(key).or_default();
        *count = (*count + 1).min(15);
        self.seen += 1;
        if self.seen > 10 * self.len().max(64) {
            self.seen /= 2;
            self.counts.retain(|_, count| {
                *count /= 2;
                *count > 0
            });
        }
    }

    fn frequency(&self, key: u64) -> u64 {
        self.counts.get(&key).copied().unwrap_or(0)
    }

    fn climb(&mut self, hit: bool) {
        self.hits += u64::from(hit);
        self.sampled += 1;
        if self.sampled < 10 * self.len().max(64) {
            return;
        }
        let ratio = self.hits as f64 / self.sampled as f64;
        let change = ratio - self.before;
        if change < 0.0 {
            self.step = -self.step;
        }
        self.share = (self.share + self.step).clamp(0.01, 0.8);
        self.step = if change.abs() >= 0.05 { 0.0625_f64.copysign(self.step) } else { self.step * 0.98 };
        (self.before, self.hits, self.sampled) = (ratio, 0, 0);
    }

    /// Lets a key out of the window into main if it is worth more than all it would push out.
    fn judge(&mut self, key: u64, size: u64) {
        let room = self.budget - (self.budget as f64 * self.share) as u64;
        let (mut freed, mut worth, mut victims) =
            (self.probation.used() + self.protected.used(), 0, Vec::new());
        for (victim, weight) in self.probation.iter().chain(self.protected.iter()) {
            let lost = !victims.is_empty() && self.frequency(key) <= worth;
            if freed + size <= room || lost {
                break;
            }
            freed -= weight;
            worth += self.frequency(victim);
            victims.push(victim);
        }
        if freed + size > room || (!victims.is_empty() && self.frequency(key) <= worth) {
            // Refused: the victims get another turn.
            for victim in victims {
                if let Some(weight) = self.probation.remove(victim) {
                    self.probation.push(victim, weight);
                }
            }
            return;
        }
        for victim in victims {
            if self.probation.remove(victim).is_none() {
                self.protected.remove(victim);
            }
        }
        self.probation.push(key, size);
    }
}

impl Cache for TinyLfu {
    fn request(&mut self, key: u64, size: u64) -> bool {
        self.count(key);
        let mut hit = true;
        if let Some(size) = self.window.remove(key) {
            self.window.push(key, size);
        } else if let Some(size) = self.probation.remove(key).or_else(|| self.protected.remove(key)) {
            self.protected.push(key, size);
            while self.protected.used() as f64 > self.budget as f64 * (1.0 - self.share) * 0.8 {
                let Some((key, size)) = self.protected.pop() else { break };
                self.probation.push(key, size);
            }
        } else {
            hit = false;
            if size <= self.budget {
                self.window.push(key, size);
            }
        }
        if self.kind == Window::Climbing {
            self.climb(hit);
        }
        while self.window.used() as f64 > self.budget as f64 * self.share {
            let Some((key, size)) = self.window.pop() else { break };
            self.judge(key, size);
        }
        hit
    }
}
