//! How many rows share their key with another row: fingerprints, counted partition by partition.

use arrow::buffer::BooleanBuffer;
use hashbrown::HashMap;

use super::State;
use super::fingerprint::{Fingerprints, Keys, hash_of_text};
use super::form::OneForm;
use super::lately::Lately;
use super::partitions::{Key, Partitions};
use super::told::ToldKeys;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::memory::Room;
use crate::metric::Duplicates;

#[derive(Clone, Debug)]
pub struct DuplicateKeys {
    columns: Vec<ColumnId>,
    /// Whether a row of whose key a part is missing has none.
    whole: bool,
    filter: Option<SqlId>,
    n_threads: usize,
    /// What the duplicated keys may take in memory.
    told_bytes: u64,
    forms: Vec<OneForm>,
    rows: u64,
    examined: u64,
    /// Rows that share their key with two others at the least, and whose key is not kept.
    again: u64,
    narrow: Store<u64>,
    broad: Store<u128>,
    words: Words,
}

/// Keys that are kept, and those that came lately.
#[derive(Clone, Debug)]
struct Store<K> {
    kept: Partitions<K>,
    lately: Lately<K>,
}

impl DuplicateKeys {
    pub fn new(columns: Vec<ColumnId>, whole: bool, filter: Option<SqlId>, room: Room) -> Self {
        DuplicateKeys {
            forms: vec![OneForm::default(); columns.len()],
            columns,
            whole,
            filter,
            n_threads: room.n_threads,
            told_bytes: room.bytes,
            rows: 0,
            examined: 0,
            again: 0,
            narrow: Store::new(room.bytes),
            broad: Store::new(room.bytes),
            words: Words::default(),
        }
    }

    /// Takes texts by number, each word once with how often it occurs.
    fn words(&mut self, column: &Column, selected: Option<&BooleanBuffer>) -> Result<(), String> {
        let Cells::Category { keys, words } = &column.cells else { return Ok(()) };
        let judged = bits::both(selected, column.present.as_ref());
        let mut counts = vec![0u64; words.count()];
        bits::for_each(judged.as_ref(), column.n_rows, |row| counts[keys[row] as usize] += 1);
        let examined = counts.iter().sum::<u64>();
        let used = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let mut kept = 0;
        self.broad.kept.extend(used.flat_map(|(word, count)| {
            let key = hash_of_text(words.at(word));
            let times = self.words.keep(key, *count);
            kept += times;
            std::iter::repeat_n(key, times as usize)
        }))?;
        self.examined += examined;
        self.again += examined - kept;
        Ok(())
    }
}

impl State for DuplicateKeys {
    type Answer = Duplicates;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        for (form, column) in self.forms.iter_mut().zip(&self.columns) {
            form.see(batch.column(*column)?)?;
        }
        let selected = batch.filter(self.filter)?;
        let n_rows = batch.n_rows();
        self.rows += bits::count(selected, n_rows);
        if let [column] = self.columns.as_slice()
            && let column = batch.column(*column)?
            && matches!(column.cells, Cells::Category { .. })
        {
            return self.words(column, selected);
        }
        let keys = Keys::new(batch, &self.columns)?;
        let mut judged = bits::both(selected, keys.present.as_ref());
        for column in self.columns.iter().filter(|_| self.whole) {
            judged = bits::both(judged.as_ref(), batch.column(*column)?.present.as_ref());
        }
        if matches!(keys.fingerprints, Fingerprints::Missing) {
            return Ok(());
        }
        self.examined += bits::count(judged.as_ref(), n_rows);
        let is_judged = |row: usize| judged.as_ref().is_none_or(|judged| judged.value(row));
        self.again += match keys.fingerprints {
            Fingerprints::Missing => 0,
            Fingerprints::Narrow(keys) => self.narrow.take(&keys, judged.as_ref())?,
            Fingerprints::Broad(keys) => self.broad.take(&keys, judged.as_ref())?,
            Fingerprints::Packed(keys) if keys.hashed.is_empty() => {
                self.narrow.take(&keys.narrow, judged.as_ref())?
            }
            Fingerprints::Packed(keys) => {
                let hashed = keys.hashed.iter().filter(|(row, _)| is_judged(*row));
                self.broad.kept.extend(hashed.map(|(_, key)| *key))?;
                let is_packed =
                    |row: &usize| keys.hashed.binary_search_by_key(row, |h| h.0).is_err();
                let rows = (0..n_rows).filter(|row| is_judged(*row)).filter(is_packed);
                self.narrow.kept.extend(rows.map(|row| keys.narrow[row]))?;
                0
            }
        };
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        for (form, new) in self.forms.iter_mut().zip(other.forms) {
            form.join(new)?;
        }
        self.rows += other.rows;
        self.examined += other.examined;
        self.again += other.again;
        self.narrow.kept.merge(other.narrow.kept)?;
        self.broad.kept.merge(other.broad.kept)
    }

    fn is_large(&self) -> bool {
        self.narrow.kept.is_dealt() || self.broad.kept.is_dealt()
    }

    fn finish(self) -> Result<Duplicates, String> {
        let told = ToldKeys::new(self.told_bytes);
        let narrow = self.narrow.kept.look(self.n_threads, |keys| Runs::count(keys, &told))?;
        let broad = self.broad.kept.look(self.n_threads, |keys| Runs::count(keys, &told))?;
        let all = narrow.into_iter().chain(broad).collect::<Result<Vec<Runs>, String>>()?;
        Ok(Duplicates {
            rows: self.rows,
            examined: self.examined,
            skipped: self.rows - self.examined,
            distinct: all.iter().map(|runs| runs.distinct).sum(),
            duplicated: self.again + all.iter().map(|runs| runs.duplicated).sum::<u64>(),
            keys: told.finish()?,
        })
    }
}

impl<K: Key> Store<K> {
    fn new(room_bytes: u64) -> Self {
        Store { kept: Partitions::new(room_bytes), lately: Lately::new() }
    }

    /// Takes the keys of the rows that a mask means; the answer is how many need not be kept.
    fn take(&mut self, keys: &[K], judged: Option<&BooleanBuffer>) -> Result<u64, String> {
        match judged {
            Some(judged) => self.sift(keys, judged.set_indices().map(|row| keys[row]))?,
            None => self.sift(keys, keys.iter().copied())?,
        }
        Ok(self.lately.end())
    }

    fn sift(&mut self, all: &[K], keys: impl Iterator<Item = K>) -> Result<(), String> {
        let lately = &mut self.lately;
        match all.first() {
            Some(first) if lately.begin(all.len(), *first) => {
                self.kept.extend(keys.filter(|key| lately.keeps(*key)))
            }
            _ => self.kept.extend(keys),
        }
    }
}

/// How often words were kept, up to twice: two of one say that it is duplicated, and the others are
/// only counted.
#[derive(Clone, Debug, Default)]
struct Words(HashMap<u128, u64>);

/// Words that are remembered; each batch may bring all words of a dictionary again.
const MOST_WORDS: usize = 1 << 14;

impl Words {
    /// How many of so many times a word is to be kept.
    fn keep(&mut self, key: u128, count: u64) -> u64 {
        if self.0.len() >= MOST_WORDS && !self.0.contains_key(&key) {
            return count.min(2);
        }
        let before = self.0.entry(key).or_default();
        let times = count.min(2 - *before);
        *before += times;
        times
    }
}

/// Equal keys of one group, counted.
#[derive(Debug, Default)]
struct Runs {
    distinct: u64,
    duplicated: u64,
}

impl Runs {
    /// Counts with a table of open addressing, half full at most, that holds each key once; tells
    /// of the keys that come again.
    fn count<K: Key>(keys: &[K], told: &ToldKeys) -> Result<Runs, String> {
        let mut runs = Runs::default();
        let Some(vacant) = keys.first().copied() else { return Ok(runs) };
        let mask = (keys.len() * 2).next_power_of_two() - 1;
        // The first key marks what is vacant, so that it is counted apart.
        let mut table = vec![vacant; mask + 1];
        let mut again = vec![false; mask + 1];
        let (mut first, mut repeated) = (0, Vec::new());
        for key in keys.iter().copied() {
            if key == vacant {
                first += 1;
                continue;
            }
            let mut slot = key.hash() as usize & mask;
            while table[slot] != key && table[slot] != vacant {
                slot = (slot + 1) & mask;
            }
            if table[slot] == vacant {
                table[slot] = key;
                runs.distinct += 1;
            } else if std::mem::replace(&mut again[slot], true) {
                runs.duplicated += 1;
            } else {
                runs.duplicated += 2;
                repeated.push(key);
            }
        }
        runs.distinct += 1;
        if first > 1 {
            runs.duplicated += first;
            repeated.push(vacant);
        }
        if !repeated.is_empty() {
            told.tell(repeated.into_iter().map(K::into))?;
        }
        Ok(runs)
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
        let mut keys = DuplicateKeys::new(columns, false, None, Room::endless(1));
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
    fn of_a_word_two_are_kept_however_often_it_comes() {
        let mut words = Words::default();
        let kept = [(1, 1), (2, 5), (1, 1), (1, 9), (2, 1)].map(|(key, n)| words.keep(key, n));
        assert_eq!(kept, [1, 2, 1, 0, 0]);
        let all: u64 = (0..MOST_WORDS as u128).map(|key| words.keep(key, 2)).sum();
        assert_eq!(all, 2 * MOST_WORDS as u64 - 4);
        assert_eq!([words.keep(u128::MAX, 7), words.keep(u128::MAX, 1)], [2, 1]);
        assert_eq!(words.keep(2, 1), 0);
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
