//! The name of an entry.

use core::borrow::Borrow;
use std::rc::Rc;

/// The longest key, in UTF-8 bytes. Long enough for any URL, short enough for every tier's index.
pub const MAX_KEY_LEN: usize = 8 * 1024;

/// Starts the internal key of a value, so that no value's key is ever taken for a response's.
pub const VALUE: &str = "v:";
/// Starts the internal key of a response.
pub const RESPONSE: &str = "r:";

/// Starts the name of a sealed record, which no key is taken for.
pub const SEALED: &str = "s:";

/// Starts the name of a note between contexts.
pub const NOTE: &str = "n:";

/// The FNV-1a hash of `bytes`: not for secrets, only to tell texts apart cheaply.
#[must_use]
pub fn fnv1a(bytes: &[u8]) -> u64 {
    fnv1a_from(FNV_START, bytes)
}

/// The hash of nothing.
pub(super) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Goes on with a hash.
pub(super) fn fnv1a_from(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// An entry's name: 1 to [`MAX_KEY_LEN`] bytes of text. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Rc<str>);

/// Why a text is no [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The text is empty.
    Empty,
    /// The text has more than [`MAX_KEY_LEN`] bytes.
    TooLong,
}

impl Key {
    /// Takes `text` as a key.
    ///
    /// # Errors
    /// [`KeyError`] when it is empty or too long.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        match text.len() {
            0 => Err(KeyError::Empty),
            1..=MAX_KEY_LEN => Ok(Self(text.into())),
            _ => Err(KeyError::TooLong),
        }
    }

    /// A text of our own making, known to be within bounds or allowed to exceed them.
    #[must_use]
    pub fn internal(text: &str) -> Self {
        Self(text.into())
    }

    /// The name of a value set by the application.
    ///
    /// # Errors
    /// [`KeyError`] when `name` is empty or too long.
    pub fn value(name: &str) -> Result<Self, KeyError> {
        Self::new(name)?;
        let mut text = String::with_capacity(VALUE.len() + name.len());
        text.push_str(VALUE);
        text.push_str(name);
        Ok(Self::internal(&text))
    }

    /// The name as the application knows it: of a value what it was set under, of a response its cache key.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.0.strip_prefix(RESPONSE) {
            // The fence before a variant's mark is there without variants, too.
            Some(name) => name.trim_end_matches('\u{1f}'),
            None => self.0.strip_prefix(VALUE).unwrap_or(&self.0),
        }
    }

    /// Whether this names a value, not a response.
    #[must_use]
    pub fn is_value(&self) -> bool {
        self.0.starts_with(VALUE)
    }

    /// 64 bits that stand for the key (FNV-1a); the same in each context and session.
    #[must_use]
    pub fn hash64(&self) -> u64 {
        fnv1a(self.0.as_bytes())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}
