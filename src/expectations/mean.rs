use schemars::JsonSchema;
use serde::Deserialize;

use super::range::Range;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, tally};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::prose::{counted, figure};
use crate::stats::moments::Summary;
use crate::verdict::{Observed, RowCounts};

/// The arithmetic mean of the column lies in a range.
///
/// # Why
/// A unit that changed (dollars to cents) moves the mean long before a single value looks wrong.
/// The sum is exact and rounded once, so that the order of rows and the number of threads change
/// nothing. Missing values are left out; infinite ones have no mean and make the check an error.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {mean: {min: 15, max: 25}}
/// ```
/// ```csv
/// price
/// 10
/// 30
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {mean: {max: 20, strict: true}}
/// ```
/// ```csv
/// price
/// 10
/// 30
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mean {
    /// The lower end of the range.
    min: Option<f64>,
    /// The upper end of the range.
    max: Option<f64>,
    /// Whether the ends themselves lie outside.
    #[serde(default)]
    strict: bool,
}

impl Expectation for Mean {
    const NAME: &'static str = "mean";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl Mean {
    fn range(&self) -> Result<Range, Mistake> {
        Range::new(self.min, self.max, self.strict)
    }
}

impl Expect for Mean {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        context.accept(Type::is_number, "numbers")?;
        self.range().map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![metric(context, Side::Data)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        judge(context, answers, self.range(), "mean", |summary| summary.mean)
    }
}

/// The question for the moments of the check's column.
pub fn metric(context: &Context, on: Side) -> Metric {
    Metric::Moments { on, column: context.name().to_owned(), filter: context.filter() }
}

/// Judges one number out of the moments by a range.
///
/// # Errors
/// The number does not exist: no value, infinite values, or too few of them.
pub fn judge(
    context: &Context,
    answers: &Answers,
    range: Result<Range, Mistake>,
    noun: &str,
    number: fn(&Summary) -> Option<f64>,
) -> Result<Finding, Unmeasured> {
    let range = range.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
    let sampled = answers.moments(&metric(context, Side::Data))?;
    let summary = &sampled.summary;
    let name = context.name();
    if summary.n == 0 {
        return tally::empty(context, Some(sampled.rows), &format!("values of `{name}`"));
    }
    let Some(value) = number(summary) else {
        let reason = match summary.infinite {
            0 => format!("one value of `{name}` is too few for its {noun}"),
            infinite => {
                format!("no {noun}: `{name}` has {}", counted(infinite, "infinite value"))
            }
        };
        return Err(Unmeasured::NotComputable(reason));
    };
    let kept = range.contains(value);
    let not = if kept { "" } else { "not " };
    let message = format!("the {noun} of `{name}` is {}, {not}{range}", figure(value));
    let mut finding = Finding::decided(kept, message).observed(Observed::Number(value));
    finding.rows = RowCounts {
        examined: Some(summary.n),
        skipped: Some(sampled.nulls + sampled.nans),
        violations: None,
    };
    Ok(finding)
}
