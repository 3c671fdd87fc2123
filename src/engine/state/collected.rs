//! All rows of some columns, for questions that no smaller state can answer.

use arrow::array::{Array, RecordBatch};
use arrow::compute::concat_batches;

use super::State;
use crate::engine::batch::{Batch, Place};
use crate::engine::bits;
use crate::engine::layout::{ColumnId, SqlId};
use crate::prose;

/// The rows of a dataset, in order.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    pub pieces: Vec<Rows>,
}

/// Some rows with the place of each.
#[derive(Clone, Debug)]
pub struct Rows {
    pub record: RecordBatch,
    start: Place,
    /// The rows' numbers behind `start`, where some were left out.
    kept: Option<Vec<u32>>,
}

impl Rows {
    /// The place of a row.
    pub fn place(&self, row: usize) -> Place {
        let behind = self.kept.as_ref().map_or(row as u64, |kept| kept[row].into());
        Place { part: self.start.part, row: self.start.row + behind }
    }
}

impl Collected {
    /// How many rows there are.
    pub fn n_rows(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.record.num_rows() as u64).sum()
    }

    /// The rows as one batch; `None` where no piece was read.
    ///
    /// # Errors
    /// They do not fit into one, or a column changes its type.
    pub fn whole(&self) -> Result<Option<RecordBatch>, String> {
        let Some(first) = self.pieces.first() else { return Ok(None) };
        let records = self.pieces.iter().map(|piece| &piece.record);
        concat_batches(&first.record.schema(), records).map(Some).map_err(|error| error.to_string())
    }
}

impl PartialEq for Collected {
    /// Whether both hold the same rows, however they are cut.
    fn eq(&self, other: &Self) -> bool {
        let filled = |rows: &Self| rows.whole().ok().flatten().filter(|rows| rows.num_rows() > 0);
        filled(self) == filled(other)
    }
}

#[derive(Clone, Debug)]
pub struct Collector {
    columns: Vec<ColumnId>,
    filter: Option<SqlId>,
    /// Most bytes that fit into memory.
    room: u64,
    bytes: u64,
    pieces: Vec<Rows>,
}

impl Collector {
    pub fn new(columns: Vec<ColumnId>, filter: Option<SqlId>, room: u64) -> Self {
        Collector { columns, filter, room, bytes: 0, pieces: Vec::new() }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.bytes <= self.room {
            return Ok(());
        }
        let room = prose::size(self.room);
        Err(format!("the rows to compare do not fit into the {room} that are left of the memory"))
    }
}

impl State for Collector {
    type Answer = Collected;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let selected = batch.filter(self.filter)?;
        let n_rows = batch.n_rows();
        let kept = selected.filter(|rows| rows.count_set_bits() < n_rows).map(|rows| {
            let mut kept = Vec::new();
            bits::for_each(Some(rows), n_rows, |row| kept.push(row as u32));
            kept
        });
        let record = batch.rows(&self.columns, selected)?;
        let sizes = record.columns().iter().map(|array| array.to_data().get_slice_memory_size());
        self.bytes += sizes.filter_map(Result::ok).sum::<usize>() as u64;
        self.pieces.push(Rows { record, start: batch.start, kept });
        self.check_room()
    }

    fn merge(&mut self, mut other: Self) -> Result<(), String> {
        self.bytes += other.bytes;
        self.pieces.append(&mut other.pieces);
        self.check_room()
    }

    fn finish(mut self) -> Result<Collected, String> {
        self.pieces.sort_unstable_by_key(|piece| piece.start);
        Ok(Collected { pieces: self.pieces })
    }
}
