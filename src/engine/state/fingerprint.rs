//! Keys of rows as numbers: equal keys have equal fingerprints, and different keys different ones.
//!
//! A single column of at most 64 bits is its own fingerprint, and so is a decimal. Text is hashed
//! to 128 bits; two of a billion different keys meet with a probability below 1e-20. Compound keys
//! are packed into 64 bits where their columns are integers, dates and booleans; a key of which a
//! part does not fit into its share of the bits is hashed, as are all other compound keys. Whether
//! it fits depends on the key alone, so that equal keys always go the same way.
//!
//! Hashes do not depend on the form of the columns (an integer of any width, a whole decimal, a
//! float without a fraction are one number), so that those of two datasets compare.

use std::borrow::Cow;

use arrow::buffer::BooleanBuffer;
use hashbrown::HashMap;
use xxhash_rust::xxh3::xxh3_128;

use super::packed::{self, Packed};
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, render};
use crate::engine::layout::ColumnId;

/// Fingerprints of a batch, row by row; what stands at a row without a key means nothing.
pub enum Fingerprints<'a> {
    /// No row has a key.
    Missing,
    Narrow(Cow<'a, [u64]>),
    Broad(Vec<u128>),
    /// Narrow but for the rows that are listed, in order.
    Packed(Packed),
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
        let fit = packed::fits(columns.iter().map(|column| batch.kind(*column)));
        let columns = columns
            .iter()
            .map(|&column| batch.column(column))
            .collect::<Result<Vec<&Column>, String>>()?;
        if let [column] = columns.as_slice() {
            return Ok(Keys { fingerprints: single(column), present: column.present.clone() });
        }
        let fingerprints = match fit {
            true => Fingerprints::Packed(Packed::new(&columns, batch.n_rows())),
            false => {
                let mut bytes = Vec::new();
                let hashes = (0..batch.n_rows()).map(|row| hashed(&columns, row, &mut bytes));
                Fingerprints::Broad(hashes.collect())
            }
        };
        Ok(Keys { fingerprints, present: any_present(&columns) })
    }

    /// The fingerprint of a row that has a key.
    pub fn at(&self, row: usize) -> u128 {
        match &self.fingerprints {
            Fingerprints::Missing => 0,
            Fingerprints::Narrow(keys) => keys[row].into(),
            Fingerprints::Broad(keys) => keys[row],
            Fingerprints::Packed(keys) => keys.at(row),
        }
    }
}

/// The fingerprint of a text.
pub fn hash_of_text(text: &str) -> u128 {
    xxh3_128(text.as_bytes())
}

/// The hash of a compound key; `bytes` is room to write the key in.
pub fn hashed(columns: &[&Column], row: usize, bytes: &mut Vec<u8>) -> u128 {
    bytes.clear();
    columns.iter().for_each(|column| encode(column, row, bytes));
    xxh3_128(bytes)
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
        let fingerprint = hashed(&columns, row, &mut bytes);
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
    let text = hash_of_text;
    let n_rows = column.n_rows;
    match &column.cells {
        Cells::Null => Fingerprints::Missing,
        Cells::Bool(values) => Fingerprints::Narrow(values.iter().map(u64::from).collect()),
        Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
            Fingerprints::Narrow(Cow::Borrowed(values.inner().typed_data()))
        }
        Cells::Unsigned(values) => Fingerprints::Narrow(Cow::Borrowed(values)),
        Cells::Float(values) => {
            Fingerprints::Narrow(values.iter().map(|value| (value + 0.0).to_bits()).collect())
        }
        Cells::Decimal { unscaled, .. } => {
            Fingerprints::Broad(unscaled.iter().map(|value| *value as u128).collect())
        }
        Cells::Text(texts) => {
            Fingerprints::Broad((0..n_rows).map(|row| text(texts.at(row))).collect())
        }
        Cells::Category { keys, words } => {
            let hashes: Vec<u128> = (0..words.count()).map(|word| text(words.at(word))).collect();
            // Without a word every cell is null.
            let hash = |key: &u32| hashes.get(*key as usize).copied().unwrap_or_default();
            Fingerprints::Broad(keys.iter().map(hash).collect())
        }
        Cells::Binary(values) => {
            Fingerprints::Broad((0..n_rows).map(|row| xxh3_128(values.value(row))).collect())
        }
        Cells::Nested(array) => {
            Fingerprints::Broad((0..n_rows).map(|row| text(&render(array, row))).collect())
        }
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
        Cells::Int(values) => whole(values[row].into(), bytes),
        Cells::Unsigned(values) => whole(values[row].into(), bytes),
        Cells::Ticks { ticks, clock } => {
            whole(i128::from(ticks[row]) * i128::from(clock.tick_ns), bytes);
        }
        Cells::Float(values) => match whole_of(values[row]) {
            Some(value) => whole(value, bytes),
            None => {
                bytes.push(2);
                bytes.extend_from_slice(&values[row].to_bits().to_le_bytes());
            }
        },
        Cells::Decimal { unscaled, scale } => match shortest(unscaled[row], *scale) {
            (unscaled, 0) => whole(unscaled, bytes),
            (unscaled, scale) => {
                bytes.extend_from_slice(&[3, scale as u8]);
                bytes.extend_from_slice(&unscaled.to_le_bytes());
            }
        },
    }
}

fn whole(value: i128, bytes: &mut Vec<u8>) {
    bytes.push(1);
    bytes.extend_from_slice(&value.to_le_bytes());
}

/// The whole number that a float is, if it is one of 128 bits.
pub fn whole_of(value: f64) -> Option<i128> {
    let fits = value.trunc() == value && value.abs() < 2f64.powi(127);
    fits.then_some(value as i128)
}

/// The same decimal with as few places as it needs; whole ones have none, if that fits.
pub fn shortest(mut unscaled: i128, mut scale: i8) -> (i128, i8) {
    if scale < 0 {
        let power = 10i128.checked_pow(u32::from(scale.unsigned_abs()));
        let whole = power.and_then(|power| unscaled.checked_mul(power));
        return whole.map_or((unscaled, scale), |whole| (whole, 0));
    }
    while scale > 0 && unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    (unscaled, scale)
}
