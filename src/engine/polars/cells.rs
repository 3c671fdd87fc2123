//! Cells of polars' answers as values.

use polars::prelude::{AnyValue, TimeUnit};

use crate::metric::Value;

/// One cell; what has no form of its own is shown as text.
pub(super) fn value(cell: AnyValue) -> Value {
    match cell {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(value) => Value::Bool(value),
        AnyValue::Int8(value) => Value::Int(value.into()),
        AnyValue::Int16(value) => Value::Int(value.into()),
        AnyValue::Int32(value) => Value::Int(value.into()),
        AnyValue::Int64(value) => Value::Int(value.into()),
        AnyValue::Int128(value) => Value::Int(value),
        AnyValue::UInt8(value) => Value::Int(value.into()),
        AnyValue::UInt16(value) => Value::Int(value.into()),
        AnyValue::UInt32(value) => Value::Int(value.into()),
        AnyValue::UInt64(value) => Value::Int(value.into()),
        AnyValue::Float32(value) => Value::float(value.into()),
        AnyValue::Float64(value) => Value::float(value),
        AnyValue::Decimal(unscaled, _, scale) => match i8::try_from(scale) {
            Ok(scale) => Value::Decimal { unscaled, scale },
            Err(_) => Value::Text(cell.to_string()),
        },
        AnyValue::String(text) => Value::Text(text.to_owned()),
        AnyValue::StringOwned(text) => Value::Text(text.to_string()),
        AnyValue::Date(days) => Value::Date(days),
        AnyValue::Time(nanos) => Value::Time(nanos),
        AnyValue::Datetime(ticks, unit, zone) => {
            Value::DateTime { nanos: nanos(ticks, unit), zoned: zone.is_some() }
        }
        AnyValue::DatetimeOwned(ticks, unit, zone) => {
            Value::DateTime { nanos: nanos(ticks, unit), zoned: zone.is_some() }
        }
        AnyValue::Duration(ticks, unit) => Value::Duration(nanos(ticks, unit)),
        AnyValue::Binary(bytes) => Value::Binary(bytes.to_vec()),
        other => Value::Nested(other.to_string()),
    }
}

fn nanos(ticks: i64, unit: TimeUnit) -> i128 {
    let ticks = i128::from(ticks);
    match unit {
        TimeUnit::Nanoseconds => ticks,
        TimeUnit::Microseconds => ticks * 1_000,
        TimeUnit::Milliseconds => ticks * 1_000_000,
    }
}
