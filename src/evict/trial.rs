//! The trial: every style on a small sample of the keys, hashes and weights only, to see which one pays.
//!
//! A sample of keys with a sample's share of the budget behaves like the whole (SHARDS, Waldspurger et al.,
//! FAST 2015; mini-simulations, Waldspurger et al., ATC 2017), and needs no tuning by feedback.
//!
//! Invariants:
//! - every style sees the same requests;
//! - the sample starts whole and is halved whenever it has grown past [`MOST`] entries;
//! - a score is the decayed mean of the object and byte hits: reward `1 + size / mean size` a hit.

use super::engine::Engine;
use super::index::Index;
use super::style::Style;
use super::{Cost, Slot};
use crate::model::Bytes;

/// Entries a style may hold before the sample is halved.
const MOST: usize = 512;

#[derive(Debug)]
struct Contender {
    engine: Engine,
    index: Index,
    score: u64,
}

#[derive(Debug)]
pub(super) struct Trial {
    contenders: [Contender; Style::ALL.len()],
    budget: Bytes,
    halvings: u32,
    seen: usize,
    best: usize,
    mean: u64,
}

impl Trial {
    pub(super) fn new(budget: Bytes) -> Self {
        let contenders = Style::ALL.map(|style| Contender {
            engine: Engine::new(budget, style),
            index: Index::new(),
            score: 0,
        });
        Self { contenders, budget, halvings: 0, seen: 0, best: 0, mean: 0 }
    }

    /// The style that pays best.
    pub(super) fn best(&self) -> Style {
        Style::ALL.get(self.best).copied().unwrap_or(Style::ALL[0])
    }

    /// Shows a request to every style, if its key is in the sample.
    pub(super) fn request(&mut self, hash: u64, weight: Bytes, cost: Cost) {
        if !self.samples(hash) || weight.0 > self.budget.0 >> self.halvings {
            return;
        }
        self.mean = self.mean - self.mean / 256 + weight.0.min(u64::MAX >> 16);
        let reward = (256 + (weight.0 << 8) / (self.mean / 256).max(1)) * u64::from(cost.0);
        let mut most = 0;
        for contender in &mut self.contenders {
            contender.request(hash, weight, cost, reward);
            most = contender.engine.nodes.len().max(most);
        }
        self.seen += 1;
        if self.seen > most * 4 + 256 {
            self.decide();
        }
        if most > MOST {
            self.halve();
        }
    }

    /// Forgets a key that was deleted.
    pub(super) fn forget(&mut self, hash: u64) {
        if self.samples(hash) {
            for Contender { engine, index, .. } in &mut self.contenders {
                if let Some(slot) = index.remove(&engine.nodes, hash) {
                    engine.remove(slot);
                }
            }
        }
    }

    /// The sample is every key whose hash begins with as many zero bits as there were halvings.
    const fn samples(&self, hash: u64) -> bool {
        hash.leading_zeros() >= self.halvings
    }

    fn decide(&mut self) {
        self.seen = 0;
        let score = |at: usize| self.contenders.get(at).map_or(0, |contender| contender.score);
        // A draw is no reason to change.
        let (now, mut best) = (self.best, self.best);
        for at in 0..self.contenders.len() {
            if score(at) > score(best) && score(at) > score(now) + score(now) / 64 {
                best = at;
            }
        }
        self.best = best;
        for contender in &mut self.contenders {
            contender.score /= 2;
        }
    }

    fn halve(&mut self) {
        self.halvings += 1;
        let (halvings, budget) = (self.halvings, Bytes(self.budget.0 >> self.halvings));
        for contender in &mut self.contenders {
            contender.halve(halvings, budget);
        }
    }
}

impl Contender {
    fn request(&mut self, hash: u64, weight: Bytes, cost: Cost, reward: u64) {
        let Self { engine, index, score } = self;
        let mut evicted = Vec::new();
        let known = index.get(&engine.nodes, hash);
        if let Some(slot) = known {
            *score = score.saturating_add(reward);
            engine.touch(slot);
            if engine.nodes.get(slot).is_some_and(|node| node.weight != weight) {
                engine.resize(slot, weight, &mut evicted);
            }
        } else {
            engine.make_room(weight, &mut evicted);
        }
        self.unlist(&evicted);
        if known.is_none() {
            let slot = self.engine.insert(hash, weight, cost);
            self.index.insert(&self.engine.nodes, hash, slot);
        }
    }

    /// Keeps the sampled keys under a smaller budget.
    fn halve(&mut self, halvings: u32, budget: Bytes) {
        let Self { engine, index, .. } = self;
        let stays = |hash: u64, weight: Bytes| hash.leading_zeros() >= halvings && weight <= budget;
        let slots =
            engine.nodes.iter().filter(|(_, node)| !stays(node.hash, node.weight)).map(|(slot, _)| slot);
        for slot in slots.collect::<Vec<_>>() {
            index.remove(&engine.nodes, engine.nodes.hash(slot));
            engine.remove(slot);
        }
        engine.budget = budget;
        let mut evicted = Vec::new();
        engine.make_room(Bytes::ZERO, &mut evicted);
        self.unlist(&evicted);
    }

    /// Before a freed slot is used again, which would hide the hash that it was listed under.
    fn unlist(&mut self, evicted: &[Slot]) {
        for slot in evicted {
            self.index.remove(&self.engine.nodes, self.engine.nodes.hash(*slot));
        }
    }
}
