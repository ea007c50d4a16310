//! A map from [`Key`], hashed by FNV-1a: the standard hasher weighs more, and without randomness, which there is
//! none of in a wasm, protects no better.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

use super::Key;
use super::key::{FNV_START, fnv1a_from};

/// A map from keys.
pub type Table<V> = HashMap<Key, V, BuildHasherDefault<Fnv>>;

/// FNV-1a as the standard library wants it.
#[derive(Clone, Copy, Debug)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(FNV_START)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = fnv1a_from(self.0, bytes);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
