use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{Between, DistanceCheck, Measure, distance_check};
use super::{Expectation, Kind, Scope};
use crate::stats::Undefined;
use crate::stats::distances::{self, Distance, Zeros};

/// The Kullback-Leibler divergence of the data from the reference is at most `max`.
///
/// # Why
/// It weighs what the data has and the reference lacks: a category that the reference has never
/// seen makes it infinite, and the verdict names it. The unit is part of the suite, since a
/// threshold in bits is 0.693 of one in nats.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {kl_divergence: {max: 0.2, unit: bits}}
/// ```
/// ```csv
/// room
/// a
/// b
/// a
/// b
/// a
/// ```
/// ```csv reference
/// room
/// a
/// b
/// a
/// b
/// b
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {kl_divergence: {max: 0.2, unit: nats}}
/// ```
/// ```csv
/// room
/// a
/// b
/// a
/// b
/// castle
/// ```
/// ```csv reference
/// room
/// a
/// b
/// a
/// b
/// a
/// ```
///
/// # Method
/// The sum of p ln(p/q) over categories, p the shares of the data, q those of the reference,
/// aligned by name, nothing smoothed unless `smoothing: add_half` adds half a count to each
/// category on both sides. Numbers and dates are cut at the reference's quantiles into `bins` (10).
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it.
///
/// # Power
/// Twice the divergence over (1/n + 1/m) follows chi-square with one degree of freedom less than
/// there are categories when nothing changed: that is the noise told in the verdict. Where some
/// category has fewer than 20 rows on a side, its mean and spread are those of the rows divided by
/// chance.
///
/// # References
/// Kullback and Leibler (1951), Annals of Mathematical Statistics 22, 79-86.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KlDivergence {
    /// The largest divergence that passes.
    max: f64,
    /// Bits (logarithm to base 2) or nats (natural logarithm).
    unit: Unit,
    /// What to do about a category that one side lacks.
    #[serde(default)]
    smoothing: Smoothing,
    /// Bins for numbers and dates.
    bins: Option<u32>,
}

/// The unit of an information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Bits,
    Nats,
}

/// What to do about categories that one side has not seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Smoothing {
    /// Nothing: the divergence is infinite.
    #[default]
    None,
    /// Half a count is added to every category on both sides.
    AddHalf,
}

impl Expectation for KlDivergence {
    const NAME: &'static str = "kl_divergence";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl DistanceCheck for KlDivergence {
    const BELOW_ONE: bool = false;

    fn measure(&self) -> Measure {
        let (unit, distance): (_, Between) = match (self.unit, self.smoothing) {
            (Unit::Nats, Smoothing::None) => ("nats", plain),
            (Unit::Nats, Smoothing::AddHalf) => ("nats", distances::kl),
            (Unit::Bits, Smoothing::None) => ("bits", |data, other| bits(plain(data, other))),
            (Unit::Bits, Smoothing::AddHalf) => {
                ("bits", |data, reference| bits(distances::kl(data, reference)))
            }
        };
        let (max, bins) = (self.max, self.bins);
        Measure { noun: "KL divergence", unit: Some(unit), max, bins, distance }
    }
}

distance_check!(KlDivergence);

fn plain(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distances::distance(distances::Measure::Kl, data, reference, Zeros::Keep)
}

/// The same in bits.
pub fn bits(nats: Result<Distance, Undefined>) -> Result<Distance, Undefined> {
    nats.map(|distance| distance.bits().unwrap_or(distance))
}
