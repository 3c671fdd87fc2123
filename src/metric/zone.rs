//! Time zones by name or offset: what day and hour an instant is there. Never the machine's own.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

/// A zone of the tz database, or a fixed distance from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    Named(Tz),
    /// Seconds east of UTC.
    Fixed(i32),
}

impl Zone {
    /// Nanoseconds of a day of 24 hours.
    pub const DAY_NS: i128 = 86_400_000_000_000;

    /// Coordinated universal time.
    pub const UTC: Zone = Zone::Fixed(0);

    /// Reads `UTC`, `Europe/Paris` or `+02:00`; `None` for a name that means nothing.
    pub fn parse(text: &str) -> Option<Zone> {
        if matches!(text, "UTC" | "Z") {
            return Some(Zone::UTC);
        }
        if let Ok(zone) = text.parse::<Tz>() {
            return Some(Zone::Named(zone));
        }
        let is_offset = text.len() == 6 && text.starts_with(['+', '-']);
        let offset = text.parse::<FixedOffset>().ok().filter(|_| is_offset)?;
        Some(Zone::Fixed(offset.local_minus_utc()))
    }

    /// What a clock in the zone shows at an instant; both in nanoseconds since 1970-01-01T00:00:00.
    pub fn local(self, instant: i128) -> i128 {
        instant + i128::from(self.offset(instant)) * 1_000_000_000
    }

    /// The day in the zone at an instant, counted from 1970-01-01.
    pub fn day(self, instant: i128) -> i64 {
        let day = self.local(instant).div_euclid(Self::DAY_NS);
        i64::try_from(day).unwrap_or(if day < 0 { i64::MIN } else { i64::MAX })
    }

    /// The instant at which a day begins in the zone.
    pub fn start_of_day(self, day: i32) -> i128 {
        let midnight = i128::from(day) * Self::DAY_NS;
        match self {
            Zone::Fixed(seconds) => midnight - i128::from(seconds) * 1_000_000_000,
            Zone::Named(zone) => first_instant(zone, day).unwrap_or(midnight),
        }
    }

    fn offset(self, instant: i128) -> i32 {
        match self {
            Zone::Fixed(seconds) => seconds,
            Zone::Named(zone) => {
                let seconds = instant.div_euclid(1_000_000_000);
                let moment = i64::try_from(seconds).ok();
                let moment = moment.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
                moment.map_or(0, |moment| {
                    zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc()
                })
            }
        }
    }
}

/// The first instant of a day; where clocks skip midnight, the one that they go on with.
fn first_instant(zone: Tz, day: i32) -> Option<i128> {
    let midnight: NaiveDateTime = DateTime::from_timestamp(i64::from(day) * 86_400, 0)?.naive_utc();
    (0..=12).find_map(|quarter| {
        let local = midnight.checked_add_signed(TimeDelta::minutes(15 * quarter))?;
        let instant = match zone.from_local_datetime(&local) {
            MappedLocalTime::Single(instant) => instant,
            MappedLocalTime::Ambiguous(first, _) => first,
            MappedLocalTime::None => return None,
        };
        Some(i128::from(instant.timestamp()) * 1_000_000_000)
    })
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Zone::Named(zone) => f.write_str(zone.name()),
            Zone::Fixed(0) => f.write_str("UTC"),
            Zone::Fixed(seconds) => {
                let sign = if *seconds < 0 { '-' } else { '+' };
                let minutes = seconds.unsigned_abs() / 60;
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Zone::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is no zone; write `UTC`, a name such as `Europe/Paris` or an offset such \
                 as `+02:00`"
            ))
        })
    }
}

impl JsonSchema for Zone {
    fn schema_name() -> Cow<'static, str> {
        "Zone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`UTC`, a name such as `Europe/Paris`, or an offset such as `+02:00`",
            "type": "string",
            "minLength": 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i128 = 3_600_000_000_000;

    fn zone(text: &str) -> Zone {
        match Zone::parse(text) {
            Some(zone) => zone,
            None => panic!("{text} is a zone"),
        }
    }

    #[test]
    fn names_and_offsets_are_read() {
        for text in ["UTC", "Europe/Paris", "+02:00", "-09:30", "Etc/UTC"] {
            assert_eq!(zone(text).to_string(), text);
        }
        for text in ["", "local", "Paris", "+2", "02:00", "+25:00"] {
            assert_eq!(Zone::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_begin_where_the_zone_says() {
        // 2024-03-31 is a day of 23 hours in Paris.
        let day = 19_813;
        let midnight = i128::from(day) * Zone::DAY_NS;
        assert_eq!(zone("Europe/Paris").start_of_day(day), midnight - HOUR);
        assert_eq!(zone("Europe/Paris").start_of_day(day + 1), midnight + Zone::DAY_NS - 2 * HOUR);
        assert_eq!(zone("+02:00").start_of_day(day), midnight - 2 * HOUR);
        assert_eq!(zone("+02:00").day(midnight - 2 * HOUR), i64::from(day));
        assert_eq!(zone("+02:00").day(midnight - 2 * HOUR - 1), i64::from(day) - 1);
        // Clocks in Cairo skipped midnight on 2024-04-26.
        assert_eq!(zone("Africa/Cairo").day(zone("Africa/Cairo").start_of_day(19_839)), 19_839);
        assert_eq!(zone("Africa/Cairo").day(zone("Africa/Cairo").start_of_day(19_839) - 1), 19_838);
    }
}
