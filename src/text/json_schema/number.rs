//! Numbers of JSON by their value: `1` and `1.0` are one, and tenths are tenths.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// A number as `unscaled` divided by a power of ten, where it has so few digits.
fn decimal(number: &Number) -> Option<(i128, u32)> {
    let text = number.to_string();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let unscaled = format!("{whole}{fraction}").parse::<i128>().ok()?;
    let scale = i32::try_from(fraction.len()).ok()? - exponent;
    match u32::try_from(scale) {
        Ok(scale) => Some((unscaled, scale)),
        Err(_) => Some((unscaled.checked_mul(10i128.checked_pow(scale.unsigned_abs())?)?, 0)),
    }
}

/// Both numbers as whole multiples of one power of ten.
fn aligned(left: &Number, right: &Number) -> Option<(i128, i128)> {
    let ((left, left_scale), (right, right_scale)) = (decimal(left)?, decimal(right)?);
    let scale = left_scale.max(right_scale);
    let raise = |value: i128, from: u32| value.checked_mul(10i128.checked_pow(scale - from)?);
    Some((raise(left, left_scale)?, raise(right, right_scale)?))
}

/// The order of two numbers.
pub fn order(left: &Number, right: &Number) -> Option<Ordering> {
    match aligned(left, right) {
        Some((left, right)) => Some(left.cmp(&right)),
        None => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Whether one number is a whole multiple of another.
pub fn is_multiple(value: &Number, of: &Number) -> bool {
    match aligned(value, of) {
        Some((_, 0)) => false,
        Some((value, of)) => value % of == 0,
        None => value.as_f64().zip(of.as_f64()).is_some_and(|(value, of)| value % of == 0.0),
    }
}

/// Whether a number has no fraction.
pub fn is_whole(number: &Number) -> bool {
    number.is_i64() || number.is_u64() || number.as_f64().is_some_and(|value| value.fract() == 0.0)
}

/// Whether two values are the same: numbers by value, objects in whatever order.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => order(left, right) == Some(Ordering::Equal),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}
