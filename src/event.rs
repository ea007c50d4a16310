//! What listeners are told. Events name keys and tiers, never values.

use crate::tier::TierId;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A read was answered by a tier.
    Hit {
        /// Which entry.
        key: String,
        /// Who had it.
        tier: TierId,
    },
    /// A read found nothing usable.
    Miss {
        /// Which entry.
        key: String,
    },
    /// The origin was asked whether a stored response still holds.
    Revalidate {
        /// Which entry.
        key: String,
        /// What it answered; 0 when it did not.
        status: u16,
    },
    /// An entry was committed, here or in another context.
    Write {
        /// Which entry.
        key: String,
        /// Its home.
        tier: TierId,
    },
    /// An entry had to make room.
    Evict {
        /// Which entry.
        key: String,
        /// Where it was.
        tier: TierId,
    },
    /// Entries were removed on request, here or in another context.
    Invalidate {
        /// How many.
        count: usize,
        /// Whether it was everything: a `clear`.
        all: bool,
    },
    /// A tier failed; the stack went on without it.
    Error {
        /// Which tier.
        tier: TierId,
        /// A stable code.
        code: &'static str,
        /// What happened.
        message: String,
    },
}

impl Event {
    /// The name that `cache.on` takes.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Hit { .. } => "hit",
            Self::Miss { .. } => "miss",
            Self::Revalidate { .. } => "revalidate",
            Self::Write { .. } => "write",
            Self::Evict { .. } => "evict",
            Self::Invalidate { .. } => "invalidate",
            Self::Error { .. } => "error",
        }
    }

    /// Every name there is.
    pub const NAMES: [&'static str; 7] =
        ["hit", "miss", "revalidate", "write", "evict", "invalidate", "error"];
}
