use schemars::JsonSchema;
use serde::Deserialize;

use super::apart::{DistanceCheck, Measure, distance_check};
use super::{Expectation, Kind, Scope};
use crate::stats::distances;

/// The Hellinger distance of the data from the reference is at most `max`.
///
/// # Why
/// A metric between 0 and 1 that is finite where categories are new or gone, and that sees changes
/// of rare categories better than total variation does.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {hellinger: {max: 0.2}}
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
///   room: {hellinger: {max: 0.2}}
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
/// The root of half the sum of (√p - √q)².
/// Categories are aligned by name; numbers and dates are cut at the reference's quantiles into
/// `bins` (10), right-closed, the outer bins open.
///
/// # Assumptions
/// Independent rows, for the noise that is reported beside it.
///
/// # Power
/// Eight times its square over (1/n + 1/m) follows chi-square when nothing changed: that is the
/// noise told in the verdict. Where some category has fewer than 20 rows on a side, its mean and
/// spread are those of the rows divided by chance.
///
/// # References
/// Hellinger (1909), Journal für die reine und angewandte Mathematik 136, 210-271; Cressie and Read
/// (1984), Journal of the Royal Statistical Society B 46, 440-464.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hellinger {
    /// The largest distance that passes, in (0, 1).
    max: f64,
    /// Bins for numbers and dates.
    bins: Option<u32>,
}

impl Expectation for Hellinger {
    const NAME: &'static str = "hellinger";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Distance;
}

impl DistanceCheck for Hellinger {
    const BELOW_ONE: bool = true;

    fn measure(&self) -> Measure {
        Measure {
            noun: "Hellinger distance",
            unit: None,
            max: self.max,
            bins: self.bins,
            distance: distances::hellinger,
        }
    }
}

distance_check!(Hellinger);
