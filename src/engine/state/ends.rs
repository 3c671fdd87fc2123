//! The smallest and the largest value of a column.

use arrow::buffer::BooleanBuffer;

use super::State;
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form, Reach};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::tally::Tallied;
use crate::metric::{Ends, Float, Value};

#[derive(Clone, Debug)]
pub struct ColumnEnds {
    column: ColumnId,
    filter: Option<SqlId>,
    form: OneForm,
    ends: Ends,
}

impl ColumnEnds {
    pub fn new(column: ColumnId, filter: Option<SqlId>) -> Self {
        ColumnEnds { column, filter, form: OneForm::default(), ends: Ends::default() }
    }
}

impl State for ColumnEnds {
    type Answer = Ends;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let column = batch.column(self.column)?;
        if let Some(form @ Form::Nested) = column.form() {
            return Err(format!("values of type {form} have no order"));
        }
        self.form.see(column)?;
        let selected = batch.filter(self.filter)?;
        let count =
            |mask: &Option<_>| mask.as_ref().map_or(0, |mask| bits::count_selected(mask, selected));
        self.ends.rows += bits::count(selected, column.n_rows);
        self.ends.nulls += count(&column.nulls);
        self.ends.nans += count(&column.nans);
        self.ends.values = wider(self.ends.values.take(), ends(column, selected));
        Ok(())
    }

    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        let column = &tally.values;
        self.form.see(column)?;
        self.ends.rows += tally.rows();
        self.ends.nulls += tally.nulls;
        self.ends.nans += tally.nans();
        self.ends.values = wider(self.ends.values.take(), ends(column, None));
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.ends.rows += other.ends.rows;
        self.ends.nulls += other.ends.nulls;
        self.ends.nans += other.ends.nans;
        self.ends.values = wider(self.ends.values.take(), other.ends.values);
        Ok(())
    }

    fn finish(self) -> Result<Ends, String> {
        Ok(self.ends)
    }
}

/// The smallest and the largest value of a batch, of all rows or of those that a filter selects.
pub(super) fn ends(column: &Column, selected: Option<&BooleanBuffer>) -> Option<(Value, Value)> {
    if selected.is_none()
        && let Some(ends) = known(column)
    {
        return ends;
    }
    let judged = bits::both(selected, column.present.as_ref());
    let span = rows(column, judged.as_ref());
    span.map(|(low, high)| (value(column, low), value(column, high)))
}

/// The ends of all rows, where they are found once for all who ask.
fn known(column: &Column) -> Option<Option<(Value, Value)>> {
    let int = |value: i64| match &column.cells {
        Cells::Ticks { clock, .. } => clock.value(value),
        _ => Value::Int(value.into()),
    };
    let scale = match &column.cells {
        Cells::Decimal { scale, .. } => *scale,
        _ => 0,
    };
    let decimal = |unscaled| Value::Decimal { unscaled, scale };
    Some(Some(match column.reach() {
        Reach::Unknown => return None,
        Reach::Empty => return Some(None),
        Reach::Signed(low, high) => (int(low), int(high)),
        Reach::Unsigned(low, high) => (Value::Int(low.into()), Value::Int(high.into())),
        Reach::Wide(low, high) => (decimal(low), decimal(high)),
        Reach::Floats(low, high) => (Value::float(low), Value::float(high)),
    }))
}

/// One cell; both zeros are shown as one.
fn value(column: &Column, row: usize) -> Value {
    match column.value(row) {
        Value::Float(Float(value)) => Value::float(value + 0.0),
        other => other,
    }
}

/// The rows of the smallest and of the largest value.
fn rows(column: &Column, judged: Option<&BooleanBuffer>) -> Option<(usize, usize)> {
    let n_rows = column.n_rows;
    match &column.cells {
        Cells::Null | Cells::Nested(_) => None,
        Cells::Bool(values) => span(judged, n_rows, |row| values.value(row)),
        Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
            span(judged, n_rows, |row| values[row])
        }
        Cells::Unsigned(values) => span(judged, n_rows, |row| values[row]),
        Cells::Decimal { unscaled, .. } => span(judged, n_rows, |row| unscaled[row]),
        Cells::Float(values) => span(judged, n_rows, |row| values[row]),
        Cells::Text(texts) => span(judged, n_rows, |row| texts.at(row)),
        Cells::Category { keys, words } => {
            // Each word is compared once, at the first of its rows.
            let mut rows = vec![None; words.count()];
            bits::for_each(judged, n_rows, |row| {
                rows[keys[row] as usize].get_or_insert(row);
            });
            let used = rows.iter().enumerate();
            let used = used.filter_map(|(word, row)| row.map(|row| (words.at(word), row)));
            used.clone().min().zip(used.max()).map(|(low, high)| (low.1, high.1))
        }
        Cells::Binary(values) => span(judged, n_rows, |row| values.value(row)),
    }
}

/// The same by what each row has.
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

/// The ends of two stretches as one.
pub(super) fn wider(
    own: Option<(Value, Value)>,
    other: Option<(Value, Value)>,
) -> Option<(Value, Value)> {
    match (own, other) {
        (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
        (own, other) => own.or(other),
    }
}
