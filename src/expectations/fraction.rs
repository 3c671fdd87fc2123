//! The share of rows for which a predicate holds.

use super::Context;
use super::number::Number;
use crate::metric::{
    Answers, Counted, Metric, Missing, Predicate, RowRule, Side, Unmeasured, Value,
};
use crate::stats::standard_error;

/// The question how many values keep a predicate; missing ones are not looked at.
pub fn metric(context: &Context, on: Side, predicate: Predicate) -> Metric {
    let rule = RowRule { predicate, missing: Missing::Skip, filter: context.filter() };
    Metric::CountWhere { on, rule }
}

/// The share of the counted rows that `part` of them are.
///
/// # Errors
/// The question has no answer.
pub fn number(
    answers: &Answers,
    metric: &Metric,
    part: fn(&Counted) -> u64,
) -> Result<Number, Unmeasured> {
    let counted = answers.counted(metric)?;
    let share = part(counted) as f64 / counted.examined as f64;
    Ok(Number {
        rows: counted.rows,
        nulls: counted.nulls,
        nans: counted.nans,
        value: Ok(Value::float(share)),
        standard_error: standard_error::of_share(share, counted.examined),
    })
}

/// The rows that keep the predicate.
pub fn kept(counted: &Counted) -> u64 {
    counted.examined - counted.violations
}

/// The rows that break it.
pub fn broken(counted: &Counted) -> u64 {
    counted.violations
}
