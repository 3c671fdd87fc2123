//! Exact sums of a numeric column, and its ends.

use std::borrow::Cow;

use arrow::buffer::BooleanBuffer;

use super::State;
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::metric::{Sampled, Value};
use crate::stats::moments::Moments;

#[derive(Clone, Debug)]
pub struct MomentSums {
    column: ColumnId,
    filter: Option<SqlId>,
    form: OneForm,
    rows: u64,
    nulls: u64,
    nans: u64,
    moments: Moments,
    ends: Option<(Value, Value)>,
}

impl MomentSums {
    pub fn new(column: ColumnId, filter: Option<SqlId>) -> Self {
        MomentSums {
            column,
            filter,
            form: OneForm::default(),
            rows: 0,
            nulls: 0,
            nans: 0,
            moments: Moments::with_shape_of_few(),
            ends: None,
        }
    }

    fn push(&mut self, column: &Column, judged: Option<&BooleanBuffer>) -> Result<(), String> {
        let (n_rows, moments) = (column.n_rows, &mut self.moments);
        match &column.cells {
            Cells::Null => {}
            Cells::Bool(values) => {
                bits::for_each(judged, n_rows, |row| moments.push_i64(values.value(row).into()));
            }
            Cells::Int(values) => moments.push_integers(&chosen(values, judged)),
            Cells::Unsigned(values) => {
                bits::for_each(judged, n_rows, |row| moments.push_i128(values[row].into()));
            }
            Cells::Decimal { unscaled, scale } => {
                let unit = 10i128.checked_pow(u32::from(scale.min(&0).unsigned_abs()));
                let mut all_fit = true;
                bits::for_each(judged, n_rows, |row| {
                    match unit.and_then(|unit| unscaled[row].checked_mul(unit)) {
                        Some(value) => moments.push_i128(value),
                        None => all_fit = false,
                    }
                });
                if !all_fit {
                    return Err("a decimal has more than 38 digits".into());
                }
            }
            Cells::Float(values) => moments.push_slice(&chosen(values, judged)),
            _ => return Err(format!("values of type {} have no mean", column.describe())),
        }
        Ok(())
    }
}

/// The values of the rows that a mask means, one after the other.
fn chosen<'a, T: Copy>(values: &'a [T], judged: Option<&BooleanBuffer>) -> Cow<'a, [T]> {
    match judged {
        Some(judged) => judged.set_indices().map(|row| values[row]).collect(),
        None => Cow::Borrowed(values),
    }
}

impl State for MomentSums {
    type Answer = Sampled;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let column = batch.column(self.column)?;
        self.form.see(column)?;
        let selected = batch.filter(self.filter)?;
        let count =
            |mask: &Option<_>| mask.as_ref().map_or(0, |mask| bits::count_selected(mask, selected));
        self.rows += bits::count(selected, column.n_rows);
        self.nulls += count(&column.nulls);
        self.nans += count(&column.nans);
        let judged = bits::both(selected, column.present.as_ref());
        self.push(column, judged.as_ref())?;
        self.ends = wider(self.ends.take(), ends(column, judged.as_ref()));
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.rows += other.rows;
        self.nulls += other.nulls;
        self.nans += other.nans;
        self.moments.merge(&other.moments);
        self.ends = wider(self.ends.take(), other.ends);
        Ok(())
    }

    fn finish(self) -> Result<Sampled, String> {
        let digits = match self.form.0 {
            Some(Form::Decimal { scale }) => scale.max(0).unsigned_abs().into(),
            _ => 0,
        };
        let (min, max) = self.ends.unzip();
        Ok(Sampled {
            rows: self.rows,
            nulls: self.nulls,
            nans: self.nans,
            min,
            max,
            summary: self.moments.finish_decimal(digits),
        })
    }
}

/// The smallest and the largest value of a batch.
fn ends(column: &Column, judged: Option<&BooleanBuffer>) -> Option<(Value, Value)> {
    let n_rows = column.n_rows;
    let span = match &column.cells {
        Cells::Bool(values) => span(judged, n_rows, |row| values.value(row)),
        Cells::Int(values) => span(judged, n_rows, |row| values[row]),
        Cells::Unsigned(values) => span(judged, n_rows, |row| values[row]),
        Cells::Decimal { unscaled, .. } => span(judged, n_rows, |row| unscaled[row]),
        Cells::Float(values) => span(judged, n_rows, |row| values[row]),
        _ => None,
    };
    span.map(|(low, high)| (column.value(low), column.value(high)))
}

/// The rows of the smallest and of the largest value.
fn span<T: PartialOrd>(
    judged: Option<&BooleanBuffer>,
    n_rows: usize,
    value: impl Fn(usize) -> T,
) -> Option<(usize, usize)> {
    let mut span: Option<(usize, usize)> = None;
    bits::for_each(judged, n_rows, |row| {
        let (low, high) = span.get_or_insert((row, row));
        if value(row) < value(*low) {
            *low = row;
        } else if value(row) > value(*high) {
            *high = row;
        }
    });
    span
}

fn wider(own: Option<(Value, Value)>, other: Option<(Value, Value)>) -> Option<(Value, Value)> {
    match (own, other) {
        (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
        (own, other) => own.or(other),
    }
}
