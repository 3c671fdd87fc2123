//! Dates, times and durations of a suite: strict ISO 8601, never a local time zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::Mistake;
use crate::metric::{Type, Value};

/// Reads a text as a value of a temporal column.
///
/// # Errors
/// The text is no such date or time, a date meets a column of datetimes, or a zone meets a column
/// without one (and the reverse).
pub fn read(text: &str, kind: &Type) -> Result<Value, Mistake> {
    let found = match kind {
        Type::Date => date(text).map(Value::Date),
        Type::Time => time(text),
        Type::DateTime { zone } => return datetime(text, zone.is_some(), kind),
        Type::Duration => duration(text).map(Value::Duration),
        _ => None,
    };
    found.ok_or_else(|| Mistake::new(format!("`{text}` is not a {kind}")).help(form(kind)))
}

/// How a value of a type is written.
pub fn form(kind: &Type) -> &'static str {
    match kind {
        Type::Date => "write a calendar day as `2024-01-31`",
        Type::Time => "write a time of day as `13:45:00`",
        Type::Duration => "write a duration as `90s`, `15m`, `36h` or `7d`",
        Type::DateTime { zone: Some(_) } => "write an instant as `2024-01-31T13:45:00Z`",
        _ => "write a datetime as `2024-01-31T13:45:00`",
    }
}

/// Days since 1970-01-01 of a strict `YYYY-MM-DD`.
pub fn date(text: &str) -> Option<i32> {
    let strict = text.len() == 10 && text.as_bytes()[0].is_ascii_digit();
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| strict)?;
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
}

fn time(text: &str) -> Option<Value> {
    let time = NaiveTime::parse_from_str(text, "%H:%M:%S%.f").ok().filter(|time| {
        time.nanosecond() < 1_000_000_000 && text.as_bytes().first().is_some_and(u8::is_ascii_digit)
    })?;
    let seconds = i64::from(time.num_seconds_from_midnight());
    Some(Value::Time(seconds * 1_000_000_000 + i64::from(time.nanosecond())))
}

fn datetime(text: &str, zoned: bool, kind: &Type) -> Result<Value, Mistake> {
    if date(text).is_some() {
        let end = if zoned { "T00:00:00Z" } else { "T00:00:00" };
        let message = format!("`{text}` is a date, the column holds {kind}");
        return Err(Mistake::new(message).help(format!("say which moment: `{text}{end}`")));
    }
    let instant = DateTime::parse_from_rfc3339(text).ok();
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f"))
        .ok();
    match (instant, naive, zoned) {
        (Some(instant), _, true) => Ok(value(instant.naive_utc(), true)),
        (_, Some(naive), false) => Ok(value(naive, false)),
        (Some(_), _, false) => {
            Err(Mistake::new(format!("`{text}` has a zone, the column has none")).help(form(kind)))
        }
        (_, Some(_), true) => {
            Err(Mistake::new(format!("`{text}` has no zone, the column has one")).help(form(kind)))
        }
        _ => Err(Mistake::new(format!("`{text}` is not a datetime")).help(form(kind))),
    }
}

fn value(moment: NaiveDateTime, zoned: bool) -> Value {
    let moment = moment.and_utc();
    let nanos = i128::from(moment.timestamp()) * 1_000_000_000
        + i128::from(moment.timestamp_subsec_nanos());
    Value::DateTime { nanos, zoned }
}

/// Nanoseconds of a whole number with its unit: `90s`, `15m`, `36h`, `7d`.
pub fn duration(text: &str) -> Option<i128> {
    let (amount, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    amount.parse::<i64>().ok().map(|amount| i128::from(amount) * seconds * 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, kind: &Type, shown: Option<&str>) {
        let read = read(text, kind).ok().map(|value| value.to_string());
        assert_eq!(read.as_deref(), shown, "{text} as {kind}");
    }

    #[test]
    fn only_strict_forms_are_read() {
        let naive = Type::DateTime { zone: None };
        let zoned = Type::DateTime { zone: Some("UTC".into()) };
        check("2024-02-29", &Type::Date, Some("2024-02-29"));
        check("2023-02-29", &Type::Date, None);
        check("2024-1-5", &Type::Date, None);
        check("+024-01-05", &Type::Date, None);
        check("2024-01-05", &naive, None);
        check("2024-01-05T10:00:00", &naive, Some("2024-01-05T10:00:00"));
        check("2024-01-05T10:00:00", &zoned, None);
        check("2024-01-05T10:00:00+02:00", &zoned, Some("2024-01-05T08:00:00Z"));
        check("2024-01-05T10:00:00Z", &naive, None);
        check("23:59:60", &Type::Time, None);
        check("07:30:00.5", &Type::Time, Some("07:30:00.5"));
        check("36h", &Type::Duration, Some("129600s"));
        check("36", &Type::Duration, None);
    }
}
