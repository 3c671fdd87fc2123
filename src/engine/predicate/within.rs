//! Inside a range of values or outside of it; the ends may be values of other columns.

use std::ops::RangeInclusive;

use arrow::buffer::BooleanBuffer;

use super::bound::{self, Steps};
use super::compare::compare_columns;
use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column};
use crate::engine::layout::{ColumnId, Layout};
use crate::metric::{Bound, BoundValue, Comparison, Value};

#[derive(Debug)]
pub struct Within {
    column: ColumnId,
    min: Option<Bound>,
    max: Option<Bound>,
    /// Bounds that are columns, each with what the value has to be against it.
    others: Vec<(Comparison, ColumnId)>,
    negated: bool,
}

impl Within {
    pub fn new(
        column: &str,
        [min, max]: [Option<Bound>; 2],
        negated: bool,
        layout: &mut Layout,
    ) -> Result<Self, String> {
        let ends = [
            (&min, Comparison::Greater, Comparison::GreaterOrEqual),
            (&max, Comparison::Less, Comparison::LessOrEqual),
        ];
        let column = layout.column(column)?;
        let mut others = Vec::new();
        for (end, strict, inclusive) in ends {
            if let Some(Bound { value: BoundValue::Column(name), strict: is_strict }) = end {
                let op = if *is_strict { strict } else { inclusive };
                others.push((op, layout.column(name)?));
            }
        }
        Ok(Within { column, min, max, others, negated })
    }

    /// A missing value is not judged. A value whose bound is missing breaks the rule: nothing shows
    /// that it keeps it (SEMANTICS 1 and 13).
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let mut holds = self.constants(column)?;
        let mut bounded = None;
        for (op, other) in &self.others {
            let other = batch.column(*other)?;
            let kept = compare_columns(column, *op, other)?;
            holds = &holds & &kept;
            bounded = bits::both(bounded.as_ref(), other.present.as_ref());
        }
        if self.negated {
            holds = !&holds;
        }
        if let Some(bounded) = &bounded {
            holds = &holds & bounded;
        }
        Ok(over_present(holds, column))
    }

    fn constants(&self, column: &Column) -> Result<BooleanBuffer, String> {
        let (min, max) = (self.min.as_ref(), self.max.as_ref());
        let n_rows = column.n_rows;
        if bound::constant(min).is_none() && bound::constant(max).is_none() {
            return Ok(BooleanBuffer::new_set(n_rows));
        }
        let steps = |steps| bound::inside(min, max, steps);
        Ok(match &column.cells {
            Cells::Null => BooleanBuffer::new_unset(n_rows),
            Cells::Int(values) => signed(values, steps(Steps::Integers)?),
            Cells::Ticks { ticks, clock } => signed(ticks, steps(Steps::Ticks(*clock))?),
            Cells::Unsigned(values) => unsigned(values, steps(Steps::Integers)?),
            Cells::Decimal { unscaled, scale } => {
                between(unscaled, steps(Steps::Decimals { scale: *scale })?)
            }
            Cells::Float(values) => between(values, bound::inside_floats(min, max)?),
            Cells::Text(_) | Cells::Category { .. } => texts(column, min, max)?,
            Cells::Bool(_) | Cells::Binary(_) | Cells::Nested(_) => {
                return Err(format!("values of type {} have no order", column.describe()));
            }
        })
    }
}

fn between<T: PartialOrd + Copy>(values: &[T], range: Option<RangeInclusive<T>>) -> BooleanBuffer {
    match range.map(RangeInclusive::into_inner) {
        Some((low, high)) => BooleanBuffer::collect_bool(values.len(), |row| {
            (values[row] >= low) & (values[row] <= high)
        }),
        None => BooleanBuffer::new_unset(values.len()),
    }
}

fn signed(values: &[i64], range: Option<RangeInclusive<i128>>) -> BooleanBuffer {
    let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
    between(values, clipped(range, least, most).map(|(low, high)| low as i64..=high as i64))
}

fn unsigned(values: &[u64], range: Option<RangeInclusive<i128>>) -> BooleanBuffer {
    let most = i128::from(u64::MAX);
    between(values, clipped(range, 0, most).map(|(low, high)| low as u64..=high as u64))
}

/// What of a range lies among the values that a column can hold.
fn clipped(range: Option<RangeInclusive<i128>>, least: i128, most: i128) -> Option<(i128, i128)> {
    let (low, high) = range?.into_inner();
    let (low, high) = (low.max(least), high.min(most));
    (low <= high).then_some((low, high))
}

/// Text by code points, which is the order of its UTF-8 bytes.
fn texts(
    column: &Column,
    min: Option<&Bound>,
    max: Option<&Bound>,
) -> Result<BooleanBuffer, String> {
    let end = |bound| match bound::constant(bound) {
        Some((Value::Text(text), strict)) => Ok(Some((text.clone(), strict))),
        Some((other, _)) => Err(bound::mismatch(crate::engine::column::Form::Text, other)),
        None => Ok(None),
    };
    let (min, max) = (end(min)?, end(max)?);
    let judged = column.judge_texts(|text| {
        let above = min.as_ref().is_none_or(|(min, strict)| match text.cmp(min.as_str()) {
            std::cmp::Ordering::Equal => !strict,
            order => order.is_gt(),
        });
        above
            && max.as_ref().is_none_or(|(max, strict)| match text.cmp(max.as_str()) {
                std::cmp::Ordering::Equal => !strict,
                order => order.is_lt(),
            })
    });
    Ok(judged.unwrap_or_else(|| BooleanBuffer::new_unset(column.n_rows)))
}
