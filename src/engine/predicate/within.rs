//! Inside a range of values or outside of it; the ends may be values of other columns.

use std::ops::RangeInclusive;

use arrow::buffer::BooleanBuffer;

use super::bound::{self, Steps};
use super::compare::compare_columns;
use super::glance::{ByForm, Glance, whole};
use super::verdicts::Verdicts;
use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form, Reach};
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
    range: ByForm<Range>,
    verdicts: Verdicts,
}

/// The ends that are values, in the form of the column's cells; `None` if nothing lies between.
#[derive(Debug)]
enum Range {
    /// No end is a value.
    Open,
    Signed(Option<(i64, i64)>),
    Unsigned(Option<(u64, u64)>),
    Wide(Option<(i128, i128)>),
    Floats(Option<(f64, f64)>),
    /// Each end with whether it lies outside itself.
    Texts([Option<(String, bool)>; 2]),
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
        let (range, verdicts) = (ByForm::default(), Verdicts::default());
        Ok(Within { column, min, max, others, negated, range, verdicts })
    }

    /// A missing value is not judged. A value whose bound is missing breaks the rule: nothing shows
    /// that it keeps it (SEMANTICS 1 and 13).
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let mut holds = match column.form() {
            Some(form) => {
                self.range.with(form, || self.range(form), |range| self.inside(column, range))?
            }
            None => BooleanBuffer::new_unset(column.n_rows),
        };
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

    /// The answer for all rows at once, from the ends of the column.
    pub fn glance(&self, batch: &Batch) -> Option<Glance> {
        if !self.others.is_empty() {
            return None;
        }
        let column = batch.column(self.column).ok()?;
        let form = column.form()?;
        let glance = |range: &Range| range.glance(column);
        let inside = self.range.with(form, || self.range(form), glance).ok()??;
        Some(Glance::of(column, inside != self.negated))
    }

    fn range(&self, form: Form) -> Result<Range, String> {
        let (min, max) = (self.min.as_ref(), self.max.as_ref());
        if bound::constant(min).is_none() && bound::constant(max).is_none() {
            return Ok(Range::Open);
        }
        let steps = |steps| bound::inside(min, max, steps);
        let signed = |range| clipped(range, i64::MIN.into(), i64::MAX.into());
        let narrow = |(low, high): (i128, i128)| (low as i64, high as i64);
        Ok(match form {
            Form::Int => Range::Signed(signed(steps(Steps::Integers)?).map(narrow)),
            Form::Ticks(clock) => Range::Signed(signed(steps(Steps::Ticks(clock))?).map(narrow)),
            Form::Unsigned => {
                let range = clipped(steps(Steps::Integers)?, 0, u64::MAX.into());
                Range::Unsigned(range.map(|(low, high)| (low as u64, high as u64)))
            }
            Form::Decimal { scale } => {
                Range::Wide(steps(Steps::Decimals { scale })?.map(RangeInclusive::into_inner))
            }
            Form::Float => {
                Range::Floats(bound::inside_floats(min, max)?.map(RangeInclusive::into_inner))
            }
            Form::Text => Range::Texts([text(min)?, text(max)?]),
            Form::Bool | Form::Binary | Form::Nested => {
                return Err(format!("values of type {form} have no order"));
            }
        })
    }

    fn inside(&self, column: &Column, range: &Range) -> BooleanBuffer {
        match (range, &column.cells) {
            (Range::Open, _) => BooleanBuffer::new_set(column.n_rows),
            (Range::Signed(range), Cells::Int(values) | Cells::Ticks { ticks: values, .. }) => {
                between(values, range)
            }
            (Range::Unsigned(range), Cells::Unsigned(values)) => between(values, range),
            (Range::Wide(range), Cells::Decimal { unscaled, .. }) => between(unscaled, range),
            (Range::Floats(range), Cells::Float(values)) => between(values, range),
            (Range::Texts(ends), _) => self
                .verdicts
                .judge(column, |text| is_between(text, ends))
                .unwrap_or_else(|| BooleanBuffer::new_unset(column.n_rows)),
            _ => BooleanBuffer::new_unset(column.n_rows),
        }
    }
}

impl Range {
    /// Whether all present cells lie inside, or none.
    fn glance(&self, column: &Column) -> Option<bool> {
        match (self, column.reach()) {
            (Range::Open, _) => Some(true),
            (Range::Signed(range), Reach::Signed(low, high)) => whole((low, high), range),
            (Range::Unsigned(range), Reach::Unsigned(low, high)) => whole((low, high), range),
            (Range::Wide(range), Reach::Wide(low, high)) => whole((low, high), range),
            (Range::Floats(range), Reach::Floats(low, high)) => whole((low, high), range),
            _ => None,
        }
    }
}

fn between<T: PartialOrd + Copy>(values: &[T], range: &Option<(T, T)>) -> BooleanBuffer {
    match *range {
        Some((low, high)) => BooleanBuffer::collect_bool(values.len(), |row| {
            (values[row] >= low) & (values[row] <= high)
        }),
        None => BooleanBuffer::new_unset(values.len()),
    }
}

/// What of a range lies among the values that a column can hold.
fn clipped(range: Option<RangeInclusive<i128>>, least: i128, most: i128) -> Option<(i128, i128)> {
    let (low, high) = range?.into_inner();
    let (low, high) = (low.max(least), high.min(most));
    (low <= high).then_some((low, high))
}

/// An end of a range of texts, with whether it lies outside itself.
fn text(end: Option<&Bound>) -> Result<Option<(String, bool)>, String> {
    match bound::constant(end) {
        Some((Value::Text(text), strict)) => Ok(Some((text.clone(), strict))),
        Some((other, _)) => Err(bound::mismatch(Form::Text, other)),
        None => Ok(None),
    }
}

/// Text by code points, which is the order of its UTF-8 bytes.
fn is_between(text: &str, [min, max]: &[Option<(String, bool)>; 2]) -> bool {
    let above = min.as_ref().is_none_or(|(min, strict)| match text.cmp(min.as_str()) {
        std::cmp::Ordering::Equal => !strict,
        order => order.is_gt(),
    });
    above
        && max.as_ref().is_none_or(|(max, strict)| match text.cmp(max.as_str()) {
            std::cmp::Ordering::Equal => !strict,
            order => order.is_lt(),
        })
}
