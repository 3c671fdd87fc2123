//! Where batches come from: one file for each format, each yielding Arrow record batches.
//!
//! A source never decides anything about values. What it cannot read is an error with a place.

use std::collections::BTreeMap;

use arrow::array::{RecordBatch, StringArray};

use crate::metric::{Identity, Schema, Type, Unmeasured};

/// A dataset that can be read in independent parts.
pub trait Source: Send + Sync {
    /// Names and types of the columns, in order.
    fn schema(&self) -> &Schema;

    /// How many parts can be read independently; they follow each other in row order.
    fn parts(&self) -> usize;

    /// Reads one part, only the named columns (in this order), in batches in row order.
    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured>;

    /// Path, format, size and content hash. Reads every byte once.
    fn identity(&self) -> Result<Identity, Unmeasured>;
}

/// Some consecutive rows.
pub struct Piece {
    pub record: RecordBatch,
    /// For columns whose declared type some cells do not read as: the text of those cells, null elsewhere.
    /// In `record` such a cell is null.
    pub unread: Vec<(String, StringArray)>,
}

/// The types that a suite gives to columns of files that have none of their own (CSV, NDJSON).
pub type Declared = BTreeMap<String, DeclaredType>;

/// A type as a suite declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredType {
    /// One type.
    Exactly(Type),
    /// Integers or floats, whichever the cells are.
    Number,
}
