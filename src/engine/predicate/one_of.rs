//! Equal to one of some values.

use arrow::buffer::BooleanBuffer;
use hashbrown::HashSet;

use super::bound::{self, Place, Steps};
use super::glance::{ByForm, Glance};
use super::verdicts::Verdicts;
use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::column::{Cells, Column, Form};
use crate::engine::layout::ColumnId;
use crate::metric::{Float, Value};

#[derive(Debug)]
pub struct OneOf {
    column: ColumnId,
    values: Vec<Value>,
    /// Whether null is among the values: then null cells are judged.
    with_null: bool,
    negated: bool,
    set: ByForm<Set>,
    verdicts: Verdicts,
}

/// The values in the form of the column's cells.
#[derive(Clone, Debug)]
enum Set {
    Bool([bool; 2]),
    /// Integers, decimals and ticks, as steps of the column's unit.
    Signed(HashSet<i64>),
    Unsigned(HashSet<u64>),
    Wide(HashSet<i128>),
    /// Bits of doubles; both zeros are one.
    Floats(HashSet<u64>),
    Text(HashSet<Box<str>>),
    Binary(HashSet<Vec<u8>>),
}

impl OneOf {
    pub fn new(column: ColumnId, values: &[Value], negated: bool) -> Self {
        let with_null = values.contains(&Value::Null);
        let values = values.iter().filter(|value| **value != Value::Null).cloned().collect();
        let (set, verdicts) = (ByForm::default(), Verdicts::default());
        OneOf { column, values, with_null, negated, set, verdicts }
    }

    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let found = self.found(column)?;
        let mask = over_present(if self.negated { !&found } else { found }, column);
        Ok(if self.with_null { mask.judging_null(self.negated) } else { mask })
    }

    fn found(&self, column: &Column) -> Result<BooleanBuffer, String> {
        let Some(form) = column.form() else {
            return Ok(BooleanBuffer::new_unset(column.n_rows));
        };
        let find = |set: &Set| set.find(column, &self.verdicts);
        self.set.with(form, || Set::new(form, &self.values), find)
    }

    /// The answer for all texts at once, where they are known by number.
    pub fn glance(&self, batch: &Batch) -> Option<Glance> {
        if self.with_null {
            return None;
        }
        let column = batch.column(self.column).ok()?;
        let whole = |set: &Set| match set {
            Set::Text(set) => self.verdicts.whole(column, |text| set.contains(text)),
            _ => None,
        };
        let form = column.form()?;
        let holds = self.set.with(form, || Set::new(form, &self.values), whole).ok()??;
        Some(Glance::of(column, holds != self.negated))
    }
}

/// The cells of a column that hold one of the values; a missing cell holds none.
///
/// # Errors
/// A value is of another type than the column.
pub fn among(column: &Column, values: &[Value]) -> Result<BooleanBuffer, String> {
    let Some(form) = column.form() else {
        return Ok(BooleanBuffer::new_unset(column.n_rows));
    };
    let found = Set::new(form, values)?.find(column, &Verdicts::default());
    Ok(match &column.present {
        Some(present) => &found & present,
        None => found,
    })
}

impl Set {
    fn new(form: Form, values: &[Value]) -> Result<Set, String> {
        let refuse = |value: &Value| bound::mismatch(form, value);
        let steps = |steps: Steps| -> Result<HashSet<i128>, String> {
            let mut found = HashSet::new();
            for value in values.iter().filter(|value| !is_nan(value)) {
                if let Place::At(step) = bound::place(value, steps)? {
                    found.insert(step);
                }
            }
            Ok(found)
        };
        let narrow = |wide: HashSet<i128>| {
            Set::Signed(wide.into_iter().filter_map(|step| i64::try_from(step).ok()).collect())
        };
        Ok(match form {
            Form::Bool => {
                let mut allowed = [false; 2];
                for value in values {
                    let Value::Bool(value) = value else { return Err(refuse(value)) };
                    allowed[usize::from(*value)] = true;
                }
                Set::Bool(allowed)
            }
            Form::Int => narrow(steps(Steps::Integers)?),
            Form::Ticks(clock) => narrow(steps(Steps::Ticks(clock))?),
            Form::Unsigned => {
                let wide = steps(Steps::Integers)?.into_iter();
                Set::Unsigned(wide.filter_map(|step| u64::try_from(step).ok()).collect())
            }
            Form::Decimal { scale } => Set::Wide(steps(Steps::Decimals { scale })?),
            Form::Float => Set::Floats(floats(values)?),
            Form::Text | Form::Nested => {
                let text = |value: &Value| match (form, value) {
                    (Form::Text, Value::Text(text)) => Ok(text.as_str().into()),
                    (Form::Nested, Value::Nested(text)) => Ok(text.as_str().into()),
                    _ => Err(refuse(value)),
                };
                Set::Text(values.iter().map(text).collect::<Result<_, String>>()?)
            }
            Form::Binary => {
                let bytes = |value: &Value| match value {
                    Value::Binary(bytes) => Ok(bytes.clone()),
                    _ => Err(refuse(value)),
                };
                Set::Binary(values.iter().map(bytes).collect::<Result<_, String>>()?)
            }
        })
    }

    fn find(&self, column: &Column, verdicts: &Verdicts) -> BooleanBuffer {
        let n_rows = column.n_rows;
        let all = |judge: &dyn Fn(usize) -> bool| BooleanBuffer::collect_bool(n_rows, judge);
        match (self, &column.cells) {
            (Set::Bool(allowed), Cells::Bool(bits)) => {
                all(&|row| allowed[usize::from(bits.value(row))])
            }
            (Set::Signed(set), Cells::Int(values) | Cells::Ticks { ticks: values, .. }) => {
                BooleanBuffer::collect_bool(n_rows, |row| set.contains(&values[row]))
            }
            (Set::Unsigned(set), Cells::Unsigned(values)) => {
                BooleanBuffer::collect_bool(n_rows, |row| set.contains(&values[row]))
            }
            (Set::Wide(set), Cells::Decimal { unscaled, .. }) => {
                BooleanBuffer::collect_bool(n_rows, |row| set.contains(&unscaled[row]))
            }
            (Set::Floats(set), Cells::Float(values)) => {
                BooleanBuffer::collect_bool(n_rows, |row| set.contains(&bits(values[row])))
            }
            (Set::Binary(set), Cells::Binary(values)) => {
                all(&|row| set.contains(values.value(row)))
            }
            (Set::Text(set), Cells::Nested(_)) => all(&|row| match column.value(row) {
                Value::Nested(text) => set.contains(text.as_str()),
                _ => false,
            }),
            (Set::Text(set), _) => match verdicts.judge(column, |text| set.contains(text)) {
                Some(found) => found,
                None => BooleanBuffer::new_unset(n_rows),
            },
            _ => BooleanBuffer::new_unset(n_rows),
        }
    }
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::Float(Float(float)) if float.is_nan())
}

fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

/// Doubles equal to one of the numbers. An integer that no double equals matches nothing.
fn floats(values: &[Value]) -> Result<HashSet<u64>, String> {
    let mut found = HashSet::new();
    for value in values.iter().filter(|value| !is_nan(value)) {
        let (near, order) = bound::nearest(value)?;
        if order.is_eq() {
            found.insert(bits(near));
        }
    }
    Ok(found)
}
