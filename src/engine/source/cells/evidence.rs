//! What the cells of a column look like, and the narrowest type that all of them read as.

use arrow::datatypes::{DataType, TimeUnit};

use super::{MOST_DIGITS, parse};

const SMALL: u16 = 1;
pub(super) const NEGATIVE: u16 = 1 << 1;
const LARGE: u16 = 1 << 2;
const HUGE: u16 = 1 << 3;
const FLOAT: u16 = 1 << 4;
const BOOLEAN: u16 = 1 << 5;
const DATE: u16 = 1 << 6;
pub(super) const NAIVE: u16 = 1 << 7;
pub(super) const ZONED: u16 = 1 << 8;
const TEXT: u16 = 1 << 9;
/// A datetime that 64 bits of nanoseconds do not reach.
const FAR: u16 = 1 << 10;
/// A datetime with more than six digits of a second.
const FINE: u16 = 1 << 11;

const INTEGERS: u16 = SMALL | NEGATIVE | LARGE | HUGE;
const DETAILS: u16 = FAR | FINE;

/// Which kinds of cells were seen. Order does not matter, so parts may be looked at in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence(u16);

impl Evidence {
    /// That of a cell that is text whatever it looks like.
    pub fn text() -> Self {
        Evidence(TEXT)
    }

    /// Takes one cell, which is not null, into account.
    pub fn see(&mut self, cell: &[u8]) {
        self.0 |= class(cell);
    }

    /// Both together.
    pub fn merge(&mut self, other: Evidence) {
        self.0 |= other.0;
    }

    /// Whether the column is text whatever follows.
    pub fn is_text(self) -> bool {
        self.has(TEXT)
    }

    /// Whether some cell is a number and no integer.
    pub fn is_float(self) -> bool {
        self.has(FLOAT)
    }

    /// Whether some cell is of this kind.
    pub(super) fn has(self, kind: u16) -> bool {
        self.0 & kind != 0
    }

    /// The narrowest type that every cell reads as.
    pub fn kind(self) -> DataType {
        match self.0 & !DETAILS {
            0 => DataType::Null,
            BOOLEAN => DataType::Boolean,
            DATE => DataType::Date32,
            // No one unit holds both nanoseconds and other centuries.
            NAIVE | ZONED if self.0 & DETAILS == DETAILS => DataType::Utf8,
            NAIVE | ZONED => self.datetime(None),
            seen if seen & !INTEGERS == 0 => self.integer(),
            seen if seen & !(INTEGERS | FLOAT) == 0 => DataType::Float64,
            _ => DataType::Utf8,
        }
    }

    /// The narrowest type for those cells that are numbers.
    pub fn number(self) -> DataType {
        match self.0 & (INTEGERS | FLOAT) {
            0 => DataType::Float64,
            numbers => Evidence(numbers).kind(),
        }
    }

    /// The integer type for those cells that are integers.
    pub fn integers(self) -> DataType {
        self.integer()
    }

    /// The datetime type for those cells that are datetimes; zoned if told so or if all are.
    pub fn datetime(self, zone: Option<&str>) -> DataType {
        let all_zoned = self.0 & (NAIVE | ZONED) == ZONED;
        let zone = zone.or(all_zoned.then_some("UTC")).map(Into::into);
        let fine = self.0 & FINE != 0 && self.0 & FAR == 0;
        let unit = if fine { TimeUnit::Nanosecond } else { TimeUnit::Microsecond };
        DataType::Timestamp(unit, zone)
    }

    /// Exact for every integer: 64 bits, else 128 bits as a decimal without fraction.
    fn integer(self) -> DataType {
        match (self.0 & (LARGE | HUGE), self.0 & NEGATIVE) {
            (0, _) => DataType::Int64,
            (LARGE, 0) => DataType::UInt64,
            _ => DataType::Decimal128(MOST_DIGITS, 0),
        }
    }
}

fn class(cell: &[u8]) -> u16 {
    match cell {
        [b'-' | b'.' | b'0'..=b'9', ..] => number_or_date(cell),
        [b't' | b'T' | b'f' | b'F', ..] if parse::boolean(cell).is_some() => BOOLEAN,
        [b'+', ..] => TEXT | number(cell),
        _ => word(cell),
    }
}

/// `NaN` and `inf` are words, but of a column that is declared a number they are floats.
fn word(cell: &[u8]) -> u16 {
    if parse::beyond_finite(cell).is_some() { TEXT | FLOAT } else { TEXT }
}

/// A number with a plus or with leading zeros is text, but one that can be declared a number.
fn number_or_date(cell: &[u8]) -> u16 {
    let (negative, rest) = parse::signed(cell);
    let whole = parse::leading_digits(rest);
    if whole == 4 && rest.get(4) == Some(&b'-') && !negative {
        return date_or_datetime(cell);
    }
    let padded = whole > 1 && rest[0] == b'0';
    number(cell) | if padded { TEXT } else { 0 }
}

fn number(cell: &[u8]) -> u16 {
    let (negative, rest) = parse::signed(cell);
    let whole = parse::leading_digits(rest);
    if whole == rest.len() && whole > 0 {
        let zeros = rest.iter().take_while(|byte| **byte == b'0').count();
        return integer(cell, negative, whole - zeros);
    }
    if parse::float(cell).is_some() { FLOAT } else { word(cell) }
}

fn integer(cell: &[u8], negative: bool, digits: usize) -> u16 {
    let sign = if negative { NEGATIVE } else { 0 };
    if digits <= 18 {
        return SMALL | sign;
    }
    match parse::integer::<i128>(cell) {
        Some(value) if i64::try_from(value).is_ok() => SMALL | sign,
        Some(value) if u64::try_from(value).is_ok() => LARGE,
        Some(_) if digits <= usize::from(MOST_DIGITS) => HUGE | sign,
        _ => TEXT,
    }
}

fn date_or_datetime(cell: &[u8]) -> u16 {
    if parse::date(cell).is_some() {
        return DATE;
    }
    let Some(moment) = parse::datetime(cell) else { return TEXT };
    let fine = if moment.digits > 6 { FINE } else { 0 };
    let far = if moment.nanos().is_none() { FAR } else { 0 };
    fine | far | if moment.zoned { ZONED } else { NAIVE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[&str], expected: DataType) {
        let mut evidence = Evidence::default();
        cells.iter().for_each(|cell| evidence.see(cell.as_bytes()));
        assert_eq!(evidence.kind(), expected, "{cells:?}");
    }

    #[test]
    fn a_column_has_the_narrowest_type_of_all_its_cells() {
        check(&[], DataType::Null);
        check(&["1", "-2", "0"], DataType::Int64);
        check(&["9223372036854775807", "-9223372036854775808"], DataType::Int64);
        check(&["9223372036854775808", "1"], DataType::UInt64);
        check(&["9223372036854775808", "-1"], DataType::Decimal128(38, 0));
        check(&["170141183460469231731687303715884105727"], DataType::Utf8);
        check(&["99999999999999999999999999999999999999"], DataType::Decimal128(38, 0));
        check(&["1", "2.5", "1e3", "-.5"], DataType::Float64);
        check(&["1", "2.5", "1e400"], DataType::Utf8);
        check(&["true", "FALSE"], DataType::Boolean);
        check(&["true", "1"], DataType::Utf8);
        check(&["2020-02-29"], DataType::Date32);
        check(&["2020-02-30"], DataType::Utf8);
        check(&["2020-02-28", "2020-02-28T00:00:00"], DataType::Utf8);
    }

    #[test]
    fn datetimes_are_zoned_or_not_and_as_fine_as_needed() {
        let stamp = |unit, zone: Option<&str>| DataType::Timestamp(unit, zone.map(Into::into));
        check(
            &["2020-01-01T00:00:00Z", "2020-01-01 00:00:00+02:00"],
            stamp(TimeUnit::Microsecond, Some("UTC")),
        );
        check(&["2020-01-01T00:00:00.123456789"], stamp(TimeUnit::Nanosecond, None));
        check(&["0900-01-01T00:00:00"], stamp(TimeUnit::Microsecond, None));
        check(&["2020-01-01T00:00:00Z", "2020-01-01T00:00:00"], DataType::Utf8);
        check(&["0900-01-01T00:00:00", "2020-01-01T00:00:00.1234567"], DataType::Utf8);
    }

    #[test]
    fn words_zeros_and_signs_are_text() {
        for word in ["007", "+1", "NA", "NaN", "inf", "-", ".", "", "1,5", " 1", "0x1", "00.5", "T"]
        {
            check(&["1", word], DataType::Utf8);
        }
    }
}
