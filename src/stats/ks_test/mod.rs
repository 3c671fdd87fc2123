//! Kolmogorov and Smirnov's tests: the largest distance between two distribution functions.
//!
//! Of one sample against a given distribution, and of two samples. With ties the two-sample p-value
//! is conditional on them, so that discrete data keep their power.

mod band;
mod exact;
#[cfg(test)]
mod far_tail;
mod law;
mod log_sum;
mod one_sample;
mod tied_limit;
mod two_sample;

pub use law::{Question, hodges_ln};
pub use one_sample::{Distances, distances, one_sample};
pub use two_sample::{Answer, answer, two_sample};

use super::ecdf::Gaps;
use super::{Effect, Interval, MarginTest, PValue};

/// The largest gap of two distribution functions with its interval: the effect of every test of
/// whole distributions.
pub fn gap(c: &Gaps, alpha: f64) -> Effect {
    let bounds = 1.0 / (c.n as f64).sqrt() + 1.0 / (c.m as f64).sqrt();
    Effect { name: "D", value: c.d(), ci: interval(c.d(), bounds, 4.0, alpha) }
}

/// The interval of a distance whose error is bounded by `(1/√n + 1/√m) √(ln(4/α)/2)`.
///
/// The inequality of Dvoretzky, Kiefer, Wolfowitz and Massart (1990) on each side: it holds for
/// every n and every distribution, tied or not, and is conservative. `bounds` is the sum of 1/√n
/// over the samples and `constant` the factor of its exponential, 2 per sample.
fn interval(d: f64, bounds: f64, constant: f64, alpha: f64) -> Interval {
    let reach = (0.5 * (constant / alpha).ln()).max(0.0).sqrt() * bounds;
    Interval { low: (d - reach).max(0.0), high: (d + reach).min(1.0), level: 1.0 - alpha }
}

/// Both one-sided answers for a margin, by inverting the interval.
fn margin_test(d: f64, margin: f64, bounds: f64, constant: f64, alpha: f64) -> MarginTest {
    let excess = (d - margin) / bounds;
    let ln_p = (constant.ln() - 2.0 * excess * excess).min(0.0);
    let one = PValue::from_ln(0.0);
    let certain = PValue::from_ln(ln_p);
    let samples = constant / 2.0;
    let rows = (samples / (d - margin)).powi(2) * 0.5 * (constant / alpha).ln();
    MarginTest {
        margin,
        p_beyond: if d > margin { certain } else { one },
        p_within: if d < margin { certain } else { one },
        rows_to_settle: (rows.is_finite() && rows < 1e18).then(|| rows.ceil().max(1.0) as u64),
    }
}
