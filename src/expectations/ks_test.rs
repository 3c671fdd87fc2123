use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, margin_below};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::stats::ks_test::two_sample;
use crate::stats::planning::Law;
use crate::stats::{Design, Tail};

/// The distribution of the column does not differ from the reference's (two-sample
/// Kolmogorov-Smirnov).
///
/// # Why
/// It sees a shift, a spread and a change of shape alike, without assuming any form. Both sides are
/// samples.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {ks_test: {}}
/// ```
/// ```csv
/// price
/// 10
/// 12
/// 14
/// 11
/// 13
/// ```
/// ```csv reference
/// price
/// 11
/// 13
/// 12
/// 14
/// 10
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {ks_test: {}}
/// ```
/// ```csv
/// price
/// 110
/// 112
/// 114
/// 111
/// 113
/// ```
/// ```csv reference
/// price
/// 11
/// 13
/// 12
/// 14
/// 10
/// ```
///
/// # Method
/// D is the largest gap between the two empirical distribution functions, from integers. Its
/// p-value comes from the exact law, given the ties, while that is affordable, and from the
/// asymptotic law beyond; the report says which. Effect: D with the Dvoretzky-Kiefer-Wolfowitz
/// interval; a `margin` is on that scale. `alternative: greater` alarms only if the data tend to be
/// larger, which is D-, where their distribution function lies below the reference's.
///
/// # Assumptions
/// Independent rows; at least five values on each side. Ties are taken into account.
///
/// # Power
/// The detectable D is a bound that holds wherever the difference lies.
///
/// # References
/// Smirnov (1939); Hodges (1958), Arkiv för Matematik 3, 469-486; Schröer and Trenkler (1995),
/// Computational Statistics and Data Analysis 20, 185-202; Viehmann (2021), arXiv:2102.08037;
/// Massart (1990), Annals of Probability 18, 1269-1283.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KsTest {
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for KsTest {
    const NAME: &'static str = "ks_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for KsTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.alternative.check(context)?;
        margin_below(context, 1.0, "a distance D")?;
        two_samples::ordered(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![two_samples::gaps(context)]
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Law> {
        Some(Law::Distance)
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let design = self.alternative.design(context);
        two_samples::judge_gaps(context, answers, &design, |both, design| {
            // There the tail names the higher distribution function, which has the smaller values.
            let tail = match design.tail {
                Tail::TwoSided => Tail::TwoSided,
                Tail::Less => Tail::Greater,
                Tail::Greater => Tail::Less,
            };
            two_sample(both, &Design { tail, ..*design })
        })
    }
}
