use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{self, Figures};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Float, Metric, Side, Type, Unmeasured, Value};
use crate::prose::number;
use crate::stats::pooled_noise;
use crate::stats::quantile::Definition;

/// A quantile of the column lies at most `max` away from the reference's.
///
/// # Why
/// The median, or the 99th percentile that a service promises, says more than the mean of a skewed
/// column. With `relative: true` the shift is in interquartile ranges of the reference.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {quantile_shift: {p: 0.5, max: 5}}
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
///   price: {quantile_shift: {p: 0.5, max: 3, relative: true}}
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
/// The size of the difference of both quantiles, each by linear interpolation (type 7).
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it.
///
/// # Power
/// The noise told in the verdict is that of two samples of these sizes from the pooled
/// distribution: 1000 seeded pairs of ranks, normal around `p`, read off its curve.
///
/// # References
/// Hyndman and Fan (1996), American Statistician 50, 361-365; David and Nagaraja (2003), Order
/// Statistics, section 10.2.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantileShift {
    /// Which quantile, in (0, 1): the median is 0.5.
    p: f64,
    /// The largest shift that passes, in the unit of the column.
    max: f64,
    /// Measures in interquartile ranges of the reference instead.
    #[serde(default)]
    relative: bool,
}

impl Expectation for QuantileShift {
    const NAME: &'static str = "quantile_shift";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl QuantileShift {
    /// What a shift of 1 is, in the unit of the column.
    fn unit(&self, context: &Context, answers: &Answers) -> Result<f64, Unmeasured> {
        if !self.relative {
            return Ok(1.0);
        }
        let [low, high] = [0.25, 0.75].map(|p| quantile(context, answers, Side::Reference, p));
        let range = high? - low?;
        if range > 0.0 && range.is_finite() {
            return Ok(range);
        }
        let reason = format!("the quartiles of `{}` are equal in the reference", context.name());
        Err(Unmeasured::NotComputable(reason))
    }
}

fn metric(context: &Context, on: Side, p: f64) -> Metric {
    let (column, filter) = (context.name().to_owned(), context.filter());
    Metric::Quantile { on, column, p: Float(p), definition: Definition::Type7, filter }
}

fn quantile(context: &Context, answers: &Answers, on: Side, p: f64) -> Result<f64, Unmeasured> {
    let answer = answers.quantile(&metric(context, on.clone(), p))?;
    answer.as_ref().and_then(Value::as_f64).ok_or_else(|| {
        let reason = format!("`{}` has no values in the {on}", context.name());
        Unmeasured::NotComputable(reason)
    })
}

impl Expect for QuantileShift {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        context.accept(Type::is_number, "numbers")?;
        context.accept_reference(Type::is_number, "numbers")?;
        if !(self.p > 0.0 && self.p < 1.0) {
            return Err(Mistake::new(format!("`p` is {}, not in (0, 1)", number(self.p)))
                .help("a probability, not a percentage: the median is `p: 0.5`"));
        }
        apart::positive(self.max)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        let mut asked = vec![
            two_samples::gaps(context),
            metric(context, Side::Data, self.p),
            metric(context, Side::Reference, self.p),
        ];
        if self.relative {
            asked.extend([0.25, 0.75].map(|p| metric(context, Side::Reference, p)));
        }
        asked
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let data = quantile(context, answers, Side::Data, self.p)?;
        let reference = quantile(context, answers, Side::Reference, self.p)?;
        let shift = if data == reference { 0.0 } else { (data - reference).abs() };
        let both = answers.gaps(&two_samples::gaps(context))?;
        super::two_samples::enough(both)?;
        let unit = self.unit(context, answers)?;
        let noise = pooled_noise::of_quantile(&both.comparison, self.p, shift);
        let figures = Figures {
            name: "quantile_shift",
            value: shift / unit,
            noise_mean: noise.mean / unit,
            noise_p95: noise.p95 / unit,
            p: Some(noise.p),
        };
        let noun = format!("shift of the {} quantile", number(self.p));
        let words = self.relative.then_some("interquartile ranges");
        let mut finding = apart::told(context, &noun, words, self.max, &figures);
        finding.dropped = both.missing().to_vec();
        finding.chart = Some(two_samples::chart(both));
        Ok(finding)
    }
}
