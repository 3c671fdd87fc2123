use schemars::JsonSchema;
use serde::Deserialize;

use super::ordering::Ordering;
use super::{Context, Expect, Expectation, Finding, Kind, Literal, Mistake, Scope};
use crate::metric::{Answers, Metric, RowRule, Unmeasured};

/// No value lies below the one before it, in the order of the rows.
///
/// # Why
/// A log that jumps back in time was merged wrongly or written by two clocks. Missing values are
/// left out, and the values that remain are neighbours. The first value has none before it. Every
/// value that lies below the one before it is a violation.
///
/// # Passes
/// ```yaml
/// columns:
///   time: {increasing: true}
/// ```
/// ```csv
/// time,value
/// 2024-01-01,1
/// 2024-01-01,2
/// ,3
/// 2024-01-03,4
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   time: {increasing: {strict: true}}
/// ```
/// ```csv
/// time,value
/// 2024-01-01,1
/// 2024-01-01,2
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Increasing {
    /// Whether a value may not equal the one before.
    #[serde(default)]
    strict: bool,
    /// By how much a value may lie below the one before: a number, or a duration such as `5m`.
    tolerance: Option<Literal>,
}

impl Expectation for Increasing {
    const NAME: &'static str = "increasing";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl Increasing {
    fn ordering(&self) -> Ordering<'_> {
        Ordering { falls: false, strict: self.strict, tolerance: self.tolerance.as_ref() }
    }
}

impl Expect for Increasing {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.ordering().rule(context).map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.ordering().metric(context).into_iter().collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        self.ordering().judge(context, answers)
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        self.ordering().failing(context, answers)
    }
}
