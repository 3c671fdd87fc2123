use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{DistanceCheck, Measure, distance_check};
use super::kl_divergence::bits;
use super::{Expectation, Kind, Scope};
use crate::stats::distances;

/// The Jensen-Shannon distance of the data from the reference is at most `max`.
///
/// # Why
/// It is symmetric, always finite, and lies in [0, 1], so that one threshold serves many columns.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {js_distance: {max: 0.2}}
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
///   room: {js_distance: {max: 0.2}}
/// ```
/// ```csv
/// room
/// a
/// a
/// a
/// a
/// a
/// ```
/// ```csv reference
/// room
/// b
/// b
/// b
/// b
/// b
/// ```
///
/// # Method
/// The square root of the Jensen-Shannon divergence in bits. Categories are aligned by name;
/// numbers and dates are cut at the reference's quantiles into `bins` (10).
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it.
///
/// # Power
/// Eight times the divergence (in nats) over (1/n + 1/m) follows chi-square when nothing changed:
/// that is the noise told in the verdict. Where some category has fewer than 20 rows on a side, its
/// mean and spread are those of the rows divided by chance.
///
/// # References
/// Lin (1991), IEEE Transactions on Information Theory 37, 145-151; Endres and Schindelin (2003),
/// IEEE Transactions on Information Theory 49, 1858-1860.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsDistance {
    /// The largest distance that passes, in (0, 1).
    max: f64,
    /// Bins for numbers and dates.
    bins: Option<u32>,
}

impl Expectation for JsDistance {
    const NAME: &'static str = "js_distance";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl DistanceCheck for JsDistance {
    const BELOW_ONE: bool = true;

    fn measure(&self) -> Measure {
        Measure {
            noun: "Jensen-Shannon distance",
            unit: None,
            max: self.max,
            bins: self.bins,
            distance: |data, reference| bits(distances::js(data, reference)),
        }
    }
}

distance_check!(JsDistance);
