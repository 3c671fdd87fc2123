use super::aggregate::aggregate;
use super::fraction;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Predicate, Side, Type, Unmeasured, Value};

aggregate! {
/// The share of values that are zero lies in a range, or near that of the reference.
///
/// # Why
/// Zeros stand in for values that nobody measured, and no range check that allows zero sees them
/// spread. The share is a fraction of the values that are not missing. The standard error of
/// `vs_reference` is that of a share, √(p (1 - p) / n) of each side.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {zero_fraction: {max: 0.25}}
/// ```
/// ```csv
/// price
/// 0
/// 10
/// 20
/// 30
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {zero_fraction: {max: 0.25, strict: true}}
/// ```
/// ```csv
/// price
/// 0
/// 10
/// 20
/// 30
/// ```
ZeroFraction of f64 {}
}

impl Expectation for ZeroFraction {
    const NAME: &'static str = "zero_fraction";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for ZeroFraction {
    fn subject(&self, context: &Context) -> String {
        format!("the share of zeros in `{}`", context.name())
    }

    fn domain(&self) -> Domain {
        Domain::SHARE
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![fraction::metric(context, on, zero(context))]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        fraction::number(answers, &fraction::metric(context, on, zero(context)), fraction::kept)
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}

fn zero(context: &Context) -> Predicate {
    let (column, values) = (context.name().to_owned(), vec![zero_of(context)]);
    Predicate::OneOf { column, values, negated: false }
}

/// Zero as the column holds it.
pub fn zero_of(context: &Context) -> Value {
    match context.kind() {
        Type::Decimal { .. } => Value::Decimal { unscaled: 0, scale: 0 },
        _ => Value::Int(0),
    }
}
