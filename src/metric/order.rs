//! The form of answers about orders, gaps and ranges.

use std::sync::Arc;

use super::Value;

/// Values that do not follow the one before them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// Rows that the filter selects.
    pub rows: u64,
    pub nulls: u64,
    pub nans: u64,
    pub breaks: u64,
    /// Part and row of each break, in order; the first four millions.
    pub places: Arc<[(u32, u64)]>,
    /// The first break: the value before, and the one that does not follow it.
    pub first: Option<(Value, Value)>,
}

impl Sequence {
    /// Values that are neither null nor NaN.
    pub fn examined(&self) -> u64 {
        self.rows - self.nulls - self.nans
    }
}

/// Neighbouring values that lie too far apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holes {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows left out because the value is null or NaN.
    pub missing: u64,
    pub values: u64,
    pub holes: u64,
    /// The ends of the first of them.
    pub first: Vec<(Value, Value)>,
}

/// Ranges that overlap others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlaps {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows with a range.
    pub examined: u64,
    /// Rows whose range overlaps that of another row.
    pub overlapping: u64,
    /// Rows whose range ends before it starts.
    pub inverted: u64,
    /// Part and row of both, in order.
    pub places: Arc<[(u32, u64)]>,
}
