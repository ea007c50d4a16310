//! What can go wrong, one enum a layer, nested: [`TierError`] ⊂ [`Error`]. Each error has a stable code.

use crate::model::KeyError;
use crate::tier::TierId;

/// Why a tier could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TierError {
    /// The store does not exist here, or is blocked; the text says which and why.
    Unavailable(&'static str),
    /// The store is full.
    QuotaExceeded,
    /// The store cannot hold this kind of value; nothing was written.
    Unsupported(&'static str),
    /// The value is larger than the store can ever hold; nothing was written.
    TooLarge,
    /// The store failed; the platform's own words.
    Failed(String),
}

/// Everything a caller can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The key is empty or too long.
    Key(KeyError),
    /// An option is wrong: its path (`"budgets.memory"`), and what is expected.
    Option {
        /// Where the option stands.
        path: String,
        /// What is expected there.
        expected: &'static str,
    },
    /// The value cannot be cloned; the platform's own words.
    NotCloneable(String),
    /// The request is none: its URL does not parse, or a field is forbidden; the platform's own words.
    Request(String),
    /// The chosen tier cannot do it.
    Tier(TierId, TierError),
    /// The origin did not answer; the platform's own words.
    OriginUnreachable(String),
    /// The loader of this key asked for the key itself.
    OwnKey(String),
    /// It took too long.
    Timeout,
    /// The cache was closed.
    Closed,
}

impl Error {
    /// An [`Error::Option`].
    #[must_use]
    pub fn option(path: &str, expected: &'static str) -> Self {
        Self::Option { path: path.to_owned(), expected }
    }

    /// The stable code that scripts test for.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key(_) => "invalid-key",
            Self::Option { .. } => "invalid-option",
            Self::Request(_) => "invalid-request",
            Self::NotCloneable(_) | Self::Tier(_, TierError::Unsupported(_)) => "not-cloneable",
            Self::Tier(_, TierError::TooLarge) => "too-large",
            Self::Tier(_, TierError::Unavailable(_)) => "tier-unavailable",
            Self::Tier(_, TierError::QuotaExceeded) => "quota-exceeded",
            Self::Tier(_, TierError::Failed(_)) => "tier-failed",
            Self::OriginUnreachable(_) => "origin-unreachable",
            Self::OwnKey(_) => "own-key",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
        }
    }

    /// A sentence that says what is wrong and what to do.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Key(KeyError::Empty) => "A key must have at least one character.".into(),
            Self::Key(KeyError::TooLong) => {
                "A key may have at most 8192 bytes as UTF-8; use a digest of it instead.".into()
            }
            Self::Option { path, expected } => sentence(&["Option `", path, "`: expected ", expected, "."]),
            Self::NotCloneable(why) => {
                sentence(&["The value cannot be stored, since it cannot be cloned: ", why])
            }
            Self::Request(why) => sentence(&["The request is not valid: ", why]),
            Self::Tier(tier, error) => {
                let (what, detail) = match error {
                    TierError::Unavailable(why) => (" is not available here: ", *why),
                    TierError::QuotaExceeded => (" is full", ""),
                    TierError::Unsupported(kind) => (" cannot hold ", *kind),
                    TierError::TooLarge => (" cannot hold a value of this size", ""),
                    TierError::Failed(why) => (" failed: ", why.as_str()),
                };
                sentence(&["The tier `", tier.name(), "`", what, detail, "."])
            }
            Self::OriginUnreachable(why) => {
                sentence(&["The origin did not answer and nothing stored may be used: ", why])
            }
            Self::OwnKey(key) => {
                sentence(&["The loader of `", key, "` asks for that key itself and would wait for ever."])
            }
            Self::Timeout => "It took longer than the time-out allows.".into(),
            Self::Closed => "The cache was closed; open it again.".into(),
        }
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

/// Joins words without the `fmt` machinery, which would weigh more than all of them.
fn sentence(words: &[&str]) -> String {
    words.concat()
}
