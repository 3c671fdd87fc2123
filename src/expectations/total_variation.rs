use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{DistanceCheck, Measure, distance_check};
use super::{Expectation, Kind, Scope};
use crate::stats::distances;

/// The total variation of the data from the reference is at most `max`.
///
/// # Why
/// The share of rows that would have to change their category to turn one side into the other: the
/// distance that needs no explanation.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {total_variation: {max: 0.2}}
/// ```
/// ```csv
/// room
/// a
/// b
/// a
/// b
/// a
/// b
/// a
/// b
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
///   room: {total_variation: {max: 0.2}}
/// ```
/// ```csv
/// room
/// a
/// a
/// a
/// c
/// a
/// a
/// a
/// c
/// ```
/// ```csv reference
/// room
/// a
/// b
/// b
/// b
/// a
/// b
/// b
/// b
/// ```
///
/// # Method
/// Half the sum of |p - q|.
/// Categories are aligned by name; numbers and dates are cut at the reference's quantiles into
/// `bins` (10), right-closed, the outer bins open.
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it.
///
/// # Power
/// The noise told in the verdict is a chi law with the mean and variance that sampling gives, from
/// the normal limit of the differences; where some category has fewer than 20 rows on a side, from
/// the rows divided by chance.
///
/// # References
/// Levin and Peres (2017), Markov Chains and Mixing Times, section 4.1; Nabeya (1951), Annals of
/// the Institute of Statistical Mathematics 3, 2-6.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotalVariation {
    /// The largest distance that passes, in (0, 1).
    max: f64,
    /// Bins for numbers and dates.
    bins: Option<u32>,
}

impl Expectation for TotalVariation {
    const NAME: &'static str = "total_variation";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl DistanceCheck for TotalVariation {
    const BELOW_ONE: bool = true;

    fn measure(&self) -> Measure {
        Measure {
            noun: "total variation",
            unit: None,
            max: self.max,
            bins: self.bins,
            distance: distances::total_variation,
        }
    }
}

distance_check!(TotalVariation);
