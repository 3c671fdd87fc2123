//! Whether the key of a row is among some, by fingerprints.

use arrow::buffer::BooleanBuffer;

use super::Mask;
use crate::engine::batch::Batch;
use crate::engine::layout::ColumnId;
use crate::engine::state::{Fingerprints, Keys};
use crate::metric::MarkedKeys;

#[derive(Debug)]
pub struct KeyIn {
    columns: Vec<ColumnId>,
    keys: MarkedKeys,
    negated: bool,
}

impl KeyIn {
    pub fn new(columns: Vec<ColumnId>, keys: &MarkedKeys, negated: bool) -> Self {
        KeyIn { columns, keys: keys.clone(), negated }
    }

    /// Rows without a key are not judged.
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let n_rows = batch.n_rows();
        let keys = Keys::new(batch, &self.columns)?;
        if matches!(keys.fingerprints, Fingerprints::Missing) {
            let (holds, nulls) = (BooleanBuffer::new_unset(n_rows), BooleanBuffer::new_set(n_rows));
            return Ok(Mask { holds, nulls: Some(nulls), nans: None });
        }
        let among = (0..n_rows).map(|row| self.keys.contains(keys.at(row)));
        let holds = among.map(|among| Ok(among? != self.negated));
        let holds: BooleanBuffer = holds.collect::<Result<_, String>>()?;
        Ok(match &keys.present {
            Some(present) => Mask { holds: &holds & present, nulls: Some(!present), nans: None },
            None => Mask { holds, nulls: None, nans: None },
        })
    }
}
