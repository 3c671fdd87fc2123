//! One value of a cell or of a suite, with an equality that suits sets and hash keys.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::prose::number;

/// A double that is equal to itself: NaN equals NaN, and -0.0 equals 0.0.
#[derive(Clone, Copy, Debug)]
pub struct Float(pub f64);

impl Float {
    fn bits(self) -> u64 {
        if self.0.is_nan() { f64::NAN.to_bits() } else { (self.0 + 0.0).to_bits() }
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Float {}

impl Hash for Float {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0 + 0.0).total_cmp(&(other.0 + 0.0))
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(Float),
    /// `unscaled` divided by ten to the power of `scale`.
    Decimal {
        unscaled: i128,
        scale: i8,
    },
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Nanoseconds since midnight.
    Time(i64),
    /// Nanoseconds since 1970-01-01T00:00:00, in UTC when zoned.
    DateTime {
        nanos: i128,
        zoned: bool,
    },
    /// Nanoseconds.
    Duration(i128),
    Binary(Vec<u8>),
    /// A list or a struct, rendered.
    Nested(String),
}

impl Value {
    /// A float value.
    pub fn float(value: f64) -> Self {
        Value::Float(Float(value))
    }

    /// The value as a double, where it is a number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(value) => Some(*value as f64),
            Value::Float(value) => Some(value.0),
            Value::Decimal { unscaled, scale } => {
                Some(*unscaled as f64 / 10f64.powi(i32::from(*scale)))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => f.write_str(&number(value.0)),
            Value::Decimal { unscaled, scale } => f.write_str(&decimal(*unscaled, *scale)),
            Value::Text(value) | Value::Nested(value) => f.write_str(value),
            Value::Date(days) => f.write_str(&date(*days)),
            Value::Time(nanos) => f.write_str(&time(i128::from(*nanos))),
            Value::DateTime { nanos, zoned } => {
                let day = 86_400_000_000_000;
                let (days, rest) = (nanos.div_euclid(day), nanos.rem_euclid(day));
                let zone = if *zoned { "Z" } else { "" };
                write!(f, "{}T{}{zone}", date(days as i32), time(rest))
            }
            Value::Duration(nanos) => write!(f, "{}s", number(*nanos as f64 / 1e9)),
            Value::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

fn decimal(unscaled: i128, scale: i8) -> String {
    if scale <= 0 {
        let zeros = "0".repeat(usize::from(scale.unsigned_abs()));
        return if unscaled == 0 { "0".into() } else { format!("{unscaled}{zeros}") };
    }
    let width = usize::from(scale.unsigned_abs());
    let digits = format!("{:0>1$}", unscaled.unsigned_abs(), width + 1);
    let sign = if unscaled < 0 { "-" } else { "" };
    format!("{sign}{}.{}", &digits[..digits.len() - width], &digits[digits.len() - width..])
}

fn date(days: i32) -> String {
    match chrono::NaiveDate::from_num_days_from_ce_opt(days.saturating_add(719_163)) {
        Some(date) => date.format("%Y-%m-%d").to_string(),
        None => format!("{days} days since 1970-01-01"),
    }
}

fn time(nanos: i128) -> String {
    let seconds = nanos / 1_000_000_000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let fraction = nanos % 1_000_000_000;
    let whole = format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
    if fraction == 0 {
        return whole;
    }
    let digits = format!("{fraction:09}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Value, text: &str) {
        assert_eq!(value.to_string(), text);
    }

    #[test]
    fn values_read_as_a_person_writes_them() {
        check(Value::float(1e21), "1e21");
        check(Value::float(-0.0), "0");
        check(Value::float(0.1), "0.1");
        check(Value::Decimal { unscaled: -105, scale: 2 }, "-1.05");
        check(Value::Decimal { unscaled: 5, scale: 3 }, "0.005");
        check(Value::Decimal { unscaled: 5, scale: -2 }, "500");
        check(Value::Date(0), "1970-01-01");
        check(Value::Date(-1), "1969-12-31");
        check(Value::DateTime { nanos: -1_000_000_000, zoned: true }, "1969-12-31T23:59:59Z");
        check(Value::DateTime { nanos: 1_500_000, zoned: false }, "1970-01-01T00:00:00.0015");
    }

    #[test]
    fn zeros_are_one_value_and_nan_equals_itself() {
        assert_eq!(Value::float(-0.0), Value::float(0.0));
        assert_eq!(Value::float(f64::NAN), Value::float(-f64::NAN));
    }
}
