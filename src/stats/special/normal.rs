//! The standard normal distribution.

use super::stirling::HALF_LN_2PI;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, LN_2, SQRT_2};

/// `1/√2` minus its nearest double.
const FRAC_1_SQRT_2_TAIL: f64 = -4.833_646_656_726_457e-17;

/// Returns the density at `z`.
pub fn norm_pdf(z: f64) -> f64 {
    (-0.5 * z * z - HALF_LN_2PI).exp()
}

/// Returns the probability above `z`.
///
/// The error function of crate `libm`, corrected for the rounding of `z/√2`.
pub fn norm_sf(z: f64) -> f64 {
    let scaled = z * FRAC_1_SQRT_2;
    let lost = z.mul_add(FRAC_1_SQRT_2, -scaled) + z * FRAC_1_SQRT_2_TAIL;
    let tail = libm::erfc(scaled);
    if tail == 0.0 || !lost.is_finite() {
        return 0.5 * tail;
    }
    0.5 * (tail - lost * FRAC_2_SQRT_PI * (-scaled * scaled).exp())
}

/// Returns the probability below `z`.
pub fn norm_cdf(z: f64) -> f64 {
    norm_sf(-z)
}

/// Returns the logarithm of the probability above `z`.
pub fn norm_ln_sf(z: f64) -> f64 {
    if z < -1.0 {
        return (-norm_sf(-z)).ln_1p();
    }
    if z < 30.0 {
        return norm_sf(z).ln();
    }
    // Mills' ratio, Abramowitz & Stegun 26.2.12; the terms fall below 1e-17 within eight.
    let inverse_square = 1.0 / (z * z);
    let series =
        (1..=8).rev().fold(1.0, |sum, k| 1.0 - f64::from(2 * k - 1) * inverse_square * sum);
    -0.5 * z * z - HALF_LN_2PI - z.ln() + series.ln()
}

/// Returns the point that has probability `p` above it.
pub fn norm_isf(p: f64) -> f64 {
    if p > 0.5 { -norm_isf(1.0 - p) } else { norm_isf_ln(p.ln(), Some(p)) }
}

/// Returns the point above which the probability has the logarithm `ln_p`.
pub fn norm_ln_isf(ln_p: f64) -> f64 {
    if ln_p > -LN_2 { -norm_isf_ln((-ln_p.exp_m1()).ln(), None) } else { norm_isf_ln(ln_p, None) }
}

/// Upper half of the inverse: a rational start (Abramowitz & Stegun 26.2.23), then Halley's steps.
fn norm_isf_ln(ln_p: f64, p: Option<f64>) -> f64 {
    if ln_p == f64::NEG_INFINITY {
        return f64::INFINITY;
    }
    if ln_p.is_nan() {
        return f64::NAN;
    }
    if p == Some(0.5) {
        return 0.0;
    }
    let t = (-2.0 * ln_p).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = t - numerator / denominator;
    let p = p.unwrap_or_else(|| ln_p.exp());
    for _ in 0..3 {
        z = if p > 0.4 {
            // Near the median the error function keeps the relative accuracy of z.
            let error = libm::erf(z / SQRT_2) - (1.0 - 2.0 * p);
            let newton = -0.5 * error / norm_pdf(z);
            z + newton / (1.0 - 0.5 * newton * z)
        } else {
            let ln_sf = norm_ln_sf(z);
            let hazard = (-0.5 * z * z - HALF_LN_2PI - ln_sf).exp();
            let newton = (ln_sf - ln_p) / hazard;
            z + newton / (1.0 + 0.5 * newton * (hazard - z))
        };
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_inverts_tail() {
        for z in [1e-8, 0.01, 0.3, 1.0, 3.0, 12.0, 37.0] {
            let back = norm_isf(norm_sf(z));
            assert!((back / z - 1.0).abs() < 1e-14 + 2e-16 / z, "{z} {back}");
        }
        for z in [-38.0, -3.0, 3.0, 60.0, 1e4] {
            assert!((norm_ln_isf(norm_ln_sf(z)) / z - 1.0).abs() < 1e-12 || z < -5.0, "{z}");
        }
    }

    #[test]
    fn extremes_are_defined() {
        assert_eq!(norm_isf(0.0), f64::INFINITY);
        assert_eq!(norm_isf(1.0), f64::NEG_INFINITY);
        assert_eq!(norm_isf(0.5), 0.0);
        assert_eq!(norm_sf(f64::INFINITY), 0.0);
        assert_eq!(norm_sf(f64::NEG_INFINITY), 1.0);
    }
}
