//! Fisher and Snedecor's F distribution.

use super::beta::{ibeta, ibeta_inv_logit};
use super::tails::Tails;

/// Both tails of F at `x` with `d1` and `d2` degrees of freedom.
pub fn f_tails(x: f64, d1: f64, d2: f64) -> Tails {
    if x.is_nan() || d1.is_nan() || d2.is_nan() || d1 <= 0.0 || d2 <= 0.0 {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::NOTHING_BELOW;
    }
    if x.is_infinite() {
        return Tails::NOTHING_ABOVE;
    }
    let ratio = (d1 / d2) * x;
    if ratio.is_infinite() {
        return Tails::NOTHING_ABOVE;
    }
    let (share, rest) = (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio));
    ibeta(0.5 * d1, 0.5 * d2, share, rest)
}

/// Returns the probability that F exceeds `x`.
pub fn f_sf(x: f64, d1: f64, d2: f64) -> f64 {
    f_tails(x, d1, d2).upper
}

/// Returns the logarithm of [`f_sf`].
pub fn f_ln_sf(x: f64, d1: f64, d2: f64) -> f64 {
    f_tails(x, d1, d2).ln_upper
}

/// Returns the probability that F is at most `x`.
pub fn f_cdf(x: f64, d1: f64, d2: f64) -> f64 {
    f_tails(x, d1, d2).lower
}

/// Returns the point that F exceeds with probability `p`.
pub fn f_isf(p: f64, d1: f64, d2: f64) -> f64 {
    if d1.is_nan() || d2.is_nan() || d1 <= 0.0 || d2 <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let logit = ibeta_inv_logit(0.5 * d1, 0.5 * d2, 1.0 - p, p);
    (logit + (d2 / d1).ln()).exp()
}

#[cfg(test)]
mod tests {
    use super::super::{t_isf, t_two_sided};
    use super::*;

    #[test]
    fn one_and_n_degrees_are_the_square_of_t() {
        for dof in [1.0, 7.0, 1e4] {
            for t in [0.01, 1.0, 9.0, 1e9] {
                let p = t_two_sided(t, dof);
                assert!((f_sf(t * t, 1.0, dof) / p - 1.0).abs() < 1e-11 || p < 1e-300);
            }
            let t = t_isf(0.01, dof);
            assert!((f_isf(0.02, 1.0, dof) / (t * t) - 1.0).abs() < 1e-12);
        }
    }
}
