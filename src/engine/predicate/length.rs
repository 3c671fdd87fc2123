//! The number of code points of a text.

use arrow::buffer::BooleanBuffer;

use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::column::Cells;
use crate::engine::layout::ColumnId;

#[derive(Debug)]
pub struct Length {
    pub column: ColumnId,
    pub min: Option<u64>,
    pub max: Option<u64>,
}

impl Length {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let (min, max) = (self.min.unwrap_or(0), self.max.unwrap_or(u64::MAX));
        let judged = column.judge_texts(|text| {
            let length = if text.is_ascii() { text.len() } else { text.chars().count() };
            (min..=max).contains(&(length as u64))
        });
        let holds = match (&column.cells, judged) {
            (_, Some(holds)) => holds,
            (Cells::Null, None) => BooleanBuffer::new_unset(column.n_rows),
            _ => return Err(format!("a column of type {} has no text", column.describe())),
        };
        Ok(over_present(holds, column))
    }
}
