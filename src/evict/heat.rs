//! Heat: how often and how lately an entry was used, as one number that time doesn't change.
//!
//! LRFU (Lee et al., IEEE ToC 2001) gives each use a weight that halves with every half-life, and ranks by
//! the sum. Here the sum is kept as `log2(sum) + time of the last use`, in half-lives: the order of two
//! entries then never changes while neither is used, so nothing has to be aged, and a ghost is one number.
//!
//! Invariants:
//! - a use never lowers heat, so a key in a heap that misses some uses is a lower bound;
//! - only integers: the same uses give the same order on every machine.

use super::Cost;
use crate::model::Bytes;

/// One half-life, or one factor of two.
pub(super) const ONE: i64 = 1 << 32;

/// Heat after a use at `now`: the decayed sum plus one.
pub(super) const fn used(heat: i64, now: i64) -> i64 {
    // log2(2^a + 2^b) = max + log2(1 + 2^-distance); the second term halves with each unit, nearly.
    let (high, distance) = if heat > now { (heat, heat - now) } else { (now, now - heat) };
    let whole = distance >> 32;
    if whole > 20 {
        return high;
    }
    // Between whole distances: a straight line from 2^-whole down to its half.
    let top = ONE >> whole;
    let share = distance & (ONE - 1);
    high + top - (((top >> 16) * (share >> 16)) >> 1)
}

/// What an entry's size and refetch cost add to its heat: costly and small is worth keeping.
///
/// A byte kept for an object used `f` times earns `f / weight` object hits, and `f` byte hits. In shares of
/// all requests both together are `f * (1 / weight + 1 / mean)`: up to the mean size of a request small is
/// better, beyond it size hardly matters. GDSF, which divides by the weight, gives bytes up for objects.
/// `size` is the power of that bracket, in 16ths.
pub(super) fn bonus(weight: Bytes, cost: Cost, size: i64, mean: Bytes) -> i64 {
    let weight = weight.max(Bytes(1));
    log2(u64::from(cost.0)) + (log2((weight + mean).0) - log2(weight.0)) / 16 * size
}

/// The binary logarithm, straight lines between powers of two; 0 for 0.
const fn log2(x: u64) -> i64 {
    let x = if x == 0 { 1 } else { x };
    let whole = 63 - x.leading_zeros();
    let fraction = (x << (63 - whole)) & (u64::MAX >> 1);
    ((whole as i64) << 32) + (fraction >> 31) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_adds_one_to_what_is_left() {
        // Heat before (in half-lives from now), and the exact heat after.
        for before in [-25.0_f64, -8.0, -3.5, -1.0, -0.25, 0.0, 0.5, 2.0, 7.0] {
            let after = used((before * ONE as f64) as i64, 0) as f64 / ONE as f64;
            let exact = (1.0 + before.exp2()).log2();
            assert!((after - exact).abs() < 0.1, "{before}: {after}, not {exact}");
            assert!(after >= before.max(0.0), "{before}: a use cools to {after}");
        }
    }

    #[test]
    fn costly_and_small_is_worth_more() {
        let worth = |weight, cost| bonus(Bytes(weight), Cost(cost), 16, Bytes(1 << 14)) as f64 / ONE as f64;
        assert!((worth(1 << 14, 1) - 1.0).abs() < 1e-6, "the mean weighs twice what the heaviest does");
        assert!((worth(1 << 4, 4) - 12.0).abs() < 0.1);
        assert!(worth(1 << 10, 1) > worth(1 << 12, 1));
        assert!(worth(1 << 20, 1) - worth(1 << 30, 1) < 0.1, "beyond the mean, size hardly matters");
        assert!(worth(u64::MAX, 1) <= worth(u64::MAX / 2, 1));
        assert!(worth(0, 0) >= worth(1, 0));
    }
}
