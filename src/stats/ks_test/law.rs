//! Null laws of the two-sample statistic: exact where that can be afforded, else their limits.
//!
//! With h = n·m·D a whole number, a law answers the logarithm of P(statistic >= observed).

use super::super::special::{deviance, kstwo_ln_sf, stirling_error};
use super::exact::exact;
use std::f64::consts::LN_2;

/// A path that has passed the boundary on one side meets the other as well with a probability below
/// `exp(-2 n m D²/(n + m))`; beyond this exponent both sides are worth the sum of each.
const APART: f64 = 44.0;

/// Two samples of `n` and `m` values with a statistic of `h / (n m)`.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub n: u64,
    pub m: u64,
    pub h: u128,
    /// Whether a gap on either side counts, or only F above G.
    pub two_sided: bool,
}

impl Question {
    /// Both sides at once, or far in the tail each by itself, which takes fewer cells.
    pub fn runs(self) -> Vec<Question> {
        let Question { n, m, h, two_sided } = self;
        let exchanged = Question { n: m, m: n, h, two_sided };
        if !two_sided {
            return vec![self];
        }
        if 2.0 * self.squared_height() > APART {
            return [self, exchanged].map(|side| Question { two_sided: false, ..side }).to_vec();
        }
        // With the smaller sample first no mean is formed from a far larger difference.
        vec![if n <= m { self } else { exchanged }]
    }

    /// The statistic.
    pub fn d(self) -> f64 {
        self.h as f64 / (u128::from(self.n) * u128::from(self.m)) as f64
    }

    /// Equal sizes without ties: a sum over reflected paths (Gnedenko & Korolyuk 1951), at any n.
    pub fn equal_sizes(self) -> f64 {
        let n = self.n;
        let step = (self.h / u128::from(n)) as u64;
        if step == 0 {
            return 0.0;
        }
        let first = ln_reflected(n, step);
        if !self.two_sided {
            return first;
        }
        let (mut rest, mut sign, mut reach) = (0.0, -1.0, 2 * step);
        while reach <= n {
            let term = (ln_reflected(n, reach) - first).exp();
            rest += sign * term;
            if term < 1e-17 {
                break;
            }
            sign = -sign;
            reach += step;
        }
        (LN_2 + first + f64::ln_1p(rest)).min(0.0)
    }

    /// Complete separation: one or two of all arrangements, if a group of equal values ends after
    /// as many as the first, or the second, sample has. `None` for anything less.
    pub fn separated(self, ends_after: impl Fn(u64) -> bool) -> Option<f64> {
        if self.h < u128::from(self.n) * u128::from(self.m) {
            return None;
        }
        let other_way = self.two_sided && ends_after(self.m);
        let arrangements = u8::from(ends_after(self.n)) + u8::from(other_way);
        Some(f64::from(arrangements).ln() - ln_binomial(self.n as f64, self.m as f64))
    }

    /// The limits: Kolmogorov's law at the harmonic size, one-sided Hodges (1957), eq. 5.3.
    ///
    /// Far in the tail their logarithms are off by a share that grows as D²: by 0.5% at D = 0.3.
    pub fn limit(self) -> f64 {
        let (n, m) = (self.n as f64, self.m as f64);
        let harmonic = n * (m / (n + m));
        if self.two_sided {
            return kstwo_ln_sf((harmonic.round() as u64).max(1), self.d());
        }
        hodges_ln(self.n, self.m, self.d())
    }

    /// The exact law, given the sizes of the pooled groups of equal values in order.
    ///
    /// `None` if it would take too long.
    pub fn exact(self, groups: impl Iterator<Item = u64> + Clone) -> Option<f64> {
        exact(self, groups)
    }

    /// The exact law of samples without ties.
    pub fn exact_untied(self) -> Option<f64> {
        self.exact(std::iter::repeat_n(1, (self.n + self.m) as usize))
    }

    /// The square of the distance in units of its standard error, `D² n m / (n + m)`.
    pub fn squared_height(self) -> f64 {
        let (n, m) = (self.n as f64, self.m as f64);
        n * (m / (n + m)) * self.d() * self.d()
    }
}

/// Hodges' approximation of the one-sided law, which needs no distinction of the sides.
pub fn hodges_ln(n: u64, m: u64, d: f64) -> f64 {
    let (large, small) = (n.max(m) as f64, n.min(m) as f64);
    let z = (large * (small / (large + small))).sqrt() * d;
    let correction = (large + 2.0 * small) / (small * (large + small)).sqrt() / large.sqrt();
    (-2.0 * z * z - 2.0 * z * correction / 3.0).min(0.0)
}

/// Returns `ln (C(2n, n-j) / C(2n, n))`.
fn ln_reflected(n: u64, j: u64) -> f64 {
    if j > n {
        return f64::NEG_INFINITY;
    }
    let (size, shift) = (n as f64, j as f64);
    if j == n {
        return -ln_binomial(size, size);
    }
    let (low, high) = (size - shift, size + shift);
    let errors = 2.0 * stirling_error(size) - stirling_error(low) - stirling_error(high);
    // The ratio n/√((n-j)(n+j)) is (1 - (j/n)²)^(-1/2).
    let scale = -0.5 * (-(shift / size) * (shift / size)).ln_1p();
    errors + scale - deviance(low, size) - deviance(high, size)
}

/// Returns `ln C(n + m, n)`.
fn ln_binomial(n: f64, m: f64) -> f64 {
    let (total, errors) = (n + m, stirling_error(n + m) - stirling_error(n) - stirling_error(m));
    let powers = -n * (-(m / total)).ln_1p() - m * (-(n / total)).ln_1p();
    errors + powers - 0.5 * (2.0 * std::f64::consts::PI * n * (m / total)).ln()
}
