//! Noncentral t: the normal tail averaged over the law of the estimated standard deviation.

use super::gamma::chi2_tails;
use super::normal::{norm_ln_sf, norm_sf};
use super::stirling::stirling_error;
use super::student::t_sf;
use std::f64::consts::PI;

/// Returns the probability that noncentral t exceeds `t`.
///
/// T = (Z + δ)/S with ν S² chi-square, so P(T > t) is the mean of P(Z > t S - δ). In u = ln S the
/// integrand is smooth and falls off at both ends, where the trapezoidal rule converges faster than
/// any power of its step. All terms are positive: the relative accuracy holds in the tails.
pub fn nct_sf(t: f64, dof: f64, noncentrality: f64) -> f64 {
    if t.is_nan() || dof.is_nan() || noncentrality.is_nan() || dof <= 0.0 {
        return f64::NAN;
    }
    if dof.is_infinite() || dof > 1e15 {
        return norm_sf(t - noncentrality);
    }
    if noncentrality == 0.0 {
        return t_sf(t, dof);
    }
    if t.is_infinite() {
        return if t > 0.0 { 0.0 } else { 1.0 };
    }
    if noncentrality.abs() > 2000.0 * (2.0 * dof).sqrt() {
        return far(t, dof, noncentrality);
    }
    let upper = average(t, dof, noncentrality);
    if upper > 0.9 { 1.0 - average(-t, dof, -noncentrality) } else { upper }
}

/// Returns the probability that noncentral t is at most `t`.
pub fn nct_cdf(t: f64, dof: f64, noncentrality: f64) -> f64 {
    nct_sf(-t, dof, -noncentrality)
}

/// The normal variable is lost beside a large noncentrality, and T > t says S < δ/t: relative error
/// below 1e-6.
fn far(t: f64, dof: f64, noncentrality: f64) -> f64 {
    let ratio = noncentrality / t;
    if t == 0.0 || ratio <= 0.0 {
        return if noncentrality > t { 1.0 } else { 0.0 };
    }
    let tails = chi2_tails(dof * ratio * ratio, dof);
    if t > 0.0 { tails.lower } else { tails.upper }
}

fn average(t: f64, dof: f64, noncentrality: f64) -> f64 {
    let integrand = Integrand { t, dof, noncentrality };
    let mode = integrand.mode();
    let peak = integrand.ln(mode);
    let width = 1.0 / integrand.curvature(mode).max(dof).sqrt();
    let step = (0.2 * width).min(0.1).min(0.5 / noncentrality.abs().max(1.0));
    let mut total = 1.0;
    for direction in [-step, step] {
        let mut k = 1.0;
        loop {
            let height = (integrand.ln(mode + k * direction) - peak).exp();
            total += height;
            if height < 1e-19 * total || k > 1e6 {
                break;
            }
            k += 1.0;
        }
    }
    let scale = (dof / PI).sqrt() * (-stirling_error(0.5 * dof)).exp();
    (scale * step * total * peak.exp()).min(1.0)
}

/// The integrand in u = ln S.
struct Integrand {
    t: f64,
    dof: f64,
    noncentrality: f64,
}

impl Integrand {
    /// Its logarithm, up to the constant of the chi density.
    fn ln(&self, u: f64) -> f64 {
        let density = -0.5 * self.dof * ((2.0 * u).exp_m1() - 2.0 * u);
        density + norm_ln_sf(self.t * u.exp() - self.noncentrality)
    }

    /// The derivative of its logarithm.
    fn slope(&self, u: f64) -> f64 {
        let scaled = self.t * u.exp();
        -self.dof * (2.0 * u).exp_m1() - scaled * hazard(scaled - self.noncentrality)
    }

    /// Where it is largest: the slope falls from positive to negative.
    fn mode(&self) -> f64 {
        let (mut low, mut high) = if self.t > 0.0 { (-1.0, 0.0) } else { (0.0, 1.0) };
        while self.slope(low) < 0.0 && low > -700.0 {
            low *= 2.0;
        }
        while self.slope(high) > 0.0 && high < 300.0 {
            high *= 2.0;
        }
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.slope(middle) > 0.0 { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// Minus the second derivative of its logarithm.
    fn curvature(&self, u: f64) -> f64 {
        let step = 1e-4 / (self.dof + self.noncentrality.abs() + 1.0).sqrt();
        (self.slope(u - step) - self.slope(u + step)) / (2.0 * step)
    }
}

/// Density over upper tail of the normal distribution.
fn hazard(z: f64) -> f64 {
    if z > 1e6 {
        return z;
    }
    (-0.5 * z * z - super::stirling::HALF_LN_2PI - norm_ln_sf(z)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_zero_it_is_normal() {
        for dof in [1.0, 2.5, 30.0, 1e6] {
            for delta in [-30.0, -1.0, 0.3, 4.0] {
                let exact = norm_sf(-delta);
                assert!((nct_sf(0.0, dof, delta) / exact - 1.0).abs() < 1e-12, "{dof} {delta}");
            }
        }
    }

    #[test]
    fn extreme_arguments_are_probabilities() {
        for t in [-1e300, -5.0, 0.0, 5.0, 1e8, 1e300] {
            for delta in [-1e6, -2900.0, 1e-300, 2900.0, 1e9] {
                for dof in [0.5, 3.0, 1e7] {
                    let p = nct_sf(t, dof, delta);
                    assert!((0.0..=1.0).contains(&p), "{t} {dof} {delta}: {p}");
                }
            }
        }
    }

    #[test]
    fn a_small_noncentrality_is_central() {
        for (t, dof) in [(2.0, 3.0), (5.0, 1.0), (-1.0, 8.0), (40.0, 60.0), (300.0, 2.0)] {
            let (near, central) = (nct_sf(t, dof, 1e-14), t_sf(t, dof));
            assert!((near / central - 1.0).abs() < 1e-11, "{t} {dof}: {near} {central}");
        }
    }
}
