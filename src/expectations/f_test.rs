use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, no_margin};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::levene::variance_ratio;
use crate::stats::moments::{Moments, Summary};
use crate::stats::planning::{Law, Planned};

/// The variance of the column does not differ from the reference's (F test of two variances).
///
/// # Why
/// The strongest test of spread for normal values, and only for those: heavy tails raise four times
/// too many alarms, and the verdict warns where it sees them. `levene` is the test to use
/// otherwise.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {f_test: {}}
/// ```
/// ```csv
/// price
/// 10
/// 12
/// 14
/// 11
/// 13
/// 15
/// 9
/// 12
/// 11
/// 12
/// ```
/// ```csv reference
/// price
/// 11
/// 13
/// 12
/// 14
/// 10
/// 12
/// 13
/// 9
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {f_test: {alternative: greater}}
/// ```
/// ```csv
/// price
/// -90
/// 95
/// -60
/// 120
/// -150
/// 180
/// 10
/// 40
/// -33
/// 75
/// ```
/// ```csv reference
/// price
/// 10
/// 12
/// 14
/// 11
/// 13
/// 15
/// 9
/// 12
/// 11
/// 12
/// ```
///
/// # Method
/// F = s²x / s²y, two-sided by twice the smaller tail. Effect: the ratio itself with its interval.
/// `alternative: greater` alarms only if the data spread more.
///
/// # Assumptions
/// Independent rows of normal values: 19 % of runs alarm at a nominal 5 % on Student's t with 5
/// degrees of freedom. The verdict warns where values are not normal, and where rows are too few to
/// say so.
///
/// # Power
/// From the F law: the ratio that is shown with the suite's power.
///
/// # References
/// Snedecor and Cochran (1989), Statistical Methods; Box (1953), Biometrika 40, 318-335.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FTest {
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for FTest {
    const NAME: &'static str = "f_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for FTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "the interval of the ratio is in the report")?;
        two_samples::numbers(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        [Side::Data, Side::Reference].map(|on| two_samples::values(context, on)).to_vec()
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        Some(Law::Variances.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let [data, reference] = two_samples::both(context, answers)?;
        let design = self.alternative.design(context);
        let result = variance_ratio(&shape(&data.sorted), &shape(&reference.sorted), &design);
        let subject = format!("the variance of `{}`", context.name());
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([data.missing, reference.missing]).towards(design.tail))
    }
}

/// Moments with skewness and kurtosis.
pub fn shape(values: &[f64]) -> Summary {
    let mut moments = Moments::with_shape();
    moments.push_slice(values);
    moments.finish()
}
