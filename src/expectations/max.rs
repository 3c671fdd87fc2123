use super::aggregate::aggregate;
use super::number::{Limited, Number, NumberCheck};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope, ends};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};

aggregate! {
/// The largest value of the column is this one, lies in a range, or near that of the reference.
///
/// # Why
/// One value beyond all others moves every mean after it, and a last day that does not move says
/// that nothing new arrived. `between` names the rows; this names the value, and can compare it
/// with the reference. Text has a largest value in the order of its bytes. Missing values are left
/// out. A largest value has no standard error, since its law is that of a tail.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {max: {max: 5}}
///   day: {max: {vs_reference: {absolute: 2d}}}
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
///   price: {max: {max: 3, strict: true}}
/// ```
/// ```csv
/// price
/// 0
/// 3
/// ```
Max of Literal, equal {}
}

impl Expectation for Max {
    const NAME: &'static str = "max";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

impl NumberCheck for Max {
    fn subject(&self, context: &Context) -> String {
        format!("the largest value of `{}`", context.name())
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
        ends::number(context, answers, on, |ends| &ends.1)
    }
}
