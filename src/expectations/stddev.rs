use schemars::JsonSchema;
use serde::Deserialize;

use super::range::Range;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, mean};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};

/// The standard deviation of the column lies in a range; n - 1 is below the fraction.
///
/// # Why
/// A column that suddenly hardly varies was filled with a default; one that varies more than ever
/// mixes two units. At least two values are needed.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {stddev: {min: 1, max: 2}}
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
///   price: {stddev: {min: 0.5}}
/// ```
/// ```csv
/// price
/// 7
/// 7
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stddev {
    /// The lower end of the range.
    min: Option<f64>,
    /// The upper end of the range.
    max: Option<f64>,
    /// Whether the ends themselves lie outside.
    #[serde(default)]
    strict: bool,
}

impl Expectation for Stddev {
    const NAME: &'static str = "stddev";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl Stddev {
    fn range(&self) -> Result<Range, Mistake> {
        Range::new(self.min, self.max, self.strict)
    }
}

impl Expect for Stddev {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        context.accept(Type::is_number, "numbers")?;
        self.range().map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![mean::metric(context, Side::Data)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        mean::judge(context, answers, self.range(), "standard deviation", |summary| summary.sd)
    }
}
