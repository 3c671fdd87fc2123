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
        let holds = match &mask.nans {
            Some(nans) if self.keeps => &mask.holds | nans,
            _ => mask.holds,
        };
        Ok(Mask { holds, nulls: mask.nulls, nans: None })
    }
}
