//! Cells read as values: exact, strict, and without allocation.

/// Powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
const DAY_SECONDS: i64 = 86_400;

/// Takes a sign off; true if it is a minus.
pub fn signed(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    }
}

/// How many digits it begins with.
pub fn leading_digits(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len())
}

/// An integer of any size that fits; leading zeros and a plus are read.
pub fn integer<N: TryFrom<i64> + TryFrom<i128>>(bytes: &[u8]) -> Option<N> {
    let (negative, digits) = signed(bytes);
    if digits.is_empty() {
        return None;
    }
    if digits.len() > 18 {
        return N::try_from(integer_wide(negative, digits)?).ok();
    }
    let mut value: i64 = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    N::try_from(if negative { -value } else { value }).ok()
}

fn integer_wide(negative: bool, digits: &[u8]) -> Option<i128> {
    let mut value: i128 = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    Some(if negative { -value } else { value })
}

/// A decimal number as its digits, their exponent of ten, and whether digits were left out.
struct Digits {
    negative: bool,
    mantissa: u64,
    exponent: i32,
    /// The mantissa has more digits than fit.
    cut: bool,
}

/// Splits a number with an optional point and exponent; `None` if it is not one.
fn digits(bytes: &[u8]) -> Option<Digits> {
    let (negative, rest) = signed(bytes);
    let (mut mantissa, mut exponent, mut cut) = (0u64, 0i32, false);
    let (mut seen, mut point, mut at) = (0usize, false, 0usize);
    while let Some(&byte) = rest.get(at) {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            seen += 1;
            // Below this, one more digit still fits.
            if mantissa < u64::MAX / 10 - 1 {
                mantissa = mantissa * 10 + u64::from(digit);
                exponent -= i32::from(point);
            } else {
                cut = true;
            }
        } else if byte == b'.' && !point {
            point = true;
        } else {
            break;
        }
        at += 1;
    }
    if seen == 0 {
        return None;
    }
    if at < rest.len() {
        if rest[at] | 0x20 != b'e' {
            return None;
        }
        let power: i64 = integer(&rest[at + 1..])?;
        exponent = exponent.saturating_add(power.clamp(-100_000, 100_000) as i32);
    }
    Some(Digits { negative, mantissa, exponent, cut })
}

/// A finite double, correctly rounded.
pub fn float(bytes: &[u8]) -> Option<f64> {
    let number = digits(bytes)?;
    // Both factors are exact, so that one operation rounds once (Clinger 1990, fast path).
    if !number.cut && number.mantissa < 1 << 53 && number.exponent.unsigned_abs() <= 22 {
        let power = EXACT_POWERS[number.exponent.unsigned_abs() as usize];
        let size = number.mantissa as f64;
        let size = if number.exponent < 0 { size / power } else { size * power };
        return Some(if number.negative { -size } else { size });
    }
    let value: f64 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// A finite single, correctly rounded from the text.
pub fn float32(bytes: &[u8]) -> Option<f32> {
    digits(bytes)?;
    let value: f32 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// NaN or an infinity, in the words of IEEE 754-2019 (5.12.1): `nan`, `inf` and `infinity` in any
/// case, with a sign or without.
pub fn beyond_finite(bytes: &[u8]) -> Option<f64> {
    let (negative, word) = signed(bytes);
    let value = if word.eq_ignore_ascii_case(b"nan") {
        f64::NAN
    } else if word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"infinity") {
        f64::INFINITY
    } else {
        return None;
    };
    Some(if negative { -value } else { value })
}

/// An exact decimal, as an integer of `10^-scale`; digits that do not fit make it unreadable.
pub fn decimal(bytes: &[u8], precision: u8, scale: i8) -> Option<i128> {
    let (negative, rest) = signed(bytes);
    let whole = leading_digits(rest);
    let fraction = match rest.get(whole) {
        None => &[][..],
        Some(b'.') => &rest[whole + 1..],
        Some(_) => return None,
    };
    if whole + fraction.len() == 0 || leading_digits(fraction) != fraction.len() {
        return None;
    }
    let zeros = fraction.iter().rev().take_while(|byte| **byte == b'0').count();
    let fraction = &fraction[..fraction.len() - zeros];
    let mut value = integer_wide(false, &rest[..whole])?;
    for byte in fraction {
        value = value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
    }
    let shift = i64::from(scale) - fraction.len() as i64;
    let power = 10i128.checked_pow(u32::try_from(shift.unsigned_abs()).ok()?);
    value = match (value, shift >= 0) {
        (0, _) => 0,
        (value, true) => value.checked_mul(power?)?,
        (value, false) if value % power? == 0 => value / power?,
        _ => return None,
    };
    let fits = value < 10i128.checked_pow(u32::from(precision))?;
    fits.then_some(if negative { -value } else { value })
}

/// `true`, `True` and `TRUE`, and the same for false.
pub fn boolean(bytes: &[u8]) -> Option<bool> {
    match bytes {
        b"true" | b"True" | b"TRUE" => Some(true),
        b"false" | b"False" | b"FALSE" => Some(false),
        _ => None,
    }
}

/// Two digits.
fn pair(bytes: &[u8], at: usize) -> Option<u32> {
    let digit = |at: usize| {
        let digit = bytes.get(at)?.wrapping_sub(b'0');
        (digit <= 9).then_some(u32::from(digit))
    };
    Some(digit(at)? * 10 + digit(at + 1)?)
}

/// Days since 1970-01-01 of a strict `YYYY-MM-DD`.
pub fn date(bytes: &[u8]) -> Option<i32> {
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = pair(bytes, 0)? * 100 + pair(bytes, 2)?;
    let (month, day) = (pair(bytes, 5)?, pair(bytes, 8)?);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if day == 0 || day > last {
        return None;
    }
    // Days from civil (Hinnant): years begin in March, so that the leap day is the last.
    let (year, month, day) = (year as i32, month as i32, day as i32);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// A time of day: seconds and nanoseconds since midnight, and how many digits the fraction has.
fn clock(bytes: &[u8]) -> Option<(i64, u32, u8)> {
    if bytes.len() < 8 || bytes[2] != b':' || bytes[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (pair(bytes, 0)?, pair(bytes, 3)?, pair(bytes, 6)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    let fraction = match &bytes[8..] {
        [] => return Some((seconds, 0, 0)),
        [b'.', fraction @ ..] if (1..=9).contains(&fraction.len()) => fraction,
        _ => return None,
    };
    let nanos: i64 = integer(fraction).filter(|_| fraction[0].is_ascii_digit())?;
    let nanos = nanos * 10i64.pow(9 - fraction.len() as u32);
    Some((seconds, u32::try_from(nanos).ok()?, fraction.len() as u8))
}

/// Nanoseconds since midnight of a strict `HH:MM:SS[.fraction]`.
pub fn time(bytes: &[u8]) -> Option<i64> {
    let (seconds, nanos, _) = clock(bytes)?;
    Some(seconds * 1_000_000_000 + i64::from(nanos))
}

/// A moment, or a date and time without a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// Since 1970-01-01T00:00:00, in UTC where zoned.
    pub seconds: i64,
    pub nanos: u32,
    /// Digits of the fraction.
    pub digits: u8,
    pub zoned: bool,
}

impl DateTime {
    /// Microseconds, where that is exact.
    pub fn micros(self) -> Option<i64> {
        let exact = self.nanos.is_multiple_of(1000);
        exact.then(|| self.seconds * 1_000_000 + i64::from(self.nanos / 1000))
    }

    /// Nanoseconds, where they fit.
    pub fn nanos(self) -> Option<i64> {
        self.seconds.checked_mul(1_000_000_000)?.checked_add(i64::from(self.nanos))
    }
}

/// A strict `YYYY-MM-DD[T ]HH:MM:SS[.fraction]`, with or without `Z` or `±HH:MM` (RFC 3339).
pub fn datetime(bytes: &[u8]) -> Option<DateTime> {
    if bytes.len() < 19 || !matches!(bytes[10], b'T' | b't' | b' ') {
        return None;
    }
    let days = date(&bytes[..10])?;
    let rest = &bytes[11..];
    let (rest, offset) = match rest.last()? {
        b'Z' | b'z' => (&rest[..rest.len() - 1], Some(0)),
        _ if rest.len() >= 14 && matches!(rest[rest.len() - 6], b'+' | b'-') => {
            let (rest, zone) = rest.split_at(rest.len() - 6);
            let (hours, minutes) = (pair(zone, 1)?, pair(zone, 4)?);
            if zone[3] != b':' || hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = i64::from(hours * 3600 + minutes * 60);
            (rest, Some(if zone[0] == b'-' { -seconds } else { seconds }))
        }
        _ => (rest, None),
    };
    let (seconds, nanos, digits) = clock(rest)?;
    let seconds = i64::from(days) * DAY_SECONDS + seconds - offset.unwrap_or(0);
    Some(DateTime { seconds, nanos, digits, zoned: offset.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check<T: PartialEq + std::fmt::Debug>(
        parse: impl Fn(&[u8]) -> Option<T>,
        cases: &[(&str, Option<T>)],
    ) {
        for (text, expected) in cases {
            assert_eq!(parse(text.as_bytes()), *expected, "{text}");
        }
    }

    #[test]
    fn integers_and_decimals() {
        let cases = [("007", Some(7)), ("+1", Some(1)), ("-0", Some(0)), ("", None), ("-", None)];
        check(integer::<i64>, &cases);
        check(integer::<i8>, &[("127", Some(127)), ("128", None), ("1 ", None), ("1.0", None)]);
        check(integer::<u64>, &[("18446744073709551615", Some(u64::MAX)), ("-1", None)]);
        let money = |bytes: &[u8]| decimal(bytes, 5, 2);
        let cases =
            [("1", Some(100)), ("-1.5", Some(-150)), (".25", Some(25)), ("1.500", Some(150))];
        check(money, &cases);
        check(money, &[("1.005", None), ("1000.00", None), (".", None), ("1e2", None)]);
        check(|bytes| decimal(bytes, 5, -2), &[("1200", Some(12)), ("1210", None)]);
    }

    #[test]
    fn dates_and_times() {
        let cases =
            [("1970-01-01", Some(0)), ("2000-02-29", Some(11_016)), ("0001-01-01", Some(-719_162))];
        check(date, &cases);
        check(date, &[("2020-1-5", None), ("1900-02-29", None), ("2020-13-01", None)]);
        check(time, &[("00:00:01.5", Some(1_500_000_000)), ("24:00:00", None), ("00:00:60", None)]);
        let at = |seconds, nanos, digits, zoned| Some(DateTime { seconds, nanos, digits, zoned });
        check(
            datetime,
            &[
                ("1970-01-01T00:00:00Z", at(0, 0, 0, true)),
                ("1970-01-01 01:00:00+01:00", at(0, 0, 0, true)),
                ("1970-01-01T00:00:00.25", at(0, 250_000_000, 2, false)),
                ("1970-01-01T00:00:00.+1", None),
                ("1970-01-01T00:00", None),
                ("1970-01-01T00:00:00+0100", None),
                ("1970-01-01T00:00:00+01:00Z", None),
            ],
        );
    }

    #[test]
    fn floats_are_finite_and_spelled_with_digits() {
        check(
            float,
            &[("1e5", Some(1e5)), (".5", Some(0.5)), ("5.", Some(5.0)), ("1E-3", Some(1e-3))],
        );
        check(float, &[("inf", None), ("NaN", None), ("1e400", None), (".", None), ("1e", None)]);
        let infinity = Some(f64::INFINITY);
        check(beyond_finite, &[("inf", infinity), ("+Infinity", infinity), ("INF", infinity)]);
        check(beyond_finite, &[("-inf", Some(f64::NEG_INFINITY)), ("infinit", None), ("1", None)]);
        check(beyond_finite, &[("", None), ("-", None), ("nano", None), ("n/a", None)]);
        assert!(
            ["NaN", "nan", "-NAN"]
                .iter()
                .all(|word| { beyond_finite(word.as_bytes()).is_some_and(f64::is_nan) })
        );
        check(float, &[("12345678901234567890123", Some(12345678901234567890123.0))]);
    }

    proptest! {
        #[test]
        fn floats_round_as_the_standard_library_does(
            mantissa in any::<u64>(), point in 0usize..20, exponent in -330i32..310,
        ) {
            let mut text = mantissa.to_string();
            text.insert(point.min(text.len()), '.');
            text.push_str(&format!("e{exponent}"));
            let expected: f64 = text.parse().expect("a number");
            let expected = expected.is_finite().then_some(expected);
            prop_assert_eq!(float(text.as_bytes()), expected);
            prop_assert_eq!(float(mantissa.to_string().as_bytes()), Some(mantissa as f64));
        }

        #[test]
        fn dates_are_those_of_the_calendar(days in -719_162i32..2_932_896) {
            let day = chrono::NaiveDate::from_num_days_from_ce_opt(days + 719_163).expect("a date");
            prop_assert_eq!(date(day.format("%Y-%m-%d").to_string().as_bytes()), Some(days));
        }
    }
}
