//! The policies nearcache is compared with: written to be read, not to be fast.
//!
//! All but ours may keep a new entry out at once; ours has to show it to its setter first.

mod gdsf;
mod lirs;
mod lru;
mod ours;
mod queue;
mod s3_fifo;
mod sieve;
mod tiny_lfu;

/// A cache that is asked for a key and keeps it, or doesn't, when it was missing.
pub(crate) trait Cache {
    /// Whether the key was there.
    fn request(&mut self, key: u64, size: u64) -> bool;
}

/// Builds an empty cache of a number of bytes.
pub(crate) type Build = fn(u64) -> Box<dyn Cache>;

/// All policies, the yardstick first and ours last.
pub(crate) const ALL: [(&str, Build); 8] = [
    ("LRU", |budget| Box::new(lru::Lru::new(budget))),
    ("SIEVE", |budget| Box::new(sieve::Sieve::new(budget))),
    ("S3-FIFO", |budget| Box::new(s3_fifo::S3Fifo::new(budget))),
    ("LIRS", |budget| Box::new(lirs::Lirs::new(budget))),
    ("W-TinyLFU", |budget| Box::new(tiny_lfu::TinyLfu::new(budget, tiny_lfu::Window::Fixed))),
    ("W-TinyLFU+", |budget| Box::new(tiny_lfu::TinyLfu::new(budget, tiny_lfu::Window::Climbing))),
    ("GDSF", |budget| Box::new(gdsf::Gdsf::new(budget))),
    ("ours", |budget| Box::new(ours::Ours::new(budget))),
];
