use super::aggregate::aggregate;
use super::moments::{self, Reading};
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::moments::Summary;
use crate::stats::standard_error;

aggregate! {
/// The arithmetic mean of the column lies in a range, or near that of the reference.
///
/// # Why
/// A unit that changed (dollars to cents) moves the mean long before a single value looks wrong.
/// The sum is exact and rounded once, so that the order of rows and the number of threads change
/// nothing. Missing values are left out; infinite ones have no mean and make the check an error.
/// The standard error of `vs_reference` is that of two independent samples, the root of s²/n of
/// both sides.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {mean: {min: 15, max: 25, vs_reference: {absolute: 2}}}
/// ```
/// ```csv
/// price
/// 10
/// 30
/// ```
/// ```csv reference
/// price
/// 17
/// 21
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
Mean of f64 {
}
}

impl Expectation for Mean {
    const NAME: &'static str = "mean";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for Mean {
    fn subject(&self, context: &Context) -> String {
        format!("the mean of `{}`", context.name())
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![moments::metric(context, on, false)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let metric = moments::metric(context, on, false);
        let reading = Reading {
            noun: "mean",
            value: |summary: &Summary| summary.mean,
            standard_error: standard_error::of_mean,
        };
        moments::number(context, answers, &metric, reading)
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}

/// The question for the moments of the check's column.
pub fn metric(context: &Context, on: Side) -> Metric {
    moments::metric(context, on, false)
}
