use super::aggregate::aggregate;
use super::fraction;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope, zero_fraction};
use crate::metric::{Answers, Bound, BoundValue, Metric, Predicate, Side, Unmeasured};

aggregate! {
/// The share of values below zero lies in a range, or near that of the reference.
///
/// # Why
/// Refunds among sales, losses among returns: some negative values are right, and twice as many as
/// ever are a sign that was turned. The share is a fraction of the values that are not missing;
/// zero is not negative, and neither is -0.0. The standard error of `vs_reference` is that of a
/// share, √(p (1 - p) / n) of each side.
///
/// # Passes
/// ```yaml
/// columns:
///   amount: {negative_fraction: {min: 0.1, max: 0.25, vs_reference: {absolute: 0.1}}}
/// ```
/// ```csv
/// amount
/// -5
/// 10
/// 20
/// 30
/// ```
/// ```csv reference
/// amount
/// -5
/// 10
/// 20
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   amount: {negative_fraction: {max: 0.25}}
/// ```
/// ```csv
/// amount
/// -5
/// -10
/// 0
/// 30
/// ```
NegativeFraction of f64 {}
}

impl Expectation for NegativeFraction {
    const NAME: &'static str = "negative_fraction";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for NegativeFraction {
    fn subject(&self, context: &Context) -> String {
        format!("the share of negative values in `{}`", context.name())
    }

    fn domain(&self) -> Domain {
        Domain::SHARE
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![fraction::metric(context, on, below_zero(context))]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        fraction::number(
            answers,
            &fraction::metric(context, on, below_zero(context)),
            fraction::kept,
        )
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}

fn below_zero(context: &Context) -> Predicate {
    let value = BoundValue::Value(zero_fraction::zero_of(context));
    let max = Some(Bound { value, strict: true });
    Predicate::Within { column: context.name().to_owned(), min: None, max, negated: false }
}
