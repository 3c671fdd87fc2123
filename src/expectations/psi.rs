use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{DistanceCheck, Measure, distance_check};
use super::{Expectation, Kind, Scope};
use crate::stats::distances;

/// The population stability index of the data against the reference is at most `max`.
///
/// # Why
/// The measure that credit scoring made common: 0.1 is called a small and 0.25 a large change.
/// Those thresholds ignore n: with 100 rows and ten bins, 81 % of unchanged samples exceed 0.1. The
/// verdict says what noise alone gives.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {psi: {max: 0.5}}
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
///   price: {psi: {max: 0.2, bins: 4}}
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
/// The sum of (p - q) ln(p/q), half a count added to every category on both sides. Categories are
/// aligned by name; numbers and dates are cut at the reference's quantiles into `bins` (10),
/// right-closed, the outer bins open.
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it.
///
/// # Power
/// The index over (1/n + 1/m) follows chi-square when nothing changed: that is the noise told in
/// the verdict. Where some category has fewer than 20 rows on a side, its mean and spread are those
/// of the rows divided by chance.
///
/// # References
/// Jeffreys (1946), Proceedings of the Royal Society A 186, 453-461; Yurdakul and Naranjo (2020),
/// Journal of Risk Model Validation 14, 89-100.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Psi {
    /// The largest index that passes.
    max: f64,
    /// Bins for numbers and dates.
    bins: Option<u32>,
}

impl Expectation for Psi {
    const NAME: &'static str = "psi";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl DistanceCheck for Psi {
    const BELOW_ONE: bool = false;

    fn measure(&self) -> Measure {
        Measure {
            noun: "population stability index",
            unit: None,
            max: self.max,
            bins: self.bins,
            distance: distances::psi,
        }
    }
}

distance_check!(Psi);
