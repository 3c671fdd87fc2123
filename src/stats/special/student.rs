//! Student's t distribution, fractional degrees of freedom included.

use super::beta::{ibeta, ibeta_inv_logit};
use super::stirling::{HALF_LN_2PI, stirling_error};
use super::tails::Tails;
use super::{norm_isf, norm_ln_sf, norm_sf};

/// Above this square of t/√ν the first term of the tail's series is exact to a double.
const FAR: f64 = 1e18;

/// Returns P(|T| <= t) as the lower and P(|T| > t) as the upper tail, for t >= 0.
fn central(t: f64, dof: f64) -> Tails {
    let ratio = t / dof.sqrt();
    let square = ratio * ratio;
    if square > FAR {
        let a = 0.5 * dof;
        let rest = stirling_error(a + 0.5) - stirling_error(a) - stirling_error(0.5);
        // 1/(a B(a, 1/2)) through Stirling's errors, times (√ν/t)^ν.
        let ln_beta = HALF_LN_2PI - rest - a * (0.5 / a).ln_1p() - 0.5 * a.ln();
        return Tails::from_ln_upper(-dof * ratio.ln() - a.ln() - ln_beta);
    }
    ibeta(0.5, 0.5 * dof, square / (1.0 + square), 1.0 / (1.0 + square))
}

/// Returns the probability that t with `dof` degrees of freedom exceeds `t`.
pub fn t_sf(t: f64, dof: f64) -> f64 {
    if dof.is_nan() || dof <= 0.0 || t.is_nan() {
        return f64::NAN;
    }
    if dof.is_infinite() {
        return norm_sf(t);
    }
    let tails = central(t.abs(), dof);
    if t >= 0.0 { 0.5 * tails.upper } else { 0.5 + 0.5 * tails.lower }
}

/// Returns the logarithm of [`t_sf`].
pub fn t_ln_sf(t: f64, dof: f64) -> f64 {
    if dof.is_infinite() {
        return norm_ln_sf(t);
    }
    if t >= 0.0 { t_two_sided_ln(t, dof) - std::f64::consts::LN_2 } else { (-t_sf(-t, dof)).ln_1p() }
}

/// Returns the probability that t is at most `t`.
pub fn t_cdf(t: f64, dof: f64) -> f64 {
    t_sf(-t, dof)
}

/// Returns the logarithm of P(|T| >= |t|).
pub fn t_two_sided_ln(t: f64, dof: f64) -> f64 {
    if dof.is_nan() || dof <= 0.0 || t.is_nan() {
        return f64::NAN;
    }
    if dof.is_infinite() {
        return (norm_ln_sf(t.abs()) + std::f64::consts::LN_2).min(0.0);
    }
    central(t.abs(), dof).ln_upper
}

/// Returns P(|T| >= |t|).
pub fn t_two_sided(t: f64, dof: f64) -> f64 {
    if dof.is_finite() && dof > 0.0 && !t.is_nan() {
        return central(t.abs(), dof).upper;
    }
    t_two_sided_ln(t, dof).exp()
}

/// Returns the point that t exceeds with probability `p`.
pub fn t_isf(p: f64, dof: f64) -> f64 {
    if dof.is_nan() || dof <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if dof.is_infinite() {
        return norm_isf(p);
    }
    if p > 0.5 {
        return -t_isf(1.0 - p, dof);
    }
    // y/x of the beta variable is t²/ν.
    let logit = ibeta_inv_logit(0.5, 0.5 * dof, 1.0 - 2.0 * p, 2.0 * p);
    (0.5 * (logit + dof.ln())).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn one_degree_of_freedom_is_cauchy() {
        for t in [1e-12, 0.3, 1.0, 1e3, 1e8, 1e12, 1e200] {
            let exact = (1.0f64 / t).atan() / PI;
            assert!((t_sf(t, 1.0) / exact - 1.0).abs() < 1e-13, "{t}");
            assert!((t_sf(-t, 1.0) - (1.0 - exact)).abs() < 1e-15);
        }
    }

    #[test]
    fn many_degrees_of_freedom_are_normal() {
        for t in [0.1, 2.0, 5.0] {
            assert!((t_sf(t, 1e12) / norm_sf(t) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn quantile_inverts_tail() {
        for dof in [0.5, 1.0, 2.5, 30.0, 1e5, 1e8] {
            for p in [1e-150, 1e-9, 0.025, 0.3, 0.499_999, 0.5, 0.8] {
                let t = t_isf(p, dof);
                assert!((t_sf(t, dof) / p - 1.0).abs() < 1e-11, "{dof} {p} {t}");
            }
        }
    }
}
