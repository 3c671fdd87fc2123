use super::aggregate::aggregate;
use super::moments::{self, Reading};
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::moments::Summary;
use crate::stats::standard_error;

aggregate! {
/// The excess kurtosis of the column lies in a range, or near that of the reference.
///
/// # Why
/// Heavy tails make a mean unreliable, and tails that were cut off make a model overconfident. The
/// definition is g2 = m4 / m2² - 3, that of `scipy.stats.kurtosis` and polars, 0 for a normal
/// distribution; with `adjusted: true` it is G2, that of pandas, R's type 2 and Excel. Values that
/// are all equal have none. The standard error of `vs_reference` is that of normal samples, the
/// root of 24 n (n - 2) (n - 3) / ((n + 1)² (n + 3) (n + 5)) for g2.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {kurtosis: {max: 0}}
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
///   price: {kurtosis: {max: 1}}
/// ```
/// ```csv
/// price
/// 1
/// 2
/// 3
/// 2
/// 1
/// 2
/// 3
/// 2
/// 90
/// ```
Kurtosis of f64 {
    /// Adjusts for the bias of small samples, as pandas does.
    #[serde(default)]
    adjusted: bool,
}
}

impl Expectation for Kurtosis {
    const NAME: &'static str = "kurtosis";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for Kurtosis {
    fn subject(&self, context: &Context) -> String {
        format!("the excess kurtosis of `{}`", context.name())
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![moments::metric(context, on, true)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let metric = moments::metric(context, on, true);
        let reading = Reading {
            noun: "excess kurtosis",
            value: |summary: &Summary| {
                if self.adjusted { summary.adjusted_kurtosis() } else { summary.kurtosis }
            },
            standard_error: |summary: &Summary| self.standard_error(summary),
        };
        moments::number(context, answers, &metric, reading)
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}

impl Kurtosis {
    /// G2 is g2 times a factor of n alone, shifted, and its error has that factor.
    fn standard_error(&self, summary: &Summary) -> Option<f64> {
        let error = standard_error::of_kurtosis(summary.n)?;
        let n = summary.n as f64;
        let factor = (n - 1.0) * (n + 1.0) / ((n - 2.0) * (n - 3.0));
        Some(if self.adjusted { error * factor } else { error })
    }
}
