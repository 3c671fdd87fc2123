//! Whether the key of a row is among some, by fingerprints.

use std::sync::Arc;

use arrow::buffer::BooleanBuffer;

use super::Mask;
use crate::engine::batch::Batch;
use crate::engine::layout::ColumnId;
use crate::engine::state::{Fingerprints, Keys};

#[derive(Debug)]
pub struct KeyIn {
    columns: Vec<ColumnId>,
    /// Sorted.
    keys: Arc<[u128]>,
    negated: bool,
}

impl KeyIn {
    pub fn new(columns: Vec<ColumnId>, keys: &Arc<[u128]>, negated: bool) -> Self {
        let keys = if keys.is_sorted() {
            keys.clone()
        } else {
            let mut sorted = keys.to_vec();
            sorted.sort_unstable();
            sorted.into()
        };
        KeyIn { columns, keys, negated }
    }

    /// Rows without a key are not judged.
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let n_rows = batch.n_rows();
        let keys = Keys::new(batch, &self.columns)?;
        if matches!(keys.fingerprints, Fingerprints::Missing) {
            let (holds, nulls) = (BooleanBuffer::new_unset(n_rows), BooleanBuffer::new_set(n_rows));
            return Ok(Mask { holds, nulls: Some(nulls), nans: None });
        }
        let is_among = |row| self.keys.binary_search(&keys.at(row)).is_ok();
        let holds = BooleanBuffer::collect_bool(n_rows, |row| is_among(row) != self.negated);
        Ok(match &keys.present {
            Some(present) => Mask { holds: &holds & present, nulls: Some(!present), nans: None },
            None => Mask { holds, nulls: None, nans: None },
        })
    }
}
