//! Values as 64-bit keys whose order is that of the values.

use arrow::buffer::BooleanBuffer;

use super::Number;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form};

const SIGN: u64 = 1 << 63;

/// The key of a signed integer.
pub fn of_signed(value: i64) -> u64 {
    value as u64 ^ SIGN
}

/// The signed integer of a key.
pub fn to_signed(key: u64) -> i64 {
    (key ^ SIGN) as i64
}

/// Positive doubles order like their bits, negative ones the other way round; both zeros are one.
#[inline]
pub fn of_float(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    bits ^ ((bits as i64 >> 63) as u64 | SIGN)
}

/// The double of a key.
pub fn to_float(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

/// Whether values of a form have such keys.
pub fn has_keys(form: Form) -> bool {
    matches!(form, Form::Int | Form::Unsigned | Form::Float | Form::Ticks(_))
}

/// The value of a key of such a form.
pub fn number(form: Form, key: u64) -> Number {
    match form {
        Form::Float => Number::Real(to_float(key)),
        Form::Unsigned => Number::Whole(key.into()),
        _ => Number::Whole(to_signed(key).into()),
    }
}

/// Whether a key, be it that of no value, is at most that of a number of the form.
pub fn is_at_most(form: Form, key: u64, number: Number) -> bool {
    match form {
        Form::Float => key <= of_float(number.to_f64()),
        _ => self::number(form, key).is_at_most(number),
    }
}

/// Calls `each` with the key of every row that the mask means, and says how many of them are
/// infinite. `None` where the cells have no such keys.
#[inline]
pub fn for_each(
    column: &Column,
    rows: Option<&BooleanBuffer>,
    mut each: impl FnMut(u64),
) -> Option<u64> {
    let n_rows = column.n_rows;
    let mut infinite = 0;
    match &column.cells {
        Cells::Null => {}
        Cells::Int(values) | Cells::Ticks { ticks: values, .. } => match rows {
            None => values.iter().for_each(|value| each(of_signed(*value))),
            Some(_) => bits::for_each(rows, n_rows, |row| each(of_signed(values[row]))),
        },
        Cells::Unsigned(values) => bits::for_each(rows, n_rows, |row| each(values[row])),
        Cells::Float(values) => {
            let mut one = |value: f64| {
                infinite += u64::from(value.is_infinite());
                each(of_float(value));
            };
            match rows {
                None => values.iter().for_each(|value| one(*value)),
                Some(_) => bits::for_each(rows, n_rows, |row| one(values[row])),
            }
        }
        _ => return None,
    }
    Some(infinite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_the_values_do_and_read_back() {
        let floats = [f64::NEG_INFINITY, -1e300, -1.0, -5e-324, 0.0, 5e-324, 1.0, f64::INFINITY];
        assert!(floats.is_sorted_by_key(|value| of_float(*value)));
        assert!(floats.iter().all(|value| to_float(of_float(*value)) == *value));
        assert_eq!(of_float(-0.0), of_float(0.0));
        assert!([i64::MIN, -1, 0, 1, i64::MAX].is_sorted_by_key(|value| of_signed(*value)));
        assert!([i64::MIN, -1, 0, i64::MAX].iter().all(|v| to_signed(of_signed(*v)) == *v));
    }
}
