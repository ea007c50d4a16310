//! How much entries of one kind may take up.

use super::Bytes;

/// Starts the tags that are ours: applications neither give nor see them.
pub const OWN_TAG: char = '\u{1d}';

/// How much the entries with one tag may take up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The tag, which starts with [`OWN_TAG`].
    pub tag: String,
    /// How many there may be.
    pub entries: usize,
    /// What they may weigh.
    pub bytes: Bytes,
}
