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
    /// Everything older that this names was removed, known to the sender or not.
    Selected(Select, Version),
}

/// What an invalidation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    /// These entries.
    Keys(Vec<Key>),
    /// Values whose key starts so.
    Prefix(String),
    /// Entries that carry one of these tags.
    Tags(Vec<String>),
    /// Responses of this URL: every method and variant.
    Url(String),
}

impl Select {
    fn encode(&self, out: &mut Writer) {
        let (kind, texts): (u64, Vec<&str>) = match self {
            Self::Keys(keys) => (0, keys.iter().map(Key::as_str).collect()),
            Self::Prefix(prefix) => (1, vec![prefix]),
            Self::Tags(tags) => (2, tags.iter().map(String::as_str).collect()),
            Self::Url(url) => (3, vec![url]),
        };
        out.number(kind);
        out.number(texts.len() as u64);
        texts.into_iter().for_each(|text| out.text(text));
    }

    fn decode(input: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let kind = input.number()?;
        let mut texts = Vec::new();
        for _ in 0..input.number()? {
            texts.push(input.text()?.to_owned());
        }
        match (kind, texts.as_slice()) {
            (0, _) => Ok(Self::Keys(texts.iter().map(|text| Key::internal(text)).collect())),
            (1, [prefix]) => Ok(Self::Prefix(prefix.clone())),
            (2, _) => Ok(Self::Tags(texts)),
            (3, [url]) => Ok(Self::Url(url.clone())),
            _ => Err(Corrupt),
        }
    }
}

impl Notice {
    /// The version it carries.
    #[must_use]
    pub fn version(&self) -> Version {
        match self {
            Self::Written(_, _, meta) => meta.version,
            Self::Removed(_, version) | Self::Cleared(version) | Self::Selected(_, version) => *version,
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
            Self::Selected(select, version) => {
                out.number(3);
                version.encode(&mut out);
                select.encode(&mut out);
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
            3 => {
                let version = Version::decode(&mut input)?;
                Ok(Self::Selected(Select::decode(&mut input)?, version))
            }
            _ => Err(Corrupt),
        }
    }
}
