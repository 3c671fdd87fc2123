//! The binomial distribution.

use super::beta::ibeta;
use super::stirling::{HALF_LN_2PI, deviance, stirling_error};
use super::tails::Tails;

/// Returns the logarithm of the probability of `k` successes in `n` trials, `q = 1 - p` given too.
pub fn binom_ln_pmf(k: u64, n: u64, p: f64, q: f64) -> f64 {
    if k > n {
        return f64::NEG_INFINITY;
    }
    let (k_f, n_f, rest) = (k as f64, n as f64, (n - k) as f64);
    if k == 0 {
        return if n == 0 { 0.0 } else { n_f * ln_of(q, p) };
    }
    if k == n {
        return n_f * ln_of(p, q);
    }
    let stirling = stirling_error(n_f) - stirling_error(k_f) - stirling_error(rest);
    let scale = 0.5 * (k_f.ln() + (rest / n_f).ln());
    stirling - scale - HALF_LN_2PI - deviance(k_f, n_f * p) - deviance(rest, n_f * q)
}

/// Returns `ln p`, through the complement when p is near one.
fn ln_of(p: f64, q: f64) -> f64 {
    if q < 0.5 { (-q).ln_1p() } else { p.ln() }
}

/// Returns the probability of `k` successes in `n` trials.
pub fn binom_pmf(k: u64, n: u64, p: f64) -> f64 {
    binom_ln_pmf(k, n, p, 1.0 - p).exp()
}

/// The tails P(X <= k) and P(X > k).
pub fn binom_tails(k: u64, n: u64, p: f64) -> Tails {
    if p.is_nan() {
        return Tails::NAN;
    }
    if k >= n {
        return Tails::NOTHING_ABOVE;
    }
    ibeta((k + 1) as f64, (n - k) as f64, p, 1.0 - p).swapped()
}

/// Returns P(X <= k).
pub fn binom_cdf(k: u64, n: u64, p: f64) -> f64 {
    binom_tails(k, n, p).lower
}

/// Returns P(X > k).
pub fn binom_sf(k: u64, n: u64, p: f64) -> f64 {
    binom_tails(k, n, p).upper
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_sums_of_the_density() {
        for (n, p) in [(1u64, 0.3), (10, 0.5), (40, 0.01), (300, 0.7)] {
            let mut sum = 0.0;
            for k in 0..n {
                sum += binom_pmf(k, n, p);
                assert!((binom_cdf(k, n, p) - sum).abs() < 1e-13, "{n} {k}");
            }
        }
    }

    #[test]
    fn the_middle_of_many_fair_trials_is_a_half() {
        let n = 10_000_001;
        assert!((binom_cdf(n / 2, n, 0.5) - 0.5).abs() < 1e-12);
    }
}
