//! The incomplete beta function, and with it the Student, F and binomial distributions.

use super::gamma::nonzero;
use super::root::solve_log_tail;
use super::stirling::{HALF_LN_2PI, deviance, stirling_error};
use super::tails::Tails;

/// Returns the regularised incomplete beta functions I_x(a, b) and 1 - I_x(a, b), a and b > 0.
///
/// Takes `x` and `y = 1 - x` both, so that the caller never forms the small one by subtraction.
/// Lentz's continued fraction (Abramowitz & Stegun 26.5.8) on the side below the mean.
pub fn ibeta(a: f64, b: f64, x: f64, y: f64) -> Tails {
    let valid = a > 0.0 && b > 0.0 && !x.is_nan() && !y.is_nan();
    if !valid || a.is_infinite() || b.is_infinite() {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::NOTHING_BELOW;
    }
    if y <= 0.0 {
        return Tails::NOTHING_ABOVE;
    }
    let ln_prefix = ln_beta_prefix(a, b, x, y);
    let below = if a.min(b) >= 1.0 { x * (a + b) <= a } else { x * (a + b + 2.0) <= a + 1.0 };
    if below {
        below_the_mean(ln_prefix, a, b, x, y)
    } else {
        below_the_mean(ln_prefix, b, a, y, x).swapped()
    }
}

fn below_the_mean(ln_prefix: f64, a: f64, b: f64, x: f64, y: f64) -> Tails {
    let value = if a.min(b) >= 1.0 { even_fraction(a, b, x, y) } else { fraction(a, b, x) / a };
    let tails = Tails::from_ln_lower(ln_prefix + value.ln());
    if tails.lower < 0.9 {
        return tails;
    }
    // A small upper tail this side of the mean: the other fraction converges too, only later.
    Tails::from_both(tails.lower, (ln_prefix + (fraction(b, a, y) / b).ln()).exp())
}

/// Returns `ln(x^a y^b / B(a, b))`.
pub fn ln_beta_prefix(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let rest = stirling_error(n) - stirling_error(a) - stirling_error(b);
    rest + 0.5 * (a.min(b).ln() + (a.max(b) / n).ln())
        - HALF_LN_2PI
        - deviance(a, n * x)
        - deviance(b, n * y)
}

/// Returns `I_x(a, b)` over its prefix for a, b >= 1 and x below the mean.
///
/// The even part of the other fraction, whose terms are formed from the distance to the mean, so
/// that it stays accurate for large a and b (DiDonato & Morris 1992, Algorithm 708, eq. 9).
fn even_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let distance = if a > b { (a + b) * y - b } else { a - (a + b) * x };
    let c = 1.0 + distance;
    let (c0, c1) = (b / a, 1.0 + 1.0 / a);
    let (mut p, mut s) = (1.0, a + 1.0);
    let (mut a_before, mut b_before, mut a_now, mut b_now) = (0.0, 1.0, 1.0, c / c1);
    let mut ratio = c1 / c;
    let cap = 20.0 * a.max(b).sqrt() + 2000.0;
    let mut n = 1.0;
    while n < cap {
        let t = n / a;
        let w = n * (b - n) * x;
        let e = a / s;
        let alpha = p * (p + c0) * e * e * (w * x);
        let e = (1.0 + t) / (c1 + t + t);
        let beta = n + w / s + e * (c + n * (1.0 + y));
        p = 1.0 + t;
        s += 2.0;
        (a_before, a_now) = (a_now, alpha * a_before + beta * a_now);
        (b_before, b_now) = (b_now, alpha * b_before + beta * b_now);
        let last = ratio;
        ratio = a_now / b_now;
        if (ratio - last).abs() <= 1e-16 * ratio {
            break;
        }
        (a_before, b_before, a_now, b_now) = (a_before / b_now, b_before / b_now, ratio, 1.0);
        n += 1.0;
    }
    ratio
}

/// Returns `a I_x(a, b)` over its prefix.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let n = a + b;
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - n * x / (a + 1.0));
    let mut value = d;
    let cap = 20.0 * a.max(b).sqrt() + 2000.0;
    let mut m = 1.0;
    while m < cap {
        let twice = 2.0 * m;
        let even = m * (b - m) * x / ((a + twice - 1.0) * (a + twice));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (n + m) * x / ((a + twice) * (a + twice + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        let factor = d * c;
        value *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
        m += 1.0;
    }
    value
}

/// Returns `ln(x/y)` where I_x(a, b) = lower; `upper` is 1 - lower, of which the smaller one is
/// used.
///
/// Newton's method on the logarithm of the smaller tail, in the logit of x.
pub fn ibeta_inv_logit(a: f64, b: f64, lower: f64, upper: f64) -> f64 {
    if lower <= 0.0 || upper <= 0.0 {
        return if lower <= 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let from_below = lower <= upper;
    let target = if from_below { lower.ln() } else { upper.ln() };
    if let Some(logit) = far_tail(a, b, target, from_below) {
        return logit;
    }
    solve_log_tail((a / b).ln(), target, |logit| {
        let (x, y) = logistic(logit);
        let tails = ibeta(a, b, x, y);
        let ln_tail = if from_below { tails.ln_lower } else { tails.ln_upper };
        let slope = (ln_beta_prefix(a, b, x, y) - ln_tail).exp();
        (ln_tail, if from_below { slope } else { -slope })
    })
}

/// Inverts `x^a / (a B(a, b))`, exact to a double where x is far below 1/b.
fn far_tail(a: f64, b: f64, target: f64, from_below: bool) -> Option<f64> {
    let (near, far) = if from_below { (a, b) } else { (b, a) };
    let ln_x = (target + near.ln() + ln_beta(a, b)) / near;
    let negligible = ln_x + far.ln_1p() < -40.0;
    negligible.then_some(if from_below { ln_x } else { -ln_x })
}

/// Returns `ln B(a, b)`.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let n = a + b;
    let errors = stirling_error(a) + stirling_error(b) - stirling_error(n);
    let (small, large) = (a.min(b), a.max(b));
    let powers = small * (small / n).ln() - large * (small / large).ln_1p();
    HALF_LN_2PI + errors + powers - 0.5 * (small.ln() + (large / n).ln())
}

/// Returns the x with I_x(a, b) = `lower`.
pub fn beta_quantile(a: f64, b: f64, lower: f64) -> f64 {
    if a.is_nan() || b.is_nan() || a <= 0.0 || b <= 0.0 || !(0.0..=1.0).contains(&lower) {
        return f64::NAN;
    }
    logistic(ibeta_inv_logit(a, b, lower, 1.0 - lower)).0
}

/// Returns the x with 1 - I_x(a, b) = `upper`.
pub fn beta_isf(a: f64, b: f64, upper: f64) -> f64 {
    if a.is_nan() || b.is_nan() || a <= 0.0 || b <= 0.0 || !(0.0..=1.0).contains(&upper) {
        return f64::NAN;
    }
    logistic(ibeta_inv_logit(a, b, 1.0 - upper, upper)).0
}

/// Returns x and 1 - x from `ln(x/(1-x))`, both accurate.
fn logistic(logit: f64) -> (f64, f64) {
    (1.0 / (1.0 + (-logit).exp()), 1.0 / (1.0 + logit.exp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms() {
        for x in [1e-300, 1e-9, 0.2, 0.5, 0.9, 1.0 - 1e-12] {
            let (a, y) = (3.5, 1.0 - x);
            let power = ibeta(a, 1.0, x, y);
            assert!((power.ln_lower - a * x.ln()).abs() < 1e-12 * (a * x.ln()).abs().max(1e-3));
            let other = ibeta(1.0, a, x, y);
            assert!((other.ln_upper - a * y.ln()).abs() < 1e-12 * (a * y.ln()).abs() + 1e-15);
        }
    }

    #[test]
    fn the_middle_of_a_symmetric_law_is_a_half() {
        for a in [0.5, 1.0, 33.0, 1e4, 1e6, 1e9] {
            let middle = ibeta(a, a, 0.5, 0.5);
            assert!((middle.lower - 0.5).abs() < 1e-11, "{a}: {}", middle.lower);
        }
    }

    #[test]
    fn quantile_inverts_tail() {
        for (a, b) in [(0.5, 0.5), (2.0, 7.0), (1e4, 3.0), (0.05, 40.0)] {
            for p in [1e-100, 1e-6, 0.3, 0.5, 0.999] {
                let x = beta_quantile(a, b, p);
                if x > 1e-300 && x < 0.999 {
                    assert!((ibeta(a, b, x, 1.0 - x).lower / p - 1.0).abs() < 1e-9, "{a} {b} {p}");
                }
            }
        }
    }
}
