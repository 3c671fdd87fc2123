//! Holes between neighbouring values of a column, once they are in order.

use super::column::Form;
use super::order::Number as Place;
use super::predicate::{Number, compare_numbers};
use super::state::{Ordered, Sorted, SortedKeys};
use crate::metric::{Holes, Value};

/// Holes that an answer names.
const SHOWN: usize = 20;

/// Finds neighbours that lie farther apart than `every`.
///
/// # Errors
/// The values are floats, whose distances are rounded, `every` is of another kind, or a temporary
/// file cannot be read back.
pub fn holes(ordered: &Ordered, every: &Value) -> Result<Holes, String> {
    let values = &ordered.values;
    let mut holes = Holes {
        rows: ordered.seen.rows,
        missing: ordered.seen.nulls + ordered.seen.nans,
        values: values.len(),
        holes: 0,
        first: Vec::new(),
    };
    let Some(form) = values.form else { return Ok(holes) };
    let step = Step::new(form, every)?;
    for [low, high] in neighbours(values) {
        if step.is_shorter(low, high) {
            holes.holes += 1;
            if holes.first.len() < SHOWN {
                holes.first.push((step.value(low), step.value(high)));
            }
        }
    }
    values.check()?;
    Ok(holes)
}

/// Each value with the next larger one, as whole steps of the column's unit.
fn neighbours(values: &Sorted) -> Box<dyn Iterator<Item = [i128; 2]> + '_> {
    let mut last = None;
    let pair = move |value: i128| last.replace(value).map(|last| [last, value]);
    match &values.keys {
        SortedKeys::Narrow(keys) => {
            let whole = |key| match values.number(key) {
                Place::Whole(value) => value,
                Place::Real(value) => value as i128,
            };
            Box::new(keys.groups().map(move |(key, _)| whole(key)).filter_map(pair))
        }
        SortedKeys::Wide(keys) => Box::new(keys.groups().map(|(key, _)| key).filter_map(pair)),
    }
}

/// A step in the terms of a column.
enum Step {
    Whole(i128),
    /// Whole ticks apart are more than the step when they are more than its whole ticks.
    Ticks(i128, super::column::Clock),
    Decimal(Number, i8),
}

impl Step {
    fn new(form: Form, every: &Value) -> Result<Step, String> {
        Ok(match (form, every) {
            (Form::Int | Form::Unsigned, Value::Int(step)) => Step::Whole(*step),
            (Form::Ticks(clock), Value::Duration(nanos)) => {
                Step::Ticks(nanos.div_euclid(clock.tick_ns.into()), clock)
            }
            (Form::Decimal { scale }, Value::Int(value)) => {
                Step::Decimal(Number::Int(*value), scale)
            }
            (Form::Decimal { scale }, Value::Decimal { unscaled, scale: own }) => {
                Step::Decimal(Number::Decimal { unscaled: *unscaled, scale: *own }, scale)
            }
            (Form::Float, _) => return Err("the distances of floats are rounded".into()),
            _ => return Err(format!("a step of {every} does not fit the values")),
        })
    }

    fn is_shorter(&self, low: i128, high: i128) -> bool {
        let Some(apart) = high.checked_sub(low) else { return true };
        match self {
            Step::Whole(step) | Step::Ticks(step, _) => apart > *step,
            Step::Decimal(step, scale) => {
                let apart = Number::Decimal { unscaled: apart, scale: *scale };
                compare_numbers(apart, *step).is_some_and(|order| order.is_gt())
            }
        }
    }

    fn value(&self, place: i128) -> Value {
        match self {
            Step::Whole(_) => Value::Int(place),
            Step::Ticks(_, clock) => clock.value(place as i64),
            Step::Decimal(_, scale) => Value::Decimal { unscaled: place, scale: *scale },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array};

    use super::*;
    use crate::engine::batch::{Batch, Place as Row};
    use crate::engine::layout::Layout;
    use crate::engine::state::{SortedValues, State};
    use crate::engine::table::Table;

    fn check(values: impl arrow::array::Array + 'static, every: Value, expected: &[(&str, &str)]) {
        let values: ArrayRef = Arc::new(values);
        let table = Table::new(vec![("a", values)]);
        let mut layout = Layout::new(&table.schema);
        let mut state = SortedValues::new(layout.column("a").expect("a column"), None);
        let piece = table.piece(layout.columns(), 0, table.record.num_rows());
        let batch = Batch::new(&layout, piece, Row { part: 0, row: 0 }).expect("a batch");
        state.update(&batch).expect("values");
        let found = holes(&state.finish().expect("an order"), &every).expect("holes");
        let shown: Vec<(String, String)> =
            found.first.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        let shown: Vec<(&str, &str)> =
            shown.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn only_what_is_wider_than_the_step_is_a_hole() {
        check(Int64Array::from(vec![5, 2, 2, 3, 1]), Value::Int(1), &[("3", "5")]);
        let ends = [("-9223372036854775808", "9223372036854775807")];
        check(Int64Array::from(vec![i64::MAX, i64::MIN]), Value::Int(1), &ends);
        let day = 86_400_000_000_000;
        let days = |days: &[i32]| Date32Array::from(days.to_vec());
        check(days(&[0, 1, 3]), Value::Duration(day), &[("1970-01-02", "1970-01-04")]);
        check(days(&[0, 1, 3]), Value::Duration(2 * day), &[]);
        check(days(&[0, 1]), Value::Duration(day / 2), &[("1970-01-01", "1970-01-02")]);
        let tenths = Decimal128Array::from(vec![10, 11, 13]).with_precision_and_scale(5, 1);
        let step = Value::Decimal { unscaled: 1, scale: 1 };
        check(tenths.expect("tenths"), step, &[("1.1", "1.3")]);
    }
}
