//! Neither null nor NaN.

use arrow::buffer::BooleanBuffer;

use super::Mask;
use crate::engine::batch::Batch;
use crate::engine::layout::ColumnId;

#[derive(Debug)]
pub struct Present {
    pub column: ColumnId,
}

impl Present {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let holds = match &column.present {
            Some(present) => present.clone(),
            None => BooleanBuffer::new_set(column.n_rows),
        };
        Ok(Mask { holds, nulls: None, nans: None })
    }
}
