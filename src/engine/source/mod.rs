//! Where batches come from: one file for each format, each yielding Arrow record batches.
//!
//! A source never decides anything about values. What it cannot read is an error with a place.

mod absent;
mod cells;
mod csv;
mod declared;
mod encoded;
mod files;
mod format;
mod hive;
mod hybrid;
mod input;
mod ipc;
mod kind;
mod many;
mod memory;
mod ndjson;
mod open;
mod packed;
mod parallel;
mod parquet;
mod parquet_facts;
mod parquet_footers;
mod parquet_tally;
mod parquet_types;
mod parts;
mod piece;
#[cfg(test)]
mod shown;
mod spare;

use arrow::array::{RecordBatch, StringArray};

use self::input::Input;
use super::footer::Facts;
use super::tally::Tally;
use crate::metric::{Identity, Schema, Unmeasured};

pub use absent::{Absent, WithMissing};
pub use declared::{Declared, DeclaredType};
pub use kind::kind_of;
pub use memory::MemorySource;
pub use open::{SourceSpec, open, open_with_threads};

/// A dataset that can be read in independent parts.
pub trait Source: Send + Sync {
    /// Names and types of the columns, in order.
    fn schema(&self) -> &Schema;

    /// How many parts can be read independently; they follow each other in row order.
    fn parts(&self) -> usize;

    /// Reads one part, only the named columns (in this order), in batches in row order.
    ///
    /// Parts may be read by several threads. If several fail, the error of the lowest part is to be
    /// reported, so that it does not depend on the threads.
    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured>;

    /// Whether the column can be tallied, in every part.
    fn has_tally(&self, column: &str) -> bool {
        let _ = column;
        false
    }

    /// Reads one column of one part as tallies; returns how many rows it has.
    ///
    /// # Errors
    /// As for [`Source::read`], or the column cannot be tallied.
    fn tally(
        &self,
        part: usize,
        column: &str,
        each: &mut dyn FnMut(Tally) -> Result<(), Unmeasured>,
    ) -> Result<u64, Unmeasured> {
        let _ = (part, each);
        Err(Unmeasured::NotComputable(format!("column `{column}` cannot be tallied")))
    }

    /// What the file says of a column without being read.
    fn facts(&self, column: &str) -> Facts {
        let _ = column;
        Facts::default()
    }

    /// About how many bytes one thread holds while it reads a part, all columns together.
    fn reading_bytes(&self) -> u64 {
        0
    }

    /// Path, format, size and content hash. Reads every byte once.
    fn identity(&self) -> Result<Identity, Unmeasured>;
}

/// Some consecutive rows.
pub struct Piece {
    pub record: RecordBatch,
    /// For columns whose declared type some cells do not read as: the text of those cells, null
    /// elsewhere. In `record` such a cell is null.
    pub unread: Vec<(String, StringArray)>,
}

#[cfg(test)]
mod tests;
