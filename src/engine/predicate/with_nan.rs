//! A predicate that judges NaN, instead of leaving it out as missing.

use super::{Mask, Prepared};
use crate::engine::batch::Batch;

#[derive(Debug)]
pub struct WithNan {
    pub predicate: Box<Prepared>,
    /// Whether NaN keeps the rule.
    pub keeps: bool,
}

impl WithNan {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let mask = self.predicate.evaluate(batch)?;
        // Presence answers no for NaN; as a value it is there.
        if let (Prepared::Present(present), true) = (&*self.predicate, self.keeps) {
            let column = batch.column(present.column)?;
            let holds = match &column.nans {
                Some(nans) => &mask.holds | nans,
                None => mask.holds,
            };
            return Ok(Mask { holds, ..mask });
        }
        let holds = match &mask.nans {
            Some(nans) if self.keeps => &mask.holds | nans,
            _ => mask.holds,
        };
        Ok(Mask { holds, nulls: mask.nulls, nans: None })
    }
}
