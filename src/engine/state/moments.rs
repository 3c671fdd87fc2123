//! Exact sums of a numeric column, and its ends.

use std::borrow::Cow;

use arrow::buffer::BooleanBuffer;

use super::State;
use super::ends::{ends, wider};
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::tally::Tallied;
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
    /// With `shape`, sums of third and fourth powers are kept as well.
    pub fn new(column: ColumnId, shape: bool, filter: Option<SqlId>) -> Self {
        MomentSums {
            column,
            filter,
            form: OneForm::default(),
            rows: 0,
            nulls: 0,
            nans: 0,
            moments: if shape { Moments::with_shape() } else { Moments::with_shape_of_few() },
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
        self.ends = wider(self.ends.take(), ends(column, selected));
        Ok(())
    }

    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        let column = &tally.values;
        self.form.see(column)?;
        self.rows += tally.rows();
        self.nulls += tally.nulls;
        self.nans += tally.nans();
        let present = column.present.as_ref();
        match (&column.cells, &tally.counts) {
            (Cells::Float(values), Some(counts)) => {
                self.moments.push_counted(&chosen(values, present), &chosen(counts, present));
            }
            (Cells::Int(values), Some(counts)) => {
                self.moments.push_counted_integers(values, counts);
            }
            (Cells::Null | Cells::Float(_) | Cells::Int(_), _) => self.push(column, present)?,
            _ => return Err(format!("values of type {} have no mean", column.describe())),
        }
        self.ends = wider(self.ends.take(), ends(column, None));
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
        let summary = self.moments.finish_decimal(digits);
        let sum = sum(self.form.0, &self.moments, summary.sum);
        let (min, max) = self.ends.unzip();
        Ok(Sampled { rows: self.rows, nulls: self.nulls, nans: self.nans, min, max, sum, summary })
    }
}

/// The sum with all its digits, where the values are integers or decimals and 128 bits hold it.
fn sum(form: Option<Form>, moments: &Moments, rounded: Option<f64>) -> Option<Value> {
    let whole = moments.whole_sum();
    match (form, whole) {
        (Some(Form::Decimal { scale }), Some(unscaled)) => {
            Some(Value::Decimal { unscaled, scale: scale.max(0) })
        }
        (Some(Form::Bool | Form::Int | Form::Unsigned), Some(whole)) => Some(Value::Int(whole)),
        _ => rounded.map(Value::float),
    }
}
