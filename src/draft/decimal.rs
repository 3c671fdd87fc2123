//! Numbers as a person reads them, digits and a power of ten, rounded without any error.

use crate::metric::Value;
use crate::suite::tree::Content;

/// `digits` times ten to the power of `exponent`; the digits do not end in 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub digits: i128,
    pub exponent: i32,
}

/// Which way a bound is moved, so that no value is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Towards {
    Down,
    Up,
}

/// More digits than this are not exact as a double.
const DOUBLE_DIGITS: i128 = 1_000_000_000_000_000;

impl Decimal {
    pub fn new(mut digits: i128, mut exponent: i32) -> Decimal {
        if digits == 0 {
            return Decimal { digits, exponent: 0 };
        }
        while digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        Decimal { digits, exponent }
    }

    /// A number; for a double the shortest text that means it. `None` for infinities and for what
    /// is no number.
    pub fn of(value: &Value) -> Option<Decimal> {
        match value {
            Value::Int(value) => Some(Decimal::new(*value, 0)),
            Value::Decimal { unscaled, scale } => Some(Decimal::new(*unscaled, -i32::from(*scale))),
            Value::Float(value) if value.0.is_finite() => {
                let text = format!("{:e}", value.0);
                let (mantissa, exponent) = text.split_once('e')?;
                let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                let exponent: i32 = exponent.parse().ok()?;
                let digits = mantissa.replace('.', "").parse().ok()?;
                Some(Decimal::new(digits, exponent - i32::try_from(places).ok()?))
            }
            _ => None,
        }
    }

    /// How many digits are needed to write it, zeros at its end not counted.
    pub fn n_digits(self) -> usize {
        self.digits.unsigned_abs().to_string().len()
    }

    /// The nearest multiple of a step in one direction; itself, if it is one.
    pub fn rounded(self, step: Decimal, towards: Towards) -> Decimal {
        let shift = self.exponent - step.exponent;
        let power = 10i128.checked_pow(shift.unsigned_abs());
        let (value, unit) = match (shift >= 0, power) {
            (true, Some(power)) => (self.digits.checked_mul(power), Some(step.digits)),
            (true, None) => (None, None),
            (false, power) => {
                (Some(self.digits), power.and_then(|power| power.checked_mul(step.digits)))
            }
        };
        let times = match (value, unit) {
            (Some(value), Some(unit)) => match towards {
                Towards::Down => value.div_euclid(unit),
                Towards::Up => value.div_euclid(unit) + i128::from(value.rem_euclid(unit) != 0),
            },
            // It is smaller than the step, by far.
            (Some(value), None) => match towards {
                Towards::Down => -i128::from(value < 0),
                Towards::Up => i128::from(value > 0),
            },
            // It is so large that the step is nothing to it.
            (None, _) => return self,
        };
        times.checked_mul(step.digits).map_or(self, |digits| Decimal::new(digits, step.exponent))
    }

    /// The number as a suite says it, never beyond itself in the wrong direction.
    pub fn content(self, towards: Towards) -> Content {
        if let Some(whole) = self.whole() {
            return Content::Int(whole);
        }
        if self.exponent < 0 && self.digits.abs() >= DOUBLE_DIGITS {
            return self.rounded(Decimal { digits: 1, exponent: 0 }, towards).content(towards);
        }
        let text = format!("{}e{}", self.digits, self.exponent);
        Content::Float(text.parse().unwrap_or(0.0))
    }

    /// The integer that it is, where it can be written without an exponent.
    pub fn whole(self) -> Option<i128> {
        let exponent = u32::try_from(self.exponent).ok().filter(|exponent| *exponent <= 18)?;
        self.digits.checked_mul(10i128.pow(exponent))
    }
}

/// The largest of 1, 2, 5, 10, 20 … (and 0.5, 0.2 …) that is not above a size.
pub fn step(size: f64) -> Option<Decimal> {
    if !(size.is_finite() && size > 0.0) {
        return None;
    }
    let text = format!("{size:e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let digits = match mantissa.chars().next()? {
        '1' => 1,
        '2'..='4' => 2,
        _ => 5,
    };
    Some(Decimal { digits, exponent: exponent.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(value: f64, size: f64, down: f64, up: f64) {
        let number = Decimal::of(&Value::float(value)).expect("a number");
        let step = step(size).expect("a size");
        for (towards, expected) in [(Towards::Down, down), (Towards::Up, up)] {
            let expected = Decimal::of(&Value::float(expected)).expect("a number");
            assert_eq!(number.rounded(step, towards), expected, "{value} by {size}");
        }
    }

    #[test]
    fn bounds_move_outwards_to_a_multiple_of_the_step() {
        check(326.0, 1849.7, 0.0, 1000.0);
        check(18_823.0, 1849.7, 18_000.0, 19_000.0);
        check(-74.244_42, 0.0531, -74.25, -74.2);
        check(5.01, 0.481, 5.0, 5.2);
        check(0.6, 0.2, 0.6, 0.6);
        check(-1e-300, 1e30, -1e30, 0.0);
        check(1e300, 1e-30, 1e300, 1e300);
    }

    proptest! {
        #[test]
        fn no_value_lies_outside_of_its_own_bounds(value: f64, size in 1e-9..1e9f64) {
            prop_assume!(value.is_finite());
            let number = Decimal::of(&Value::float(value)).expect("a number");
            let step = step(size).expect("a size");
            let bound = |towards| match number.rounded(step, towards).content(towards) {
                Content::Int(bound) => bound as f64,
                Content::Float(bound) => bound,
                other => panic!("{other:?}"),
            };
            prop_assert!(bound(Towards::Down) <= value && value <= bound(Towards::Up));
        }
    }
}
