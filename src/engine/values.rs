//! The values of a column as doubles, for tests that look at the values themselves.

use super::state::{Ordered, Sorted};
use crate::metric::Values;

/// Each value as the nearest double; dates and times as ticks of their own unit.
pub fn doubles(ordered: &Ordered) -> Values {
    let sorted = match &ordered.values {
        Sorted::Empty => Vec::new(),
        Sorted::Int(values) | Sorted::Ticks { ticks: values, .. } => {
            values.iter().map(|&value| value as f64).collect()
        }
        Sorted::Unsigned(values) => values.iter().map(|&value| value as f64).collect(),
        Sorted::Float(values) => values.clone(),
        Sorted::Decimal { unscaled, scale } => {
            let unit = 10f64.powi(i32::from(*scale));
            unscaled.iter().map(|&value| value as f64 / unit).collect()
        }
    };
    Values { rows: ordered.rows, missing: ordered.nulls + ordered.nans, sorted }
}
