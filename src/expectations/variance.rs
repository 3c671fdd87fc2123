use super::aggregate::aggregate;
use super::limits::Domain;
use super::moments::{self, Reading};
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::moments::Summary;
use crate::stats::standard_error;

aggregate! {
/// The variance of the column lies in a range, or near that of the reference.
///
/// # Why
/// The square of the standard deviation, where a bound is known on that scale: a part of a budget
/// of errors, the variance of a residual. n - 1 is below the fraction, and at least two values are
/// needed. The standard error of `vs_reference` is s² √(2/(n - 1) + g2/n), with the excess kurtosis
/// g2 of each side.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {variance: {min: 1, max: 2}}
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
///   price: {variance: {vs_reference: {relative: 0.5}}}
/// ```
/// ```csv
/// price
/// 10
/// 20
/// 30
/// 40
/// ```
/// ```csv reference
/// price
/// 1
/// 2
/// 3
/// 4
/// ```
Variance of f64 {
}
}

impl Expectation for Variance {
    const NAME: &'static str = "variance";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for Variance {
    fn subject(&self, context: &Context) -> String {
        format!("the variance of `{}`", context.name())
    }

    fn domain(&self) -> Domain {
        Domain::NOT_NEGATIVE
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![moments::metric(context, on, self.by_standard_errors())]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let metric = moments::metric(context, on, self.by_standard_errors());
        let reading = Reading {
            noun: "variance",
            value: |summary: &Summary| summary.variance,
            standard_error: standard_error::of_variance,
        };
        moments::number(context, answers, &metric, reading)
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}
