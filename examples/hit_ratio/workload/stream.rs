//! What streams are made of: popularity, sizes, recency.

use crate::random::{Random, mix};

/// Ranks drawn with probability proportional to `1 / (rank + 1)^skew`.
pub(crate) struct Zipf(Vec<f64>);

impl Zipf {
    pub(crate) fn new(keys: u64, skew: f64) -> Self {
        let mut sum = 0.0;
        Self(
            (1..=keys)
                .map(|rank| {
                    sum += (rank as f64).powf(-skew);
                    sum
                })
                .collect(),
        )
    }

    pub(crate) fn draw(&self, random: &mut Random) -> u64 {
        let total = self.0.last().copied().unwrap_or_default();
        let point = random.unit() * total;
        self.0.partition_point(|sum| *sum < point) as u64
    }
}

/// A depth or an age between `least` and `most`, short ones likeliest: density falls with its `power`.
pub(crate) fn pareto(random: &mut Random, least: f64, most: f64, power: f64) -> f64 {
    let exponent = 1.0 - power;
    let (low, high) = (least.powf(exponent), most.powf(exponent));
    (low + random.unit() * (high - low)).powf(1.0 / exponent)
}

/// All alike, as blocks of a disk or pages of a buffer.
pub(crate) fn unit(_: u64) -> u64 {
    1
}

/// As the web has them: mostly small documents, some pictures, few heavy things.
pub(crate) fn web(key: u64) -> u64 {
    let random = &mut Random::new(key);
    let (median, spread, most) = match random.below(100) {
        0..60 => (2_000.0, 1.0, 100_000.0),
        60..97 => (20_000.0, 1.0, 1_000_000.0),
        _ => (200_000.0, 0.8, 4_000_000.0),
    };
    (f64::exp(random.normal() * spread) * median).clamp(64.0, most) as u64
}

/// Log-normal around a median, a factor of `e^spread` being usual.
pub(crate) fn log_normal(key: u64, median: f64, spread: f64) -> u64 {
    (f64::exp(Random::new(mix(key)).normal() * spread) * median).clamp(16.0, 50e6) as u64
}
