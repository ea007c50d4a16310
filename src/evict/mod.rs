//! Eviction for the memory tier: what stays when not everything fits.
//!
//! Pure: no clock, no randomness, no I/O, and neither keys nor values; only weights, costs and hashes.
//! Newcomers wait in a window (W-TinyLFU, Einziger et al., ACM ToS 2017); past it they stay if they are
//! worth more than the coldest resident, by decayed frequency (LRFU, Lee et al., IEEE ToC 2001), size and
//! cost (GDSF, Cherkasova, HP Labs 1998). How fast frequency decays, how wide the window is and how much size
//! counts is decided by a trial of six styles on a sample of the keys. docs/decisions/0004-eviction.md has
//! the evidence.
//!
//! Invariants:
//! - `used` is the sum of the resident weights and never exceeds the budget;
//! - an admitted entry is resident afterwards (its setter can read it back), unless it alone is heavier than
//!   the whole budget; one that is only offered may be refused if it is too heavy for the window;
//! - every evicted slot was resident, is named once and may be handed out again.
//!
//! ```
//! use nearcache::{evict::{Admission, Cost, Policy}, model::Bytes};
//! let mut policy = Policy::new(Bytes::kib(1));
//! let Admission::Admitted { slot, evicted } = policy.admit(0xfeed, Bytes(600), Cost(1)) else { return };
//! assert!(evicted.is_empty());
//! policy.touch(slot);
//! assert_eq!(policy.used(), Bytes(600));
//! ```

mod contender;
mod engine;
mod ghosts;
mod heap;
mod heat;
mod index;
mod nodes;
mod policy;
mod style;
mod trial;
mod window;

pub use policy::Policy;

/// The handle of a resident entry; reused after the entry has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

impl Slot {
    /// The handle as an index, dense enough for a vector kept beside the policy.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What fetching an entry again would cost, in any unit as long as it is the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(pub u32);

impl Default for Cost {
    fn default() -> Self {
        Self(1)
    }
}

/// What became of a new entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is resident, and these had to go for it.
    Admitted {
        /// Where it stands now.
        slot: Slot,
        /// The entries that are no longer resident.
        evicted: Vec<Slot>,
    },
    /// It is heavier than the whole budget; or it was only offered, and isn't worth what would have to go.
    Refused,
}
