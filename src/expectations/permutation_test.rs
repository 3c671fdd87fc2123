use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, no_margin};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, resamples, two_samples};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::stats::planning::{Law, Planned};
use crate::stats::resampling::{Resampling, means, quantiles};

/// The mean, the median or any quantile of the column does not differ from the reference's
/// (permutation test).
///
/// # Why
/// A p-value without any assumption about the form of the values: for small samples, for skewed
/// ones, and for the quantile that a contract names.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {permutation_test: {}}
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
///   price: {permutation_test: {statistic: quantile, p: 0.9}}
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
/// The difference of the statistics among relabellings of the pooled rows: all of them where they
/// are few (means only), else (hits + 1) / (resamples + 1) of random ones; relabellings with the
/// same difference of quantiles are told apart by their sums. The same `seed` gives the same
/// p-value. Effect: the difference, data less reference, in the unit of the column, with Welch's
/// interval for means and a distribution-free one for quantiles.
///
/// # Assumptions
/// Rows that could be exchanged: the null hypothesis is one distribution on both sides, so that an
/// equal mean with an unequal spread may alarm. At least two finite values on each side.
///
/// # Power
/// Means: as for Welch's test. Quantiles: from the normal law, the standard error read off the
/// pooled values around the quantile.
///
/// # References
/// Phipson and Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9, 39.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PermutationTest {
    /// What to compare: `mean`, `median` or `quantile`.
    #[serde(default)]
    statistic: Statistic,
    /// The probability of the quantile.
    p: Option<f64>,
    /// The seed of the random relabellings.
    #[serde(default)]
    seed: u64,
    /// How many relabellings; the smallest p-value is one over one more.
    #[serde(default = "resamples::default")]
    resamples: u64,
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for PermutationTest {
    const NAME: &'static str = "permutation_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

/// What a permutation test compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Statistic {
    #[default]
    Mean,
    Median,
    Quantile,
}

impl PermutationTest {
    /// The probability of the quantile; `None` for the mean.
    fn probability(&self) -> Result<Option<f64>, Mistake> {
        match (self.statistic, self.p) {
            (Statistic::Mean, None) => Ok(None),
            (Statistic::Median, None) => Ok(Some(0.5)),
            (Statistic::Quantile, Some(p)) if (0.0..=1.0).contains(&p) => Ok(Some(p)),
            (Statistic::Quantile, Some(_)) => Err(Mistake::new("`p` is not in [0, 1]").of("p")),
            (Statistic::Quantile, None) => Err(Mistake::new("a quantile needs its `p`")),
            _ => Err(Mistake::new("`p` belongs to `statistic: quantile`").of("p")),
        }
    }
}

impl Expect for PermutationTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare means with a margin by `t_test`")?;
        resamples::check(self.resamples)?;
        self.probability()?;
        two_samples::numbers(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        [Side::Data, Side::Reference].map(|on| two_samples::values(context, on)).to_vec()
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        let law = match self.probability().ok()? {
            None => Law::Means,
            Some(p) if p > 0.0 && p < 1.0 => Law::Quantiles { p },
            Some(_) => return None,
        };
        Some(law.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let [data, reference] = two_samples::both(context, answers)?;
        let sides = [data.sorted.as_slice(), reference.sorted.as_slice()];
        let resampling = Resampling { seed: self.seed, resamples: self.resamples };
        let design = self.alternative.design(context);
        let probability = self.probability();
        let (noun, result) = match probability {
            Ok(None) => ("mean".to_owned(), means(sides, resampling, &design)),
            Ok(Some(p)) => (format!("{p} quantile"), quantiles(sides, p, resampling, &design)),
            Err(mistake) => return Err(Unmeasured::NotComputable(mistake.message)),
        };
        let subject = format!("the {noun} of `{}`", context.name());
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([data.missing, reference.missing]).towards(design.tail))
    }
}
