//! What a cache is opened with, as plain data: defaults and the rules between options.

use crate::error::Error;
use crate::model::{Bytes, digest};
use crate::tier::TierId;

/// Everything `open` needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the cache is called; caches of other names are others.
    pub name: String,
    /// Raised to drop, or bring along, what older code stored.
    pub version: u64,
    /// Whose data it is; `None` is shared.
    pub partition: Option<String>,
    /// The tiers to use, in the order they are asked.
    pub tiers: Vec<TierId>,
    /// The most each tier may hold, by [`TierId`].
    pub budgets: [Bytes; TierId::ALL.len()],
}

/// What each tier may hold when the caller does not say: well under what browsers allow.
pub const DEFAULT_BUDGETS: [Bytes; TierId::ALL.len()] =
    [Bytes::mib(16), Bytes::kib(16), Bytes::mib(2), Bytes::mib(2), Bytes::mib(200), Bytes::mib(500)];

impl Options {
    /// The options of a cache called `name`, all else by default.
    ///
    /// # Errors
    /// [`Error::Option`] for an empty name.
    pub fn new(name: &str) -> Result<Self, Error> {
        if name.is_empty() || name.len() > 128 {
            return Err(Error::option("name", "1 to 128 characters"));
        }
        Ok(Self {
            name: name.to_owned(),
            version: 1,
            partition: None,
            tiers: TierId::ALL.to_vec(),
            budgets: DEFAULT_BUDGETS,
        })
    }

    /// Takes a list of tiers.
    ///
    /// # Errors
    /// [`Error::Option`] for an unknown tier, one named twice, or none.
    pub fn set_tiers(&mut self, names: &[String]) -> Result<(), Error> {
        let mut tiers = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let path = ["tiers[", &index.to_string(), "]"].concat();
            let tier = TierId::parse(name).ok_or_else(|| Error::option(&path, "the name of a tier"))?;
            if tiers.contains(&tier) {
                return Err(Error::option(&path, "each tier once"));
            }
            tiers.push(tier);
        }
        if tiers.is_empty() {
            return Err(Error::option("tiers", "at least one tier"));
        }
        self.tiers = tiers;
        Ok(())
    }

    /// The budgets, nothing for tiers that are not used.
    #[must_use]
    pub fn effective_budgets(&self) -> [Bytes; TierId::ALL.len()] {
        let mut budgets = [Bytes::ZERO; TierId::ALL.len()];
        for &tier in &self.tiers {
            budgets[tier as usize] = self.budgets[tier as usize];
        }
        budgets
    }
}

/// Where a cache's data is in stores that it shares with others: under `nearcache:<name>:<version>:<partition>:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    own: String,
}

impl Namespace {
    /// The namespace of `options`. `escape` makes a text safe between colons.
    #[must_use]
    pub fn new(options: &Options, escape: impl Fn(&str) -> String) -> Self {
        let (name, version) = (escape(&options.name), options.version.to_string());
        // A digest: its name may tell who was here, and outlives what was stored.
        let partition = options.partition.as_deref().filter(|name| !name.is_empty());
        let partition = partition.map(|name| digest(name.as_bytes())).unwrap_or_default();
        Self { own: ["nearcache:", &name, ":", &version, ":", &partition, ":"].concat() }
    }

    /// What the names of this cache, version and partition start with.
    #[must_use]
    pub fn own(&self) -> &str {
        &self.own
    }
}
