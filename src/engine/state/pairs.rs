//! Two columns row by row.

use super::State;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column};
use crate::engine::layout::{ColumnId, SqlId};
use crate::metric::Pairs;

/// Collects the rows in which both columns have a value.
#[derive(Clone, Debug)]
pub struct PairedValues {
    columns: [ColumnId; 2],
    filter: Option<SqlId>,
    /// Most pairs that fit into memory.
    room: u64,
    rows: u64,
    pairs: Vec<(f64, f64)>,
}

impl PairedValues {
    pub fn new(columns: [ColumnId; 2], filter: Option<SqlId>, room: u64) -> Self {
        PairedValues { columns, filter, room, rows: 0, pairs: Vec::new() }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.pairs.len() as u64 <= self.room {
            return Ok(());
        }
        Err(format!("more than {} pairs do not fit into the memory limit", self.room))
    }
}

/// A cell as the nearest double; both zeros are one. `None` where it is no number.
pub fn number(column: &Column, row: usize) -> Option<f64> {
    let value = match &column.cells {
        Cells::Int(values) => values[row] as f64,
        Cells::Unsigned(values) => values[row] as f64,
        Cells::Float(values) => values[row],
        Cells::Decimal { .. } => column.value(row).as_f64()?,
        _ => return None,
    };
    Some(value + 0.0)
}

impl State for PairedValues {
    type Answer = Pairs;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let [x, y] = self.columns;
        let (x, y) = (batch.column(x)?, batch.column(y)?);
        let selected = batch.filter(self.filter)?;
        self.rows += bits::count(selected, x.n_rows);
        let present = bits::both(selected, x.present.as_ref());
        let judged = bits::both(present.as_ref(), y.present.as_ref());
        let mut all_numbers = true;
        bits::for_each(judged.as_ref(), x.n_rows, |row| match (number(x, row), number(y, row)) {
            (Some(x), Some(y)) => self.pairs.push((x, y)),
            _ => all_numbers = false,
        });
        if !all_numbers {
            let (x, y) = (x.describe(), y.describe());
            return Err(format!("values of types {x} and {y} are not both numbers"));
        }
        self.check_room()
    }

    fn merge(&mut self, mut other: Self) -> Result<(), String> {
        self.rows += other.rows;
        self.pairs.append(&mut other.pairs);
        self.check_room()
    }

    fn finish(mut self) -> Result<Pairs, String> {
        self.pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let missing = self.rows - self.pairs.len() as u64;
        Ok(Pairs { rows: self.rows, missing, pairs: self.pairs })
    }
}
