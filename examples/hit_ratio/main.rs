//! Replays request streams through LRU, the candidates and ours: `cargo run --release --example hit_ratio`.
//!
//! A row is a workload (recorded ones end in `*`) at a budget in percent of the bytes of all its distinct
//! objects; a cell is the object and the byte hit ratio in percent. Both can't be had at once (GDSF is
//! best at the one and worst at the other), so policies are ranked by the mean of the two. The last column
//! says how far ours is from the best other one, and whether LRU is ahead in objects or bytes. A word as
//! argument picks the workloads whose names contain it.
// Its output is its purpose.
#![allow(clippy::print_stdout)]

mod candidates;
mod random;
mod workload;

use candidates::{ALL, Build};
use workload::Workload;

/// Budgets in percent of the footprint.
const BUDGETS: [f64; 4] = [0.5, 2.0, 10.0, 30.0];

/// Object and byte hit ratio in percent.
#[derive(Clone, Copy)]
struct Ratios {
    objects: f64,
    bytes: f64,
}

impl Ratios {
    fn mean(self) -> f64 {
        (self.objects + self.bytes) / 2.0
    }
}

fn replay(workload: &Workload, budget: u64, build: Build) -> Ratios {
    let mut cache = build(budget);
    let (mut hits, mut hit_bytes, mut bytes) = (0_u64, 0, 0);
    for &(key, size) in &workload.requests {
        bytes += size;
        if cache.request(key, size) {
            hits += 1;
            hit_bytes += size;
        }
    }
    Ratios { objects: percent(hits, workload.requests.len() as u64), bytes: percent(hit_bytes, bytes) }
}

fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

/// How far the mean of each policy of a row is from the best one other than ours.
fn margins(row: &[Ratios]) -> Vec<f64> {
    let others = &row[..row.len() - 1];
    let best = others.iter().map(|ratios| ratios.mean()).fold(f64::MIN, f64::max);
    row.iter().map(|ratios| ratios.mean() - best).collect()
}

fn main() {
    let only = std::env::args().nth(1).unwrap_or_default();
    let mut workloads = workload::synthetic();
    workloads.extend(workload::recorded());
    workloads.retain(|workload| workload.name.contains(&only));
    print!("{:<11} {:>4}", "workload", "%");
    ALL.iter().for_each(|(name, _)| print!(" {name:>11}"));
    println!("   margin");
    let (mut rows, mut behind) = (Vec::new(), Vec::new());
    for workload in &workloads {
        for share in BUDGETS {
            let budget = (workload.footprint() as f64 * share / 100.0) as u64;
            let row: Vec<Ratios> = ALL.iter().map(|(_, build)| replay(workload, budget, *build)).collect();
            print!("{:<11} {share:>4}", workload.name);
            row.iter().for_each(|ratios| print!(" {:>5.1} {:>5.1}", ratios.objects, ratios.bytes));
            let (lru, ours) = (row[0], row[row.len() - 1]);
            let lag = [(lru.objects > ours.objects, "objects"), (lru.bytes > ours.bytes, "bytes")];
            let lag: Vec<_> = lag.iter().filter(|(lags, _)| *lags).map(|(_, what)| *what).collect();
            let margins = margins(&row);
            println!("   {:>+6.2} {}", margins[margins.len() - 1], lag.join(" "));
            if workload.skewed && !lag.is_empty() {
                behind.push(format!("{} at {share} % ({})", workload.name, lag.join(", ")));
            }
            rows.push(margins);
        }
    }
    println!("\nmean of object and byte hit ratio, against the best other policy of each row, in points:");
    for (at, (name, _)) in ALL.iter().enumerate() {
        let column = || rows.iter().map(|row| row[at]);
        let average = column().sum::<f64>() / rows.len().max(1) as f64;
        let worst = column().fold(f64::MAX, f64::min);
        let far = column().filter(|margin| *margin < -1.0).count();
        println!(
            "{name:<11} average {average:>+6.2}  worst {worst:>+6.2}  rows below -1: {far:>2} of {}",
            rows.len()
        );
    }
    println!("\nskewed workloads where LRU is ahead of ours: {}", behind.join("; "));
}
