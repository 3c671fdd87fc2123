use super::aggregate::aggregate;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Literal, Scope, moments};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::stats::standard_error;

aggregate! {
/// The sum of the column is this number, lies in a range, or near that of the reference.
///
/// # Why
/// A ledger that must balance, parts that must add up to a known total. Integers and decimals are
/// added in 128 bits without rounding, so that no sum wraps around or loses a cent; floats are
/// added exactly and rounded once. Missing values are left out, and a sum of no value at all is an
/// error instead of 0. The standard error of `vs_reference` is s √n of each side.
///
/// # Passes
/// ```yaml
/// columns:
///   amount: {sum: {equal: 0}}
/// ```
/// ```csv
/// amount
/// 250
/// -100
/// -150
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   amount: {sum: {min: 0, max: 100}}
/// ```
/// ```csv
/// amount
/// 9223372036854775807
/// 9223372036854775807
/// ```
Sum of Literal, equal {
}
}

impl Expectation for Sum {
    const NAME: &'static str = "sum";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

impl NumberCheck for Sum {
    fn subject(&self, context: &Context) -> String {
        format!("the sum of `{}`", context.name())
    }

    fn kind(&self, context: &Context) -> Type {
        context.kind().clone()
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![moments::metric(context, on, false)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let sampled = answers.moments(&moments::metric(context, on, false))?;
        let both = || format!("no sum: `{}` has infinite values of both signs", context.name());
        Ok(Number {
            rows: sampled.rows,
            nulls: sampled.nulls,
            nans: sampled.nans,
            value: sampled.sum.clone().ok_or_else(both),
            standard_error: standard_error::of_sum(&sampled.summary),
        })
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}
