//! What one context tells the others: versions and metadata, never values.

use std::rc::Rc;

use crate::model::{Corrupt, Key, Meta, Reader, Version, Writer};
use crate::tier::TierId;

/// A message between contexts. Order and number of arrival do not matter: versions decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An entry was committed to a durable home.
    Written(Key, TierId, Rc<Meta>),
    /// Entries were removed.
    Removed(Vec<Key>, Version),
    /// Everything older was removed.
    Cleared(Version),
}

impl Notice {
    /// The version it carries.
    #[must_use]
    pub fn version(&self) -> Version {
        match self {
            Self::Written(_, _, meta) => meta.version,
            Self::Removed(_, version) | Self::Cleared(version) => *version,
        }
    }

    /// The form that is sent.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = Writer::default();
        match self {
            Self::Written(key, home, meta) => {
                out.number(0);
                out.text(key.as_str());
                out.text(home.name());
                out.text(&meta.encode());
            }
            Self::Removed(keys, version) => {
                out.number(1);
                version.encode(&mut out);
                out.number(keys.len() as u64);
                for key in keys {
                    out.text(key.as_str());
                }
            }
            Self::Cleared(version) => {
                out.number(2);
                version.encode(&mut out);
            }
        }
        out.finish()
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// [`Corrupt`] for anything else.
    pub fn decode(form: &str) -> Result<Self, Corrupt> {
        let mut input = Reader::new(form);
        match input.number()? {
            0 => {
                let key = Key::internal(input.text()?);
                let home = TierId::parse(input.text()?).ok_or(Corrupt)?;
                Ok(Self::Written(key, home, Rc::new(Meta::decode(input.text()?)?.0)))
            }
            1 => {
                let version = Version::decode(&mut input)?;
                let mut keys = Vec::new();
                for _ in 0..input.number()? {
                    keys.push(Key::internal(input.text()?));
                }
                Ok(Self::Removed(keys, version))
            }
            2 => Ok(Self::Cleared(Version::decode(&mut input)?)),
            _ => Err(Corrupt),
        }
    }
}
