//! Statistics as pure functions: no files, no clock, no data frames, no randomness without a seed.
//!
//! Reading order: [`special`] (tails and quantiles of distributions), [`moments`] and [`ecdf`]
//! (what a sample is reduced to), then one file for each test or distance, [`adjust`] (many tests
//! at once) and [`power`]. Upper tails are survival functions, never `1 - cdf`, and carry their
//! logarithm.

pub mod adjust;
pub mod anderson_darling;
pub mod anova;
mod batch_sums;
pub mod binning;
pub mod bridge_form;
pub mod categories_power;
pub mod chi_square;
pub mod contingency;
pub mod continuous_distance;
pub mod correlation;
pub mod cramer_von_mises;
pub mod distances;
pub mod double_double;
pub mod dyadic;
pub mod ecdf;
pub mod entropy;
pub mod epps_singleton;
pub mod exact_sum;
pub mod fisher;
pub mod freeman_halton;
pub mod g_test;
pub mod goodness_of_fit;
pub mod kruskal;
pub mod ks_test;
pub mod levene;
mod log_sum;
pub mod mann_whitney;
pub mod moments;
pub mod noncentrality;
pub mod normality;
pub mod outliers;
pub mod p_values;
mod path_law;
pub mod permutation;
pub mod planning;
pub mod pooled_noise;
pub mod power;
pub mod proportion;
pub mod quantile;
pub mod ranks;
pub mod rare_values;
pub mod rates_power;
pub mod relative_entropy;
pub mod resampling;
pub mod sequential;
pub mod shift_power;
pub mod special;
pub mod standard_error;
pub mod t_test;
pub mod z_test;

#[cfg(test)]
mod oracle;

use std::fmt;

/// A probability of a result at least this extreme under the null hypothesis.
///
/// Carries its natural logarithm, which stays finite far below the smallest double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PValue {
    pub value: f64,
    pub ln: f64,
}

impl PValue {
    /// From the probability itself.
    pub fn new(value: f64) -> Self {
        let value = value.clamp(0.0, 1.0);
        PValue { value, ln: value.ln() }
    }

    /// From the natural logarithm of the probability.
    pub fn from_ln(ln: f64) -> Self {
        let ln = ln.min(0.0);
        PValue { value: ln.exp(), ln }
    }

    /// The decimal logarithm.
    pub fn log10(self) -> f64 {
        self.ln / std::f64::consts::LN_10
    }
}

/// An interval that covers the true value with probability `level`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    pub level: f64,
}

/// How large a difference is, on a scale that does not grow with n.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The field's name of the measure: `D`, `hedges_g`, `cramers_v` …
    pub name: &'static str,
    pub value: f64,
    pub ci: Interval,
}

/// Which alternative a test looks at; `Less` and `Greater` speak of the data against the reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tail {
    #[default]
    TwoSided,
    Less,
    Greater,
}

/// What a caller decides before it sees a p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    pub tail: Tail,
    /// False-alarm rate at which this one test would decide; without a margin it also sets the
    /// interval's level.
    pub alpha: f64,
    /// Probability with which the detectable effect is to be seen.
    pub power: f64,
    /// Largest effect that does not matter.
    pub margin: Option<Margin>,
}

/// The largest effect that does not matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    /// On the scale of [`Effect`].
    pub limit: f64,
    /// Level of each of the two one-sided tests that show equivalence.
    pub alpha: f64,
}

impl Design {
    /// The level of the effect's interval. With a margin it is the one that decides: the interval
    /// lies within the margin where both one-sided tests reject at the margin's alpha.
    pub fn level(&self) -> f64 {
        1.0 - self.error()
    }

    /// What the interval misses in all, on both sides.
    pub fn error(&self) -> f64 {
        self.margin.map_or(self.alpha, |margin| 2.0 * margin.alpha)
    }
}

/// The two one-sided answers that a margin asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarginTest {
    pub margin: f64,
    /// Null hypothesis: the effect is at most the margin. Small: the sides are different.
    pub p_beyond: PValue,
    /// Null hypothesis: the effect is at least the margin. Small: the sides are equivalent (TOST).
    pub p_within: PValue,
    /// Rows on each side at which this effect would be settled, where that can be said.
    pub rows_to_settle: Option<u64>,
}

/// The outcome of one test, the same shape for all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct TestResult {
    /// The field's name of the procedure: `ks_2samp`, `welch_t` …
    pub name: &'static str,
    /// The statistic's usual letter: `D`, `t`, `X2` …
    pub symbol: &'static str,
    pub statistic: f64,
    pub p: PValue,
    /// Values on each side: the data first, then the reference.
    pub n: Vec<u64>,
    /// Degrees of freedom, where the law has them.
    pub df: Option<f64>,
    /// Whether the p-value comes from the exact law.
    pub exact: bool,
    /// How the p-value was computed, in words: `exact, conditional on ties`.
    pub method: &'static str,
    pub effect: Effect,
    pub margin: Option<MarginTest>,
    /// The smallest effect that these sizes show with the design's power.
    pub detectable: Option<f64>,
    /// Known limits that this input touches, each a sentence fragment.
    pub warnings: Vec<String>,
}

/// Why a test has no result. Never a NaN, never a pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Undefined {
    TooFew { needed: u64, got: u64 },
    ZeroVariance,
    Infinite,
    OneCategory,
    Other(String),
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undefined::TooFew { needed, got } => {
                write!(f, "too small a sample: {got} values where at least {needed} are needed")
            }
            Undefined::ZeroVariance => write!(f, "zero variance on both sides"),
            Undefined::Infinite => write!(f, "infinite values have no moments"),
            Undefined::OneCategory => write!(f, "only one category"),
            Undefined::Other(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Undefined {}
