//! What the counts of a column's values are asked for, and what is read off them.

use super::Context;
use super::number::Number;
use crate::metric::{Frequencies, Metric, Side, Value};

/// The question how often each value of the check's column occurs.
pub fn metric(context: &Context, on: Side) -> Metric {
    Metric::Frequencies { on, column: context.name().to_owned(), filter: context.filter() }
}

/// The values that occur most often, in order; several where they tie.
pub fn most_common(found: &Frequencies) -> Vec<&Value> {
    let most = found.counts.iter().map(|(_, count)| *count).max();
    let common = found.counts.iter().filter(|(_, count)| Some(*count) == most);
    common.map(|(value, _)| value).collect()
}

/// A number out of the counts.
pub fn number(found: &Frequencies, value: Result<Value, String>) -> Number {
    Number { rows: found.rows, nulls: found.nulls, nans: found.nans, value, standard_error: None }
}

/// A value as the name of a category, the same for an integer, a decimal and a float that are
/// equal.
pub fn category(value: &Value) -> String {
    match value {
        Value::Decimal { unscaled, scale } => {
            let (mut unscaled, mut scale) = (*unscaled, *scale);
            while scale > 0 && unscaled % 10 == 0 {
                (unscaled, scale) = (unscaled / 10, scale - 1);
            }
            Value::Decimal { unscaled, scale }.to_string()
        }
        // Whole doubles of this size are integers with all their digits.
        Value::Float(value) if value.0.fract() == 0.0 && value.0.abs() < 1e15 => {
            (value.0 as i64).to_string()
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_one_category() {
        let decimal = Value::Decimal { unscaled: 100, scale: 2 };
        for value in [Value::Int(1), Value::float(1.0), decimal] {
            assert_eq!(category(&value), "1");
        }
        assert_eq!(category(&Value::Decimal { unscaled: 150, scale: 2 }), "1.5");
        assert_eq!(category(&Value::float(-0.0)), "0");
        assert_eq!(category(&Value::Text("1.0".into())), "1.0");
    }
}
