//! The noncentral chi-square law turned around: which noncentrality gives a tail its probability.
//!
//! Serves the detectable effect and the intervals of everything whose statistic is a chi-square.

use super::special::{Tails, chi2_isf, ncx2_tails, norm_cdf, norm_ln_sf, norm_sf};

/// Noncentralities above this take the normal limit: the sum over Poisson weights grows with their
/// root.
const LARGE: f64 = 1e7;

/// Both tails of the noncentral chi-square.
///
/// A large noncentrality makes it (Z + sqrt λ)² plus a small chi-square with df - 1, whose mean and
/// variance shift and widen the normal Z; what is left out is of the order of df/λ.
pub fn tails(x: f64, df: f64, lambda: f64) -> Tails {
    if lambda < LARGE || df > 1e-4 * lambda {
        return ncx2_tails(x, df, lambda);
    }
    let (root, rest) = (x.max(0.0).sqrt(), df - 1.0);
    let (shift, widening) =
        if x > lambda / 4.0 { (rest / (2.0 * root), rest / (2.0 * x)) } else { (0.0, 0.0) };
    let z = ((root - lambda.sqrt()) - shift) / (1.0 + widening).sqrt();
    Tails {
        lower: norm_cdf(z),
        upper: norm_sf(z),
        ln_lower: norm_ln_sf(-z),
        ln_upper: norm_ln_sf(z),
    }
}

/// The noncentrality at which the upper tail beyond `x` has this probability, 0 where even none
/// exceeds it.
///
/// The tail grows with the noncentrality, so that a bracket and the Illinois rule suffice.
pub fn noncentrality(x: f64, df: f64, probability: f64) -> f64 {
    if x == f64::INFINITY || probability >= 1.0 {
        return f64::INFINITY;
    }
    let valid = x >= 0.0 && x.is_finite() && probability > 0.0 && probability < 1.0;
    let error = |lambda: f64| tails(x, df, lambda).upper - probability;
    let mut low = (0.0, if valid { error(0.0) } else { 0.0 });
    if low.1 >= 0.0 {
        return 0.0;
    }
    let mut high = (x.max(df).max(1.0), 0.0);
    for _ in 0..1000 {
        high.1 = error(high.0);
        if high.1 > 0.0 {
            break;
        }
        low = high;
        high.0 *= 2.0;
    }
    for _ in 0..300 {
        if high.0 - low.0 <= 1e-15 * high.0 {
            break;
        }
        let secant = high.0 - high.1 * (high.0 - low.0) / (high.1 - low.1);
        let inside = secant > low.0 && secant < high.0;
        let middle = if inside { secant } else { (low.0 + high.0) / 2.0 };
        let at = (middle, error(middle));
        if at.1 == 0.0 {
            return at.0;
        }
        // Halving the weight of the end that stays keeps the bracket shrinking from both sides.
        if at.1 > 0.0 {
            high = at;
            low.1 /= 2.0;
        } else {
            low = at;
            high.1 /= 2.0;
        }
    }
    (low.0 + high.0) / 2.0
}

/// The noncentrality that a chi-square test at `alpha` sees with probability `power`.
pub fn detectable_noncentrality(df: f64, alpha: f64, power: f64) -> f64 {
    noncentrality(chi2_isf(alpha, df), df, power)
}

/// The interval of the noncentrality behind an observed statistic, by inversion of both tails.
pub fn noncentrality_interval(x: f64, df: f64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    (noncentrality(x, df, tail), noncentrality(x, df, 1.0 - tail))
}

#[cfg(test)]
mod tests {
    use super::super::special::norm_isf;
    use super::*;

    // With one degree of freedom it is a two-sided normal test: (z.975 + z.8)², but for the far
    // tail.
    #[test]
    fn one_degree_of_freedom_is_normal() {
        let normal = (norm_isf(0.025) + norm_isf(0.2)).powi(2);
        assert!((detectable_noncentrality(1.0, 0.05, 0.8) / normal - 1.0).abs() < 1e-5);
    }

    // Law: the tail at the answer is the probability that was asked for.
    #[test]
    fn inverts_the_tail() {
        for (x, df) in [(0.5, 1.0), (12.0, 3.0), (400.0, 7.0), (1e5, 2.0), (1e12, 4.0)] {
            for probability in [0.025, 0.5, 0.975] {
                let lambda = noncentrality(x, df, probability);
                let tail = tails(x, df, lambda).upper;
                assert!(lambda == 0.0 || (tail - probability).abs() < 1e-9, "{x} {df} {tail}");
            }
        }
        assert_eq!(noncentrality(0.0, 3.0, 0.5), 0.0);
        assert_eq!(noncentrality(2.0, 3.0, 1.0), f64::INFINITY);
    }

    #[test]
    fn the_limit_meets_the_sum() {
        for (df, z) in [(1.0, -2.0), (3.0, 0.0), (9.0, 1.5), (100.0, 3.0)] {
            let x = (LARGE.sqrt() + z).powi(2) + df;
            let (limit, sum) = (tails(x, df, LARGE), ncx2_tails(x, df, LARGE));
            assert!((limit.upper / sum.upper - 1.0).abs() < 2e-4, "{df} {z} {limit:?} {sum:?}");
        }
    }
}
