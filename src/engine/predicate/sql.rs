//! A predicate in SQL, evaluated by polars; what it leaves unknown is not judged.

use arrow::array::Array;

use super::Mask;
use crate::engine::batch::Batch;
use crate::engine::layout::SqlId;

#[derive(Debug)]
pub struct Sql {
    pub predicate: SqlId,
}

impl Sql {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let answer = batch.sql(self.predicate)?;
        Ok(match answer.nulls() {
            Some(known) => Mask {
                holds: answer.values() & known.inner(),
                nulls: Some(!known.inner()),
                nans: None,
            },
            None => Mask { holds: answer.values().clone(), nulls: None, nans: None },
        })
    }
}
