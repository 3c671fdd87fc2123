//! The keys of a dataset, to be held against those of another: fingerprints, sorted at the end.

use arrow::buffer::BooleanBuffer;

use super::State;
use super::fingerprint::{Fingerprints, Keys, hashed};
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Column, Form};
use crate::engine::layout::{ColumnId, SqlId};

/// The keys of all rows.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySet {
    /// Rows that the filter selects.
    pub rows: u64,
    /// The form of a key of one column; `None` for compound keys and where no key is there.
    pub form: Option<Form>,
    /// One for each row with a key, ascending.
    pub keys: KeyRuns,
    /// Fingerprints of keys of which a part is missing, ascending, each once; only where such rows
    /// have no key.
    pub partial: Vec<u128>,
}

/// Fingerprints, those of keys of one column in the width of their key.
#[derive(Clone, Debug, PartialEq)]
pub enum KeyRuns {
    Narrow(Vec<u64>),
    Broad(Vec<u128>),
    /// Of keys of several columns: hashes that compare with those of any other dataset, each with
    /// the fingerprint by which a scan of this one finds the key again.
    Compound(Vec<[u128; 2]>),
}

impl KeyRuns {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            KeyRuns::Narrow(keys) => keys.len(),
            KeyRuns::Broad(keys) => keys.len(),
            KeyRuns::Compound(keys) => keys.len(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct KeySets {
    columns: Vec<ColumnId>,
    filter: Option<SqlId>,
    /// Whether a row of whose key a part is missing has none.
    whole: bool,
    /// Most keys that fit into memory.
    room: u64,
    forms: Vec<OneForm>,
    rows: u64,
    narrow: Vec<u64>,
    broad: Vec<u128>,
    compound: Vec<[u128; 2]>,
    partial: Vec<u128>,
}

impl KeySets {
    pub fn new(columns: Vec<ColumnId>, filter: Option<SqlId>, whole: bool, room: u64) -> Self {
        KeySets {
            forms: vec![OneForm::default(); columns.len()],
            columns,
            filter,
            whole,
            room,
            rows: 0,
            narrow: Vec::new(),
            broad: Vec::new(),
            compound: Vec::new(),
            partial: Vec::new(),
        }
    }

    fn check_room(&self) -> Result<(), String> {
        let held = self.narrow.len() + self.broad.len() + self.compound.len() + self.partial.len();
        if held as u64 <= self.room {
            return Ok(());
        }
        Err(format!("more than {} keys do not fit into the memory limit", self.room))
    }

    fn single(&mut self, keys: &Keys, judged: Option<&BooleanBuffer>, n_rows: usize) {
        match &keys.fingerprints {
            Fingerprints::Missing => {}
            Fingerprints::Narrow(keys) => {
                bits::for_each(judged, n_rows, |row| self.narrow.push(keys[row]));
            }
            _ => bits::for_each(judged, n_rows, |row| self.broad.push(keys.at(row))),
        }
    }

    fn several(
        &mut self,
        keys: &Keys,
        columns: &[&Column],
        judged: Option<&BooleanBuffer>,
        n_rows: usize,
    ) {
        let mut bytes = Vec::new();
        let mut key = |row: usize| [hashed(columns, row, &mut bytes), keys.at(row)];
        if !self.whole {
            bits::for_each(judged, n_rows, |row| self.compound.push(key(row)));
            return;
        }
        let complete = columns.iter().fold(None, |all: bits::Rows, column| {
            bits::both(all.as_ref(), column.present.as_ref())
        });
        let is_complete = |row: usize| complete.as_ref().is_none_or(|rows| rows.value(row));
        bits::for_each(judged, n_rows, |row| match is_complete(row) {
            true => self.compound.push(key(row)),
            false => self.partial.push(keys.at(row)),
        });
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
        let judged = bits::both(selected, keys.present.as_ref());
        match columns.len() {
            1 => self.single(&keys, judged.as_ref(), n_rows),
            _ => self.several(&keys, &columns, judged.as_ref(), n_rows),
        }
        self.check_room()
    }

    fn merge(&mut self, mut other: Self) -> Result<(), String> {
        for (form, new) in self.forms.iter_mut().zip(other.forms) {
            form.join(new)?;
        }
        self.rows += other.rows;
        self.narrow.append(&mut other.narrow);
        self.broad.append(&mut other.broad);
        self.compound.append(&mut other.compound);
        self.partial.append(&mut other.partial);
        self.check_room()
    }

    fn finish(mut self) -> Result<KeySet, String> {
        self.narrow.sort_unstable();
        self.broad.sort_unstable();
        self.compound.sort_unstable();
        self.partial.sort_unstable();
        self.partial.dedup();
        let form = match self.forms.as_slice() {
            [only] => only.0,
            _ => None,
        };
        let keys = match (self.forms.len(), self.broad.is_empty()) {
            (1, true) => KeyRuns::Narrow(self.narrow),
            (1, false) => KeyRuns::Broad(self.broad),
            _ => KeyRuns::Compound(self.compound),
        };
        Ok(KeySet { rows: self.rows, form, keys, partial: self.partial })
    }
}
