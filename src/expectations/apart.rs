//! How every distance from the reference is judged: by its `max`, beside what noise alone gives.

use super::shares::{self, Shares};
use super::{Context, Finding, Mistake};
use crate::metric::{Answers, Unmeasured};
use crate::prose::{figure, names};
use crate::stats::distances::Distance;
use crate::stats::{PValue, Undefined};
use crate::verdict::{DistanceResult, Observed, RowCounts};

/// Refuses columns that have no shares, and a `max` that every pair of samples keeps or breaks.
pub fn check(context: &Context, max: f64, bins: Option<u32>) -> Result<(), Mistake> {
    let accepts = |kind: &crate::metric::Type| {
        kind.is_number() || kind.is_temporal() || shares::is_categorical(kind)
    };
    let accepted = "text, booleans, numbers, dates and times";
    context.accept(accepts, accepted)?;
    context.accept_reference(accepts, accepted)?;
    if shares::bins_of(context, bins).is_none() && bins.is_some() {
        return Err(Mistake::new("`bins` has no meaning for categories")
            .help("leave it out: each value is a category of its own"));
    }
    if bins.is_some_and(|bins| !(2..=1000).contains(&bins)) {
        return Err(Mistake::new("`bins` is not in [2, 1000]"));
    }
    positive(max)
}

/// Refuses a `max` that no pair of samples keeps.
pub fn positive(max: f64) -> Result<(), Mistake> {
    if max == f64::INFINITY {
        return Err(Mistake::new(
            "no distance is larger than this `max`, so the check cannot fail",
        ));
    }
    if max.is_nan() || max <= 0.0 {
        return Err(Mistake::new(format!("`max` is {}, no distance is below it", figure(max)))
            .of("max")
            .help(
                "the same distribution twice is apart by sampling noise; write a `max` above 0",
            ));
    }
    Ok(())
}

/// A distance between the counts of the data and those of the reference.
pub type Between = fn(&[u64], &[u64]) -> Result<Distance, Undefined>;

/// Refuses a `max` that every pair of samples keeps: the distance is never above 1.
pub fn below_one(max: f64) -> Result<(), Mistake> {
    if max >= 1.0 {
        return Err(Mistake::new("`max` is 1 or more, and no distance is larger than 1"));
    }
    Ok(())
}

/// What to measure, and how it is spoken of.
pub struct Measure {
    /// "KL divergence".
    pub noun: &'static str,
    pub unit: Option<&'static str>,
    pub max: f64,
    pub bins: Option<u32>,
    pub distance: Between,
}

/// A distance from the reference between shares: each is nothing but its words and its formula.
///
/// [`distance_check`] makes an [`super::Expect`] of it.
pub trait DistanceCheck {
    /// What to measure, and how it is spoken of.
    fn measure(&self) -> Measure;

    /// Whether the distance is never above 1, so that a larger `max` could not fail.
    const BELOW_ONE: bool;
}

/// Judges a [`DistanceCheck`] like every other.
macro_rules! distance_check {
    ($check:ty) => {
        impl crate::expectations::Expect for $check {
            fn check(
                &self,
                context: &crate::expectations::Context,
            ) -> Result<(), crate::expectations::Mistake> {
                use crate::expectations::apart::{self, DistanceCheck};
                let measure = self.measure();
                if Self::BELOW_ONE {
                    apart::below_one(measure.max)?;
                }
                apart::check(context, measure.max, measure.bins)
            }

            fn metrics(
                &self,
                context: &crate::expectations::Context,
            ) -> Vec<crate::metric::Metric> {
                use crate::expectations::{apart::DistanceCheck, shares};
                shares::metrics(context, shares::bins_of(context, self.measure().bins))
            }

            fn judge(
                &self,
                context: &crate::expectations::Context,
                answers: &crate::metric::Answers,
            ) -> Result<crate::expectations::Finding, crate::metric::Unmeasured> {
                use crate::expectations::apart::{self, DistanceCheck};
                apart::judge(context, answers, &self.measure())
            }
        }
    };
}

pub(super) use distance_check;

/// Judges a distance by its `max`.
///
/// # Errors
/// A side cannot be counted, or the distance does not exist.
pub fn judge(
    context: &Context,
    answers: &Answers,
    measure: &Measure,
) -> Result<Finding, Unmeasured> {
    let bins = shares::bins_of(context, measure.bins);
    let shares = shares::of(context, answers, bins)?;
    let distance = (measure.distance)(&shares.data, &shares.reference)
        .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))?;
    let figures = Figures {
        name: distance.name,
        value: distance.value,
        noise_mean: distance.noise_mean,
        noise_p95: distance.noise_p95,
        p: distance.p,
    };
    let mut finding = told(context, measure.noun, measure.unit, measure.max, &figures);
    finding.rows = RowCounts {
        examined: Some(shares.data.iter().sum()),
        skipped: Some(shares.missing[0]),
        violations: None,
    };
    finding.warnings.extend(unmatched(&shares, bins.is_some()));
    finding.chart = Some(shares.chart(bins.is_some()));
    Ok(finding)
}

/// A distance and what noise alone gives at these sizes.
pub struct Figures {
    /// The field's name of the distance.
    pub name: &'static str,
    pub value: f64,
    pub noise_mean: f64,
    pub noise_p95: f64,
    pub p: Option<PValue>,
}

/// The finding on a distance, whatever it was computed from.
pub fn told(
    context: &Context,
    noun: &str,
    unit: Option<&'static str>,
    max: f64,
    figures: &Figures,
) -> Finding {
    let kept = figures.value <= max;
    let relation = if kept { "at most" } else { "more than" };
    let in_unit = unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    let message = format!(
        "the {noun} of `{}` from the reference is {}{in_unit}, {relation} {}{in_unit}; noise alone \
         gives {}",
        context.name(),
        figure(figures.value),
        figure(max),
        figure(figures.noise_mean),
    );
    let mut finding = Finding::decided(kept, message).observed(Observed::Number(figures.value));
    if max < figures.noise_p95 {
        finding.warnings.push(format!(
            "the threshold is below the noise: at these sizes chance alone exceeds {} in 5 % of \
             runs",
            figure(figures.noise_p95)
        ));
    }
    finding.distance = Some(DistanceResult {
        name: figures.name,
        value: figures.value,
        unit,
        max,
        noise_mean: figures.noise_mean,
        noise_p95: figures.noise_p95,
        p_value: figures.p.map(|p| p.value),
    });
    finding
}

/// Categories that only one side has.
fn unmatched(shares: &Shares, binned: bool) -> Vec<String> {
    let [new, gone] = shares.unmatched();
    let sides = [("not in the reference", new), ("no longer in the data", gone)];
    sides
        .into_iter()
        .filter(|(_, labels)| !binned && !labels.is_empty())
        .map(|(what, labels)| format!("{what}: {}", names(labels, 10)))
        .collect()
}
