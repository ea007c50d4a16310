//! What is replayed: synthetic request streams with web-like sizes, and recorded traces.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::PathBuf;

use crate::random::Random;

/// A named list of requests: key and size.
pub(crate) struct Workload {
    pub(crate) name: String,
    /// Whether some keys are so much more popular than others that frequency pays.
    pub(crate) skewed: bool,
    pub(crate) requests: Vec<(u64, u64)>,
}

impl Workload {
    fn new(name: &str, skewed: bool, keys: impl Iterator<Item = u64>) -> Self {
        Self { name: name.to_owned(), skewed, requests: keys.map(|key| (key, size_of(key))).collect() }
    }

    /// The bytes of all distinct objects.
    pub(crate) fn footprint(&self) -> u64 {
        self.requests.iter().copied().collect::<HashMap<_, _>>().values().sum()
    }
}

/// The synthetic streams.
pub(crate) fn synthetic() -> Vec<Workload> {
    const N: usize = 200_000;
    let random = &mut Random::new(7);
    let mut all = Vec::new();
    for (name, skew, keys) in
        [("zipf 0.7", 0.7, 20_000), ("zipf 0.9", 0.9, 20_000), ("zipf 1.1", 1.1, 20_000)]
    {
        let zipf = Zipf::new(keys, skew);
        all.push(Workload::new(name, true, (0..N).map(|_| zipf.draw(random))));
    }
    // Popularity drifts: each 20 requests the ranks shift by one key.
    let zipf = Zipf::new(5_000, 1.0);
    all.push(Workload::new("drift", true, (0..N as u64).map(|i| zipf.draw(random) + i / 20)));
    // Every 10 000 requests somebody scrolls through 2 000 new things.
    let scan = |i: u64| 1_000_000 + i;
    all.push(Workload::new(
        "scan",
        true,
        (0..N as u64).map(|i| if i % 10_000 < 2_000 { scan(i) } else { zipf.draw(random) }),
    ));
    // Recency: sessions of 40 requests over 12 keys that are seldom seen again.
    let mut session = 0;
    all.push(Workload::new(
        "sessions",
        false,
        (0..N as u64).map(|i| {
            if i % 400 == 0 {
                session = 100_000 + i * 100;
            }
            let who = random.below(10) * 1_000;
            if random.below(4) == 0 { zipf.draw(random) } else { session + who + random.below(12) }
        }),
    ));
    all.push(Workload::new("loop", false, (0..N as u64).map(|i| i % 5_000)));
    all.push(Workload::new(
        "mixed",
        true,
        (0..N as u64).map(|i| match random.below(10) {
            0 => scan(i),
            1 | 2 => 2_000_000 + i / 4 % 3_000,
            3 | 4 => 3_000_000 + i / 50 + random.below(30),
            _ => zipf.draw(random),
        }),
    ));
    all
}

/// The recorded traces: gzipped lines of `key size`, in `NEARCACHE_TRACES` or `../shared/traces`.
pub(crate) fn recorded() -> Vec<Workload> {
    let folder =
        std::env::var_os("NEARCACHE_TRACES").map_or_else(|| "../shared/traces".into(), PathBuf::from);
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("no traces in {}: skipped (set NEARCACHE_TRACES to a folder of *.txt.gz)", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gz"));
    paths.iter().filter_map(|path| read(path)).collect()
}

fn read(path: &std::path::Path) -> Option<Workload> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).ok()?).read_to_string(&mut text).ok()?;
    let number = |word: Option<&str>| word.and_then(|word| word.parse::<u64>().ok());
    let requests = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((number(words.next())?, number(words.next())?.max(1)))
        })
        .collect();
    let name = path.file_name()?.to_str()?.trim_end_matches(".txt.gz").to_owned();
    Some(Workload { skewed: name != "loop", name: format!("{name}*"), requests })
}

/// Sizes as the web has them: mostly small documents, some pictures, few heavy things.
fn size_of(key: u64) -> u64 {
    let random = &mut Random::new(key);
    let (median, spread, most) = match random.below(100) {
        0..60 => (2_000.0, 1.0, 100_000.0),
        60..97 => (20_000.0, 1.0, 1_000_000.0),
        _ => (200_000.0, 0.8, 4_000_000.0),
    };
    (f64::exp(random.normal() * spread) * median).clamp(64.0, most) as u64
}

/// Ranks drawn with probability proportional to `1 / rank^skew`, ranks scattered over the keys.
struct Zipf(Vec<f64>);

impl Zipf {
    fn new(keys: u64, skew: f64) -> Self {
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

    fn draw(&self, random: &mut Random) -> u64 {
        let total = self.0.last().copied().unwrap_or_default();
        let point = random.unit() * total;
        self.0.partition_point(|sum| *sum < point) as u64
    }
}
