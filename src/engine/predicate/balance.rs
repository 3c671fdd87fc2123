//! The sum of some columns against a total, within a tolerance, never rounded.

use arrow::buffer::BooleanBuffer;

use super::Mask;
use super::compare::{numbers, over_all};
use super::difference::{Allowance, keeps};
use super::exact::Number;
use crate::engine::batch::Batch;
use crate::engine::column::{Cells, Column};
use crate::engine::layout::{ColumnId, Layout};
use crate::metric::{BoundValue, Comparison, Tolerance, Value};

#[derive(Debug)]
pub struct Balance {
    terms: Vec<ColumnId>,
    op: Comparison,
    total: Total,
    allowance: Allowance,
}

#[derive(Debug)]
enum Total {
    Column(ColumnId),
    Number(Number),
}

impl Balance {
    pub fn new(
        terms: &[String],
        op: Comparison,
        total: &BoundValue,
        tolerance: Tolerance,
        layout: &mut Layout,
    ) -> Result<Self, String> {
        let total = match total {
            BoundValue::Column(name) => Total::Column(layout.column(name)?),
            BoundValue::Value(value) => Total::Number(number(value)?),
        };
        let allowance = Allowance::from(tolerance);
        Ok(Balance { terms: layout.all(terms)?, op, total, allowance })
    }

    /// A row with some of its columns missing has no sum, and breaks the rule (SEMANTICS 14).
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let terms = self.terms.iter().map(|id| batch.column(*id));
        let mut columns = terms.collect::<Result<Vec<&Column>, String>>()?;
        if let Total::Column(id) = &self.total {
            columns.push(batch.column(*id)?);
        }
        if columns.iter().any(|column| matches!(column.cells, Cells::Null)) {
            return Ok(over_all(BooleanBuffer::new_unset(batch.n_rows()), &columns));
        }
        let readers = columns.iter().map(|column| {
            reader(&column.cells)
                .ok_or_else(|| format!("values of type {} cannot be added", column.describe()))
        });
        let readers = readers.collect::<Result<Vec<_>, String>>()?;
        let mut row_numbers = Vec::with_capacity(readers.len());
        let holds = BooleanBuffer::collect_bool(batch.n_rows(), |row| {
            row_numbers.clear();
            row_numbers.extend(readers.iter().map(|read| read(row)));
            let (terms, total) = match self.total {
                Total::Number(total) => (row_numbers.as_slice(), total),
                Total::Column(_) => match row_numbers.split_last() {
                    Some((total, terms)) => (terms, *total),
                    None => return false,
                },
            };
            keeps(terms, self.op, total, self.allowance)
        });
        Ok(over_all(holds, &columns))
    }
}

/// The cells as numbers; times as nanoseconds.
fn reader(cells: &Cells) -> Option<Box<dyn Fn(usize) -> Number + '_>> {
    match cells {
        Cells::Ticks { ticks, clock } => {
            let tick_ns = i128::from(clock.tick_ns);
            Some(Box::new(move |row| Number::Int(i128::from(ticks[row]) * tick_ns)))
        }
        other => numbers(other),
    }
}

fn number(value: &Value) -> Result<Number, String> {
    match value {
        Value::Int(value) => Ok(Number::Int(*value)),
        Value::Float(value) => Ok(Number::Float(value.0)),
        Value::Decimal { unscaled, scale } => {
            Ok(Number::Decimal { unscaled: *unscaled, scale: *scale })
        }
        other => Err(format!("`{other}` is no total of numbers")),
    }
}
