use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::Alternative;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, mean, two_samples};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::prose::number;
use crate::stats::planning::{Law, Planned};
use crate::stats::z_test::{Sigmas, one_sample, two_sample};

/// The mean of the column does not differ from the reference's, or from a number, given the
/// standard deviation (z-test).
///
/// # Why
/// Where an instrument's error is known from its maker, the test need not estimate it and works
/// from the first value on. With an estimated deviation `t_test` is the right one: z raises 7 % of
/// false alarms at ten rows and a nominal 5 %.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {z_test: {sigma: 2}}
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
///   price: {z_test: {sigma: 2, mean: 12}}
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
///
/// # Method
/// z = (mean x - mean y) / (sigma sqrt(1/n + 1/m)), or the mean less `mean` over sigma / sqrt(n),
/// which needs no reference. Effect: the difference in units of `sigma`; a `margin` is on that
/// scale. `alternative: greater` alarms only if the mean of the data is larger.
///
/// # Assumptions
/// Independent rows; a standard deviation that is known, not measured on this data.
///
/// # Power
/// From the normal law.
///
/// # References
/// Casella and Berger (2002), Statistical Inference, 8.2.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ZTest {
    /// The known standard deviation of one value.
    sigma: f64,
    /// The mean to compare with, instead of the reference's.
    mean: Option<f64>,
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for ZTest {
    const NAME: &'static str = "z_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
}

impl Expect for ZTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.alternative.check(context)?;
        if !(self.sigma > 0.0 && self.sigma.is_finite()) {
            let message = format!("`sigma` is {}, no standard deviation", number(self.sigma));
            return Err(Mistake::new(message).of("sigma"));
        }
        if self.mean.is_some_and(|mean| !mean.is_finite()) {
            return Err(Mistake::new("`mean` is not a finite number").of("mean"));
        }
        match self.mean {
            Some(_) => context.accept(Type::is_number, "numbers"),
            None => two_samples::numbers(context),
        }
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        let sides = if self.mean.is_some() { 1 } else { 2 };
        let all = [Side::Data, Side::Reference].into_iter().take(sides);
        all.map(|on| mean::metric(context, on)).collect()
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        let law = if self.mean.is_some() { Law::KnownMean } else { Law::KnownMeans };
        Some(law.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let data = answers.moments(&mean::metric(context, Side::Data))?;
        let design = self.alternative.design(context);
        let subject = format!("the mean of `{}`", context.name());
        let missing = data.nulls + data.nans;
        if let Some(mean) = self.mean {
            let result = one_sample(&data.summary, mean, self.sigma, &design);
            let finding = Finding::test(two_samples::judged(result)?, subject);
            return Ok(finding.dropped([missing]).towards(design.tail).against(number(mean)));
        }
        let reference = answers.moments(&mean::metric(context, Side::Reference))?;
        let sigmas = Sigmas { x: self.sigma, y: self.sigma };
        let result = two_sample(&data.summary, &reference.summary, sigmas, 0.0, &design);
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([missing, reference.nulls + reference.nans]).towards(design.tail))
    }

    fn needs_reference(&self) -> bool {
        self.mean.is_none()
    }
}
