use super::aggregate::aggregate;
use super::distinct_count::{check_key, counted, key, metric, number};
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value};

aggregate! {
/// The number of distinct values over the number of values lies in a range.
///
/// # Why
/// It is 1 for a key and near 0 for a category; a column of free text that slides towards 0 is
/// being filled from a list. Under `table:` combinations of the named `columns` are counted, as in
/// `distinct_count`. Missing values are left out of both. The share has no standard error, since it
/// shrinks as rows are added; compare sides of similar size.
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
UniqueFraction of f64 {
    /// The columns whose combinations are counted, for a check of the table.
    columns: Option<Vec<String>>,
}
}

impl Expectation for UniqueFraction {
    const NAME: &'static str = "unique_fraction";
    const SCOPE: Scope = Scope::Both;
    const KIND: Kind = Kind::Aggregate;
}

impl UniqueFraction {
    fn metric(&self, context: &Context, on: Side) -> Metric {
        metric(key(context, &self.columns), context, on)
    }
}

impl NumberCheck for UniqueFraction {
    fn subject(&self, context: &Context) -> String {
        format!("the share of distinct {}", counted(&key(context, &self.columns)))
    }

    fn check_arguments(&self, context: &Context) -> Result<(), Mistake> {
        check_key("unique_fraction", context, &self.columns)
    }

    fn material(&self, context: &Context) -> String {
        counted(&key(context, &self.columns))
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone().unwrap_or_default()
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (|_| true, "columns of every type")
    }

    fn domain(&self) -> Domain {
        Domain::SHARE
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![self.metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        number(&self.metric(context, on), answers, |distinct, examined| {
            Value::float(distinct as f64 / examined as f64)
        })
    }
}
