use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{DistanceCheck, Measure, distance_check};
use super::{Expectation, Kind, Scope};
use crate::stats::distances;

/// The largest difference of a category's share from the reference is at most `max`.
///
/// # Why
/// A bound on each category at once, in points of its share: no category may gain or lose more.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {l_infinity: {max: 0.2}}
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
///   room: {l_infinity: {max: 0.2}}
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
/// The largest |p - q|.
/// Categories are aligned by name; numbers and dates are cut at the reference's quantiles into
/// `bins` (10), right-closed, the outer bins open.
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it.
///
/// # Power
/// The noise told in the verdict bounds the maximum of the normal limits of all differences
/// (Šidák); where some category has fewer than 20 rows on a side, of the rows divided by chance.
///
/// # References
/// Šidák (1967), Journal of the American Statistical Association 62, 626-633; Breck et al. (2019),
/// Data Validation for Machine Learning, Proceedings of SysML.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LInfinity {
    /// The largest distance that passes, in (0, 1).
    max: f64,
    /// Bins for numbers and dates.
    bins: Option<u32>,
}

impl Expectation for LInfinity {
    const NAME: &'static str = "l_infinity";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl DistanceCheck for LInfinity {
    const BELOW_ONE: bool = true;

    fn measure(&self) -> Measure {
        Measure {
            noun: "largest difference of shares",
            unit: None,
            max: self.max,
            bins: self.bins,
            distance: distances::l_infinity,
        }
    }
}

distance_check!(LInfinity);
