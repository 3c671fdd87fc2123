use super::aggregate::aggregate;
use super::moments::{self, Reading};
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::moments::Summary;
use crate::stats::standard_error;

aggregate! {
/// The skewness of the column lies in a range, or near that of the reference.
///
/// # Why
/// A long tail that appears or vanishes (prices that were capped, a sentinel of 9999) shows in the
/// third moment before it does in the mean. The definition is g1 = m3 / m2^1.5, that of
/// `scipy.stats.skew` and polars; with `adjusted: true` it is G1, that of pandas, R's type 2 and
/// Excel. Values that are all equal have none. The standard error of `vs_reference` is that of
/// normal samples, the root of 6 (n - 2) / ((n + 1) (n + 3)) for g1.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {skewness: {min: -0.5, max: 0.5}}
/// ```
/// ```csv
/// price
/// 1
/// 2
/// 3
/// 4
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {skewness: {max: 1}}
/// ```
/// ```csv
/// price
/// 1
/// 1
/// 1
/// 1
/// 1
/// 90
/// ```
Skewness of f64 {
    /// Adjusts for the bias of small samples, as pandas does.
    #[serde(default)]
    adjusted: bool,
}
}

impl Expectation for Skewness {
    const NAME: &'static str = "skewness";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for Skewness {
    fn subject(&self, context: &Context) -> String {
        format!("the skewness of `{}`", context.name())
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![moments::metric(context, on, true)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let metric = moments::metric(context, on, true);
        let reading = Reading {
            noun: "skewness",
            value: |summary: &Summary| {
                if self.adjusted { summary.adjusted_skewness() } else { summary.skewness }
            },
            standard_error: |summary: &Summary| self.standard_error(summary),
        };
        moments::number(context, answers, &metric, reading)
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}

impl Skewness {
    /// G1 is g1 times a factor of n alone, and so is its error.
    fn standard_error(&self, summary: &Summary) -> Option<f64> {
        let error = standard_error::of_skewness(summary.n)?;
        let n = summary.n as f64;
        Some(if self.adjusted { error * (n * (n - 1.0)).sqrt() / (n - 2.0) } else { error })
    }
}
