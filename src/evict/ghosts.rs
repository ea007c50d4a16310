//! Ghosts: the heat of entries that are gone, so that one that returns is no stranger.
//!
//! Invariants:
//! - a fixed number of places a resident entry, eight bytes each; no entry's bytes are kept;
//! - in a full bucket the coldest ghost gives way;
//! - two hashes may share a ghost (once in some billions): that costs a wrong rank, nothing else.

/// Places a bucket, searched one by one.
const WAYS: usize = 8;

/// Heat is remembered in 256ths.
const COARSE: u32 = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ghost {
    tag: u32,
    heat: i32,
}

const NOBODY: Ghost = Ghost { tag: 0, heat: i32::MIN };

/// A table of ghosts, bucketed by hash.
#[derive(Debug)]
pub(super) struct Ghosts {
    places: Vec<Ghost>,
}

impl Ghosts {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new() }
    }

    /// Makes room for the ghosts of `residents` entries: four to eight each.
    pub(super) fn fit(&mut self, residents: usize) {
        if self.places.len() >= residents * 4 && !self.places.is_empty() {
            return;
        }
        // A bucket splits in two by the next bit of the hash, which the tag holds as well.
        let size = self.places.len().max(32) * 2;
        let old = core::mem::replace(&mut self.places, vec![NOBODY; size]);
        for ghost in old {
            self.put(ghost);
        }
    }

    /// Remembers the heat of an entry that leaves.
    pub(super) fn remember(&mut self, hash: u64, heat: i64) {
        let heat = (heat >> COARSE).clamp(i64::from(i32::MIN) + 1, i64::from(i32::MAX)) as i32;
        self.put(Ghost { tag: hash as u32, heat });
    }

    /// Forgets a ghost and tells how hot it was.
    pub(super) fn recall(&mut self, hash: u64) -> Option<i64> {
        let tag = hash as u32;
        let ghost = self.bucket(tag).iter_mut().find(|ghost| ghost.tag == tag && **ghost != NOBODY)?;
        let heat = core::mem::replace(ghost, NOBODY).heat;
        Some(i64::from(heat) << COARSE)
    }

    fn put(&mut self, new: Ghost) {
        let coldest = self.bucket(new.tag).iter_mut().min_by_key(|ghost| ghost.heat);
        if let Some(ghost) = coldest.filter(|ghost| ghost.heat <= new.heat) {
            *ghost = new;
        }
    }

    fn bucket(&mut self, tag: u32) -> &mut [Ghost] {
        let buckets = self.places.len() / WAYS;
        let start = (tag as usize & buckets.saturating_sub(1)) * WAYS;
        self.places.get_mut(start..start + WAYS).unwrap_or_default()
    }
}
