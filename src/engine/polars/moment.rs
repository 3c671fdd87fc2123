//! Dates, times and durations: literals as strict ISO 8601, and comparisons across units.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use polars::prelude::{
    AnyValue, DataFrame, DataType, Expr, IntoLazy, LiteralValue, Operator, Scalar, TimeUnit,
};

use super::lower::{Typed, binary, describe, wide, word};
use super::{SqlMistake, text};

/// Reads a text literal beside a temporal operand as that operand's type.
pub(super) fn meet(left: Typed, right: Typed) -> Result<(Typed, Typed), SqlMistake> {
    if let (true, Some(text)) = (left.class().is_temporal(), right.text()) {
        let right = literal(text, &left.dtype)?;
        return Ok((left, right));
    }
    if let (Some(text), true) = (left.text(), right.class().is_temporal()) {
        let left = literal(text, &right.dtype)?;
        return Ok((left, right));
    }
    Ok((left, right))
}

/// A text as a value of a temporal type.
///
/// # Errors
/// It is no strict date or time, a date meets datetimes, or a zone meets none (and the reverse).
pub(super) fn literal(text: &str, dtype: &DataType) -> Result<Typed, SqlMistake> {
    let (value, dtype) = match dtype {
        DataType::Date => {
            let date = date(text).ok_or_else(|| unread(text, dtype))?;
            (AnyValue::Date(date), DataType::Date)
        }
        DataType::Time => {
            let time = time(text).ok_or_else(|| unread(text, dtype))?;
            (AnyValue::Time(time), DataType::Time)
        }
        DataType::Datetime(unit, zone) => {
            let nanos = datetime(text, zone.is_some(), dtype)?;
            let (ticks, unit) = ticks(nanos, *unit).ok_or_else(|| unread(text, dtype))?;
            let kind = DataType::Datetime(unit, zone.clone());
            let zone = zone.clone().map(std::sync::Arc::new);
            (AnyValue::DatetimeOwned(ticks, unit, zone), kind)
        }
        _ => {
            return Err(SqlMistake::new(format!("the text '{text}' is not a {}", word(dtype)))
                .help("write a duration as `INTERVAL '36 hours'`"));
        }
    };
    let scalar = Scalar::new(dtype.clone(), value);
    Ok(Typed::new(Expr::Literal(LiteralValue::Scalar(scalar)), dtype))
}

/// The value of an expression that reads no column.
pub(super) fn constant(expr: Expr) -> Result<Typed, SqlMistake> {
    let refused =
        |error: polars::prelude::PolarsError| SqlMistake::new(text::first_line(&error.to_string()));
    let frame = DataFrame::empty().lazy().select([expr]).collect().map_err(refused)?;
    let column = frame.columns().first().ok_or_else(|| SqlMistake::new("no value"))?;
    let value = column.get(0).map_err(refused)?.into_static();
    let dtype = column.dtype().clone();
    let scalar = Scalar::new(dtype.clone(), value);
    Ok(Typed::new(Expr::Literal(LiteralValue::Scalar(scalar)), dtype))
}

/// Compares datetimes with datetimes, or durations with durations, whatever their units.
///
/// polars would cut the finer one down to the coarser unit.
pub(super) fn compare(left: Typed, op: Operator, right: Typed) -> Result<Expr, SqlMistake> {
    if is_zoned(&left) != is_zoned(&right) {
        let (one, other) = (describe(&left), describe(&right));
        return Err(SqlMistake::new(format!("{one} cannot be compared with {other}"))
            .help("one has a zone and the other has none: write both with a zone, or neither"));
    }
    let left = in_unit_of(left, &right);
    let right = in_unit_of(right, &left);
    if left.dtype == right.dtype {
        return Ok(binary(left.expr, op, right.expr));
    }
    Ok(binary(nanos(left), op, nanos(right)))
}

fn is_zoned(operand: &Typed) -> bool {
    matches!(operand.dtype, DataType::Datetime(_, Some(_)))
}

fn unit(dtype: &DataType) -> TimeUnit {
    match dtype {
        DataType::Datetime(unit, _) | DataType::Duration(unit) => *unit,
        _ => TimeUnit::Nanoseconds,
    }
}

fn tick_ns(unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Nanoseconds => 1,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Milliseconds => 1_000_000,
    }
}

/// Nanoseconds as ticks of a unit, or of the next finer one that holds them.
fn ticks(nanos: i128, unit: TimeUnit) -> Option<(i64, TimeUnit)> {
    let finer = [unit, TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds];
    finer.into_iter().find_map(|unit| {
        let tick = tick_ns(unit);
        let exact = nanos % tick == 0;
        Some((i64::try_from(nanos / tick).ok().filter(|_| exact)?, unit))
    })
}

/// A literal in the unit of the operand it meets, where that is exact.
fn in_unit_of(operand: Typed, other: &Typed) -> Typed {
    let Expr::Literal(LiteralValue::Scalar(scalar)) = &operand.expr else { return operand };
    let (count, zone) = match scalar.as_any_value() {
        AnyValue::Datetime(count, _, zone) => (count, zone.cloned()),
        AnyValue::Duration(count, _) => (count, None),
        _ => return operand,
    };
    let nanos = i128::from(count) * tick_ns(unit(&operand.dtype));
    let wanted = unit(&other.dtype);
    let Some((ticks, _)) = ticks(nanos, wanted).filter(|(_, unit)| *unit == wanted) else {
        return operand;
    };
    let value = match &other.dtype {
        DataType::Datetime(..) => {
            let zone = zone.map(std::sync::Arc::new);
            AnyValue::DatetimeOwned(ticks, wanted, zone)
        }
        _ => AnyValue::Duration(ticks, wanted),
    };
    let scalar = Scalar::new(other.dtype.clone(), value);
    Typed::new(Expr::Literal(LiteralValue::Scalar(scalar)), other.dtype.clone())
}

/// Ticks as nanoseconds in 128 bits, which hold any of them.
fn nanos(operand: Typed) -> Expr {
    let tick = tick_ns(unit(&operand.dtype));
    let ticks = operand.expr.to_physical().cast(DataType::Int128);
    if tick == 1 { ticks } else { ticks * wide(tick) }
}

fn unread(text: &str, dtype: &DataType) -> SqlMistake {
    let form = match dtype {
        DataType::Date => "write a calendar day as '2024-01-31'",
        DataType::Time => "write a time of day as '13:45:00'",
        DataType::Datetime(_, Some(_)) => "write an instant as '2024-01-31T13:45:00Z'",
        _ => "write a datetime as '2024-01-31T13:45:00'",
    };
    SqlMistake::new(format!("the text '{text}' is not a {}", word(dtype))).help(form)
}

/// Days since 1970-01-01 of a strict `YYYY-MM-DD`.
fn date(text: &str) -> Option<i32> {
    let strict = text.len() == 10 && text.as_bytes()[0].is_ascii_digit();
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| strict)?;
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
}

/// Nanoseconds since midnight of a strict `HH:MM:SS`, with or without a fraction.
fn time(text: &str) -> Option<i64> {
    let strict = text.as_bytes().get(2) == Some(&b':');
    let time = NaiveTime::parse_from_str(text, "%H:%M:%S%.f").ok().filter(|_| strict)?;
    let nanos = i64::from(time.nanosecond());
    (nanos < 1_000_000_000)
        .then(|| i64::from(time.num_seconds_from_midnight()) * 1_000_000_000 + nanos)
}

/// Nanoseconds since 1970-01-01T00:00:00.
fn datetime(text: &str, zoned: bool, dtype: &DataType) -> Result<i128, SqlMistake> {
    if date(text).is_some() {
        let end = if zoned { "T00:00:00Z" } else { "T00:00:00" };
        let message = format!("'{text}' is a date, and it meets a {}", word(dtype));
        return Err(SqlMistake::new(message).help(format!(
            "say which moment: '{text}{end}', or compare days: `CAST(column AS DATE)`"
        )));
    }
    // chrono takes signs, short numbers and a 60th second.
    let strict = text.len() >= 19 && text.as_bytes()[0].is_ascii_digit() && !leaps(text);
    let instant = DateTime::parse_from_rfc3339(text).ok().filter(|_| strict);
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
        .ok()
        .filter(|_| strict);
    match (instant, naive, zoned) {
        (Some(instant), _, true) => Ok(since_epoch(instant.naive_utc())),
        (_, Some(naive), false) => Ok(since_epoch(naive)),
        (Some(_), _, false) => Err(SqlMistake::new(format!(
            "'{text}' has a zone, and it meets a {} without one",
            word(dtype)
        ))
        .help("write a datetime as '2024-01-31T13:45:00'")),
        (_, Some(_), true) => Err(SqlMistake::new(format!(
            "'{text}' has no zone, and it meets a {} with one",
            word(dtype)
        ))
        .help("write an instant as '2024-01-31T13:45:00Z'")),
        _ => Err(unread(text, dtype)),
    }
}

fn leaps(text: &str) -> bool {
    text.get(17..19) == Some("60")
}

fn since_epoch(moment: NaiveDateTime) -> i128 {
    let moment = moment.and_utc();
    i128::from(moment.timestamp()) * 1_000_000_000 + i128::from(moment.timestamp_subsec_nanos())
}
