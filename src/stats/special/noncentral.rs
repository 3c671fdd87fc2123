//! Noncentral chi-square and F: mixtures over a Poisson count, summed outwards from its mode.

use super::beta::{ibeta, ln_beta_prefix};
use super::gamma::{gamma_tails, ln_gamma_prefix, poisson_pmf};
use super::tails::Tails;

/// Both tails of the noncentral chi-square distribution.
pub fn ncx2_tails(x: f64, dof: f64, noncentrality: f64) -> Tails {
    if x.is_nan() || dof.is_nan() || noncentrality.is_nan() || dof <= 0.0 || noncentrality < 0.0 {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::NOTHING_BELOW;
    }
    let (half, a) = (0.5 * x, 0.5 * dof);
    mixture(
        0.5 * noncentrality,
        |j| gamma_tails(a + j, half),
        |j| {
            // Q(a + j + 1, x) - Q(a + j, x) = x^(a+j) e^-x / Γ(a + j + 1)
            (ln_gamma_prefix(a + j, half) - (a + j).ln()).exp()
        },
    )
}

/// Returns the probability that a noncentral chi-square variable exceeds `x`.
pub fn ncx2_sf(x: f64, dof: f64, noncentrality: f64) -> f64 {
    ncx2_tails(x, dof, noncentrality).upper
}

/// Returns the probability that a noncentral chi-square variable is at most `x`.
pub fn ncx2_cdf(x: f64, dof: f64, noncentrality: f64) -> f64 {
    ncx2_tails(x, dof, noncentrality).lower
}

/// Both tails of the noncentral F distribution.
pub fn ncf_tails(x: f64, d1: f64, d2: f64, noncentrality: f64) -> Tails {
    let invalid = x.is_nan() || noncentrality.is_nan() || noncentrality < 0.0;
    if invalid || d1.is_nan() || d2.is_nan() || d1 <= 0.0 || d2 <= 0.0 {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::NOTHING_BELOW;
    }
    let ratio = (d1 / d2) * x;
    if ratio.is_infinite() {
        return Tails::NOTHING_ABOVE;
    }
    let (share, rest) = (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio));
    let (a, b) = (0.5 * d1, 0.5 * d2);
    mixture(
        0.5 * noncentrality,
        |j| ibeta(a + j, b, share, rest),
        |j| {
            // I_x(a + j, b) - I_x(a + j + 1, b) = x^(a+j) y^b / ((a + j) B(a + j, b))
            (ln_beta_prefix(a + j, b, share, rest) - (a + j).ln()).exp()
        },
    )
}

/// Returns the probability that a noncentral F variable exceeds `x`.
pub fn ncf_sf(x: f64, d1: f64, d2: f64, noncentrality: f64) -> f64 {
    ncf_tails(x, d1, d2, noncentrality).upper
}

/// Adds the tails at each Poisson count; `step(j)` is how much the upper tail grows from j to j +
/// 1.
fn mixture(mean: f64, tails_at: impl Fn(f64) -> Tails, step: impl Fn(f64) -> f64) -> Tails {
    if mean == 0.0 {
        return tails_at(0.0);
    }
    let mode = mean.floor();
    let start = tails_at(mode);
    let weight_at_mode = poisson_pmf(mode, mean);
    let (mut lower, mut upper) = (weight_at_mode * start.lower, weight_at_mode * start.upper);
    // Each direction stops once all remaining weight is lost beside both sums.
    let negligible = |weight: f64, lower: f64, upper: f64| weight < 1e-18 * lower.min(upper);
    let (mut j, mut weight, mut at) = (mode, weight_at_mode, start);
    while j < mode + 1e6 && weight > 0.0 {
        let change = step(j);
        j += 1.0;
        weight *= mean / j;
        at.upper = (at.upper + change).min(1.0);
        at.lower = refresh(at.lower, change, || tails_at(j).lower);
        lower += weight * at.lower;
        upper += weight * at.upper;
        if negligible(weight, lower, upper) {
            break;
        }
    }
    (j, weight, at) = (mode, weight_at_mode, start);
    while j > 0.0 && weight > 0.0 {
        weight *= j / mean;
        j -= 1.0;
        let change = step(j);
        at.lower = (at.lower + change).min(1.0);
        at.upper = refresh(at.upper, change, || tails_at(j).upper);
        lower += weight * at.lower;
        upper += weight * at.upper;
        if negligible(weight, lower, upper) {
            break;
        }
    }
    Tails::from_both(lower, upper)
}

/// Subtracts, or computes anew where the difference would lose digits.
fn refresh(value: f64, change: f64, anew: impl Fn() -> f64) -> f64 {
    if change > 0.5 * value { anew() } else { value - change }
}

#[cfg(test)]
mod tests {
    use super::super::{chi2_sf, f_sf, norm_sf};
    use super::*;

    #[test]
    fn without_noncentrality_they_are_central() {
        assert_eq!(ncx2_sf(3.0, 2.0, 0.0), chi2_sf(3.0, 2.0));
        assert_eq!(ncf_sf(3.0, 2.0, 9.0, 0.0), f_sf(3.0, 2.0, 9.0));
    }

    #[test]
    fn one_degree_of_freedom_is_a_shifted_normal() {
        for shift in [0.1f64, 1.0, 5.0, 40.0, 300.0] {
            for z in [0.5, 1.96, 6.0, 39.0, 41.0, 310.0] {
                let tails = ncx2_tails(z * z, 1.0, shift * shift);
                let upper = norm_sf(z - shift) + norm_sf(z + shift);
                if upper > 1e-290 {
                    assert!((tails.upper / upper - 1.0).abs() < 1e-10, "{shift} {z} {upper}");
                }
            }
        }
    }
}
