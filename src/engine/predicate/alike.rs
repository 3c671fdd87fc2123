//! Whether several columns have the same value in a row, or no two of them.

use arrow::buffer::BooleanBuffer;

use super::Mask;
use super::compare::{all_missing, compare_columns, over_all};
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::Column;
use crate::engine::layout::ColumnId;
use crate::metric::{Comparison, Likeness};

#[derive(Debug)]
pub struct Alike {
    pub columns: Vec<ColumnId>,
    pub likeness: Likeness,
}

impl Alike {
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let columns = self.columns.iter().map(|id| batch.column(*id));
        let columns = columns.collect::<Result<Vec<&Column>, String>>()?;
        match self.likeness {
            Likeness::Equal => equal(&columns, batch.n_rows()),
            Likeness::Distinct => distinct(&columns, batch.n_rows()),
        }
    }
}

/// Exact equality is transitive: each column equal to its neighbour makes all equal.
fn equal(columns: &[&Column], n_rows: usize) -> Result<Mask, String> {
    let mut holds = BooleanBuffer::new_set(n_rows);
    for pair in columns.windows(2) {
        holds = &holds & &compare_columns(pair[0], Comparison::Equal, pair[1])?;
    }
    Ok(over_all(holds, columns))
}

/// A missing value equals nothing (SEMANTICS 8): only pairs that are both there can break it.
fn distinct(columns: &[&Column], n_rows: usize) -> Result<Mask, String> {
    let mut repeated = BooleanBuffer::new_unset(n_rows);
    for (place, left) in columns.iter().enumerate() {
        for right in &columns[place + 1..] {
            let same = compare_columns(left, Comparison::Equal, right)?;
            let judged = bits::both(left.present.as_ref(), right.present.as_ref());
            let same = bits::both(Some(&same), judged.as_ref()).unwrap_or(same);
            repeated = &repeated | &same;
        }
    }
    let (nulls, nans) = all_missing(columns);
    let mut holds = !&repeated;
    for missing in [&nulls, &nans].into_iter().flatten() {
        holds = &holds & &!missing;
    }
    Ok(Mask { holds, nulls, nans })
}
