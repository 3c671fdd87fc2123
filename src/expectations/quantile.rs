use schemars::JsonSchema;
use serde::Deserialize;

use super::aggregate::aggregate;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope, tally, two_samples};
use crate::metric::{Answers, Float, Metric, Side, Type, Unmeasured};
use crate::prose;
use crate::stats::quantile::Definition;
use crate::stats::standard_error;

aggregate! {
/// A quantile of the column is this value, lies in a range, or near that of the reference.
///
/// # Why
/// Unlike the mean, a quantile does not move with a few outliers, and one of the tail does where
/// the mean hides it. `method` names one of Hyndman and Fan's nine definitions as NumPy does; the
/// default is `linear`, interpolation between the order statistics around (n - 1) p, their type 7.
/// Dates, times and durations have quantiles too, and a point between two ticks is rounded down.
/// Missing values are left out. The standard error of `vs_reference` is that of Woodruff (1952):
/// the distribution-free interval of 95 % over 3.92; numbers only.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {quantile: {p: 0.25, min: 1.75, max: 1.75}}
/// ```
/// ```csv
/// price
/// 1
/// 2
/// 3
/// 4
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {quantile: {p: 0.25, method: inverted_cdf, equal: 2}}
/// ```
/// ```csv
/// price
/// 1
/// 2
/// 3
/// 4
/// ```
Quantile of Literal, equal {
    /// The probability, in [0, 1].
    p: f64,
    /// The definition of a quantile between two values.
    #[serde(default)]
    method: Method,
}
}

/// The definitions of R. J. Hyndman and Y. Fan (1996) under their names in NumPy, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    InvertedCdf,
    AveragedInvertedCdf,
    ClosestObservation,
    InterpolatedInvertedCdf,
    Hazen,
    Weibull,
    #[default]
    Linear,
    MedianUnbiased,
    NormalUnbiased,
}

impl Method {
    fn definition(self) -> Definition {
        Definition::ALL[self as usize]
    }
}

impl Expectation for Quantile {
    const NAME: &'static str = "quantile";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl Quantile {
    fn asked(&self) -> Asked {
        let by_standard_errors = self.by_standard_errors();
        Asked { p: self.p, definition: self.method.definition(), by_standard_errors }
    }
}

impl NumberCheck for Quantile {
    fn subject(&self, context: &Context) -> String {
        format!("the {} quantile of `{}`", prose::number(self.p), context.name())
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        ACCEPTS
    }

    fn check_arguments(&self, _: &Context) -> Result<(), Mistake> {
        if (0.0..=1.0).contains(&self.p) {
            return Ok(());
        }
        let message = format!("`p` is {}, not in [0, 1]", prose::number(self.p));
        let help = "a probability, not a percentage: the median is `p: 0.5`";
        Err(Mistake::new(message).help(help).of("p"))
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

/// Columns whose values are points on a line.
pub const ACCEPTS: (fn(&Type) -> bool, &str) =
    (|kind| kind.is_number() || kind.is_temporal(), "numbers, dates, times and durations");

/// Which quantile, by which definition.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub p: f64,
    pub definition: Definition,
    /// Whether its standard error is asked for too, which needs all values.
    pub by_standard_errors: bool,
}

impl Asked {
    fn metric(self, context: &Context, on: Side) -> Metric {
        let (column, filter) = (context.name().to_owned(), context.filter());
        Metric::Quantile { on, column, p: Float(self.p), definition: self.definition, filter }
    }

    /// The questions to one side.
    pub fn metrics(self, context: &Context, on: Side) -> Vec<Metric> {
        let values = self.by_standard_errors.then(|| two_samples::values(context, on.clone()));
        let own = [self.metric(context, on.clone()), tally::present(context, on)];
        own.into_iter().chain(values).collect()
    }

    /// The quantile of one side.
    ///
    /// # Errors
    /// A question has no answer.
    pub fn number(
        self,
        context: &Context,
        answers: &Answers,
        on: Side,
    ) -> Result<Number, Unmeasured> {
        let there = *answers.counted(&tally::present(context, on.clone()))?;
        let value = answers.quantile(&self.metric(context, on.clone()))?;
        let standard_error = match self.by_standard_errors {
            true => {
                let values = answers.values(&two_samples::values(context, on))?;
                standard_error::of_quantile(&values.sorted, self.p)
            }
            false => None,
        };
        Ok(Number {
            rows: there.rows,
            nulls: there.violations,
            nans: 0,
            value: value.clone().ok_or_else(|| "there is no value".to_owned()),
            standard_error,
        })
    }
}
