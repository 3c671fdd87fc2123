//! The one-sided one-sample Kolmogorov-Smirnov statistic at finite n.

use super::stirling::{HALF_LN_2PI, deviance, stirling_error};
use std::ops::RangeInclusive;

/// Terms that are summed one by one; above it the smooth middle of the sum is sampled.
const DIRECT: f64 = 20_000.0;

/// Returns the logarithm of the probability that D+ of `n` values is at least `d`.
///
/// Smirnov's sum (Birnbaum & Tingey 1951), whose terms are all positive and weighted by binomial
/// densities. Beyond 20 000 values the summand is smooth and vanishes at both ends with all its
/// derivatives, so that a coarser sum of it has the same value to the last digits. In the tail its
/// peak is narrow, and only the peak is summed.
pub fn smirnov_ln_sf(n: u64, d: f64) -> f64 {
    if d.is_nan() || n == 0 {
        return f64::NAN;
    }
    if d <= 0.0 {
        return 0.0;
    }
    let size = n as f64;
    if d >= 1.0 {
        return f64::NEG_INFINITY;
    }
    if size <= DIRECT || (size <= 1e6 && size * d <= 100.0) {
        return sum(n, d, 0..=last_term(n, d), 1);
    }
    if size * d > 100.0 {
        let (first, last) = if size * d * d > 50.0 { peak(n, d) } else { (0, last_term(n, d)) };
        return sum(n, d, first..=last, (last.saturating_sub(first) / 10_000).max(1));
    }
    // Tiny d among a million values or more: the expansion of the limit law to order 1/n.
    let x = size.sqrt() * d;
    let square = x * x;
    let first = -2.0 * x / (3.0 * size.sqrt());
    let second = 2.0 * square / (3.0 * size) * (1.0 - 2.0 * square / 3.0);
    (-2.0 * square + (first + second).ln_1p()).min(0.0)
}

/// Returns the probability that D+ of `n` values is at least `d`.
pub fn smirnov_sf(n: u64, d: f64) -> f64 {
    smirnov_ln_sf(n, d).exp()
}

/// The last j of Smirnov's sum.
fn last_term(n: u64, d: f64) -> u64 {
    let size = n as f64;
    (size * (1.0 - d)).floor().min(size) as u64
}

/// The terms that are not lost beside the largest, in the tail.
///
/// Term j falls with the exponential of n times the relative entropy of j/n to j/n + d, which is
/// convex.
fn peak(n: u64, d: f64) -> (u64, u64) {
    let (size, last) = (n as f64, last_term(n, d));
    let reach = size * d;
    let exponent = |j: u64| {
        let (below, above) = (j as f64, size - j as f64);
        deviance(below, below + reach) + deviance(above, (above - reach).max(0.0))
    };
    let (mut low, mut high) = (0, last);
    while high - low > 2 {
        let third = (high - low) / 3;
        if exponent(low + third) <= exponent(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    let top = low + (high - low) / 2;
    let lost = exponent(top) + 60.0;
    let first = boundary(0, top, |j| exponent(j) < lost);
    (first, boundary(top, last, |j| exponent(j) >= lost))
}

/// The first of the whole numbers from `low` to `high` that passes a test which all later ones
/// pass; `high` if none before does.
fn boundary(low: u64, high: u64, passes: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = low + (high - low) / 2;
        if passes(middle) { high = middle } else { low = middle + 1 }
    }
    high
}

/// Adds every `stride`-th of some terms, `Σ C(n, j) d (d + j/n)^(j-1) (1 - d - j/n)^(n-j)`.
fn sum(n: u64, d: f64, terms: RangeInclusive<u64>, stride: u64) -> f64 {
    let size = n as f64;
    let reach = size * d;
    let ln_first = size * (-d).ln_1p();
    let stirling = stirling_error(size);
    let ln_term = |j: u64| {
        let (below, above) = (j as f64, size - j as f64);
        if j == 0 {
            return ln_first;
        }
        if j == n {
            return (below / size + d).ln() * (size - 1.0) + d.ln();
        }
        let left = above - reach;
        if left <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let scale = 0.5 * (below.ln() + (above / size).ln()) + HALF_LN_2PI;
        let weight = stirling - stirling_error(below) - stirling_error(above) - scale;
        weight - deviance(below, below + reach) - deviance(above, left)
            + (reach / (reach + below)).ln()
    };
    let (mut total, mut largest) = (0.0, f64::NEG_INFINITY);
    for j in terms.step_by(stride as usize) {
        let term = ln_term(j);
        if term > largest {
            total *= (largest - term).exp();
            largest = term;
        }
        if term > f64::NEG_INFINITY {
            total += (term - largest).exp();
        }
    }
    (largest + (total * stride as f64).ln()).min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value() {
        for d in [0.01, 0.4, 0.9] {
            assert!((smirnov_sf(1, d) - (1.0 - d)).abs() < 1e-15);
        }
    }

    #[test]
    fn sampling_the_sum_changes_nothing() {
        for (n, d) in [
            (100_000, 0.004),
            (100_000, 0.02),
            (100_000, 0.3),
            (300_000, 0.97),
            (1_000_000, 0.0005),
            (1_000_000, 0.01),
        ] {
            let (all, some) = (sum(n, d, 0..=last_term(n, d), 1), smirnov_ln_sf(n, d));
            assert!((all - some).abs() < 1e-11 * all.abs().max(1.0), "{n} {d} {all} {some}");
        }
    }

    #[test]
    fn the_expansion_meets_the_sum() {
        let (n, d) = (1_000_000u64, 1e-4);
        let x = 1e3 * d;
        let expansion = -2.0 * x * x + f64::ln_1p(-2.0 * x / 3e3 + 2.0 * x * x / 3e6);
        assert!((sum(n, d, 0..=last_term(n, d), 1) - expansion).abs() < 1e-9);
    }

    /// Reference: the terms near the largest, added by mpmath with 40 digits.
    #[test]
    fn the_far_tail_is_right() {
        for (n, d, expected) in [
            (50, 0.875, -103.905_570_078_092_84),
            (10_000, 0.5, -5_323.208_989_743_676),
            (20_000, 0.75, -26_794.251_367_044_367),
            (30_000, 0.968_75, -103_972.077_083_980_2),
            (100_000_000, 0.125, -3_135_942.197_463_918),
            (100_000_000, 0.5, -53_229_791.119_103_87),
            (100_000_000, 1.0 - 2f64.powi(-20), -1_386_294_361.119_890_6),
            (1_000_000_000, 0.25, -126_796_653.647_515_47),
        ] {
            let ln_p = smirnov_ln_sf(n, d);
            assert!((ln_p / expected - 1.0).abs() < 1e-14, "{n} {d}: {ln_p} {expected}");
        }
    }
}
