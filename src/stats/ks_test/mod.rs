//! Kolmogorov and Smirnov's tests: the largest distance between two distribution functions.
//!
//! Of one sample against a given distribution, and of two samples. With ties the two-sample p-value
//! is conditional on them, so that discrete data keep their power.

mod band;
mod exact;
#[cfg(test)]
mod far_tail;
mod law;
mod one_sample;
mod tied_limit;
mod two_sample;

pub use law::{Question, hodges_ln};
pub use one_sample::{Distances, detectable as detectable_one_sample, distances, one_sample};
pub use two_sample::{Answer, answer, attained, two_sample};

use super::ecdf::Gaps;
use super::{Design, Effect, Interval, Margin, MarginTest, PValue};

/// The largest gap of two distribution functions with its interval: the effect of every test of
/// whole distributions.
pub fn gap(c: &Gaps, design: &Design) -> Effect {
    let bounds = 1.0 / (c.n as f64).sqrt() + 1.0 / (c.m as f64).sqrt();
    Effect { name: "D", value: c.d(), ci: interval(c.d(), bounds, 4.0, design.error()) }
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
///
/// That D is larger than found can come from one side of the worst point only, so that half of the
/// constant bounds it: the interval of level 1 - 2α then ends where equivalence begins.
fn margin_test(
    d: f64,
    Margin { limit: margin, alpha }: Margin,
    bounds: f64,
    constant: f64,
) -> MarginTest {
    let excess = (d - margin) / bounds;
    let ln_p = |constant: f64| (constant.ln() - 2.0 * excess * excess).min(0.0);
    let one = PValue::from_ln(0.0);
    let samples = constant / 2.0;
    let rows = (samples / (d - margin)).powi(2) * 0.5 * (constant / alpha).ln();
    MarginTest {
        margin,
        p_beyond: if d > margin { PValue::from_ln(ln_p(constant)) } else { one },
        p_within: if d < margin { PValue::from_ln(ln_p(constant / 2.0)) } else { one },
        rows_to_settle: (rows.is_finite() && rows < 1e18).then(|| rows.ceil().max(1.0) as u64),
    }
}
