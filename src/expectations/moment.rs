//! The moment of a run, as a column of dates or datetimes would hold it. Never a local zone.

use super::{Context, Mistake, instant};
use crate::metric::{Type, Value, Zone};

/// What a check says of the moment and of the clock that its column shows.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The moment, where the suite names one; else the run's.
    pub now: Option<&'a str>,
    /// The zone of the clock that a column without zone shows.
    pub timezone: Option<Zone>,
}

impl Moment<'_> {
    /// The moment in nanoseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// The suite names one that is none.
    pub fn instant(self, context: &Context) -> Result<i128, Mistake> {
        let Some(text) = self.now else { return Ok(context.now) };
        match instant::read(text, &Type::DateTime { zone: Some("UTC".into()) }) {
            Ok(Value::DateTime { nanos, .. }) => Ok(nanos),
            _ => Err(Mistake::new(format!("`{text}` is no moment"))
                .help("write it with its zone, as `2024-01-31T13:45:00Z`")
                .of("now")),
        }
    }

    /// The moment as a value of the check's column.
    ///
    /// # Errors
    /// The column holds neither dates nor datetimes, or it is not clear whose clock it shows.
    pub fn in_column(self, context: &Context) -> Result<Value, Mistake> {
        context.accept(
            |kind| matches!(kind, Type::Date | Type::DateTime { .. }),
            "dates and datetimes",
        )?;
        let (now, name) = (self.instant(context)?, context.name());
        match (context.kind(), self.timezone) {
            (Type::DateTime { zone: Some(zone) }, Some(_)) => {
                let message = format!("`{name}` has a zone of its own, {zone}");
                Err(Mistake::new(message).help("remove `timezone`").of("timezone"))
            }
            (Type::DateTime { zone: Some(_) } | Type::Null, _) => {
                Ok(Value::DateTime { nanos: now, zoned: true })
            }
            (kind, None) => {
                let message = format!("`{name}` is {kind}, and no zone says whose clock it shows");
                Err(Mistake::new(message)
                    .help("write `timezone: UTC`, or a name such as `timezone: Europe/Paris`"))
            }
            (Type::Date, Some(zone)) => Ok(Value::Date(day(zone, now))),
            (_, Some(zone)) => Ok(Value::DateTime { nanos: zone.local(now), zoned: false }),
        }
    }
}

fn day(zone: Zone, now: i128) -> i32 {
    let day = zone.day(now);
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
}

/// The nanoseconds from one value of a column to another; `None` for values of other types.
pub fn between(from: &Value, to: &Value) -> Option<i128> {
    match (from, to) {
        (Value::Date(from), Value::Date(to)) => {
            Some((i128::from(*to) - i128::from(*from)) * Zone::DAY_NS)
        }
        (Value::DateTime { nanos: from, .. }, Value::DateTime { nanos: to, .. }) => Some(to - from),
        _ => None,
    }
}

/// A span of time by its two largest units: `3 d 4 h`, `5 min`, `12 s`.
pub fn span(nanos: i128) -> String {
    let seconds = nanos.unsigned_abs() / 1_000_000_000;
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(unit, _)| seconds >= *unit).unwrap_or(units.len() - 1);
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, name) in units.iter().skip(first).take(2) {
        if rest >= *unit || parts.is_empty() {
            parts.push(format!("{} {name}", rest / unit));
        }
        rest %= unit;
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units_at_most() {
        let seconds = |seconds: i128| span(seconds * 1_000_000_000);
        assert_eq!(seconds(0), "0 s");
        assert_eq!(seconds(-61), "1 min 1 s");
        assert_eq!(seconds(3_600), "1 h");
        assert_eq!(seconds(3 * 86_400 + 4 * 3_600 + 59), "3 d 4 h");
        assert_eq!(span(Zone::DAY_NS), "1 d");
    }
}
