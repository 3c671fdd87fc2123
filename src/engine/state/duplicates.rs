//! How many rows share their key with another row: fingerprints, sorted and counted at the end.

use super::State;
use super::fingerprint::{Fingerprints, Keys};
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::layout::{ColumnId, SqlId};
use crate::metric::Duplicates;

/// Fingerprints are kept in so many vectors: each sorts within a cache and can be spilled alone.
const PARTITIONS: usize = 64;

#[derive(Clone, Debug)]
pub struct DuplicateKeys {
    columns: Vec<ColumnId>,
    filter: Option<SqlId>,
    /// Most keys that fit into memory.
    room: u64,
    forms: Vec<OneForm>,
    rows: u64,
    examined: u64,
    keys: Store,
}

#[derive(Clone, Debug)]
enum Store {
    Empty,
    Narrow(Vec<Vec<u64>>),
    Broad(Vec<Vec<u128>>),
}

impl DuplicateKeys {
    pub fn new(columns: Vec<ColumnId>, filter: Option<SqlId>, room: u64) -> Self {
        let forms = vec![OneForm::default(); columns.len()];
        DuplicateKeys { columns, filter, room, forms, rows: 0, examined: 0, keys: Store::Empty }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.examined <= self.room {
            return Ok(());
        }
        Err(format!("more than {} keys do not fit into the memory limit", self.room))
    }
}

impl State for DuplicateKeys {
    type Answer = Duplicates;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        for (form, column) in self.forms.iter_mut().zip(&self.columns) {
            form.see(batch.column(*column)?)?;
        }
        let selected = batch.filter(self.filter)?;
        let keys = Keys::new(batch, &self.columns)?;
        let n_rows = batch.n_rows();
        let judged = bits::both(selected, keys.present.as_ref());
        self.rows += bits::count(selected, n_rows);
        let n_keys = bits::count(judged.as_ref(), n_rows);
        match keys.fingerprints {
            Fingerprints::Missing => return Ok(()),
            Fingerprints::Narrow(key) => {
                let store = self.keys.narrow();
                bits::for_each(judged.as_ref(), n_rows, |row| {
                    let key = key(row);
                    store[partition(key)].push(key);
                });
            }
            Fingerprints::Broad(key) => {
                let store = self.keys.broad();
                bits::for_each(judged.as_ref(), n_rows, |row| {
                    let key = key(row);
                    store[partition(folded(key))].push(key);
                });
            }
        }
        self.examined += n_keys;
        self.check_room()
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        for (form, new) in self.forms.iter_mut().zip(other.forms) {
            form.join(new)?;
        }
        self.rows += other.rows;
        self.examined += other.examined;
        match other.keys {
            Store::Empty => {}
            Store::Narrow(keys) => append(self.keys.narrow(), keys),
            Store::Broad(keys) => append(self.keys.broad(), keys),
        }
        self.check_room()
    }

    fn finish(self) -> Result<Duplicates, String> {
        let mut runs = Runs::default();
        match self.keys {
            Store::Empty => {}
            Store::Narrow(partitions) => partitions.into_iter().for_each(|keys| runs.count(keys)),
            Store::Broad(partitions) => partitions.into_iter().for_each(|keys| runs.count(keys)),
        }
        runs.keys.sort_unstable();
        Ok(Duplicates {
            rows: self.rows,
            examined: self.examined,
            skipped: self.rows - self.examined,
            distinct: runs.distinct,
            duplicated: runs.duplicated,
            keys: runs.keys.into(),
        })
    }
}

impl Store {
    fn narrow(&mut self) -> &mut Vec<Vec<u64>> {
        if !matches!(self, Store::Narrow(_)) {
            *self = Store::Narrow(vec![Vec::new(); PARTITIONS]);
        }
        match self {
            Store::Narrow(keys) => keys,
            _ => unreachable!("the form of a key never changes"),
        }
    }

    fn broad(&mut self) -> &mut Vec<Vec<u128>> {
        if !matches!(self, Store::Broad(_)) {
            *self = Store::Broad(vec![Vec::new(); PARTITIONS]);
        }
        match self {
            Store::Broad(keys) => keys,
            _ => unreachable!("the form of a key never changes"),
        }
    }
}

fn append<K>(own: &mut [Vec<K>], new: Vec<Vec<K>>) {
    own.iter_mut().zip(new).for_each(|(own, mut new)| own.append(&mut new));
}

/// Fibonacci hashing: the top six bits of a product with 2^64 divided by the golden ratio.
fn partition(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58) as usize
}

fn folded(key: u128) -> u64 {
    key as u64 ^ (key >> 64) as u64
}

/// Equal keys, counted one partition at a time.
#[derive(Default)]
struct Runs {
    distinct: u64,
    duplicated: u64,
    keys: Vec<u128>,
}

impl Runs {
    fn count<K: Copy + Ord + Into<u128>>(&mut self, mut keys: Vec<K>) {
        keys.sort_unstable();
        for run in keys.chunk_by(|left, right| left == right) {
            self.distinct += 1;
            if run.len() > 1 {
                self.duplicated += run.len() as u64;
                self.keys.push(run[0].into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};

    use super::*;
    use crate::engine::batch::Place;
    use crate::engine::layout::Layout;
    use crate::engine::table::Table;

    fn check(columns: Vec<(&str, ArrayRef)>, examined: u64, distinct: u64, duplicated: u64) {
        let table = Table::new(columns);
        let mut layout = Layout::new(&table.schema);
        let names: Vec<String> = table.schema.names().map(str::to_owned).collect();
        let columns = layout.all(&names).expect("columns");
        let mut keys = DuplicateKeys::new(columns, None, u64::MAX);
        let piece = table.piece(&names, 0, table.record.num_rows());
        let batch = Batch::new(&layout, piece, Place { part: 0, row: 0 }).expect("a batch");
        keys.update(&batch).expect("keys");
        let found = keys.finish().expect("duplicates");
        assert_eq!(
            (found.examined, found.distinct, found.duplicated),
            (examined, distinct, duplicated)
        );
    }

    fn ints(values: Vec<Option<i64>>) -> ArrayRef {
        Arc::new(Int64Array::from(values))
    }

    fn texts(values: Vec<Option<&str>>) -> ArrayRef {
        Arc::new(StringArray::from(values))
    }

    #[test]
    fn missing_keys_are_skipped_and_zeros_are_one() {
        // SEMANTICS 6, 8, 43.
        let floats = vec![Some(0.0), Some(-0.0), Some(f64::NAN), Some(f64::NAN), None, None];
        check(vec![("a", Arc::new(Float64Array::from(floats)))], 2, 1, 2);
        check(vec![("a", texts(vec![None, Some(""), Some("")]))], 2, 1, 2);
    }

    #[test]
    fn in_compound_keys_null_equals_null() {
        // SEMANTICS 9: a key that is all missing is none.
        let first = vec![Some(1), Some(1), Some(1), None, None, None];
        let second = vec![None, None, Some(0), None, Some(0), Some(0)];
        check(vec![("a", ints(first)), ("b", ints(second))], 5, 3, 4);
    }

    #[test]
    fn compound_keys_are_never_run_together() {
        let (first, second) = (vec![Some("a\u{1}b"), Some("a")], vec![Some("c"), Some("b\u{1}c")]);
        check(vec![("a", texts(first)), ("b", texts(second))], 2, 2, 0);
        let first = vec![Some("a"), Some("ab"), Some(""), None, Some("a\u{1}")];
        let second = vec![Some("b"), Some(""), Some("ab"), Some("ab"), None];
        check(vec![("a", texts(first)), ("b", texts(second))], 5, 5, 0);
    }
}
