//! Streams the policy was not tuned on: other seeds, parameters and habits.

use super::Workload;
use super::stream::{Zipf, log_normal, pareto, unit, web};
use crate::random::{Random, mix};

pub(crate) fn all() -> Vec<Workload> {
    let random = &mut Random::new(1_234);
    let mut all = Vec::new();
    // Sizes over six orders of magnitude.
    let zipf = Zipf::new(30_000, 0.6);
    let wide = |key| log_normal(mix(key), 3_000.0, 2.3);
    all.push(Workload::new("flat zipf", true, wide, (0..150_000).map(|_| zipf.draw(random))));
    // A key-value store of little ones.
    let zipf = Zipf::new(4_000, 1.25);
    let little = |key| log_normal(mix(key), 200.0, 0.8);
    all.push(Workload::new("key-value", true, little, (0..40_000).map(|_| zipf.draw(random))));
    let zipf = Zipf::new(2_000, 0.85);
    all.push(Workload::new("brief", true, web, (0..10_000).map(|_| zipf.draw(random))));
    // Faster and slower than the one tuned on.
    let zipf = Zipf::new(3_000, 0.9);
    all.push(Workload::new("fast drift", true, web, (0..150_000).map(|i| zipf.draw(random) + i / 6)));
    let zipf = Zipf::new(12_000, 1.1);
    all.push(Workload::new("slow drift", true, wide, (0..300_000).map(|i| zipf.draw(random) + i / 150)));
    // Pages: each loads its own parts and the shared ones of its site; a release renames a site's parts.
    let (pages, mut queue) = (Zipf::new(1_500, 0.8), Vec::new());
    all.push(Workload::new(
        "pages",
        true,
        web,
        (0..200_000).map(|i| {
            if queue.is_empty() {
                let page = pages.draw(random);
                let (site, release) = (page % 12, (i + page % 12 * 7_000) / 60_000);
                queue.extend((0..3 + mix(page) % 9).map(|part| 1_000_000 + page * 100 + part));
                queue.extend((0..8).map(|part| 9_000_000 + site * 10_000 + release * 100 + part));
                queue.push(page);
            }
            queue.pop().unwrap_or_default()
        }),
    ));
    // Videos in chunks: heavy, read on from a popular start until somebody has enough.
    let (films, mut at) = (Zipf::new(800, 0.9), (0, 0));
    all.push(Workload::new(
        "chunks",
        true,
        |key| 200_000 + mix(key) % 100_000,
        (0..150_000).map(|_| {
            if at.1 == 0 || random.below(12) == 0 {
                at = (films.draw(random), 0);
            }
            at.1 = (at.1 + 1) % 80;
            at.0 * 100 + at.1
        }),
    ));
    // Index and data blocks in turn (two pools, as in the LRU-K paper).
    all.push(Workload::new(
        "two pools",
        true,
        unit,
        (0..150_000).map(|i| if i % 2 == 0 { random.below(400) } else { 1_000_000 + random.below(40_000) }),
    ));
    // A query over and over among others (as `glimpse` of the LIRS paper).
    let zipf = Zipf::new(4_000, 0.7);
    all.push(Workload::new(
        "queries",
        false,
        unit,
        (0..120_000).map(|i| match i / 3_000 % 4 {
            0 | 1 => i % 1_500,
            2 => 10_000 + zipf.draw(random),
            _ => 100_000 + i % 2_600,
        }),
    ));
    // Reuse by age with a heavy tail, sizes and all.
    let mut past: Vec<u64> = Vec::new();
    all.push(Workload::new(
        "recency",
        false,
        web,
        (0..150_000).map(|i| {
            let back = pareto(random, 1.0, 60_000.0, 1.35) as usize;
            let key = past.len().checked_sub(back).map_or(i, |at| past[at]);
            past.push(key);
            key
        }),
    ));
    // Three continents by the hour, with things nobody asks for again.
    let zipf = Zipf::new(8_000, 1.0);
    all.push(Workload::new(
        "continents",
        true,
        wide,
        (0..400_000).map(|i| {
            let hour = (i / 20_000 + u64::from(random.below(4) == 0)) % 3;
            if random.below(4) == 0 { 9_000_000 + i } else { hour * 100_000 + zipf.draw(random) }
        }),
    ));
    // Small is popular, and a crawler comes by.
    let zipf = Zipf::new(15_000, 0.95);
    all.push(Workload::new(
        "crawler",
        true,
        |key| if key < 15_000 { log_normal(key, 300.0 + key as f64, 1.2) } else { web(key) },
        (0..250_000).map(|i| if i % 25_000 < 6_000 { i % 25_000 * 3 } else { zipf.draw(random) }),
    ));
    // A newsroom: a burst about something new, then hardly anything.
    all.push(Workload::new(
        "bursts",
        true,
        web,
        (0..200_000).map(|i| {
            if random.below(3) == 0 {
                return zipf.draw(random);
            }
            let age = pareto(random, 1.0, 4_000.0, 1.6) as u64;
            mix((100_000_u64 + i / 12).saturating_sub(age))
        }),
    ));
    all
}
