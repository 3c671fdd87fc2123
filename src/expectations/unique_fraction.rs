use super::aggregate::aggregate;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope, distinct_count};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value};

aggregate! {
/// The number of distinct values over the number of values lies in a range.
///
/// # Why
/// It is 1 for a key and near 0 for a category; a column of free text that slides towards 0 is
/// being filled from a list. Missing values are left out of both. The share has no standard error,
/// since it shrinks as rows are added; compare sides of similar size.
///
/// # Passes
/// ```yaml
/// columns:
///   title: {unique_fraction: {min: 0.6}}
/// ```
/// ```csv
/// title
/// sunny loft
/// quiet room
/// quiet room
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {unique_fraction: {max: 0.5}}
/// ```
/// ```csv
/// room
/// private
/// privat
/// private
/// ```
UniqueFraction of f64 {}
}

impl Expectation for UniqueFraction {
    const NAME: &'static str = "unique_fraction";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for UniqueFraction {
    fn subject(&self, context: &Context) -> String {
        format!("the share of distinct values of `{}`", context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (|_| true, "columns of every type")
    }

    fn domain(&self) -> Domain {
        Domain::SHARE
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![distinct_count::metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        distinct_count::number(context, answers, on, |distinct, examined| {
            Value::float(distinct as f64 / examined as f64)
        })
    }
}
