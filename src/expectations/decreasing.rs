use schemars::JsonSchema;
use serde::Deserialize;

use super::ordering::Ordering;
use super::{Context, Expect, Expectation, Finding, Kind, Literal, Mistake, Scope};
use crate::metric::{Answers, Metric, RowRule, Unmeasured};

/// No value lies above the one before it, in the order of the rows.
///
/// # Why
/// A ranking or a countdown that turns upward is out of order. Missing values are left out, and the
/// values that remain are neighbours. The first value has none before it. Every value that lies
/// above the one before it is a violation.
///
/// # Passes
/// ```yaml
/// columns:
///   loss: {decreasing: true}
/// ```
/// ```csv
/// epoch,loss
/// 1,0.9
/// 2,0.5
/// 3,0.5
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   loss: {decreasing: {strict: true}}
/// ```
/// ```csv
/// epoch,loss
/// 1,0.9
/// 2,0.5
/// 3,0.5
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decreasing {
    /// Whether a value may not equal the one before.
    #[serde(default)]
    strict: bool,
    /// By how much a value may lie above the one before: a number, or a duration such as `5m`.
    tolerance: Option<Literal>,
}

impl Expectation for Decreasing {
    const NAME: &'static str = "decreasing";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl Decreasing {
    fn ordering(&self) -> Ordering<'_> {
        Ordering { falls: true, strict: self.strict, tolerance: self.tolerance.as_ref() }
    }
}

impl Expect for Decreasing {
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
