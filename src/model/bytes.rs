//! A number of bytes, and the notation options use for it (`"16MB"`).

use core::ops::{Add, AddAssign, SubAssign};

/// A size in bytes. Arithmetic saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub u64);

impl Bytes {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `n` binary kilobytes.
    #[must_use]
    pub const fn kib(n: u64) -> Self {
        Self(n * 1024)
    }

    /// `n` binary megabytes.
    #[must_use]
    pub const fn mib(n: u64) -> Self {
        Self(n * 1024 * 1024)
    }

    /// Reads `"16MB"`, `"200 kB"`, `"1.5GB"` or `"512"`; units are binary and case does not matter.
    ///
    /// ```
    /// # use nearcache::model::Bytes;
    /// assert_eq!(Bytes::parse("16MB"), Some(Bytes::mib(16)));
    /// assert_eq!(Bytes::parse("16 apples"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let scale: u64 = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "kb" | "kib" => 1 << 10,
            "mb" | "mib" => 1 << 20,
            "gb" | "gib" => 1 << 30,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let mut bytes = whole.parse::<u64>().ok()?.checked_mul(scale)?;
        let mut weight = scale;
        for digit in fraction.bytes() {
            weight /= 10;
            bytes = bytes.checked_add(weight * u64::from(digit.checked_sub(b'0').filter(|d| *d < 10)?))?;
        }
        Some(Self(bytes))
    }

    /// `self - other`, never below zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Bytes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Bytes {
    fn sub_assign(&mut self, other: Self) {
        *self = self.saturating_sub(other);
    }
}

impl core::iter::Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::ZERO, Add::add)
    }
}
