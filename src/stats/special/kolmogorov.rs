//! Kolmogorov's limit law of the scaled two-sided statistic.

use super::root::bisect;
use super::tails::Tails;
use std::f64::consts::{LN_2, PI};

/// Both tails of Kolmogorov's law at `x`.
///
/// The alternating series above 0.82, Jacobi's theta transform below (W. Feller, 1948).
pub fn kolmogorov_tails(x: f64) -> Tails {
    if x.is_nan() {
        return Tails::NAN;
    }
    if x <= 0.0 {
        return Tails::NOTHING_BELOW;
    }
    if x < 0.82 {
        let unit = -PI * PI / (8.0 * x * x);
        let first = 0.5 * (2.0 * PI).ln() - x.ln() + unit;
        let rest = (8.0 * unit).exp() + (24.0 * unit).exp() + (48.0 * unit).exp();
        return Tails::from_ln_lower(first + rest.ln_1p());
    }
    let square = -2.0 * x * x;
    let rest: f64 = (2..=7)
        .map(|k: i32| {
            let size = (square * f64::from(k * k - 1)).exp();
            if k % 2 == 0 { -size } else { size }
        })
        .sum();
    Tails::from_ln_upper(LN_2 + square + rest.ln_1p())
}

/// Returns the limiting probability that the scaled two-sided statistic exceeds `x`.
pub fn kolmogorov_sf(x: f64) -> f64 {
    kolmogorov_tails(x).upper
}

/// Returns the logarithm of [`kolmogorov_sf`].
pub fn kolmogorov_ln_sf(x: f64) -> f64 {
    kolmogorov_tails(x).ln_upper
}

/// Returns the x that is exceeded with probability `p`.
pub fn kolmogorov_isf(p: f64) -> f64 {
    if p.is_nan() || p >= 1.0 {
        return if p >= 1.0 { 0.0 } else { f64::NAN };
    }
    if p <= 0.0 {
        return f64::INFINITY;
    }
    let high = (0.5 * (LN_2 - p.ln())).sqrt();
    bisect(0.02, high + 1e-3, |x| {
        let tails = kolmogorov_tails(x);
        if p <= 0.5 { tails.ln_upper - p.ln() } else { (-p).ln_1p() - tails.ln_lower }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_series_meet() {
        let step = kolmogorov_sf(0.82) - kolmogorov_sf(0.82 - 1e-9);
        assert!((step / -2.1e-9).abs() < 1.2 && step < 0.0, "{step}");
    }

    #[test]
    fn quantile_inverts_tail() {
        for p in [1e-200, 1e-3, 0.05, 0.5, 0.99] {
            assert!((kolmogorov_sf(kolmogorov_isf(p)) / p - 1.0).abs() < 1e-12, "{p}");
        }
    }

    #[test]
    fn the_logarithm_has_no_floor() {
        for x in [20.0, 38.0, 1e4] {
            assert_eq!(kolmogorov_ln_sf(x), LN_2 - 2.0 * x * x);
        }
    }
}
