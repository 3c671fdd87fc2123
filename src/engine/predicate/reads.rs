//! Whether the cells of a text file read as the type that their column is declared to have.

use arrow::array::Array;
use arrow::buffer::BooleanBuffer;

use super::Mask;
use crate::engine::batch::Batch;
use crate::engine::layout::ColumnId;

#[derive(Debug)]
pub struct Reads {
    pub column: ColumnId,
    pub name: String,
}

impl Reads {
    /// Empty cells are not judged; NaN reads as the float that it is.
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let filled = match &column.nulls {
            Some(nulls) => !nulls,
            None => BooleanBuffer::new_set(column.n_rows),
        };
        let nulls = column.nulls.as_ref().map(|nulls| match batch.unread(&self.name) {
            Some(unread) => match unread.nulls() {
                Some(text) => nulls & &!text.inner(),
                None => BooleanBuffer::new_unset(column.n_rows),
            },
            None => nulls.clone(),
        });
        Ok(Mask { holds: filled, nulls, nans: None })
    }
}
