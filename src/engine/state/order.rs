//! All values of a column in order: what quantiles, comparisons and bins are read from.

use super::State;
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Clock, Column, Form};
use crate::engine::layout::{ColumnId, SqlId};

/// The values of a column, ascending, with what was left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    /// Rows that the filter selects.
    pub rows: u64,
    pub nulls: u64,
    pub nans: u64,
    /// Infinities among the values.
    pub infinite: u64,
    pub values: Sorted,
}

/// Ascending values of one form.
#[derive(Clone, Debug, PartialEq)]
pub enum Sorted {
    /// No value was there, and so no form.
    Empty,
    Int(Vec<i64>),
    Unsigned(Vec<u64>),
    Float(Vec<f64>),
    Decimal {
        unscaled: Vec<i128>,
        scale: i8,
    },
    Ticks {
        ticks: Vec<i64>,
        clock: Clock,
    },
}

/// Collects values, as keys whose order is that of the values.
#[derive(Clone, Debug)]
pub struct SortedValues {
    column: ColumnId,
    filter: Option<SqlId>,
    /// Most values that fit into memory.
    room: u64,
    form: OneForm,
    rows: u64,
    nulls: u64,
    nans: u64,
    narrow: Vec<u64>,
    wide: Vec<i128>,
}

impl SortedValues {
    pub fn new(column: ColumnId, filter: Option<SqlId>, room: u64) -> Self {
        SortedValues {
            column,
            filter,
            room,
            form: OneForm::default(),
            rows: 0,
            nulls: 0,
            nans: 0,
            narrow: Vec::new(),
            wide: Vec::new(),
        }
    }

    fn check_room(&self) -> Result<(), String> {
        if (self.narrow.len() + self.wide.len()) as u64 <= self.room {
            return Ok(());
        }
        Err(format!("more than {} values do not fit into the memory limit", self.room))
    }

    fn collect(&mut self, column: &Column, judged: Option<&arrow::buffer::BooleanBuffer>) {
        let n_rows = column.n_rows;
        let n_new = bits::count(judged, n_rows) as usize;
        let narrow = &mut self.narrow;
        match &column.cells {
            Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
                narrow.reserve(n_new);
                bits::for_each(judged, n_rows, |row| narrow.push(of_signed(values[row])));
            }
            Cells::Unsigned(values) => {
                bits::for_each(judged, n_rows, |row| narrow.push(values[row]));
            }
            Cells::Float(values) => {
                narrow.reserve(n_new);
                bits::for_each(judged, n_rows, |row| narrow.push(of_float(values[row])));
            }
            Cells::Decimal { unscaled, .. } => {
                bits::for_each(judged, n_rows, |row| self.wide.push(unscaled[row]));
            }
            _ => {}
        }
    }
}

impl State for SortedValues {
    type Answer = Ordered;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let column = batch.column(self.column)?;
        if let Some(form @ (Form::Bool | Form::Text | Form::Binary | Form::Nested)) = column.form()
        {
            return Err(format!("values of type {form} are not points on a line"));
        }
        self.form.see(column)?;
        let selected = batch.filter(self.filter)?;
        let count =
            |mask: &Option<_>| mask.as_ref().map_or(0, |mask| bits::count_selected(mask, selected));
        self.rows += bits::count(selected, column.n_rows);
        self.nulls += count(&column.nulls);
        self.nans += count(&column.nans);
        let judged = bits::both(selected, column.present.as_ref());
        self.collect(column, judged.as_ref());
        self.check_room()
    }

    fn merge(&mut self, mut other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.rows += other.rows;
        self.nulls += other.nulls;
        self.nans += other.nans;
        self.narrow.append(&mut other.narrow);
        self.wide.append(&mut other.wide);
        self.check_room()
    }

    fn finish(mut self) -> Result<Ordered, String> {
        // The standard sort is as fast as a radix sort on these keys, and needs no second vector.
        let mut narrow = self.narrow;
        narrow.sort_unstable();
        self.wide.sort_unstable();
        let values = match self.form.0 {
            Some(Form::Int) => Sorted::Int(narrow.into_iter().map(to_signed).collect()),
            Some(Form::Unsigned) => Sorted::Unsigned(narrow),
            Some(Form::Float) => Sorted::Float(narrow.into_iter().map(to_float).collect()),
            Some(Form::Decimal { scale }) => Sorted::Decimal { unscaled: self.wide, scale },
            Some(Form::Ticks(clock)) => {
                Sorted::Ticks { ticks: narrow.into_iter().map(to_signed).collect(), clock }
            }
            _ => Sorted::Empty,
        };
        let infinite = match &values {
            Sorted::Float(values) => {
                let below = values.partition_point(|value| *value == f64::NEG_INFINITY);
                let above = values.partition_point(|value| *value < f64::INFINITY);
                (below + values.len() - above) as u64
            }
            _ => 0,
        };
        Ok(Ordered { rows: self.rows, nulls: self.nulls, nans: self.nans, infinite, values })
    }
}

impl Sorted {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Sorted::Empty => 0,
            Sorted::Int(values) => values.len(),
            Sorted::Unsigned(values) => values.len(),
            Sorted::Float(values) => values.len(),
            Sorted::Decimal { unscaled, .. } => unscaled.len(),
            Sorted::Ticks { ticks, .. } => ticks.len(),
        }
    }

    /// The form of the values, if there are any.
    pub fn form(&self) -> Option<Form> {
        Some(match self {
            Sorted::Empty => return None,
            Sorted::Int(_) => Form::Int,
            Sorted::Unsigned(_) => Form::Unsigned,
            Sorted::Float(_) => Form::Float,
            Sorted::Decimal { scale, .. } => Form::Decimal { scale: *scale },
            Sorted::Ticks { clock, .. } => Form::Ticks(*clock),
        })
    }
}

const SIGN: u64 = 1 << 63;

fn of_signed(value: i64) -> u64 {
    value as u64 ^ SIGN
}

fn to_signed(key: u64) -> i64 {
    (key ^ SIGN) as i64
}

/// Positive doubles order like their bits, negative ones the other way round; both zeros are one.
pub(super) fn of_float(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

fn to_float(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_the_values_do_and_read_back() {
        let floats = [f64::NEG_INFINITY, -1e300, -1.0, -5e-324, 0.0, 5e-324, 1.0, f64::INFINITY];
        assert!(floats.is_sorted_by_key(|value| of_float(*value)));
        assert!(floats.iter().all(|value| to_float(of_float(*value)) == *value));
        assert_eq!(of_float(-0.0), of_float(0.0));
        assert!([i64::MIN, -1, 0, 1, i64::MAX].is_sorted_by_key(|value| of_signed(*value)));
    }
}
