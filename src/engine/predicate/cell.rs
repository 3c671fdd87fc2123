//! What a single cell can be beside its value: missing, not a number, infinite, on a weekday.

use arrow::buffer::BooleanBuffer;

use super::Mask;
use super::present::Present;
use crate::engine::batch::Batch;
use crate::engine::column::{Cells, Column};
use crate::metric::{CellTest, Zone};

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
            CellTest::Weekday { days, zone } => over_filled(weekdays(column, days, zone)?, column),
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

/// 1970-01-01 was a Thursday, the fourth day.
const FIRST_DAY: i64 = 3;

fn weekdays(column: &Column, days: u8, zone: Option<Zone>) -> Result<BooleanBuffer, String> {
    let (ticks, clock) = match &column.cells {
        Cells::Null => return Ok(BooleanBuffer::new_unset(column.n_rows)),
        Cells::Ticks { ticks, clock } if clock.has_days() => (ticks, clock),
        _ => return Err(format!("values of type {} fall on no day", column.describe())),
    };
    let zone = zone.unwrap_or(Zone::UTC);
    Ok(BooleanBuffer::collect_bool(column.n_rows, |row| {
        let day = zone.day(i128::from(ticks[row]) * i128::from(clock.tick_ns));
        days & (1 << (day + FIRST_DAY).rem_euclid(7)) != 0
    }))
}
