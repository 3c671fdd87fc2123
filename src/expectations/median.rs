use super::aggregate::aggregate;
use super::number::{Number, NumberCheck};
use super::quantile::{ACCEPTS, Asked};
use super::{Context, Expectation, Kind, Literal, Scope};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::stats::quantile::Definition;

aggregate! {
/// The median of the column is this value, lies in a range, or near that of the reference.
///
/// # Why
/// Half of the values lie below it, whatever the rest do: a few wild values leave it where it is.
/// Of an even number of values it is the mean of the middle two. Dates, times and durations have a
/// median too. Missing values are left out. The standard error of `vs_reference` is that of
/// Woodruff (1952): the distribution-free interval of 95 % over 3.92; numbers only.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {median: 2.5}
///   day: {median: {min: 2024-01-01, vs_reference: {absolute: 7d}}}
/// ```
/// ```csv
/// price,day
/// 1,2024-01-01
/// 2,2024-01-02
/// 3,2024-01-03
/// 400,2031-01-01
/// ```
/// ```csv reference
/// price,day
/// 2,2023-12-31
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {median: {max: 2}}
/// ```
/// ```csv
/// price
/// 1
/// 3
/// 4
/// ```
Median of Literal, equal {}
}

impl Expectation for Median {
    const NAME: &'static str = "median";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

impl Median {
    fn asked(&self) -> Asked {
        let by_standard_errors = self.by_standard_errors();
        Asked { p: 0.5, definition: Definition::Type7, by_standard_errors }
    }
}

impl NumberCheck for Median {
    fn subject(&self, context: &Context) -> String {
        format!("the median of `{}`", context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        ACCEPTS
    }

    fn kind(&self, context: &Context) -> Type {
        context.kind().clone()
    }

    fn is_cell(&self) -> bool {
        true
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        self.asked().metrics(context, on)
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        self.asked().number(context, answers, on)
    }

    fn has_standard_error(&self) -> bool {
        true
    }
}
