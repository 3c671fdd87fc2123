//! What a single cell can be beside its value: missing, not a number, infinite.

use arrow::buffer::BooleanBuffer;

use super::Mask;
use super::present::Present;
use crate::engine::batch::Batch;
use crate::engine::column::{Cells, Column};
use crate::metric::CellTest;

#[derive(Debug)]
pub struct Cell {
    pub present: Present,
    pub test: CellTest,
}

impl Cell {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.present.column)?;
        Ok(match self.test {
            CellTest::Missing => {
                Mask { holds: !&self.present.cells(batch)?, nulls: None, nans: None }
            }
            CellTest::NotNan => over_filled(all(column.n_rows), column),
            CellTest::Finite => over_filled(finite(column), column),
        })
    }
}

/// A NaN is judged here, and breaks the rule; null is not judged.
fn over_filled(holds: BooleanBuffer, column: &Column) -> Mask {
    let holds = match &column.present {
        Some(present) => &holds & present,
        None => holds,
    };
    Mask { holds, nulls: column.nulls.clone(), nans: None }
}

fn all(n_rows: usize) -> BooleanBuffer {
    BooleanBuffer::new_set(n_rows)
}

fn finite(column: &Column) -> BooleanBuffer {
    match &column.cells {
        Cells::Float(values) => {
            BooleanBuffer::collect_bool(column.n_rows, |row| values[row].is_finite())
        }
        _ => all(column.n_rows),
    }
}
