//! Keys of rows as numbers: equal keys have equal fingerprints, and different keys different ones.
//!
//! A single column of at most 64 bits is its own fingerprint, and so is a decimal. Text and
//! compound keys are hashed to 128 bits; two of a billion different keys meet with a probability
//! below 1e-20.

use std::cell::RefCell;

use arrow::buffer::BooleanBuffer;
use hashbrown::HashMap;
use xxhash_rust::xxh3::xxh3_128;

use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, render};
use crate::engine::layout::ColumnId;

/// Fingerprints of a batch, row by row.
pub enum Fingerprints<'a> {
    /// No row has a key.
    Missing,
    Narrow(Box<dyn Fn(usize) -> u64 + 'a>),
    Broad(Box<dyn Fn(usize) -> u128 + 'a>),
}

/// The keys of a batch.
pub struct Keys<'a> {
    pub fingerprints: Fingerprints<'a>,
    /// Rows that have a key: any part of it is there.
    pub present: Option<BooleanBuffer>,
}

impl<'a> Keys<'a> {
    /// The keys that the columns make.
    ///
    /// # Errors
    /// A column cannot be read.
    pub fn new(batch: &'a Batch, columns: &[ColumnId]) -> Result<Self, String> {
        let columns = columns
            .iter()
            .map(|&column| batch.column(column))
            .collect::<Result<Vec<&Column>, String>>()?;
        Ok(match columns.as_slice() {
            [column] => Keys { fingerprints: single(column), present: column.present.clone() },
            _ => {
                let present = any_present(&columns);
                let buffer = RefCell::new(Vec::new());
                let key = move |row| {
                    let mut bytes = buffer.borrow_mut();
                    bytes.clear();
                    columns.iter().for_each(|column| encode(column, row, &mut bytes));
                    xxh3_128(&bytes)
                };
                Keys { fingerprints: Fingerprints::Broad(Box::new(key)), present }
            }
        })
    }
}

/// The rows of each group that agrees in the columns, under a fingerprint of what they share, in
/// the order of their first rows. Rows without any value there are a group as well.
///
/// # Errors
/// A column cannot be read.
pub fn groups(batch: &Batch, columns: &[ColumnId]) -> Result<Vec<(u128, Vec<u32>)>, String> {
    let columns = columns
        .iter()
        .map(|&column| batch.column(column))
        .collect::<Result<Vec<&Column>, String>>()?;
    let mut places: HashMap<u128, usize> = HashMap::new();
    let mut groups: Vec<(u128, Vec<u32>)> = Vec::new();
    let mut bytes = Vec::new();
    for row in 0..batch.n_rows() {
        bytes.clear();
        columns.iter().for_each(|column| encode(column, row, &mut bytes));
        let fingerprint = xxh3_128(&bytes);
        let place = *places.entry(fingerprint).or_insert_with(|| {
            groups.push((fingerprint, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(row as u32);
    }
    Ok(groups)
}

fn any_present(columns: &[&Column]) -> Option<BooleanBuffer> {
    let mut masks = columns.iter().map(|column| column.present.as_ref());
    let first = masks.next()??.clone();
    masks.try_fold(first, |any, mask| bits::either(Some(&any), Some(mask?)))
}

fn single(column: &Column) -> Fingerprints<'_> {
    let narrow = |key| Fingerprints::Narrow(key);
    let broad = |key| Fingerprints::Broad(key);
    match &column.cells {
        Cells::Null => Fingerprints::Missing,
        Cells::Bool(values) => narrow(Box::new(|row| values.value(row).into())),
        Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
            narrow(Box::new(|row| values[row] as u64))
        }
        Cells::Unsigned(values) => narrow(Box::new(|row| values[row])),
        Cells::Float(values) => narrow(Box::new(|row| (values[row] + 0.0).to_bits())),
        Cells::Decimal { unscaled, .. } => broad(Box::new(|row| unscaled[row] as u128)),
        Cells::Text(texts) => broad(Box::new(|row| xxh3_128(texts.at(row).as_bytes()))),
        Cells::Category { keys, words } => {
            let hashes: Vec<u128> =
                (0..words.count()).map(|word| xxh3_128(words.at(word).as_bytes())).collect();
            broad(Box::new(move |row| hashes[keys[row] as usize]))
        }
        Cells::Binary(values) => broad(Box::new(|row| xxh3_128(values.value(row)))),
        Cells::Nested(array) => broad(Box::new(|row| xxh3_128(render(array, row).as_bytes()))),
    }
}

/// One cell in a form that no other cell has, whatever stands before or after it.
fn encode(column: &Column, row: usize, bytes: &mut Vec<u8>) {
    if column.is_missing(row) {
        bytes.push(0);
        return;
    }
    bytes.push(1);
    let mut text = |text: &[u8]| {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text);
    };
    match &column.cells {
        Cells::Null => {}
        Cells::Text(_) | Cells::Category { .. } => text(column.text(row).as_bytes()),
        Cells::Binary(values) => text(values.value(row)),
        Cells::Nested(array) => text(render(array, row).as_bytes()),
        Cells::Bool(values) => bytes.push(values.value(row).into()),
        Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
            bytes.extend_from_slice(&values[row].to_le_bytes());
        }
        Cells::Unsigned(values) => bytes.extend_from_slice(&values[row].to_le_bytes()),
        Cells::Float(values) => {
            bytes.extend_from_slice(&(values[row] + 0.0).to_bits().to_le_bytes())
        }
        Cells::Decimal { unscaled, .. } => bytes.extend_from_slice(&unscaled[row].to_le_bytes()),
    }
}
