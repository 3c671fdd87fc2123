//! Several predicates that must all hold.

use arrow::buffer::BooleanBuffer;

use super::{Mask, Prepared};
use crate::engine::batch::Batch;
use crate::engine::bits::Rows;

#[derive(Debug)]
pub struct All {
    pub rules: Vec<Prepared>,
}

impl All {
    /// A row breaks it that breaks any of the rules; it is not judged where none of them judges it.
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let n_rows = batch.n_rows();
        let mut kept = BooleanBuffer::new_set(n_rows);
        let mut unjudged = kept.clone();
        for rule in &self.rules {
            let mask = rule.evaluate(batch)?;
            let missing = either(mask.nulls, mask.nans);
            kept = match &missing {
                Some(missing) => &kept & &(&mask.holds | missing),
                None => &kept & &mask.holds,
            };
            unjudged = match &missing {
                Some(missing) => &unjudged & missing,
                None => BooleanBuffer::new_unset(n_rows),
            };
        }
        let holds = &kept & &!&unjudged;
        Ok(Mask { holds, nulls: Some(unjudged), nans: None })
    }
}

fn either(one: Rows, other: Rows) -> Rows {
    match (one, other) {
        (Some(one), Some(other)) => Some(&one | &other),
        (one, other) => one.or(other),
    }
}
