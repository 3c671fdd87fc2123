//! The form of answers that hold the data against other datasets.

use std::sync::Arc;

use super::{MarkedKeys, Value};

/// The keys of the data found among those of another dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyMatch {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows with a key; the denominator of `mostly`.
    pub examined: u64,
    /// Rows left out because the key, or a part of it, is missing.
    pub skipped: u64,
    /// Rows whose key occurs in the other dataset.
    pub found: u64,
    /// Different keys.
    pub distinct: u64,
    /// Different keys that occur in the other dataset.
    pub distinct_found: u64,
    /// Rows of the other dataset with a key.
    pub other_rows: u64,
    /// The keys that were asked for.
    pub keys: MarkedKeys,
    /// The same of keys of which a part is missing, where such a row has none.
    pub partial: MarkedKeys,
}

/// What a query came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryAnswer {
    /// Rows of all its tables together.
    pub read: u64,
    /// Rows that it gives.
    pub rows: u64,
    pub columns: Vec<String>,
    /// The first rows.
    pub first: Vec<Vec<Value>>,
}

/// What two tables differ in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableDiff {
    /// Rows of the data and of the other table.
    pub rows: [u64; 2],
    /// Rows on each side whose key an earlier row has too; they are not compared.
    pub repeated: [u64; 2],
    /// Rows that are the same on both sides.
    pub same: u64,
    /// Rows of the other table that the data lacks.
    pub missing: u64,
    /// Rows of the data that the other table lacks.
    pub extra: u64,
    /// Rows on both sides with a cell that differs.
    pub changed: u64,
    /// How many rows differ in each of the compared columns.
    pub cells: Vec<u64>,
    /// The first differences.
    pub examples: Vec<Difference>,
    /// Part and row of the changed and the extra rows, in order.
    pub places: Arc<[(u32, u64)]>,
}

/// A row in which two tables differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub kind: DifferenceKind,
    /// Number of the row in the data; of a missing row, in the other table.
    pub row: u64,
    pub key: Vec<Value>,
    /// Column, value in the data, value in the other table.
    pub cells: Vec<(String, Value, Value)>,
}

/// In what a row differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    Missing,
    Extra,
    Changed,
}
