//! What the integers of a temporal column count.

use std::fmt;

use crate::metric::Value;

/// What kind of time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    Date,
    Time,
    DateTime { zoned: bool },
    Duration,
}

/// A kind of time with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub kind: ClockKind,
    /// Nanoseconds of one tick.
    pub tick_ns: i64,
}

impl Clock {
    /// Ticks of a date: days.
    pub const DAYS: Clock = Clock { kind: ClockKind::Date, tick_ns: 86_400_000_000_000 };

    /// Whether its moments fall on days of the calendar.
    pub fn has_days(self) -> bool {
        matches!(self.kind, ClockKind::Date | ClockKind::DateTime { .. })
    }

    /// The moment that a number of ticks stands for.
    pub fn value(self, ticks: i64) -> Value {
        let nanos = i128::from(ticks) * i128::from(self.tick_ns);
        match self.kind {
            ClockKind::Date => Value::Date(saturate_i32(ticks)),
            ClockKind::Time => Value::Time(saturate_i64(nanos)),
            ClockKind::DateTime { zoned } => Value::DateTime { nanos, zoned },
            ClockKind::Duration => Value::Duration(nanos),
        }
    }

    /// The nanoseconds of a value of the same kind; `None` for a value of another kind.
    pub fn nanos(self, value: &Value) -> Option<i128> {
        match (self.kind, value) {
            (ClockKind::Date, Value::Date(days)) => {
                Some(i128::from(*days) * i128::from(self.tick_ns))
            }
            (ClockKind::Time, Value::Time(nanos)) => Some((*nanos).into()),
            (ClockKind::DateTime { zoned }, Value::DateTime { nanos, zoned: other })
                if zoned == *other =>
            {
                Some(*nanos)
            }
            (ClockKind::Duration, Value::Duration(nanos)) => Some(*nanos),
            _ => None,
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ClockKind::Date => "date",
            ClockKind::Time => "time",
            ClockKind::DateTime { zoned: false } => "datetime",
            ClockKind::DateTime { zoned: true } => "datetime with zone",
            ClockKind::Duration => "duration",
        })
    }
}

fn saturate_i32(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

fn saturate_i64(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}
