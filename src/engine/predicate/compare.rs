//! Two columns of the same row compared, by their exact values.

use std::cmp::Ordering;

use arrow::buffer::BooleanBuffer;

use super::Mask;
use super::exact::{self, Number};
use crate::engine::batch::Batch;
use crate::engine::bits::{self, Rows};
use crate::engine::column::{Cells, Column};
use crate::engine::layout::ColumnId;
use crate::metric::Comparison;

#[derive(Debug)]
pub struct Compare {
    pub left: ColumnId,
    pub op: Comparison,
    pub right: ColumnId,
}

impl Compare {
    /// One side missing breaks the rule; both missing are not judged (SEMANTICS 13).
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let (left, right) = (batch.column(self.left)?, batch.column(self.right)?);
        let holds = compare_columns(left, self.op, right)?;
        Ok(over_all(holds, &[left, right]))
    }
}

/// The mask of a predicate over several columns: a row with some of them missing breaks it, one
/// with all of them missing is not judged.
pub fn over_all(holds: BooleanBuffer, columns: &[&Column]) -> Mask {
    let present = columns.iter().map(|column| column.present.as_ref());
    let holds = match present.fold(None, |all, one| bits::both(all.as_ref(), one)) {
        Some(present) => &holds & &present,
        None => holds,
    };
    let (nulls, nans) = all_missing(columns);
    Mask { holds, nulls, nans }
}

/// The rows in which all of the columns are missing: those with nulls only, and those with a NaN.
pub fn all_missing(columns: &[&Column]) -> (Rows, Rows) {
    let mut missing: Rows = None;
    for column in columns {
        let Some(present) = &column.present else { return (None, None) };
        missing = bits::both(missing.as_ref(), Some(&!present));
    }
    let nans = columns.iter().map(|column| column.nans.as_ref());
    let nans = nans.fold(None, |any, one| bits::either(any.as_ref(), one));
    let nans = nans.as_ref().zip(missing.as_ref()).map(|(nans, missing)| nans & missing);
    match (&missing, &nans) {
        (Some(missing), Some(nans)) => (Some(missing & &!nans), Some(nans.clone())),
        _ => (missing, None),
    }
}

/// Compares two columns row by row; what it says of rows with a missing cell means nothing.
///
/// # Errors
/// Values of these types have no common order.
pub fn compare_columns(
    left: &Column,
    op: Comparison,
    right: &Column,
) -> Result<BooleanBuffer, String> {
    let n_rows = left.n_rows;
    Ok(match (&left.cells, &right.cells) {
        (Cells::Null, _) | (_, Cells::Null) => BooleanBuffer::new_unset(n_rows),
        (Cells::Int(left), Cells::Int(right)) => rows(left, op, right),
        (Cells::Unsigned(left), Cells::Unsigned(right)) => rows(left, op, right),
        (Cells::Float(left), Cells::Float(right)) => rows(left, op, right),
        (Cells::Ticks { ticks: left, clock }, Cells::Ticks { ticks: right, clock: other })
            if clock == other =>
        {
            rows(left, op, right)
        }
        (Cells::Ticks { ticks: left, clock }, Cells::Ticks { ticks: right, clock: other })
            if clock.kind == other.kind =>
        {
            let (unit, other) = (i128::from(clock.tick_ns), i128::from(other.tick_ns));
            orders(n_rows, op, |row| {
                Some((i128::from(left[row]) * unit).cmp(&(i128::from(right[row]) * other)))
            })
        }
        (Cells::Bool(left), Cells::Bool(right)) => {
            orders(n_rows, op, |row| Some(left.value(row).cmp(&right.value(row))))
        }
        (Cells::Binary(left), Cells::Binary(right)) => {
            orders(n_rows, op, |row| Some(left.value(row).cmp(right.value(row))))
        }
        (Cells::Text(_) | Cells::Category { .. }, Cells::Text(_) | Cells::Category { .. }) => {
            orders(n_rows, op, |row| Some(left.text(row).cmp(right.text(row))))
        }
        (left_cells, right_cells) => match (numbers(left_cells), numbers(right_cells)) {
            (Some(left), Some(right)) => {
                orders(n_rows, op, |row| exact::compare(left(row), right(row)))
            }
            _ => {
                let (left, right) = (left.describe(), right.describe());
                return Err(format!("values of types {left} and {right} cannot be compared"));
            }
        },
    })
}

/// Two slices of one type.
fn rows<T: PartialOrd + Copy>(left: &[T], op: Comparison, right: &[T]) -> BooleanBuffer {
    let length = left.len().min(right.len());
    let (left, right) = (&left[..length], &right[..length]);
    match op {
        Comparison::Less => BooleanBuffer::collect_bool(length, |row| left[row] < right[row]),
        Comparison::LessOrEqual => {
            BooleanBuffer::collect_bool(length, |row| left[row] <= right[row])
        }
        Comparison::Equal => BooleanBuffer::collect_bool(length, |row| left[row] == right[row]),
        Comparison::NotEqual => BooleanBuffer::collect_bool(length, |row| left[row] != right[row]),
        Comparison::GreaterOrEqual => {
            BooleanBuffer::collect_bool(length, |row| left[row] >= right[row])
        }
        Comparison::Greater => BooleanBuffer::collect_bool(length, |row| left[row] > right[row]),
    }
}

fn orders(
    n_rows: usize,
    op: Comparison,
    order: impl Fn(usize) -> Option<Ordering>,
) -> BooleanBuffer {
    BooleanBuffer::collect_bool(n_rows, |row| order(row).is_some_and(|order| accepts(op, order)))
}

fn accepts(op: Comparison, order: Ordering) -> bool {
    match op {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::GreaterOrEqual => order.is_ge(),
        Comparison::Greater => order.is_gt(),
    }
}

/// The cells as numbers of their own kind; nothing for other cells.
pub fn numbers(cells: &Cells) -> Option<Box<dyn Fn(usize) -> Number + '_>> {
    Some(match cells {
        Cells::Int(values) => Box::new(|row| Number::Int(values[row].into())),
        Cells::Unsigned(values) => Box::new(|row| Number::Int(values[row].into())),
        Cells::Float(values) => Box::new(|row| Number::Float(values[row])),
        Cells::Decimal { unscaled, scale } => {
            Box::new(|row| Number::Decimal { unscaled: unscaled[row], scale: *scale })
        }
        _ => return None,
    })
}
