//! Whether a row stands at one of some places that an earlier scan found.

use std::sync::Arc;

use arrow::buffer::BooleanBuffer;

use super::Mask;
use crate::engine::batch::Batch;

#[derive(Debug)]
pub struct PlaceIn {
    /// Part and row within it, sorted.
    pub places: Arc<[(u32, u64)]>,
    pub negated: bool,
}

impl PlaceIn {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let place = |row| {
            let place = batch.place(row);
            // A part that no `u32` numbers is none of those that were found.
            u32::try_from(place.part).ok().map(|part| (part, place.row))
        };
        let stands =
            |row| place(row).is_some_and(|place| self.places.binary_search(&place).is_ok());
        let holds = BooleanBuffer::collect_bool(batch.n_rows(), |row| stands(row) != self.negated);
        Ok(Mask { holds, nulls: None, nans: None })
    }
}
