use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{self, Figures};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, mean};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::stats::continuous_distance::continuous_distance;
use crate::stats::pooled_noise;

/// The Wasserstein distance of the data from the reference is at most `max`.
///
/// # Why
/// How far a value has to move on average to turn one side into the other, in the unit of the
/// column: a `max` that a person can name. With `normalised: true` it is in standard deviations of
/// the reference, which compares columns.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {wasserstein: {max: 5}}
/// ```
/// ```csv
/// price
/// 2
/// 3
/// 4
/// 5
/// 6
/// ```
/// ```csv reference
/// price
/// 1
/// 2
/// 3
/// 4
/// 5
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {wasserstein: {max: 3, normalised: true}}
/// ```
/// ```csv
/// price
/// 101
/// 102
/// 103
/// 104
/// 105
/// ```
/// ```csv reference
/// price
/// 1
/// 2
/// 3
/// 4
/// 5
/// ```
///
/// # Method
/// The area between the two empirical distribution functions, computed exactly in one pass over the
/// sorted values.
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it. An infinite value has no distance.
///
/// # Power
/// When nothing changed, √(nm / (n + m)) times the distance follows the area under the absolute
/// Brownian bridge over the pooled distribution. Its mean is exact, √(2/π) times the integral of
/// √(H (1 - H)); its 95th percentile and the p-value come from 1000 seeded bridges.
///
/// # References
/// Vallender (1974), Theory of Probability and Its Applications 18, 784-786; del Barrio, Giné and
/// Matrán (1999), Annals of Probability 27, 1009-1071.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wasserstein {
    /// The largest distance that passes, in the unit of the column.
    max: f64,
    /// Measures in standard deviations of the reference instead.
    #[serde(default)]
    normalised: bool,
}

impl Expectation for Wasserstein {
    const NAME: &'static str = "wasserstein";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl Wasserstein {
    fn metric(context: &Context) -> Metric {
        Metric::Comparison { column: context.name().to_owned(), filter: context.filter() }
    }

    /// What a distance of 1 is, in the unit of the column.
    fn unit(&self, context: &Context, answers: &Answers) -> Result<f64, Unmeasured> {
        if !self.normalised {
            return Ok(1.0);
        }
        let reference = answers.moments(&mean::metric(context, Side::Reference))?;
        let sd = reference.sd.filter(|sd| *sd > 0.0 && !reference.constant);
        sd.ok_or_else(|| {
            let reason = format!("`{}` is constant in the reference", context.name());
            Unmeasured::NotComputable(reason)
        })
    }
}

impl Expect for Wasserstein {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        context.accept(Type::is_number, "numbers")?;
        context.accept_reference(Type::is_number, "numbers")?;
        apart::positive(self.max)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        let moments = self.normalised.then(|| mean::metric(context, Side::Reference));
        std::iter::once(Self::metric(context)).chain(moments).collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let both = answers.comparison(&Self::metric(context))?;
        super::two_samples::enough(both)?;
        let distance = continuous_distance(&both.comparison)
            .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))?;
        let unit = self.unit(context, answers)?;
        let noise = pooled_noise::of_area(&both.comparison);
        let figures = Figures {
            name: "wasserstein",
            value: distance.wasserstein / unit,
            noise_mean: noise.mean / unit,
            noise_p95: noise.p95 / unit,
            p: Some(noise.p),
        };
        let words = self.normalised.then_some("standard deviations");
        let mut finding = apart::told(context, "Wasserstein distance", words, self.max, &figures);
        finding.dropped = both.missing().to_vec();
        finding.chart = Some(super::two_samples::chart(both));
        Ok(finding)
    }
}
