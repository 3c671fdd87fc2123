//! The keys of a dataset, to be held against those of another: fingerprints in partitions, which
//! spill where they do not fit into memory.

use arrow::buffer::BooleanBuffer;

use super::State;
use super::fingerprint::{Fingerprints, Keys, hashed};
use super::form::OneForm;
use super::partitions::{Key, Partitions, Sealed};
use super::told::ToldKeys;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::memory::Room;
use crate::metric::MarkedKeys;

/// The keys of all rows.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySet {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows with a key.
    pub examined: u64,
    /// The form of a key of one column; `None` for compound keys and where no key is there.
    pub form: Option<Form>,
    /// One for each row with a key.
    pub keys: KeyRuns,
    /// Keys of which a part is missing; only where such rows have no key.
    pub partial: MarkedKeys,
    /// Threads that may look at them.
    pub n_threads: usize,
    /// What those that are told of may take in memory.
    pub told_bytes: u64,
}

/// Fingerprints, those of keys of one column in the width of their key.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyRuns {
    Narrow(Sealed<u64>),
    Broad(Sealed<u128>),
    /// Of keys of several columns.
    Compound(Sealed<Compound>),
}

impl KeyRuns {
    /// Those of this kind, if these are.
    pub fn narrow(&self) -> Option<&Sealed<u64>> {
        if let KeyRuns::Narrow(keys) = self { Some(keys) } else { None }
    }

    /// Those of this kind, if these are.
    pub fn broad(&self) -> Option<&Sealed<u128>> {
        if let KeyRuns::Broad(keys) = self { Some(keys) } else { None }
    }

    /// Those of this kind, if these are.
    pub fn compound(&self) -> Option<&Sealed<Compound>> {
        if let KeyRuns::Compound(keys) = self { Some(keys) } else { None }
    }
}

/// A key of several columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Compound {
    /// A hash that compares with those of any other dataset.
    pub hash: u128,
    /// The fingerprint by which a scan of this dataset finds the key again.
    pub own: u128,
}

impl From<Compound> for u128 {
    fn from(key: Compound) -> u128 {
        key.own
    }
}

impl Key for Compound {
    fn hash(self) -> u64 {
        self.hash as u64
    }

    fn write(self, bytes: &mut Vec<u8>) {
        self.hash.write(bytes);
        self.own.write(bytes);
    }

    fn read(bytes: &[u8], keys: &mut Vec<Compound>) {
        let mut halves = Vec::with_capacity(bytes.len() / 16);
        u128::read(bytes, &mut halves);
        let (pairs, _) = halves.as_chunks();
        keys.extend(pairs.iter().map(|[hash, own]| Compound { hash: *hash, own: *own }));
    }
}

#[derive(Clone, Debug)]
pub struct KeySets {
    columns: Vec<ColumnId>,
    filter: Option<SqlId>,
    /// Whether a row of whose key a part is missing has none.
    whole: bool,
    n_threads: usize,
    told_bytes: u64,
    forms: Vec<OneForm>,
    rows: u64,
    examined: u64,
    narrow: Partitions<u64>,
    /// Keys of one column that do not fit into 64 bits; not both kinds occur.
    broad: Partitions<u128>,
    is_broad: bool,
    compound: Partitions<Compound>,
    partial: Partitions<u128>,
}

impl KeySets {
    pub fn new(columns: Vec<ColumnId>, filter: Option<SqlId>, whole: bool, room: Room) -> Self {
        KeySets {
            forms: vec![OneForm::default(); columns.len()],
            columns,
            filter,
            whole,
            n_threads: room.n_threads,
            told_bytes: room.bytes,
            rows: 0,
            examined: 0,
            narrow: Partitions::new(room.bytes),
            broad: Partitions::new(room.bytes),
            is_broad: false,
            compound: Partitions::new(room.bytes),
            partial: Partitions::new(room.bytes),
        }
    }

    fn single(&mut self, keys: &Keys, judged: Judged) -> Result<(), String> {
        match &keys.fingerprints {
            Fingerprints::Missing => Ok(()),
            Fingerprints::Narrow(keys) => take(&mut self.narrow, judged, |row| keys[row]),
            _ => {
                self.is_broad = true;
                take(&mut self.broad, judged, |row| keys.at(row))
            }
        }
    }

    fn several(&mut self, keys: &Keys, columns: &[&Column], judged: Judged) -> Result<(), String> {
        let mut bytes = Vec::new();
        let mut key = |row: usize| {
            let hash = hashed(columns, row, &mut bytes);
            Compound { hash, own: keys.at(row) }
        };
        if !self.whole {
            return take(&mut self.compound, judged, key);
        }
        let complete = columns.iter().fold(None, |all: bits::Rows, column| {
            bits::both(all.as_ref(), column.present.as_ref())
        });
        let (mut whole, mut partial) = (Vec::new(), Vec::new());
        bits::for_each(judged.rows, judged.n_rows, |row| {
            match complete.as_ref().is_none_or(|rows| rows.value(row)) {
                true => whole.push(key(row)),
                false => partial.push(keys.at(row)),
            }
        });
        self.examined += whole.len() as u64;
        self.compound.extend(whole.into_iter())?;
        self.partial.extend(partial.into_iter())
    }
}

/// The rows of a batch that are judged.
#[derive(Clone, Copy)]
struct Judged<'a> {
    rows: Option<&'a BooleanBuffer>,
    n_rows: usize,
}

fn take<K: Key>(
    store: &mut Partitions<K>,
    judged: Judged,
    mut key: impl FnMut(usize) -> K,
) -> Result<(), String> {
    match judged.rows {
        Some(rows) => store.extend(rows.set_indices().map(key)),
        None => store.extend((0..judged.n_rows).map(&mut key)),
    }
}

impl State for KeySets {
    type Answer = KeySet;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let columns = self.columns.iter().map(|column| batch.column(*column));
        let columns = columns.collect::<Result<Vec<&Column>, String>>()?;
        for (form, column) in self.forms.iter_mut().zip(&columns) {
            form.see(column)?;
        }
        let n_rows = batch.n_rows();
        let selected = batch.filter(self.filter)?;
        self.rows += bits::count(selected, n_rows);
        let keys = Keys::new(batch, &self.columns)?;
        let rows = bits::both(selected, keys.present.as_ref());
        let judged = Judged { rows: rows.as_ref(), n_rows };
        let is_missing = matches!(keys.fingerprints, Fingerprints::Missing);
        if !is_missing && (columns.len() == 1 || !self.whole) {
            self.examined += bits::count(judged.rows, n_rows);
        }
        match columns.len() {
            1 => self.single(&keys, judged),
            _ => self.several(&keys, &columns, judged),
        }
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        for (form, new) in self.forms.iter_mut().zip(other.forms) {
            form.join(new)?;
        }
        self.rows += other.rows;
        self.examined += other.examined;
        self.is_broad |= other.is_broad;
        self.narrow.merge(other.narrow)?;
        self.broad.merge(other.broad)?;
        self.compound.merge(other.compound)?;
        self.partial.merge(other.partial)
    }

    fn is_large(&self) -> bool {
        self.partial.is_dealt()
    }

    fn finish(self) -> Result<KeySet, String> {
        let form = match self.forms.as_slice() {
            [only] => only.0,
            _ => None,
        };
        let keys = match (self.forms.len(), self.is_broad) {
            (1, false) => KeyRuns::Narrow(self.narrow.seal()),
            (1, true) => KeyRuns::Broad(self.broad.seal()),
            _ => KeyRuns::Compound(self.compound.seal()),
        };
        let (n_threads, told_bytes) = (self.n_threads, self.told_bytes);
        let partial = ToldKeys::new(told_bytes);
        let told = self.partial.look(n_threads, |keys| {
            keys.sort_unstable();
            keys.dedup();
            partial.tell(keys.iter().copied())
        })?;
        told.into_iter().collect::<Result<(), String>>()?;
        let (rows, examined, partial) = (self.rows, self.examined, partial.finish()?);
        Ok(KeySet { rows, examined, form, keys, partial, n_threads, told_bytes })
    }
}
