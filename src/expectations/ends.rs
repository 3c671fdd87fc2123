//! The smallest and the largest value of a column as numbers.

use super::number::Number;
use super::{Context, Mistake, between};
use crate::metric::{Answers, Ends, Metric, Side, Type, Unmeasured, Value};

/// Columns whose values have an order.
pub const ACCEPTS: (fn(&Type) -> bool, &str) = (Type::is_ordered, "numbers, dates, times and text");

/// The question for both ends of the check's column.
pub fn metric(context: &Context, on: Side) -> Metric {
    Metric::Ends { on, column: context.name().to_owned(), filter: context.filter() }
}

/// One of the two ends.
///
/// # Errors
/// The question has no answer.
pub fn number(
    context: &Context,
    answers: &Answers,
    on: Side,
    end: fn(&(Value, Value)) -> &Value,
) -> Result<Number, Unmeasured> {
    let Ends { rows, nulls, nans, values } = answers.ends(&metric(context, on))?;
    let value = values.as_ref().map(end).cloned();
    Ok(Number {
        rows: *rows,
        nulls: *nulls,
        nans: *nans,
        value: value.ok_or_else(|| "there is no value".to_owned()),
        standard_error: None,
    })
}

/// Refuses limits that are dates where the column of a file without types is text.
pub fn undated(context: &Context, limits: &super::limits::Limits) -> Result<(), Mistake> {
    let ends = [&limits.equal, &limits.min, &limits.max].into_iter().flatten();
    ends.into_iter().try_for_each(|literal| between::undated(literal, context))
}
