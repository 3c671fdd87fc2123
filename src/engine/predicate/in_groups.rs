//! A predicate that is asked of the rows of some groups only: those that failed a check.

use arrow::buffer::{BooleanBuffer, MutableBuffer};
use arrow::util::bit_util::set_bit;
use hashbrown::HashMap;

use super::{Mask, Prepared};
use crate::engine::batch::Batch;
use crate::engine::bits::Rows;
use crate::engine::layout::ColumnId;

#[derive(Debug)]
pub struct InGroups {
    pub by: Vec<ColumnId>,
    /// Which of the rules is that of a group.
    pub rules: HashMap<u128, usize>,
    pub prepared: Vec<Prepared>,
}

impl InGroups {
    /// Rows of other groups break nothing.
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        match self.prepared.as_slice() {
            [only] => self.with_one_rule(only, batch),
            _ => self.with_own_rules(batch),
        }
    }

    fn with_one_rule(&self, rule: &Prepared, batch: &Batch) -> Result<Mask, String> {
        let mut member = Bits::new(batch.n_rows());
        for (fingerprint, rows) in batch.groups(&self.by)?.iter() {
            if self.rules.contains_key(fingerprint) {
                rows.iter().for_each(|row| member.set(*row));
            }
        }
        let member = member.finish();
        let mask = rule.evaluate(batch)?;
        let among = |rows: Rows| rows.map(|rows| &rows & &member);
        let holds = &mask.holds | &!&member;
        Ok(Mask { holds, nulls: among(mask.nulls), nans: among(mask.nans) })
    }

    fn with_own_rules(&self, batch: &Batch) -> Result<Mask, String> {
        let n_rows = batch.n_rows();
        let (mut breaks, mut nulls, mut nans) =
            (Bits::new(n_rows), Bits::new(n_rows), Bits::new(n_rows));
        for (fingerprint, rows) in batch.groups(&self.by)?.iter() {
            let Some(rule) = self.rules.get(fingerprint) else { continue };
            let mask = self.prepared[*rule].evaluate(&batch.select(rows)?)?;
            for (place, row) in rows.iter().enumerate() {
                let is = |mask: &Rows| mask.as_ref().is_some_and(|mask| mask.value(place));
                if !mask.holds.value(place) {
                    breaks.set(*row);
                }
                if is(&mask.nulls) {
                    nulls.set(*row);
                }
                if is(&mask.nans) {
                    nans.set(*row);
                }
            }
        }
        let holds = !&breaks.finish();
        Ok(Mask { holds, nulls: Some(nulls.finish()), nans: Some(nans.finish()) })
    }
}

/// Bits that are set in any order.
struct Bits {
    bytes: MutableBuffer,
    n_rows: usize,
}

impl Bits {
    fn new(n_rows: usize) -> Self {
        Bits { bytes: MutableBuffer::new_null(n_rows), n_rows }
    }

    fn set(&mut self, row: u32) {
        set_bit(self.bytes.as_slice_mut(), row as usize);
    }

    fn finish(self) -> BooleanBuffer {
        BooleanBuffer::new(self.bytes.into(), 0, self.n_rows)
    }
}
