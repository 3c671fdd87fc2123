use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, margin_below};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::stats::mann_whitney::mann_whitney;
use crate::stats::planning::{Law, Planned};

/// A value of the column is as often above as below one of the reference (Mann-Whitney, Wilcoxon).
///
/// # Why
/// It compares ranks, so that neither outliers nor skewness disturb it: the test for a shift of
/// prices, durations and counts. It is a test of stochastic order, not of medians.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {mann_whitney: {}}
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
///   price: {mann_whitney: {}}
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
/// U with midranks. Small samples have the exact law given the ties, and so do larger ones of which
/// all but a few rows have one value; others the normal limit with corrections for ties and
/// continuity. Effect: A12 = P(data > reference) + P(equal)/2 with
/// Newcombe's pseudo-score interval; a `margin` is a distance of A12 from 1/2. `alternative:
/// greater` alarms only if the data tend to be larger.
///
/// # Assumptions
/// Independent rows. Equal medians with unequal spreads raise more alarms than alpha (14 % at a
/// nominal 5 %).
///
/// # Power
/// From the variance of U under the null hypothesis (Noether 1987).
///
/// # References
/// Mann and Whitney (1947), Annals of Mathematical Statistics 18, 50-60; Streitberg and Röhmel
/// (1986); Newcombe (2006), Statistics in Medicine 25, 543-573.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MannWhitney {
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for MannWhitney {
    const NAME: &'static str = "mann_whitney";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for MannWhitney {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.alternative.check(context)?;
        margin_below(context, 0.5, "a distance of A12 from 1/2")?;
        two_samples::ordered(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![two_samples::comparison(context)]
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        Some(Law::Order.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        two_samples::judge(context, answers, &self.alternative.design(context), mann_whitney)
    }
}
