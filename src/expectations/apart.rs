//! How every distance from the reference is judged: by its `max`, beside what noise alone gives.

use super::shares::{self, Shares};
use super::{Context, Finding, Mistake};
use crate::metric::{Answers, Unmeasured};
use crate::prose::{figure, names};
use crate::stats::Undefined;
use crate::stats::distances::Distance;
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
    if max == f64::INFINITY {
        return Err(Mistake::new(
            "no distance is larger than this `max`, so the check cannot fail",
        ));
    }
    if max.is_nan() || max <= 0.0 {
        return Err(Mistake::new(format!("`max` is {}, no distance is below it", figure(max)))
            .help(
                "the same distribution twice is apart by sampling noise; write a `max` above 0",
            ));
    }
    Ok(())
}

/// A distance between the counts of the data and those of the reference.
pub type Between = fn(&[u64], &[u64]) -> Result<Distance, Undefined>;

/// What to measure, and how it is spoken of.
pub struct Measure {
    /// "KL divergence".
    pub noun: &'static str,
    pub unit: Option<&'static str>,
    pub max: f64,
    pub bins: Option<u32>,
    pub distance: Between,
}

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
    let kept = distance.value <= measure.max;
    let mut finding = Finding::decided(kept, sentence(context, measure, &distance, kept))
        .observed(Observed::Number(distance.value));
    finding.rows = RowCounts {
        examined: Some(shares.data.iter().sum()),
        skipped: Some(shares.missing[0]),
        violations: None,
    };
    finding.warnings = warnings(measure, &distance, &shares, bins.is_some());
    finding.distance = Some(DistanceResult {
        name: distance.name,
        value: distance.value,
        unit: measure.unit,
        max: measure.max,
        noise_mean: distance.noise_mean,
        noise_p95: distance.noise_p95,
        p_value: distance.p.map(|p| p.value),
    });
    finding.chart = Some(shares.chart(bins.is_some()));
    Ok(finding)
}

fn sentence(context: &Context, measure: &Measure, distance: &Distance, kept: bool) -> String {
    let unit = measure.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
    let relation = if kept { "at most" } else { "more than" };
    format!(
        "the {} of `{}` from the reference is {}{unit}, {relation} {}{unit}; noise alone gives {}",
        measure.noun,
        context.name(),
        figure(distance.value),
        figure(measure.max),
        figure(distance.noise_mean),
    )
}

fn warnings(measure: &Measure, distance: &Distance, shares: &Shares, binned: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if measure.max < distance.noise_p95 {
        warnings.push(format!(
            "the threshold is below the noise: at these sizes chance alone exceeds {} in 5 % of \
             runs",
            figure(distance.noise_p95)
        ));
    }
    let [new, gone] = shares.unmatched();
    let sides = [("not in the reference", new), ("no longer in the data", gone)];
    for (what, labels) in sides.into_iter().filter(|(_, labels)| !binned && !labels.is_empty()) {
        warnings.push(format!("{what}: {}", names(labels, 10)));
    }
    warnings
}
