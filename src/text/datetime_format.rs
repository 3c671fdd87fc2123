//! Dates and times written by a strptime pattern, digit for digit.
//!
//! The usual readers are generous: chrono and Python take `2020-1-5` for `%Y-%m-%d`, a leading `+`,
//! second 60. Here each part has the width that its pattern writes; what the digits mean is
//! chrono's.

use chrono::format::{Fixed, Item, Numeric, Pad, ParseErrorKind, Parsed, StrftimeItems, parse};

use super::Refused;

/// A pattern whose parts are known.
#[derive(Clone, Debug)]
pub struct DatetimeFormat {
    items: Vec<Item<'static>>,
}

impl DatetimeFormat {
    /// Reads a pattern such as `%d.%m.%Y %H:%M`.
    ///
    /// # Errors
    /// An unknown `%` sequence, one that no text can be held to, or none at all.
    pub fn new(pattern: &str) -> Result<DatetimeFormat, Refused> {
        let items = StrftimeItems::new(pattern).parse_to_owned().map_err(|_| {
            Refused::new(format!("`{pattern}` has a `%` sequence that is not known"))
                .help("the usual ones are %Y %m %d %H %M %S %f %z %b %j %p; `%%` is a percent sign")
        })?;
        for item in &items {
            if let Some(reason) = unfit(item) {
                return Err(Refused::new(reason));
            }
        }
        let is_part = |item: &Item| matches!(item, Item::Numeric(..) | Item::Fixed(_));
        if !items.iter().any(is_part) {
            return Err(Refused::new(format!("`{pattern}` holds no part of a date or time"))
                .help("write a pattern such as `%Y-%m-%d`"));
        }
        Ok(DatetimeFormat { items })
    }

    /// Whether a text is written by the pattern and means a date or time that there is.
    pub fn reads(&self, text: &str) -> bool {
        let mut parsed = Parsed::new();
        let mut rest = text;
        for item in &self.items {
            let piece = width(item, rest).and_then(|width| rest.split_at_checked(width));
            let Some((piece, after)) = piece else { return false };
            if !take(&mut parsed, item, piece) {
                return false;
            }
            rest = after;
        }
        rest.is_empty() && is_possible(&parsed)
    }
}

/// Why no text can be held to an item.
fn unfit(item: &Item) -> Option<&'static str> {
    match item {
        Item::Fixed(Fixed::TimezoneName) => {
            Some("`%Z` names a zone in words that have no list; write `%z` for its offset")
        }
        Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339) => {
            Some("`%+` and its like leave parts open; write the parts that are there")
        }
        Item::Numeric(Numeric::Internal(_), _)
        | Item::Fixed(
            Fixed::Internal(_)
            | Fixed::TimezoneOffsetZ
            | Fixed::TimezoneOffsetColonZ
            | Fixed::TimezoneOffsetDoubleColon
            | Fixed::TimezoneOffsetTripleColon,
        ) => Some("this form of an offset or fraction is not known; write `%z`, `%:z` or `%f`"),
        _ => None,
    }
}

/// How many bytes at the beginning of a text an item writes; `None` where it cannot have.
fn width(item: &Item, text: &str) -> Option<usize> {
    match item {
        Item::Literal(literal) | Item::Space(literal) => starts(text, literal),
        Item::OwnedLiteral(literal) | Item::OwnedSpace(literal) => starts(text, literal),
        Item::Numeric(Numeric::Nanosecond, _) => run(text, 9),
        Item::Numeric(Numeric::Timestamp, _) => {
            let sign = usize::from(text.starts_with('-'));
            run(&text[sign..], 18).map(|digits| sign + digits)
        }
        Item::Numeric(part, pad) => padded(text, digits(part), *pad),
        Item::Fixed(part) => fixed(text, part),
        Item::Error => None,
    }
}

/// How many digits a part has when it is padded.
fn digits(part: &Numeric) -> usize {
    match part {
        Numeric::Year | Numeric::IsoYear => 4,
        Numeric::Ordinal => 3,
        Numeric::Quarter | Numeric::NumDaysFromSun | Numeric::WeekdayFromMon => 1,
        _ => 2,
    }
}

fn starts(text: &str, literal: &str) -> Option<usize> {
    text.starts_with(literal).then_some(literal.len())
}

/// The digits that a text begins with, at least one and at most so many.
fn run(text: &str, most: usize) -> Option<usize> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    (count > 0).then_some(count)
}

fn padded(text: &str, width: usize, pad: Pad) -> Option<usize> {
    let is_zero_first = |text: &str, count: usize| count > 1 && text.starts_with('0');
    match pad {
        Pad::Zero => run(text, width).filter(|count| *count == width),
        Pad::None => run(text, width).filter(|count| !is_zero_first(text, *count)),
        Pad::Space => {
            let spaces = text.bytes().take(width - 1).take_while(|byte| *byte == b' ').count();
            let number = &text[spaces..];
            let count = run(number, width - spaces).filter(|count| spaces + count == width)?;
            (!is_zero_first(number, count)).then_some(width)
        }
    }
}

fn fixed(text: &str, part: &Fixed) -> Option<usize> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const DAYS: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let full = |names: &[&str]| names.iter().find_map(|name| starts(text, name));
    let short = |names: &[&str]| names.iter().find_map(|name| starts(text, &name[..3]));
    let dotted = |most: usize| {
        let count = run(text.strip_prefix('.')?, most)?;
        Some(count + 1)
    };
    match part {
        Fixed::ShortMonthName => short(&MONTHS),
        Fixed::LongMonthName => full(&MONTHS),
        Fixed::ShortWeekdayName => short(&DAYS),
        Fixed::LongWeekdayName => full(&DAYS),
        Fixed::LowerAmPm => full(&["am", "pm"]),
        Fixed::UpperAmPm => full(&["AM", "PM"]),
        Fixed::Nanosecond => dotted(9).or_else(|| (!text.starts_with('.')).then_some(0)),
        Fixed::Nanosecond3 => dotted(3).filter(|width| *width == 4),
        Fixed::Nanosecond6 => dotted(6).filter(|width| *width == 7),
        Fixed::Nanosecond9 => dotted(9).filter(|width| *width == 10),
        Fixed::TimezoneOffset => {
            let digits = text.strip_prefix(['+', '-'])?;
            run(digits, 4).filter(|count| *count == 4).map(|_| 5)
        }
        Fixed::TimezoneOffsetColon => {
            let hours = text.strip_prefix(['+', '-'])?;
            let minutes = hours.get(2..)?.strip_prefix(':')?;
            let both = run(hours, 2) == Some(2) && run(minutes, 2) == Some(2);
            both.then_some(6)
        }
        _ => None,
    }
}

/// Puts what a piece says among the fields.
fn take(parsed: &mut Parsed, item: &Item, piece: &str) -> bool {
    match item {
        // Any number of digits of a fraction, as C and Python read `%f`.
        Item::Numeric(Numeric::Nanosecond, _) => {
            let digits = format!("{piece:0<9}");
            digits.parse().is_ok_and(|nanos| parsed.set_nanosecond(nanos).is_ok())
        }
        Item::Numeric(Numeric::Second, _) if piece.trim_start() > "59" && piece.len() == 2 => false,
        Item::Numeric(Numeric::Timestamp, _) => {
            piece.parse().is_ok_and(|seconds| parsed.set_timestamp(seconds).is_ok())
        }
        Item::Fixed(Fixed::Nanosecond) if piece.is_empty() => true,
        Item::Numeric(..) | Item::Fixed(_) => {
            parse(parsed, piece.trim_start(), std::iter::once(item)).is_ok()
        }
        _ => true,
    }
}

/// Whether the fields can be true together. A pattern without a year is held to a leap year; one
/// that says too little for a date or a time was held to all that it says.
fn is_possible(parsed: &Parsed) -> bool {
    let is_fine = |result: Result<(), ParseErrorKind>| {
        matches!(result, Ok(()) | Err(ParseErrorKind::NotEnough))
    };
    let date = match parsed.to_naive_date() {
        Err(error) if error.kind() == ParseErrorKind::NotEnough => {
            let mut leap = parsed.clone();
            // Fails where there is a year already, and then changes nothing.
            let _ = leap.set_year(2000);
            leap.to_naive_date()
        }
        date => date,
    };
    is_fine(date.map(|_| ()).map_err(|error| error.kind()))
        && is_fine(parsed.to_naive_time().map(|_| ()).map_err(|error| error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, good: &[&str], bad: &[&str]) {
        let format = DatetimeFormat::new(pattern).expect("a pattern");
        good.iter().for_each(|text| assert!(format.reads(text), "{pattern}: {text}"));
        bad.iter().for_each(|text| assert!(!format.reads(text), "{pattern}: {text}"));
    }

    #[test]
    fn texts_are_held_to_their_pattern() {
        let strays = ["2020-1-5", "+2020-01-05", "2020-01-05 ", " 2020-01-05", "20-01-05", ""];
        check("%Y-%m-%d", &["2020-01-05", "2020-02-29", "0001-01-01"], &strays);
        check("%Y-%m-%d", &[], &["2019-02-29", "2020-13-01", "2020-00-01", "2020/01/05"]);
        check("%-d.%-m.%Y", &["5.1.2020", "15.12.2020"], &["05.1.2020", "5.13.2020", "5.1.20"]);
        check("%e %b %Y", &[" 5 Jan 2020", "15 Dec 2020"], &["5 Jan 2020", "05 Jan 2020"]);
        check("%e %b %Y", &[], &["15 dec 2020", "15 December 2020", "30 Feb 2020"]);
        check("%d %B %Y", &["01 May 2020", "01 March 2020"], &["01 Mar 2020"]);
        check("%a, %d %b %Y", &["Wed, 01 Jan 2020"], &["Thu, 01 Jan 2020", "wed, 01 Jan 2020"]);
        check("%H:%M:%S", &["23:59:59"], &["23:59:60", "24:00:00", "23:60:00", "1:00:00"]);
        check("%I:%M %p", &["12:30 AM", "01:00 PM"], &["13:00 PM", "01:00 pm", "00:30 AM"]);
        check("%H:%M:%S.%f", &["00:00:00.5", "00:00:00.123456789"], &["00:00:00.", "00:00:00"]);
        check("%H:%M:%S%.f", &["00:00:00", "00:00:00.25"], &["00:00:00.", "00:00:00,5"]);
        check("%H:%M:%S%.3f", &["00:00:00.250"], &["00:00:00", "00:00:00.25", "00:00:00.2500"]);
        check("%Y%m%d%H%M%S", &["20200105123000"], &["2020010512300", "20200105 12300"]);
        check("%Y-%m-%dT%H:%M:%S%z", &["2020-01-05T00:00:00+0130"], &["2020-01-05T00:00:00Z"]);
        check("%H:%M%:z", &["00:00-08:00"], &["00:00-0800", "00:00 -08:00", "00:00-08:0"]);
        check("%Y-%j", &["2020-366"], &["2019-366", "2020-1", "2020-000"]);
        check("%G-W%V-%u", &["2020-W53-5"], &["2019-W53-5", "2020-W54-1", "2020-W01-8"]);
        check("%m/%d", &["02/29"], &["02/30", "2/29"]);
        check("%Y-%m", &["2020-01"], &["2020-13"]);
        check("%s", &["0", "-1", "1577836800"], &["1.5", "", "x"]);
        check("100%% on %F", &["100% on 2020-01-01"], &["100 on 2020-01-01"]);
    }

    #[test]
    fn patterns_that_hold_no_text_to_anything_are_refused() {
        let refuses = |pattern: &str, part: &str| {
            let refused = DatetimeFormat::new(pattern).expect_err("refused");
            assert!(refused.message.contains(part), "{pattern}: {}", refused.message);
        };
        refuses("%Y-%Q", "not known");
        refuses("YYYY-MM-DD", "no part of a date");
        refuses("", "no part of a date");
        refuses("%H:%M %Z", "`%z`");
        refuses("%+", "write the parts");
        refuses("%3f", "write `%z`");
    }
}
