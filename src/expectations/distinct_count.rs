use super::aggregate::aggregate;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value};

aggregate! {
/// The column has this number of distinct values.
///
/// # Why
/// A catalogue that lost a country, a code that split in two: the number of categories says so
/// before anybody lists them. Missing values are none of them; -0.0 and 0.0 are one. The question
/// is shared with `unique` on the same column. A number of distinct values has no standard error.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {distinct_count: 2}
/// ```
/// ```csv
/// id,room
/// 1,private
/// 2,shared
/// 3,private
/// 4,
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {distinct_count: {min: 2, max: 4}}
/// ```
/// ```csv
/// room
/// private
/// private
/// ```
DistinctCount of u64, equal {}
}

impl Expectation for DistinctCount {
    const NAME: &'static str = "distinct_count";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

/// The question how many different values there are.
pub fn metric(context: &Context, on: Side) -> Metric {
    let columns = vec![context.name().to_owned()];
    Metric::Duplicates { on, columns, filter: context.filter() }
}

/// A number out of the answer.
///
/// # Errors
/// The question has no answer.
pub fn number(
    context: &Context,
    answers: &Answers,
    on: Side,
    value: fn(u64, u64) -> Value,
) -> Result<Number, Unmeasured> {
    let found = answers.duplicates(&metric(context, on))?;
    Ok(Number {
        rows: found.rows,
        nulls: found.skipped,
        nans: 0,
        value: Ok(value(found.distinct, found.examined)),
        standard_error: None,
    })
}

impl NumberCheck for DistinctCount {
    fn subject(&self, context: &Context) -> String {
        format!("the number of distinct values of `{}`", context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (|_| true, "columns of every type")
    }

    fn kind(&self, _: &Context) -> Type {
        Type::Integer { bits: 64, signed: false }
    }

    fn domain(&self) -> Domain {
        Domain::COUNT
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        number(context, answers, on, |distinct, _| Value::Int(distinct.into()))
    }
}
