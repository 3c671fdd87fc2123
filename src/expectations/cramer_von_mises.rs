use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::stats::cramer_von_mises::two_sample;
use crate::stats::planning::{Law, Planned};
use crate::stats::shift_power::Whole;

/// The distribution of the column does not differ from the reference's (two-sample Cramér-von
/// Mises).
///
/// # Why
/// It adds up the squared gap between both distribution functions over all values, where `ks_test`
/// looks at the largest one only, and so sees broad and slight shifts better.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {cramer_von_mises: {}}
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
///   price: {cramer_von_mises: {}}
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
/// T in Anderson's form from midranks, in integers. Up to 40 values together the p-value is exact,
/// given the ties; beyond it comes from the limit law, matched in mean and variance. Of more values
/// with ties T is the mean squared gap over all values, with its limit law given the ties: midranks
/// would count how groups of equal values are split. Where all but a few rows have one value its
/// law is exact at any size. Effect: the largest gap D with its Dvoretzky-Kiefer-Wolfowitz
/// interval.
///
/// # Assumptions
/// Independent rows; at least two values on each side, not all equal.
///
/// # Power
/// The detectable D is that of a shift of normal values, from the limit law of the statistic.
///
/// # References
/// Anderson (1962), Annals of Mathematical Statistics 33, 1148-1159; Smirnov (1937).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CramerVonMises {}

impl Expectation for CramerVonMises {
    const NAME: &'static str = "cramer_von_mises";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for CramerVonMises {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare with a margin by `ks_test`")?;
        two_samples::ordered(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![two_samples::comparison(context)]
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        Some(Law::Whole(Whole::CramerVonMises).two_sided())
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        two_samples::judge(context, answers, &context.design, two_sample)
    }
}
