//! Days, times, durations and zones as ISO 8601, RFC 3339 and the IANA database write them.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::is_digits;

pub fn date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (year, month, day) = (number(&bytes[..4]), number(&bytes[5..7]), number(&bytes[8..]));
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return false };
    NaiveDate::from_ymd_opt(year as i32, month, day).is_some()
}

pub fn datetime(text: &str) -> bool {
    let Some((day, clock)) = text.split_at_checked(10) else { return false };
    let Some(clock) = clock.strip_prefix(['T', ' ']) else { return false };
    let clock = match (clock.strip_suffix('Z'), clock.rfind(['+', '-'])) {
        (Some(clock), _) => clock,
        (None, Some(at)) if is_offset(&clock[at + 1..]) => &clock[..at],
        _ => clock,
    };
    date(day) && time(clock)
}

pub fn time(text: &str) -> bool {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let (clock, seconds) = whole.split_at_checked(5).unwrap_or_default();
    let seconds = seconds.strip_prefix(':').filter(|seconds| seconds.len() == 2);
    is_offset(clock)
        && seconds.and_then(|seconds| number(seconds.as_bytes())).is_some_and(|second| second < 60)
        && fraction.is_none_or(|digits| digits.len() <= 9 && is_digits(digits))
}

/// `HH:MM`, as a time of day and as the distance from UTC.
fn is_offset(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 5
        && bytes[2] == b':'
        && number(&bytes[..2]).is_some_and(|hour| hour < 24)
        && number(&bytes[3..]).is_some_and(|minute| minute < 60)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| match digit {
        b'0'..=b'9' => Some(sum * 10 + u32::from(digit - b'0')),
        _ => None,
    })
}

/// ISO 8601-1 section 5.5.2: units fall in size, each at most once; weeks stand alone.
pub fn duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else { return false };
    if let Some(weeks) = rest.strip_suffix('W') {
        return is_digits(weeks);
    }
    let (days, clock) = match rest.split_once('T') {
        Some((days, clock)) => (days, Some(clock)),
        None => (rest, None),
    };
    let is_empty = days.is_empty() && clock.is_none();
    !is_empty
        && has_units(days, "YMD")
        && clock.is_none_or(|clock| !clock.is_empty() && has_units(clock, "HMS"))
}

fn has_units(text: &str, mut units: &str) -> bool {
    let mut rest = text;
    while let Some(end) = rest.find(|letter: char| letter.is_ascii_uppercase()) {
        let unit = &rest[end..=end];
        let Some(place) = units.find(unit) else { return false };
        units = &units[place + 1..];
        let amount = &rest[..end];
        let fits = match amount.split_once('.') {
            Some((whole, part)) => unit == "S" && is_digits(whole) && is_digits(part),
            None => is_digits(amount),
        };
        if !fits {
            return false;
        }
        rest = &rest[end + 1..];
    }
    rest.is_empty()
}

pub fn timezone(text: &str) -> bool {
    text.parse::<Tz>().is_ok()
}
