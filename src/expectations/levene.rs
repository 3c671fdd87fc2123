use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, no_margin};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::levene::{Centre, two_sample};
use crate::stats::planning::{Law, Planned};

/// The spread of the column does not differ from the reference's (Levene, Brown-Forsythe).
///
/// # Why
/// A sensor that grows noisy or a field that is clipped changes the spread and leaves the mean.
/// This test holds its alpha for skewed and heavy-tailed values, which the F test does not.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {levene: {}}
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
///   price: {levene: {}}
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
/// Analysis of variance of the absolute deviations from each side's median (Brown-Forsythe, the
/// default) or mean (`center: mean`, Levene's original). Effect: the ratio of the mean absolute
/// deviations from the median, data over reference, with Bonett and Seier's interval. `alternative:
/// greater` alarms only if the data are spread more widely.
///
/// # Assumptions
/// Independent rows; finite values, not all deviations equal.
///
/// # Power
/// From the normal law of the mean deviations, with the spread that they have here; before the data
/// is read, that of normal values. Small samples lie closer to their own median, which is allowed
/// for.
///
/// # References
/// Levene (1960); Brown and Forsythe (1974), Journal of the American Statistical Association 69,
/// 364-367; Bonett and Seier (2003), American Statistician 57, 233-236.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Levene {
    /// The middle from which deviations are measured: `median` or `mean`.
    #[serde(default)]
    center: Center,
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for Levene {
    const NAME: &'static str = "levene";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

/// The middle of a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Center {
    #[default]
    Median,
    Mean,
}

impl Expect for Levene {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "the interval of the ratio is in the report")?;
        two_samples::numbers(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        [Side::Data, Side::Reference].map(|on| two_samples::values(context, on)).to_vec()
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        Some(Law::Deviations.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let [data, reference] = two_samples::both(context, answers)?;
        let centre = match self.center {
            Center::Median => Centre::Median,
            Center::Mean => Centre::Mean,
        };
        let design = self.alternative.design(context);
        let result = two_sample(&data.sorted, &reference.sorted, centre, &design);
        let subject = format!("the spread of `{}`", context.name());
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([data.missing, reference.missing]).towards(design.tail))
    }
}
