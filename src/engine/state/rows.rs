//! How many rows a filter selects.

use super::State;
use crate::engine::batch::Batch;
use crate::engine::layout::SqlId;

#[derive(Clone, Debug)]
pub struct RowCount {
    filter: Option<SqlId>,
    rows: u64,
}

impl RowCount {
    pub fn new(filter: Option<SqlId>) -> Self {
        RowCount { filter, rows: 0 }
    }
}

impl State for RowCount {
    type Answer = u64;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        self.rows += batch.n_selected(self.filter)?;
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.rows += other.rows;
        Ok(())
    }

    fn finish(self) -> Result<u64, String> {
        Ok(self.rows)
    }
}
