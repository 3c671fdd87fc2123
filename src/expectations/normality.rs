use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::f_test::shape;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::normality::of_sample;
use crate::stats::planning::{Law, Planned};

/// The values of the column look like a normal sample (D'Agostino-Pearson). It needs no reference.
///
/// # Why
/// Residuals, measurement errors and inputs of methods that assume a normal distribution. On many
/// rows a harmless deviation is certain to be seen: read the skewness and its interval as well.
///
/// # Passes
/// ```yaml
/// columns:
///   error: {normality: {}}
/// ```
/// ```csv
/// error
/// -20
/// -14
/// -11
/// -9
/// -7
/// -5
/// -4
/// -3
/// -2
/// -1
/// 0
/// 1
/// 2
/// 3
/// 4
/// 5
/// 7
/// 9
/// 11
/// 14
/// 20
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   error: {normality: {}}
/// ```
/// ```csv
/// error
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 1
/// 2
/// 2
/// 2
/// 2
/// 3
/// 3
/// 90
/// 400
/// 3000
/// ```
///
/// # Method
/// K², the sum of the squares of the transformed skewness and kurtosis, chi-square with two degrees
/// of freedom. Effect: the skewness, with the interval that a normal sample has.
///
/// # Assumptions
/// Independent rows; at least 20 finite values, not all equal. Below some hundred values slightly
/// more than alpha alarm.
///
/// # Power
/// The detectable skewness is that of gamma values, fitted to simulation.
///
/// # References
/// D'Agostino and Pearson (1973), Biometrika 60, 613-622; Anscombe and Glynn (1983), Biometrika 70,
/// 227-234.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Normality {}

impl Expectation for Normality {
    const NAME: &'static str = "normality";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for Normality {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "the interval of the skewness is in the report")?;
        context.accept(crate::metric::Type::is_number, "numbers")
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![two_samples::values(context, Side::Data)]
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        Some(Law::Skewness.two_sided())
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let data = answers.values(&two_samples::values(context, Side::Data))?;
        let result = of_sample(&shape(&data.sorted), &context.design);
        let subject = format!("the shape of `{}`", context.name());
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([data.missing]).against("a normal one"))
    }

    fn needs_reference(&self) -> bool {
        false
    }
}
