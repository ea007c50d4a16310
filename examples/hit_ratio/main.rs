//! Replays request streams through LRU, the candidates and ours: `cargo run --release --example hit_ratio`.
//!
//! A row is a workload (recorded ones end in `*`) at a budget in percent of the bytes of all its distinct
//! objects; a cell is the object and the byte hit ratio in percent. Both can't be had at once (GDSF is
//! best at the one and worst at the other), so policies are ranked by the mean of the two. The last column
//! says how far ours is from the best other one, and whether LRU is ahead in objects or bytes. A word as
//! argument picks the workloads whose names contain it; without one, docs/plots gets two plots a set.
// Its output is its purpose.
#![allow(clippy::print_stdout)]

mod candidates;
mod plot;
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
    let mut tuned = workload::tuned::all();
    tuned.extend(workload::recorded());
    for (set, title, mut workloads) in [
        ("tuned", "workloads the policy was tuned on", tuned),
        ("held-out", "workloads it was not tuned on", workload::held_out::all()),
    ] {
        workloads.retain(|workload| workload.name.contains(&only));
        print!("\n{title}\n\n{:<11} {:>4}", "workload", "%");
        ALL.iter().for_each(|(name, _)| print!(" {name:>11}"));
        println!("   margin");
        let panels: Vec<_> = workloads.iter().map(replay_all).collect();
        summary(&workloads, &panels);
        if only.is_empty()
            && let Err(error) = plot::write(set, &workloads, &panels)
        {
            println!("no plots: {error}");
        }
    }
}

/// Prints the rows of a workload, one a budget.
fn replay_all(workload: &Workload) -> Vec<Vec<Ratios>> {
    let rows = BUDGETS.map(|share| {
        let budget = (workload.footprint() as f64 * share / 100.0) as u64;
        let row: Vec<Ratios> = ALL.iter().map(|(_, build)| replay(workload, budget, *build)).collect();
        print!("{:<11} {share:>4}", workload.name);
        row.iter().for_each(|ratios| print!(" {:>5.1} {:>5.1}", ratios.objects, ratios.bytes));
        println!("   {:>+6.2} {}", margins(&row)[row.len() - 1], lag(&row));
        row
    });
    rows.into()
}

/// In what LRU is ahead of ours.
fn lag(row: &[Ratios]) -> &'static str {
    let (lru, ours) = (row[0], row[row.len() - 1]);
    match (lru.objects > ours.objects, lru.bytes > ours.bytes) {
        (true, true) => "objects, bytes",
        (true, false) => "objects",
        (false, true) => "bytes",
        (false, false) => "",
    }
}

fn summary(workloads: &[Workload], panels: &[Vec<Vec<Ratios>>]) {
    println!("\nmean of object and byte hit ratio, against the best other policy of each row, in points:");
    let rows: Vec<_> = panels.iter().flatten().map(|row| margins(row)).collect();
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
    let mut behind = Vec::new();
    for (workload, rows) in workloads.iter().zip(panels).filter(|(workload, _)| workload.skewed) {
        for (share, row) in BUDGETS.iter().zip(rows).filter(|(_, row)| !lag(row).is_empty()) {
            behind.push(format!("{} at {share} % ({})", workload.name, lag(row)));
        }
    }
    println!("\nskewed workloads where LRU is ahead of ours: {}", behind.join("; "));
}
