//! Where a value of a suite lies among the values that a column can hold.
//!
//! Integers, decimals and times are all counted in whole steps of the column's own unit. A bound
//! lies on a step or between two, so that every comparison becomes one of integers, without
//! rounding.

use std::ops::RangeInclusive;

use super::exact;
use crate::engine::column::{Clock, Form};
use crate::metric::{Bound, BoundValue, Value};

/// The place of a value among the steps of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Below every step that 128 bits can count.
    Below,
    At(i128),
    /// Between this step and the next.
    Between(i128),
    Above,
}

/// What one step of a column is worth.
#[derive(Clone, Copy, Debug)]
pub enum Steps {
    Integers,
    Decimals { scale: i8 },
    Ticks(Clock),
}

/// The place of a value among a column's steps.
///
/// # Errors
/// The value is of another class than the column.
pub fn place(value: &Value, steps: Steps) -> Result<Place, String> {
    let place = match (steps, value) {
        (_, Value::Float(float)) if float.0.is_nan() => None,
        (Steps::Ticks(clock), _) => {
            clock.nanos(value).map(|nanos| divided(nanos, clock.tick_ns.into()))
        }
        (Steps::Integers, Value::Int(value)) => Some(Place::At(*value)),
        (Steps::Integers, Value::Float(value)) => Some(of_float(value.0)),
        (Steps::Integers, Value::Decimal { unscaled, scale }) => {
            Some(rescaled(*unscaled, i32::from(*scale), 0))
        }
        (Steps::Decimals { scale }, Value::Int(value)) => Some(rescaled(*value, 0, scale.into())),
        (Steps::Decimals { scale }, Value::Float(value)) => Some(of_written(value.0, scale.into())),
        (Steps::Decimals { scale }, Value::Decimal { unscaled, scale: own }) => {
            Some(rescaled(*unscaled, i32::from(*own), scale.into()))
        }
        _ => None,
    };
    place.ok_or_else(|| mismatch(steps.form(), value))
}

/// The reason for refusing a value of another class.
pub fn mismatch(form: Form, value: &Value) -> String {
    format!("a column of type {form} cannot be compared with `{value}`")
}

impl Steps {
    fn form(self) -> Form {
        match self {
            Steps::Integers => Form::Int,
            Steps::Decimals { scale } => Form::Decimal { scale },
            Steps::Ticks(clock) => Form::Ticks(clock),
        }
    }
}

/// A double among integers, by its exact value.
fn of_float(value: f64) -> Place {
    let floor = value.floor();
    // 2^126: every double below it converts to 128 bits exactly.
    if floor.abs() < 8.5e37 {
        let step = floor as i128;
        return if floor == value { Place::At(step) } else { Place::Between(step) };
    }
    if value < 0.0 { Place::Below } else { Place::Above }
}

/// A double among decimals, by the decimal that was written: `0.1` is one tenth.
fn of_written(value: f64, scale: i32) -> Place {
    match exact::decimal_of(value) {
        Some((unscaled, own)) => rescaled(unscaled, own, scale),
        None if value < 0.0 => Place::Below,
        None => Place::Above,
    }
}

fn rescaled(unscaled: i128, own: i32, scale: i32) -> Place {
    let power = 10i128.checked_pow((scale - own).unsigned_abs());
    match power {
        _ if unscaled == 0 => Place::At(0),
        Some(power) if scale >= own => match unscaled.checked_mul(power) {
            Some(step) => Place::At(step),
            None => beyond(unscaled),
        },
        Some(power) => divided(unscaled, power),
        None if scale >= own => beyond(unscaled),
        None => Place::Between(if unscaled < 0 { -1 } else { 0 }),
    }
}

fn beyond(value: i128) -> Place {
    if value < 0 { Place::Below } else { Place::Above }
}

fn divided(value: i128, step: i128) -> Place {
    let floor = value.div_euclid(step);
    if floor * step == value { Place::At(floor) } else { Place::Between(floor) }
}

/// The steps inside a range; `None` if there are none.
///
/// # Errors
/// A bound is of another class than the column.
pub fn inside(
    min: Option<&Bound>,
    max: Option<&Bound>,
    steps: Steps,
) -> Result<Option<RangeInclusive<i128>>, String> {
    let low = match constant(min) {
        None => Some(i128::MIN),
        Some((value, strict)) => match place(value, steps)? {
            Place::Below => Some(i128::MIN),
            Place::At(step) if !strict => Some(step),
            Place::At(step) | Place::Between(step) => step.checked_add(1),
            Place::Above => None,
        },
    };
    let high = match constant(max) {
        None => Some(i128::MAX),
        Some((value, strict)) => match place(value, steps)? {
            Place::Above => Some(i128::MAX),
            Place::At(step) if strict => step.checked_sub(1),
            Place::At(step) | Place::Between(step) => Some(step),
            Place::Below => None,
        },
    };
    Ok(low.zip(high).filter(|(low, high)| low <= high).map(|(low, high)| low..=high))
}

/// A bound that is a value; bounds from other columns are compared row by row.
pub fn constant(bound: Option<&Bound>) -> Option<(&Value, bool)> {
    match bound.map(|bound| (&bound.value, bound.strict)) {
        Some((BoundValue::Value(value), strict)) => Some((value, strict)),
        _ => None,
    }
}

/// The doubles inside a range; `None` if there are none. Infinities are values like any other.
///
/// # Errors
/// A bound is no number.
pub fn inside_floats(
    min: Option<&Bound>,
    max: Option<&Bound>,
) -> Result<Option<RangeInclusive<f64>>, String> {
    let low = match constant(min) {
        None => f64::NEG_INFINITY,
        Some((value, true)) if nearest(value)?.0 == f64::INFINITY => return Ok(None),
        Some((value, strict)) => {
            let (near, order) = nearest(value)?;
            let above = if strict { order.is_le() } else { order.is_lt() };
            if above { near.next_up() } else { near }
        }
    };
    let high = match constant(max) {
        None => f64::INFINITY,
        Some((value, true)) if nearest(value)?.0 == f64::NEG_INFINITY => return Ok(None),
        Some((value, strict)) => {
            let (near, order) = nearest(value)?;
            let below = if strict { order.is_ge() } else { order.is_gt() };
            if below { near.next_down() } else { near }
        }
    };
    Ok((low <= high).then_some(low..=high))
}

/// The double nearest to a number, and on which side of the number it lies.
///
/// A decimal bound of a float column means the double that its text reads as.
pub fn nearest(value: &Value) -> Result<(f64, std::cmp::Ordering), String> {
    use std::cmp::Ordering::Equal;
    match value {
        Value::Float(float) if float.0.is_nan() => Err(mismatch(Form::Float, value)),
        Value::Float(float) => Ok((float.0, Equal)),
        Value::Int(int) => {
            let near = *int as f64;
            let order = exact::compare(exact::Number::Float(near), exact::Number::Int(*int));
            Ok((near, order.unwrap_or(Equal)))
        }
        Value::Decimal { .. } => match value.to_string().parse() {
            Ok(near) => Ok((near, Equal)),
            Err(_) => Err(mismatch(Form::Float, value)),
        },
        _ => Err(mismatch(Form::Float, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::column::ClockKind;

    fn check(value: Value, steps: Steps, expected: Place) {
        assert_eq!(place(&value, steps), Ok(expected), "{value:?} {steps:?}");
    }

    #[test]
    fn values_keep_their_place_without_rounding() {
        check(Value::float(0.5), Steps::Integers, Place::Between(0));
        check(Value::float(-0.5), Steps::Integers, Place::Between(-1));
        check(Value::float(f64::INFINITY), Steps::Integers, Place::Above);
        check(Value::float(-1e300), Steps::Integers, Place::Below);
        let cents = Steps::Decimals { scale: 2 };
        check(Value::float(0.1), cents, Place::At(10));
        check(Value::float(0.125), cents, Place::Between(12));
        check(Value::float(1e300), cents, Place::Above);
        check(Value::float(-1e-300), cents, Place::Between(-1));
        check(Value::Int(i128::MAX), cents, Place::Above);
        let ms =
            Steps::Ticks(Clock { kind: ClockKind::DateTime { zoned: false }, tick_ns: 1_000_000 });
        check(Value::DateTime { nanos: -1, zoned: false }, ms, Place::Between(-1));
        assert!(place(&Value::DateTime { nanos: 0, zoned: true }, ms).is_err());
        assert!(place(&Value::Date(0), ms).is_err());
        assert!(place(&Value::Bool(true), Steps::Integers).is_err());
    }
}
