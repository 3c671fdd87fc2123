use super::aggregate::aggregate;
use super::number::{Limited, Number, NumberCheck};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope, ends};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};

aggregate! {
/// The smallest value of the column is this one, lies in a range, or near that of the reference.
///
/// # Why
/// One value below zero, or one date of 1900, is a fault of a typist or a default of a system that
/// nobody set. `between` names the rows; this names the value, and can compare it with the
/// reference. Text has a smallest value in the order of its bytes. Missing values are left out.
/// A smallest value has no standard error, since its law is that of a tail.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {min: {min: 1}}
///   day: {min: 2024-01-01}
/// ```
/// ```csv
/// price,day
/// 1,2024-01-01
/// 5,2024-02-29
/// ```
/// ```csv reference
/// price,day
/// 2,2024-02-28
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {min: {min: 0, strict: true}}
/// ```
/// ```csv
/// price
/// 0
/// 3
/// ```
Min of Literal, equal {}
}

impl Expectation for Min {
    const NAME: &'static str = "min";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

impl NumberCheck for Min {
    fn subject(&self, context: &Context) -> String {
        format!("the smallest value of `{}`", context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        ends::ACCEPTS
    }

    fn check_arguments(&self, context: &Context) -> Result<(), Mistake> {
        ends::undated(context, &self.limits())
    }

    fn kind(&self, context: &Context) -> Type {
        context.kind().clone()
    }

    fn is_cell(&self) -> bool {
        true
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![ends::metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        ends::number(context, answers, on, |ends| &ends.0)
    }
}
