//! The streams the policy was tuned on.

use super::Workload;
use super::stream::{Zipf, log_normal, pareto, unit, web};
use crate::random::{Random, mix};

const N: u64 = 200_000;

pub(crate) fn all() -> Vec<Workload> {
    let mut all = first();
    all.extend(second());
    all
}

fn first() -> Vec<Workload> {
    let random = &mut Random::new(7);
    let mut all = Vec::new();
    for (name, skew) in [("zipf 0.7", 0.7), ("zipf 0.9", 0.9), ("zipf 1.1", 1.1)] {
        let zipf = Zipf::new(20_000, skew);
        all.push(Workload::new(name, true, web, (0..N).map(|_| zipf.draw(random))));
    }
    // Popularity drifts: each 20 requests the ranks shift by one key.
    let zipf = Zipf::new(5_000, 1.0);
    all.push(Workload::new("drift", true, web, (0..N).map(|i| zipf.draw(random) + i / 20)));
    // Every 10 000 requests somebody scrolls through 2 000 new things.
    let scan = |i: u64| 1_000_000 + i;
    all.push(Workload::new(
        "scan",
        true,
        web,
        (0..N).map(|i| if i % 10_000 < 2_000 { scan(i) } else { zipf.draw(random) }),
    ));
    // Recency: sessions of 40 requests over 12 keys that are seldom seen again.
    let mut session = 0;
    all.push(Workload::new(
        "sessions",
        false,
        web,
        (0..N).map(|i| {
            if i % 400 == 0 {
                session = 100_000 + i * 100;
            }
            let who = random.below(10) * 1_000;
            if random.below(4) == 0 { zipf.draw(random) } else { session + who + random.below(12) }
        }),
    ));
    all.push(Workload::new("loop", false, web, (0..N).map(|i| i % 5_000)));
    all.push(Workload::new(
        "mixed",
        true,
        web,
        (0..N).map(|i| match random.below(10) {
            0 => scan(i),
            1 | 2 => 2_000_000 + i / 4 % 3_000,
            3 | 4 => 3_000_000 + i / 50 + random.below(30),
            _ => zipf.draw(random),
        }),
    ));
    all
}

fn second() -> Vec<Workload> {
    let random = &mut Random::new(8);
    let mut all = Vec::new();
    // Small values, and a short life.
    let zipf = Zipf::new(3_000, 1.0);
    let small = |key| log_normal(key, 500.0, 1.5);
    all.push(Workload::new("short", true, small, (0..20_000).map(|_| zipf.draw(random))));
    // Two requests in five are for what nobody asks for again; sizes have a heavy tail.
    let zipf = Zipf::new(10_000, 0.8);
    let heavy = |key| log_normal(key, 5_000.0, 2.0);
    let once = |i: u64| 1_000_000 + i;
    all.push(Workload::new(
        "one-hit",
        true,
        heavy,
        (0..N).map(|i| if random.below(5) < 2 { once(i) } else { zipf.draw(random) }),
    ));
    // News: something is published every 8 requests and asked for less and less.
    all.push(Workload::new(
        "news",
        true,
        web,
        (0..N).map(|i| {
            let age = pareto(random, 1.0, 60_000.0, 1.2) as u64;
            mix((20_000 + i / 8).saturating_sub(age))
        }),
    ));
    // Blocks by stack distance: the deeper in the past, the rarer.
    let mut past: Vec<u64> = Vec::new();
    all.push(Workload::new(
        "stack",
        false,
        unit,
        (0..N).map(|i| {
            let back = pareto(random, 1.0, 30_000.0, 1.1) as usize;
            let key = past.len().checked_sub(back).map_or(i, |at| past[at]);
            past.push(key);
            key
        }),
    ));
    // A day and a night population.
    let zipf = Zipf::new(6_000, 0.9);
    all.push(Workload::new(
        "diurnal",
        true,
        web,
        (0..N).map(|i| {
            let day = (i as f64 / 40_000.0 * std::f64::consts::TAU).sin() * 0.45 + 0.5;
            let base = if random.unit() < day { 0 } else { 1_000_000 };
            base + zipf.draw(random)
        }),
    ));
    // The pattern itself changes.
    all.push(Workload::new(
        "phases",
        true,
        web,
        (0..N).map(|i| match i / 40_000 {
            0 | 3 => zipf.draw(random),
            1 => 100_000 + i % 3_000,
            2 => 200_000 + i / 15 + zipf.draw(random) / 8,
            _ => 300_000 + zipf.draw(random),
        }),
    ));
    // Blocks: three loops of different lengths, and some popular ones.
    all.push(Workload::new(
        "loops",
        false,
        unit,
        (0..N).map(|i| match random.below(10) {
            0..3 => 100_000 + i / 3 % 500,
            3..5 => 200_000 + i / 5 % 2_000,
            5..7 => 300_000 + i / 5 % 6_000,
            _ => zipf.draw(random),
        }),
    ));
    // The popular ones are heavy.
    let size = |key: u64| web(key) * 4_000 / (key + 100);
    all.push(Workload::new("heavy", true, size, (0..N).map(|_| zipf.draw(random))));
    all
}
