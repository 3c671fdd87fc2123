//! The incomplete gamma function, and with it the chi-square and Poisson distributions.

use super::root::solve_log_tail;
use super::stirling::{HALF_LN_2PI, deviance, ln_gamma, stirling_error};
use super::tails::Tails;

/// Returns the regularised incomplete gamma functions P(a, x) and Q(a, x) for a > 0.
///
/// Series below the mean, Legendre's continued fraction above (Abramowitz & Stegun 6.5.29, 6.5.31).
pub fn gamma_tails(a: f64, x: f64) -> Tails {
    if a.is_nan() || x.is_nan() || a <= 0.0 {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::NOTHING_BELOW;
    }
    if x.is_infinite() {
        return Tails::NOTHING_ABOVE;
    }
    let ln_prefix = ln_gamma_prefix(a, x);
    if x > a + 1.0 {
        return Tails::from_ln_upper(ln_prefix + fraction(a, x).ln());
    }
    let tails = Tails::from_ln_lower(ln_prefix + (series(a, x) / a).ln());
    if tails.lower < 0.9 {
        return tails;
    }
    Tails::from_both(tails.lower, (ln_prefix + fraction(a, x).ln()).exp())
}

/// Returns P(a, x) and Q(a, x).
pub fn gamma_pq(a: f64, x: f64) -> (f64, f64) {
    let tails = gamma_tails(a, x);
    (tails.lower, tails.upper)
}

/// Returns `ln(x^a e^-x / Γ(a))`.
pub fn ln_gamma_prefix(a: f64, x: f64) -> f64 {
    0.5 * a.ln() - HALF_LN_2PI - stirling_error(a) - deviance(a, x)
}

/// Returns `Σ x^k / ((a+1) … (a+k))`, all terms positive.
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 1.0, a);
    loop {
        k += 1.0;
        term *= x / k;
        sum += term;
        if term <= sum * 1e-17 {
            return sum;
        }
    }
}

/// Returns `Q(a, x)` over its prefix by Lentz's method.
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / nonzero(b);
    let mut value = d;
    let cap = 20.0 * a.sqrt() + 2000.0;
    let mut k = 1.0;
    while k < cap {
        let numerator = -k * (k - a);
        b += 2.0;
        d = 1.0 / nonzero(numerator * d + b);
        c = nonzero(b + numerator / c);
        let factor = d * c;
        value *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
        k += 1.0;
    }
    value
}

/// Stands for zero where Lentz's method would divide by it.
pub(super) const TINY: f64 = 1e-300;

pub(super) fn nonzero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

/// Both tails of the chi-square distribution.
pub fn chi2_tails(x: f64, dof: f64) -> Tails {
    gamma_tails(0.5 * dof, 0.5 * x)
}

/// Returns the probability that a chi-square variable exceeds `x`.
pub fn chi2_sf(x: f64, dof: f64) -> f64 {
    chi2_tails(x, dof).upper
}

/// Returns the logarithm of [`chi2_sf`].
pub fn chi2_ln_sf(x: f64, dof: f64) -> f64 {
    chi2_tails(x, dof).ln_upper
}

/// Returns the probability that a chi-square variable is at most `x`.
pub fn chi2_cdf(x: f64, dof: f64) -> f64 {
    chi2_tails(x, dof).lower
}

/// Returns the point that a chi-square variable exceeds with probability `p`.
pub fn chi2_isf(p: f64, dof: f64) -> f64 {
    2.0 * gamma_isf(p, 0.5 * dof)
}

/// Returns the x with Q(a, x) = p. Newton's method on the logarithm of the smaller tail, in ln x.
pub fn gamma_isf(p: f64, a: f64) -> f64 {
    if p.is_nan() || a.is_nan() || a <= 0.0 || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return f64::INFINITY;
    }
    if p == 1.0 {
        return 0.0;
    }
    let upper = p <= 0.5;
    let target = if upper { p.ln() } else { (-p).ln_1p() };
    let ln_start = if upper {
        // Never below the solution: a gamma variable is sub-gamma (Boucheron et al. 2013, 2.4).
        (a - target + (-2.0 * a * target).sqrt()).ln()
    } else {
        // First term of the series, exact to a double for x far below one.
        let ln_x = (target + ln_gamma(a + 1.0)) / a;
        if ln_x < -40.0 {
            return ln_x.exp();
        }
        a.ln()
    };
    let ln_x = solve_log_tail(ln_start, target, |ln_x| {
        let x = ln_x.exp();
        let tails = gamma_tails(a, x);
        let ln_tail = if upper { tails.ln_upper } else { tails.ln_lower };
        let slope = (ln_gamma_prefix(a, x) - ln_tail).exp();
        (ln_tail, if upper { -slope } else { slope })
    });
    ln_x.exp()
}

/// Returns the probability of exactly `k` events where `mean` are expected.
pub fn poisson_pmf(k: f64, mean: f64) -> f64 {
    if k == 0.0 {
        return (-mean).exp();
    }
    (-stirling_error(k) - deviance(k, mean) - HALF_LN_2PI - 0.5 * k.ln()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_degrees_of_freedom_are_exponential() {
        for x in [1e-9, 0.5, 3.0, 60.0, 1300.0] {
            assert!((chi2_ln_sf(x, 2.0) + 0.5 * x).abs() <= 1e-13 * x.max(1e-2));
            assert!((chi2_cdf(x, 2.0) / -(-0.5 * x).exp_m1() - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn quantile_inverts_tail() {
        for dof in [0.5, 1.0, 4.0, 99.5, 1e5] {
            for p in [1e-200, 1e-10, 0.025, 0.5, 0.9, 1.0 - 1e-10] {
                let x = chi2_isf(p, dof);
                let tails = chi2_tails(x, dof);
                assert!((tails.upper / p - 1.0).abs() < 1e-10, "{dof} {p} {x}");
            }
        }
    }

    #[test]
    fn no_argument_panics() {
        for a in [f64::NAN, 0.0, 1.0, 1e300] {
            for x in [f64::NAN, -1.0, 0.0, 1e-320, 1.0, f64::INFINITY] {
                gamma_tails(a, x);
            }
        }
    }
}
