//! A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): every write carries a
//! [`Version`], and the newer one wins in every tier and tab, however messages are ordered.

use super::{Corrupt, Reader, Timestamp, Writer};

/// When and by whom an entry was written. Totally ordered: time, then counter, then node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The largest physical time seen, in ms since the epoch.
    pub time: Timestamp,
    /// Orders writes of one millisecond.
    pub counter: u32,
    /// Tells contexts apart.
    pub node: u32,
}

impl Version {
    /// Writes the stored form.
    pub fn encode(&self, out: &mut Writer) {
        out.number(self.time.0);
        out.number(u64::from(self.counter));
        out.number(u64::from(self.node));
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`Corrupt`] when the text was not written by [`encode`](Self::encode).
    pub fn decode(input: &mut Reader<'_>) -> Result<Self, Corrupt> {
        Ok(Self {
            time: Timestamp(input.number()?),
            counter: u32::try_from(input.number()?).map_err(|_| Corrupt)?,
            node: u32::try_from(input.number()?).map_err(|_| Corrupt)?,
        })
    }
}

/// Makes versions for one context, each greater than all it has made or seen.
#[derive(Debug)]
pub struct Clock {
    last: Version,
    node: u32,
}

impl Clock {
    /// A clock for the context called `node` (random, so that no two agree).
    #[must_use]
    pub const fn new(node: u32) -> Self {
        Self { last: Version { time: Timestamp(0), counter: 0, node }, node }
    }

    /// The next version at physical time `now`.
    pub fn tick(&mut self, now: Timestamp) -> Version {
        self.last = if now > self.last.time {
            Version { time: now, counter: 0, node: self.node }
        } else {
            Version { time: self.last.time, counter: self.last.counter.saturating_add(1), node: self.node }
        };
        self.last
    }

    /// Takes note of another context's version, so that the next own one is greater.
    pub fn observe(&mut self, seen: Version) {
        if (seen.time, seen.counter) > (self.last.time, self.last.counter) {
            self.last = Version { node: self.node, ..seen };
        }
    }
}
