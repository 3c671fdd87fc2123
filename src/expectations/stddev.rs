use super::aggregate::aggregate;
use super::limits::Domain;
use super::moments::{self, Reading};
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::moments::Summary;
use crate::stats::standard_error;

aggregate! {
/// The standard deviation of the column lies in a range, or near that of the reference.
///
/// # Why
/// A column that suddenly hardly varies was filled with a default; one that varies more than ever
/// mixes two units. n - 1 is below the fraction, and at least two values are needed. The standard
/// error of `vs_reference` follows from the variance's by the delta method: half of it over s.
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
Stddev of f64 {
}
}

impl Expectation for Stddev {
    const NAME: &'static str = "stddev";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for Stddev {
    fn subject(&self, context: &Context) -> String {
        format!("the standard deviation of `{}`", context.name())
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
            noun: "standard deviation",
            value: |summary: &Summary| summary.sd,
            standard_error: standard_error::of_deviation,
        };
        moments::number(context, answers, &metric, reading)
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}
