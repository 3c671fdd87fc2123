//! Values of a column with how often each occurs, in no order of the rows.
//!
//! Many questions are about the values of a column and not about its rows. Where a file stores a
//! column as few words and their numbers, each word is looked at once. States that take tallies
//! come to the same as with batches.

use std::cell::OnceCell;
use std::ops::Deref;

use arrow::buffer::BooleanBuffer;

use super::batch::Batch;
use super::bits;
use super::column::{Cells, Column};
use super::layout::Layout;
use super::order::key;

/// Some values of one part of a column.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Values, none of them null; NaN may be among them.
    pub values: Column,
    /// How often each occurs, at least once; `None` where each occurs once.
    pub counts: Option<Vec<u32>>,
    /// Null cells.
    pub nulls: u64,
}

impl Tally {
    /// How often a value occurs.
    #[inline]
    pub fn count(&self, value: usize) -> u32 {
        self.counts.as_ref().map_or(1, |counts| counts[value])
    }

    /// Cells of these values; all cells but the null ones if no values are named.
    pub fn cells(&self, values: Option<&BooleanBuffer>) -> u64 {
        match &self.counts {
            None => bits::count(values, self.values.n_rows),
            Some(counts) => {
                let mut sum = 0;
                bits::for_each(values, counts.len(), |value| sum += u64::from(counts[value]));
                sum
            }
        }
    }

    /// Cells that are NaN.
    pub fn nans(&self) -> u64 {
        self.values.nans.as_ref().map_or(0, |nans| self.cells(Some(nans)))
    }

    /// All cells.
    pub fn rows(&self) -> u64 {
        self.cells(None) + self.nulls
    }

    /// Calls `each` with the key of every value and how often it occurs, and says how many cells
    /// are infinite. `None` where the values have no keys.
    #[inline]
    pub fn each_key(&self, mut each: impl FnMut(u64, u32)) -> Option<u64> {
        let (column, present) = (&self.values, self.values.present.as_ref());
        let Some(counts) = &self.counts else {
            return key::for_each(column, present, |key| each(key, 1));
        };
        let mut values = bits::numbers(present, column.n_rows);
        key::for_each(column, present, |key| {
            each(key, values.next().map_or(0, |value| counts[value]));
        })?;
        let Cells::Float(values) = &column.cells else { return Some(0) };
        let infinite = values.iter().zip(counts).filter(|(value, _)| value.is_infinite());
        Some(infinite.map(|(_, count)| u64::from(*count)).sum())
    }
}

/// A tally with what is asked of its values, each question once.
pub struct Tallied<'a> {
    tally: &'a Tally,
    layout: &'a Layout<'a>,
    /// The values as rows of their only column, each once.
    pub batch: Batch<'a>,
    null: OnceCell<Result<Batch<'a>, String>>,
}

impl<'a> Tallied<'a> {
    /// Nothing is asked yet.
    pub fn new(tally: &'a Tally, layout: &'a Layout<'a>) -> Self {
        let batch = Batch::of_values(layout, &tally.values);
        Tallied { tally, layout, batch, null: OnceCell::new() }
    }

    /// A null cell as a row, to ask what null answers.
    ///
    /// # Errors
    /// As for [`Batch::new`].
    pub fn null(&self) -> Result<&Batch<'a>, String> {
        let null = self.null.get_or_init(|| Batch::of_null(self.layout));
        null.as_ref().map_err(String::clone)
    }
}

impl Deref for Tallied<'_> {
    type Target = Tally;

    fn deref(&self) -> &Tally {
        self.tally
    }
}
