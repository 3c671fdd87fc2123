use super::aggregate::aggregate;
use super::fraction;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Scope};
use crate::metric::{Answers, Metric, Predicate, Side, Type, Unmeasured};

aggregate! {
/// The share of rows without a value lies in a range, or near that of the reference.
///
/// # Why
/// A form that made a field optional, a join that finds fewer partners: the share of missing values
/// moves before any value does. Null and NaN are missing; the share is a fraction of all rows. The
/// standard error of `vs_reference` is that of a share, √(p (1 - p) / n) of each side.
///
/// # Passes
/// ```yaml
/// columns:
///   review: {null_fraction: {max: 0.5}}
/// ```
/// ```csv
/// id,review
/// 1,
/// 2,fine
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   review: {null_fraction: {vs_reference: {absolute: 0.1}}}
/// ```
/// ```csv
/// id,review
/// 1,
/// 2,fine
/// ```
/// ```csv reference
/// id,review
/// 1,good
/// 2,fine
/// ```
NullFraction of f64 {}
}

impl Expectation for NullFraction {
    const NAME: &'static str = "null_fraction";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl NumberCheck for NullFraction {
    fn subject(&self, context: &Context) -> String {
        format!("the share of missing values in `{}`", context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (|_| true, "columns of every type")
    }

    fn domain(&self) -> Domain {
        Domain::SHARE
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![fraction::metric(context, on, present(context))]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        fraction::number(
            answers,
            &fraction::metric(context, on, present(context)),
            fraction::broken,
        )
    }

    fn material(&self, _: &Context) -> String {
        "rows".to_owned()
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}

fn present(context: &Context) -> Predicate {
    Predicate::Present { column: context.name().to_owned() }
}
