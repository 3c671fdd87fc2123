//! How many items a list has.

use arrow::array::Array;
use arrow::buffer::BooleanBuffer;

use super::lists::lists;
use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::layout::ColumnId;

#[derive(Debug)]
pub struct ListLength {
    pub column: ColumnId,
    pub min: Option<u64>,
    pub max: Option<u64>,
}

impl ListLength {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let holds = match lists(column)? {
            None => BooleanBuffer::new_unset(column.n_rows),
            Some(lists) => BooleanBuffer::collect_bool(lists.len(), |row| {
                let length = lists.value_length(row) as u64;
                self.min.is_none_or(|min| length >= min) && self.max.is_none_or(|max| length <= max)
            }),
        };
        Ok(over_present(holds, column))
    }
}
