//! The one-sided one-sample Kolmogorov-Smirnov statistic at finite n.

use super::stirling::{HALF_LN_2PI, deviance, stirling_error};

/// Terms that are summed one by one; above it the smooth middle of the sum is sampled.
const DIRECT: f64 = 20_000.0;

/// Returns the logarithm of the probability that D+ of `n` values is at least `d`.
///
/// Smirnov's sum (Birnbaum & Tingey 1951), whose terms are all positive and weighted by binomial
/// densities. Beyond 20 000 values the summand is smooth and vanishes at both ends with all its
/// derivatives, so that a coarser sum of it has the same value to the last digits.
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
        return sum(n, d, 1);
    }
    if size * d > 100.0 {
        return sum(n, d, n / 10_000);
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

/// Adds every `stride`-th term, `Σ C(n, j) d (d + j/n)^(j-1) (1 - d - j/n)^(n-j)`.
fn sum(n: u64, d: f64, stride: u64) -> f64 {
    let size = n as f64;
    let reach = size * d;
    let last = (size * (1.0 - d)).floor().min(size) as u64;
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
    let middle = ln_term((last / 2 / stride * stride).min(last));
    let mut total = 0.0;
    let mut largest = middle.max(ln_first);
    let mut j = 0;
    while j <= last {
        let term = ln_term(j);
        if term > largest + 600.0 {
            total *= (largest - term).exp();
            largest = term;
        }
        total += (term - largest).exp();
        j += stride;
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
        for (n, d) in [(100_000, 0.004), (100_000, 0.02), (1_000_000, 0.0005)] {
            let (all, some) = (sum(n, d, 1), sum(n, d, n / 10_000));
            assert!((all - some).abs() < 1e-11 * all.abs().max(1.0), "{n} {d} {all} {some}");
        }
    }

    #[test]
    fn the_expansion_meets_the_sum() {
        let (n, d) = (1_000_000u64, 1e-4);
        let x = 1e3 * d;
        let expansion = -2.0 * x * x + f64::ln_1p(-2.0 * x / 3e3 + 2.0 * x * x / 3e6);
        assert!((sum(n, d, 1) - expansion).abs() < 1e-9);
    }
}
