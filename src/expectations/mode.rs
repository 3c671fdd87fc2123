use super::aggregate::aggregate;
use super::number::{Limited, Number, NumberCheck};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope, ends, frequencies};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::prose::counted;

aggregate! {
/// The most common value of the column is this one, lies in a range, or near that of the reference.
///
/// # Why
/// A default that a form fills in becomes the most common value, and so does the code for unknown.
/// Missing values are left out, even where they are the most. Several values that are equally
/// common leave the column without one mode, which is an error; `most_common_in` takes ties. A
/// mode has no standard error.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {mode: private}
///   beds: {mode: {min: 1, max: 2}}
/// ```
/// ```csv
/// room,beds
/// private,1
/// private,2
/// shared,2
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   year: {mode: {min: 1990}}
/// ```
/// ```csv
/// year
/// 1970
/// 1970
/// 2001
/// ```
Mode of Literal, equal {}
}

impl Expectation for Mode {
    const NAME: &'static str = "mode";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

impl NumberCheck for Mode {
    fn subject(&self, context: &Context) -> String {
        format!("the most common value of `{}`", context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (
            |kind| kind.is_ordered() || *kind == Type::Boolean,
            "numbers, dates, times, text and boolean",
        )
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
        vec![frequencies::metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        let found = answers.frequencies(&frequencies::metric(context, on))?;
        let value = match frequencies::most_common(found).as_slice() {
            [only] => Ok((*only).clone()),
            several => {
                let values = counted(several.len() as u64, "value");
                Err(format!("no mode: {values} of `{}` are equally common", context.name()))
            }
        };
        Ok(frequencies::number(found, value))
    }
}
