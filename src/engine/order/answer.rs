//! Answers about the order of a column, from a ledger or from sorted values.

use std::sync::Arc;

use super::Ledger;
use super::questions::{DATA, REFERENCE, cuts, quantile_of};
use crate::engine::cuts::between;
use crate::engine::quantile::{self, Asked};
use crate::engine::state::{Ordered, Seen};
use crate::engine::two_sided;
use crate::metric::{Bins, Measured, Metric, Side};

/// Why a question has no answer of the asked form.
pub const MISPLACED: &str = "a bug of datacheck: a state of another kind answered";

/// The answer from a ledger in which nothing is closed that it depends on.
///
/// # Errors
/// The values have no such answer.
pub fn from_ledger(
    metric: &Metric,
    sides: &[Option<Side>; 2],
    ledger: &Ledger,
    seen: [Seen; 2],
) -> Result<Measured, String> {
    let axis = two_sided::axis_of(ledger.form());
    Ok(match metric {
        Metric::Comparison { .. } => {
            Measured::Comparison(Arc::new(two_sided::told(seen, axis, ledger.compare())))
        }
        Metric::Gaps { .. } => Measured::Gaps(Arc::new(two_sided::told(seen, axis, ledger.gaps()))),
        Metric::Quantile { on, p, definition, .. } => {
            let asked = Asked { p: p.0, definition: *definition };
            Measured::Quantile(quantile_of(ledger, side_of(sides, on), asked)?)
        }
        Metric::Bins { bins, .. } => {
            if ledger.sizes[REFERENCE] == 0 {
                return Err(two_sided::NO_BINS.into());
            }
            let cuts = cuts(ledger, *bins)?;
            let counted = |side: usize| {
                let ends = cuts.iter().map(|cut| ledger.at_most(side, cut.at)).collect();
                between(ends, ledger.sizes[side])
            };
            Measured::Bins(Arc::new(Bins {
                edges: cuts.iter().map(|cut| cut.edge).collect(),
                data: counted(DATA),
                reference: counted(REFERENCE),
                missing: seen.map(|seen| seen.nulls + seen.nans),
                axis,
            }))
        }
        _ => return Err(MISPLACED.into()),
    })
}

/// The answer from sorted values, those of each of the sides.
///
/// # Errors
/// The values have no such answer, or a temporary file cannot be read back.
pub fn from_sorted(
    metric: &Metric,
    sides: &[Option<Side>; 2],
    sorted: &[Option<Arc<Ordered>>; 2],
) -> Result<Measured, String> {
    if let Metric::Quantile { on, p, definition, .. } = metric {
        let ordered = sorted[side_of(sides, on)].as_ref().ok_or(MISPLACED)?;
        return quantile::of_ordered(ordered, Asked { p: p.0, definition: *definition })
            .map(Measured::Quantile);
    }
    let [Some(data), Some(reference)] = sorted else { return Err(MISPLACED.into()) };
    Ok(match metric {
        Metric::Comparison { .. } => {
            Measured::Comparison(Arc::new(two_sided::compare(data, reference)?))
        }
        Metric::Gaps { .. } => {
            Measured::Gaps(Arc::new(two_sided::compare(data, reference)?.to_gaps()))
        }
        Metric::Bins { bins, .. } => {
            Measured::Bins(Arc::new(two_sided::bins(data, reference, *bins)?))
        }
        _ => return Err(MISPLACED.into()),
    })
}

fn side_of(sides: &[Option<Side>; 2], on: &Side) -> usize {
    if sides[DATA].as_ref() == Some(on) { DATA } else { REFERENCE }
}
