//! Compound keys in 64 bits: each column has an equal share of them.
//!
//! In its share a missing cell is 0 and a value stands shifted by half of what the share can count.
//! A key of which a part lies beyond that is hashed to 128 bits instead, of which the highest is
//! set, so that it never meets a packed one.

use super::fingerprint::hashed;
use crate::engine::column::{Cells, Column};
use crate::metric::Type;

/// Shares of more columns would be too narrow to hold anything.
const MOST_COLUMNS: usize = 6;
const HASHED: u128 = 1 << 127;

/// The keys of a batch.
#[derive(Clone, Debug)]
pub struct Packed {
    pub narrow: Vec<u64>,
    /// Rows that do not fit, in order, with their hashes.
    pub hashed: Vec<(usize, u128)>,
}

/// Whether keys of these types are packed.
pub fn fits<'a>(mut kinds: impl ExactSizeIterator<Item = Option<&'a Type>>) -> bool {
    let several = (2..=MOST_COLUMNS).contains(&kinds.len());
    several
        && kinds.all(|kind| matches!(kind, Some(Type::Integer { .. } | Type::Date | Type::Boolean)))
}

impl Packed {
    /// Packs the rows of some columns.
    pub fn new(columns: &[&Column], n_rows: usize) -> Self {
        let mut shares = Shares {
            bits: 64 / columns.len() as u32,
            keys: vec![0; n_rows],
            beyond: vec![0; n_rows],
            any_beyond: 0,
        };
        columns.iter().for_each(|column| shares.column(column));
        let mut hashes = Vec::new();
        if shares.any_beyond != 0 {
            let mut bytes = Vec::new();
            let rows = (0..n_rows).filter(|row| shares.beyond[*row] != 0);
            hashes.extend(rows.map(|row| (row, HASHED | hashed(columns, row, &mut bytes))));
        }
        Packed { narrow: shares.keys, hashed: hashes }
    }

    /// The key of a row as one number.
    pub fn at(&self, row: usize) -> u128 {
        match self.hashed.binary_search_by_key(&row, |(row, _)| *row) {
            Ok(place) => self.hashed[place].1,
            Err(_) => self.narrow[row].into(),
        }
    }
}

/// The keys so far, to which each column appends its share.
struct Shares {
    bits: u32,
    keys: Vec<u64>,
    /// No longer 0 where a value does not fit.
    beyond: Vec<u64>,
    /// No longer 0 where one of all values does not fit.
    any_beyond: u64,
}

impl Shares {
    fn append(&mut self, codes: impl Iterator<Item = (u64, u64)>) {
        let (bits, mask) = (self.bits, (1 << self.bits) - 1);
        let rows = self.keys.iter_mut().zip(&mut self.beyond);
        for ((key, beyond), (code, over)) in rows.zip(codes) {
            *key = *key << bits | code & mask;
            *beyond |= over;
            self.any_beyond |= over;
        }
    }

    fn column(&mut self, column: &Column) {
        let (bits, half) = (self.bits, 1u64 << (self.bits - 1));
        // The lowest code is that of a missing cell, so that its value counts as beyond.
        let signed = |value: i64| {
            let code = (value as u64).wrapping_add(half);
            (code, code >> bits | u64::from(code == 0))
        };
        let unsigned = |value: u64| (value.wrapping_add(half), value >> (bits - 1));
        let there = |row: usize, code| if column.is_missing(row) { (0, 0) } else { code };
        match &column.cells {
            Cells::Int(values) if column.present.is_none() => {
                self.append(values.iter().map(|value| signed(*value)));
            }
            Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
                let rows = values.iter().enumerate();
                self.append(rows.map(|(row, value)| there(row, signed(*value))));
            }
            Cells::Unsigned(values) => {
                let rows = values.iter().enumerate();
                self.append(rows.map(|(row, value)| there(row, unsigned(*value))));
            }
            Cells::Bool(values) => {
                let rows = values.iter().enumerate();
                self.append(rows.map(|(row, value)| there(row, unsigned(value.into()))));
            }
            Cells::Null => self.append(std::iter::repeat((0, 0))),
            // A schema that says integer has no such cells; if it were wrong, hashes are right.
            _ => self.append(std::iter::repeat((0, 1))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanArray, Int64Array, UInt64Array};
    use proptest::prelude::*;

    use super::*;

    fn near_the_ends() -> impl Strategy<Value = Option<i64>> {
        let ends = vec![i64::MIN, -(1 << 31), -(1 << 20), 0, 1 << 20, 1 << 31, i64::MAX];
        let near = (prop::sample::select(ends), -2..3i64);
        prop::option::weighted(0.8, near.prop_map(|(end, step)| end.saturating_add(step)))
    }

    #[test]
    fn different_keys_have_different_numbers_and_equal_ones_equal() {
        let rows = prop::collection::vec(
            (near_the_ends(), near_the_ends(), prop::option::of(any::<bool>())),
            1..60,
        );
        proptest!(ProptestConfig::with_cases(128), |(rows in rows)| {
            let first = rows.iter().map(|row| row.0).collect::<Int64Array>();
            let second = rows.iter().map(|row| row.1.map(|v| v as u64)).collect::<UInt64Array>();
            let third = rows.iter().map(|row| row.2).collect::<BooleanArray>();
            let arrays: [ArrayRef; 3] = [Arc::new(first), Arc::new(second), Arc::new(third)];
            let columns = arrays.iter().map(|array| Column::new(array).expect("a column"));
            let columns: Vec<Column> = columns.collect();
            for parts in [2, 3] {
                let columns: Vec<&Column> = columns.iter().take(parts).collect();
                let packed = Packed::new(&columns, rows.len());
                let third = |row: usize| rows[row].2.filter(|_| parts > 2);
                let key = |row: usize| (rows[row].0, rows[row].1, third(row));
                for (one, other) in (0..rows.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
                    let same = key(one) == key(other);
                    prop_assert_eq!(packed.at(one) == packed.at(other), same);
                }
            }
        });
    }
}
