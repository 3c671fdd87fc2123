//! The first rows whose key occurs more than once.

use std::sync::Arc;

use super::State;
use super::examples::{First, Found};
use super::fingerprint::{Fingerprints, Keys};
use crate::engine::batch::{Batch, Place};
use crate::engine::bits;
use crate::engine::layout::{ColumnId, SqlId};

#[derive(Clone, Debug)]
pub struct DuplicateExamples {
    columns: Vec<ColumnId>,
    filter: Option<SqlId>,
    /// Fingerprints of duplicated keys, sorted.
    keys: Arc<[u128]>,
    first: First,
}

impl DuplicateExamples {
    pub fn new(
        columns: Vec<ColumnId>,
        filter: Option<SqlId>,
        keys: Arc<[u128]>,
        limit: usize,
    ) -> Self {
        let first = First::new(limit, columns.clone());
        let keys = if keys.is_sorted() {
            keys
        } else {
            let mut sorted = keys.to_vec();
            sorted.sort_unstable();
            sorted.into()
        };
        DuplicateExamples { columns, filter, keys, first }
    }
}

impl State for DuplicateExamples {
    type Answer = Vec<Found>;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        if !self.first.wants(batch.start) {
            return Ok(());
        }
        let selected = batch.filter(self.filter)?;
        let keys = Keys::new(batch, &self.columns)?;
        let judged = bits::both(selected, keys.present.as_ref());
        let fingerprint: Box<dyn Fn(usize) -> u128> = match keys.fingerprints {
            Fingerprints::Missing => return Ok(()),
            Fingerprints::Narrow(key) => Box::new(move |row| key(row).into()),
            Fingerprints::Broad(key) => key,
        };
        let mut result = Ok(());
        bits::for_each(judged.as_ref(), batch.n_rows(), |row| {
            if result.is_ok() && self.keys.binary_search(&fingerprint(row)).is_ok() {
                result = self.first.offer(batch, row);
            }
        });
        result
    }

    fn is_done(&self, from: Place) -> bool {
        !self.first.wants(from)
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.first.merge(other.first);
        Ok(())
    }

    fn finish(self) -> Result<Vec<Found>, String> {
        Ok(self.first.into_rows())
    }
}
