//! Neither null nor NaN.

use arrow::array::Array;
use arrow::buffer::BooleanBuffer;

use super::Mask;
use crate::engine::batch::Batch;
use crate::engine::layout::ColumnId;

#[derive(Debug)]
pub struct Present {
    pub column: ColumnId,
    pub name: String,
}

impl Present {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        Ok(Mask { holds: self.cells(batch)?, nulls: None, nans: None })
    }

    /// The cells that are there.
    pub fn cells(&self, batch: &Batch) -> Result<BooleanBuffer, String> {
        let column = batch.column(self.column)?;
        let holds = match &column.present {
            Some(present) => present.clone(),
            None => BooleanBuffer::new_set(column.n_rows),
        };
        // A cell that does not read as its declared type is there; `type` is the check that counts
        // it.
        Ok(match batch.unread(&self.name).and_then(|unread| unread.nulls()) {
            Some(texts) => &holds | texts.inner(),
            None => holds,
        })
    }
}
