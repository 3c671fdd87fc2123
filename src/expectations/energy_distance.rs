use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, resamples, two_samples};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::planning::{Law, Planned};
use crate::stats::resampling::{Resampling, energy};
use crate::stats::shift_power::Whole;

/// The distribution of the column does not differ from the reference's (energy distance, by
/// permutation).
///
/// # Why
/// It sees any difference of two distributions in the unit of the values, and weighs far values by
/// how far they are; its p-value needs no limit law and is right with ties and small samples.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {energy_distance: {}}
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
///   price: {energy_distance: {}}
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
/// Twice the integral of the squared gap between both distribution functions; the p-value is the
/// share of random relabellings of the pooled rows that are at least as far apart, the observed one
/// counted among them. The same `seed` gives the same p-value. Effect: the largest gap D with its
/// Dvoretzky-Kiefer-Wolfowitz interval.
///
/// # Assumptions
/// Rows that could be exchanged; at least two finite values on each side. `resamples` must show
/// p-values as small as the suite decides at; with many tests write more.
///
/// # Power
/// The detectable D is that of a shift of normal values, from the limit law of the statistic.
///
/// # References
/// Székely and Rizzo (2004), InterStat 5; Phipson and Smyth (2010), Statistical Applications in
/// Genetics and Molecular Biology 9, 39.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnergyDistance {
    /// The seed of the random relabellings.
    #[serde(default)]
    seed: u64,
    /// How many relabellings; the smallest p-value is one over one more.
    #[serde(default = "resamples::default")]
    resamples: u64,
}

impl Expectation for EnergyDistance {
    const NAME: &'static str = "energy_distance";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for EnergyDistance {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare with a margin by `ks_test`")?;
        resamples::check(self.resamples)?;
        two_samples::numbers(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        let sides = [Side::Data, Side::Reference].map(|on| two_samples::values(context, on));
        [two_samples::comparison(context)].into_iter().chain(sides).collect()
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        Some(Law::Whole(Whole::Energy).two_sided())
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let [data, reference] = two_samples::both(context, answers)?;
        let resampling = Resampling { seed: self.seed, resamples: self.resamples };
        two_samples::judge(context, answers, &context.design, |both, design| {
            energy([&data.sorted, &reference.sorted], both, resampling, design)
        })
    }
}
