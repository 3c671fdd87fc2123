//! Numbers out of the moments of a column.

use super::Context;
use super::number::Number;
use crate::metric::{Answers, Metric, Side, Unmeasured, Value};
use crate::prose::counted;
use crate::stats::moments::Summary;

/// The question for the moments of the check's column; with the shape where third and fourth
/// powers matter.
pub fn metric(context: &Context, on: Side, shape: bool) -> Metric {
    Metric::Moments { on, column: context.name().to_owned(), shape, filter: context.filter() }
}

/// What is read off the moments.
pub struct Reading<V, E> {
    /// "mean".
    pub noun: &'static str,
    pub value: V,
    pub standard_error: E,
}

/// A number out of the answer.
///
/// # Errors
/// The question has no answer.
pub fn number(
    context: &Context,
    answers: &Answers,
    metric: &Metric,
    reading: Reading<impl Fn(&Summary) -> Option<f64>, impl Fn(&Summary) -> Option<f64>>,
) -> Result<Number, Unmeasured> {
    let sampled = answers.moments(metric)?;
    let value = (reading.value)(&sampled.summary).map(Value::float);
    Ok(Number {
        rows: sampled.rows,
        nulls: sampled.nulls,
        nans: sampled.nans,
        value: value.ok_or_else(|| absent(context, &sampled.summary, reading.noun)),
        standard_error: (reading.standard_error)(&sampled.summary),
    })
}

/// Why there are values and yet no such number.
pub fn absent(context: &Context, summary: &Summary, noun: &str) -> String {
    let name = context.name();
    match summary.n {
        _ if summary.infinite > 0 => {
            format!("no {noun}: `{name}` has {}", counted(summary.infinite, "infinite value"))
        }
        1 => format!("one value of `{name}` is too few for its {noun}"),
        _ if summary.constant => format!("no {noun}: all values of `{name}` are equal"),
        n => format!("{} of `{name}` are too few for its {noun}", counted(n, "value")),
    }
}
