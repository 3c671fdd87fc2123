//! How many of some columns have a value in a row.

use arrow::buffer::BooleanBuffer;

use super::Mask;
use super::present::Present;
use crate::engine::batch::Batch;
use crate::engine::layout::Layout;

#[derive(Debug)]
pub struct Filled {
    columns: Vec<Present>,
    min: u32,
    max: Option<u32>,
}

impl Filled {
    pub fn new(
        columns: &[String],
        min: u32,
        max: Option<u32>,
        layout: &mut Layout,
    ) -> Result<Self, String> {
        let present =
            |name: &String| Ok(Present { column: layout.column(name)?, name: name.clone() });
        let columns = columns.iter().map(present).collect::<Result<_, String>>()?;
        Ok(Filled { columns, min, max })
    }

    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let cells = self.columns.iter().map(|column| column.cells(batch));
        let cells = cells.collect::<Result<Vec<BooleanBuffer>, String>>()?;
        let holds = if self.min as usize == cells.len() {
            let all = BooleanBuffer::new_set(batch.n_rows());
            cells.iter().fold(all, |all, filled| &all & filled)
        } else {
            BooleanBuffer::collect_bool(batch.n_rows(), |row| {
                let filled = cells.iter().filter(|filled| filled.value(row)).count() as u32;
                filled >= self.min && self.max.is_none_or(|max| filled <= max)
            })
        };
        Ok(Mask { holds, nulls: None, nans: None })
    }
}
