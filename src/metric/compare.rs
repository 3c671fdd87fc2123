//! The order and the difference of two values, exact between numbers of different kinds.

use std::cmp::Ordering;

use super::Value;
use crate::stats::dyadic::Dyadic;

/// Nanoseconds of a day.
const DAY_NS: i128 = 86_400_000_000_000;

/// Compares two values; `None` for values of different kinds, for NaN and for missing ones.
pub fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Value::Float(left), Value::Float(right)) = (left, right) {
        return left.0.partial_cmp(&right.0);
    }
    if let (Some(left), Some(right)) = (Exact::of(left), Exact::of(right)) {
        return left.compare(right);
    }
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (
            Value::DateTime { nanos: left, zoned },
            Value::DateTime { nanos: right, zoned: other },
        ) if zoned == other => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        (Value::Binary(left), Value::Binary(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// How far apart two values are: a number, or a duration between points in time. `None` where
/// there is no such thing.
///
/// Integers and decimals keep all their digits while 128 bits hold them.
pub fn distance(left: &Value, right: &Value) -> Option<Value> {
    let apart = |left: i128, right: i128| left.checked_sub(right)?.checked_abs();
    match (left, right) {
        (Value::Date(left), Value::Date(right)) => {
            Some(Value::Duration(i128::from(left.abs_diff(*right)) * DAY_NS))
        }
        (Value::Time(left), Value::Time(right)) => {
            apart((*left).into(), (*right).into()).map(Value::Duration)
        }
        (
            Value::DateTime { nanos: left, zoned },
            Value::DateTime { nanos: right, zoned: other },
        ) if zoned == other => apart(*left, *right).map(Value::Duration),
        (Value::Duration(left), Value::Duration(right)) => {
            apart(*left, *right).map(Value::Duration)
        }
        _ => {
            let (near, far) = (left.as_f64()?, right.as_f64()?);
            let exact = fixed(left).zip(fixed(right)).and_then(|(left, right)| {
                let scale = left.1.max(right.1);
                let unit = |own: i8| 10i128.checked_pow(u32::from(scale.abs_diff(own)));
                let left = left.0.checked_mul(unit(left.1)?)?;
                let unscaled = apart(left, right.0.checked_mul(unit(right.1)?)?)?;
                Some(Value::Decimal { unscaled, scale })
            });
            // Equal infinities do not differ.
            let rounded = if near == far { 0.0 } else { (near - far).abs() };
            Some(exact.unwrap_or_else(|| Value::float(rounded)))
        }
    }
}

/// An integer or a decimal as its digits and how many of them stand behind the point.
fn fixed(value: &Value) -> Option<(i128, i8)> {
    match value {
        Value::Int(value) => Some((*value, 0)),
        Value::Decimal { unscaled, scale } => Some((*unscaled, *scale)),
        _ => None,
    }
}

/// A number as an exact fraction: `digits / 10^scale`.
enum Exact {
    Infinite(Ordering),
    Finite { digits: Dyadic, scale: i32 },
}

impl Exact {
    fn of(value: &Value) -> Option<Exact> {
        let whole = |value: i128, scale: i8| {
            let size = value.unsigned_abs();
            let digits = (0..4).map(|place| (size >> (32 * place)) as u32).collect();
            Exact::Finite { digits: Dyadic::new(value < 0, digits, 0), scale: scale.into() }
        };
        match value {
            Value::Float(value) if value.0.is_nan() => None,
            Value::Float(value) if value.0.is_infinite() => {
                Some(Exact::Infinite(value.0.total_cmp(&0.0)))
            }
            Value::Float(value) => {
                Some(Exact::Finite { digits: Dyadic::from_f64(value.0), scale: 0 })
            }
            value => fixed(value).map(|(digits, scale)| whole(digits, scale)),
        }
    }

    fn compare(self, other: Exact) -> Option<Ordering> {
        Some(match (self, other) {
            (Exact::Infinite(own), Exact::Infinite(other)) => own.cmp(&other),
            (Exact::Infinite(own), _) => own,
            (_, Exact::Infinite(other)) => other.reverse(),
            (
                Exact::Finite { digits, scale },
                Exact::Finite { digits: others, scale: other_scale },
            ) => {
                let places = scale.max(other_scale);
                let raised = |digits: Dyadic, own: i32| {
                    (own..places).fold(digits, |digits, _| digits.times_u64(10))
                };
                let gap = raised(digits, scale).minus(&raised(others, other_scale));
                match (gap.is_zero(), gap.is_negative()) {
                    (true, _) => Ordering::Equal,
                    (false, true) => Ordering::Less,
                    (false, false) => Ordering::Greater,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(unscaled: i128, scale: i8) -> Value {
        Value::Decimal { unscaled, scale }
    }

    fn check(left: Value, order: Ordering, right: Value) {
        assert_eq!(compare(&left, &right), Some(order), "{left:?} {right:?}");
        assert_eq!(compare(&right, &left), Some(order.reverse()), "{right:?} {left:?}");
    }

    #[test]
    fn numbers_of_different_kinds_are_never_rounded_together() {
        let two53 = 1i128 << 53;
        check(Value::Int(two53 + 1), Ordering::Greater, Value::float(two53 as f64));
        check(Value::Int(i128::MAX), Ordering::Less, Value::float(2f64.powi(127)));
        check(Value::Int(i128::MAX), Ordering::Less, Value::float(f64::INFINITY));
        check(Value::Int(0), Ordering::Equal, Value::float(-0.0));
        check(decimal(1, 1), Ordering::Less, Value::float(0.1));
        check(decimal(25, 2), Ordering::Equal, Value::float(0.25));
        check(decimal(100, 2), Ordering::Equal, Value::Int(1));
        check(decimal(25, -2), Ordering::Equal, Value::Int(2500));
        check(decimal(1, 38), Ordering::Greater, Value::float(1e-300));
        assert_eq!(compare(&Value::Int(1), &Value::float(f64::NAN)), None);
        assert_eq!(compare(&Value::Int(1), &Value::Text("1".into())), None);
    }

    #[test]
    fn distances_keep_their_digits() {
        let apart = |left: Value, right: Value| distance(&left, &right);
        assert_eq!(apart(decimal(4, 1), decimal(3, 1)), Some(decimal(1, 1)));
        assert_eq!(apart(Value::Int(1), decimal(125, 2)), Some(decimal(25, 2)));
        assert_eq!(apart(Value::float(0.5), Value::Int(2)), Some(Value::float(1.5)));
        assert_eq!(apart(Value::Date(3), Value::Date(1)), Some(Value::Duration(2 * DAY_NS)));
        assert_eq!(apart(Value::Text("a".into()), Value::Text("b".into())), None);
        let infinite = Value::float(f64::INFINITY);
        assert_eq!(apart(infinite.clone(), infinite), Some(Value::float(0.0)));
    }
}
