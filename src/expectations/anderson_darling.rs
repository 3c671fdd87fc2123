use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::stats::anderson_darling::two_sample;
use crate::stats::planning::{Law, Planned};
use crate::stats::shift_power::Whole;

/// The distribution of the column does not differ from the reference's (two-sample Anderson-
/// Darling).
///
/// # Why
/// It weighs gaps in the tails as heavily as those in the middle: the test to choose where the
/// extremes matter.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {anderson_darling: {}}
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
///   price: {anderson_darling: {}}
/// ```
/// ```csv
/// price
/// 110
/// 112
/// 114
/// 111
/// 113
/// 115
/// 109
/// 112
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
/// # Method
/// Scholz and Stephens' A² with midranks. Its p-value comes from the limit law of the standardised
/// statistic, which has no smallest value, and not from the published table, which ends at 0.001;
/// with ties from the limit law given the ties. Of few values (the product of both sizes is at most
/// 2500) it is that of all assignments of rows to sides, to a hundredth of itself; where these are
/// few, or all but a few rows have one value, it is exact. Effect: the largest gap D with its
/// Dvoretzky-Kiefer-Wolfowitz interval.
///
/// # Assumptions
/// Independent rows; at least five values on each side, not all equal.
///
/// # Power
/// The detectable D is that of a shift of normal values, from the limit law of the statistic.
///
/// # References
/// Scholz and Stephens (1987), Journal of the American Statistical Association 82, 918-924;
/// Anderson and Darling (1952), Annals of Mathematical Statistics 23, 193-212.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AndersonDarling {}

impl Expectation for AndersonDarling {
    const NAME: &'static str = "anderson_darling";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for AndersonDarling {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare with a margin by `ks_test`")?;
        two_samples::ordered(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![two_samples::comparison(context)]
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        Some(Law::Whole(Whole::AndersonDarling).two_sided())
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        two_samples::judge(context, answers, &context.design, two_sample)
    }
}
