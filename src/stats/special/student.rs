//! Student's t distribution, fractional degrees of freedom included.

use super::beta::{ibeta, ibeta_inv_logit, ln_beta};
use super::tails::Tails;
use super::{norm_isf, norm_ln_sf, norm_sf};

/// Above this square of t/√ν the first term of the tail's series is exact to a double.
const FAR: f64 = 1e18;

/// Above this many degrees of freedom Hill's transformation to a normal variable is exact to a
/// double.
const MANY: f64 = 2e4;

/// Returns the normal quantile of the same tail probability, from `t²/ν`.
///
/// G. W. Hill, "Algorithm 395: Student's t-distribution", CACM 13 (1970): its first terms left out
/// are of order ν^-6.
fn normal_of(square: f64, dof: f64) -> f64 {
    let a = dof - 0.5;
    let y = a * square.ln_1p();
    y.sqrt() * hill_factor(y, a)
}

/// The correction factor, a hair above one.
fn hill_factor(y: f64, a: f64) -> f64 {
    let b = 48.0 * a * a;
    let higher = (((-0.4 * y - 3.3) * y - 24.0) * y - 85.5) / (0.8 * y * y + 100.0 + b);
    (higher + y + 3.0) / b + 1.0
}

/// Returns P(|T| <= t) as the lower and P(|T| > t) as the upper tail, for t >= 0.
fn central(t: f64, dof: f64) -> Tails {
    let ratio = t / dof.sqrt();
    let square = ratio * ratio;
    if dof > MANY {
        let ln_two_sided = std::f64::consts::LN_2 + norm_ln_sf(normal_of(square, dof));
        return Tails::from_ln_upper(ln_two_sided);
    }
    if square > FAR {
        // The first term of the series, (√ν/t)^ν / (ν/2 · B(ν/2, 1/2)).
        let a = 0.5 * dof;
        return Tails::from_ln_upper(-dof * ratio.ln() - a.ln() - ln_beta(a, 0.5));
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
    if t >= 0.0 {
        t_two_sided_ln(t, dof) - std::f64::consts::LN_2
    } else {
        (-t_sf(-t, dof)).ln_1p()
    }
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
    if dof > MANY {
        let (z, a) = (norm_isf(p), dof - 0.5);
        let root = z / hill_factor(z * z, a);
        return (dof * (root * root / a).exp_m1()).sqrt();
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
