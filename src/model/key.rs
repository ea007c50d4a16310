//! The name of an entry.

use core::borrow::Borrow;
use std::rc::Rc;

/// The longest key, in UTF-8 bytes. Long enough for any URL, short enough for every tier's index.
pub const MAX_KEY_LEN: usize = 8 * 1024;

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
