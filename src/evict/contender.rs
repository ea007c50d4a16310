//! One style in the trial: an engine that stores nothing, and its hits.
//!
//! Invariants:
//! - the index lists exactly the residents of the engine, by hash.

use super::engine::Engine;
use super::index::Index;
use super::style::Style;
use super::trial::Hits;
use super::{Cost, Slot};
use crate::model::Bytes;

#[derive(Debug)]
pub(super) struct Contender {
    pub(super) hits: Hits,
    engine: Engine,
    index: Index,
}

impl Contender {
    pub(super) fn new(budget: Bytes, style: Style, mean: Bytes) -> Self {
        Self { hits: Hits::default(), engine: Engine::new(budget, style, mean), index: Index::new() }
    }

    pub(super) const fn len(&self) -> usize {
        self.engine.nodes.len()
    }

    /// Takes a request as a cache would; `weight` is no heavier than the budget.
    pub(super) fn request(&mut self, hash: u64, weight: Bytes, cost: Cost, reward: Hits) {
        let Self { engine, index, hits } = self;
        let mut evicted = Vec::new();
        if let Some(slot) = index.get(&engine.nodes, hash) {
            hits.add(reward);
            engine.touch(slot);
            if engine.nodes.get(slot).is_some_and(|node| (node.weight, node.cost) != (weight, cost)) {
                engine.resize(slot, weight, cost, &mut evicted);
                self.unlist(&evicted);
            }
            return;
        }
        let heat = engine.welcome(hash);
        if !engine.is_worth_it(weight, cost, heat) {
            return engine.bury(hash, heat);
        }
        engine.make_room(weight, &mut evicted);
        self.unlist(&evicted);
        let slot = self.engine.insert(hash, weight, cost, heat);
        self.index.insert(&self.engine.nodes, hash, slot);
    }

    pub(super) fn measure(&mut self, mean: Bytes) {
        self.engine.measure(mean);
    }

    pub(super) fn forget(&mut self, hash: u64) {
        if let Some(slot) = self.index.remove(&self.engine.nodes, hash) {
            self.engine.remove(slot);
        }
    }

    /// Goes on with the keys whose hash begins with that many zero bits, under a smaller budget.
    pub(super) fn shrink(&mut self, zeros: u32, budget: Bytes) {
        let stays = |hash: u64, weight: Bytes| hash.leading_zeros() >= zeros && weight <= budget;
        let leaving: Vec<u64> = self
            .engine
            .nodes
            .iter()
            .filter(|node| !stays(node.hash, node.weight))
            .map(|node| node.hash)
            .collect();
        for hash in leaving {
            self.forget(hash);
        }
        let mut evicted = Vec::new();
        self.engine.budget = budget;
        self.engine.make_room(Bytes::ZERO, &mut evicted);
        self.unlist(&evicted);
    }

    /// To be called before a freed slot is used again, which would hide the hash it is listed under.
    fn unlist(&mut self, evicted: &[Slot]) {
        for slot in evicted {
            self.index.remove(&self.engine.nodes, self.engine.nodes.hash(*slot));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_lists_the_residents() {
        let mut contender = Contender::new(Bytes(20_000), Style::ALL[0], Bytes(50));
        let hash = |x: u64| (x * x % 977).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for step in 0..20_000 {
            match step % 5_000 {
                4_999 => contender.shrink((step / 5_000) as u32 + 1, Bytes(20_000 >> (step / 5_000 + 1))),
                other if other % 50 == 0 => contender.forget(hash(step)),
                _ => contender.request(hash(step), Bytes(step % 97), Cost(1), Hits::default()),
            }
            assert_eq!(contender.index.len(), contender.len());
            if step % 100 == 0 {
                for node in contender.engine.nodes.iter() {
                    let slot = contender.index.get(&contender.engine.nodes, node.hash);
                    let found = slot.and_then(|slot| contender.engine.nodes.get(slot));
                    assert_eq!(found.map(|found| found.hash), Some(node.hash));
                }
            }
        }
    }
}
