//! Days rounded outwards to the ends of months and years.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::decimal::Towards;

/// Spans of at least so many days are bounded by years.
const YEARS_FROM: i64 = 3 * 365;
/// Shorter ones, down to so many days, by months.
const MONTHS_FROM: i64 = 60;

/// The day on which a bound of a span is set; both count days since 1970-01-01.
///
/// A long span begins with the first day of a year and ends with the last of one, a shorter one of
/// a month; the shortest keep their own days.
pub fn outwards(day: i64, span: i64, towards: Towards) -> Option<NaiveDate> {
    let date = NaiveDate::default();
    let date = match u64::try_from(day) {
        Ok(after) => date.checked_add_days(Days::new(after)),
        Err(_) => date.checked_sub_days(Days::new(day.unsigned_abs())),
    }?;
    // Four digits of a year are all that a suite can say.
    let date = Some(date).filter(|date| (1..=9998).contains(&date.year()))?;
    let first = match span {
        YEARS_FROM.. => date.with_day(1)?.with_month(1)?,
        MONTHS_FROM.. => date.with_day(1)?,
        _ => return Some(date),
    };
    let months = if span >= YEARS_FROM { 12 } else { 1 };
    match towards {
        Towards::Down => Some(first),
        Towards::Up => first.checked_add_months(Months::new(months))?.pred_opt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(date: &str, span: i64, down: &str, up: &str) {
        let date: NaiveDate = date.parse().expect("a date");
        let day = date.signed_duration_since(NaiveDate::default()).num_days();
        let bound = |towards| outwards(day, span, towards).map(|date| date.to_string());
        assert_eq!(bound(Towards::Down).as_deref(), Some(down));
        assert_eq!(bound(Towards::Up).as_deref(), Some(up));
    }

    #[test]
    fn long_spans_have_round_ends() {
        check("2019-07-08", 3000, "2019-01-01", "2019-12-31");
        check("2024-02-29", 100, "2024-02-01", "2024-02-29");
        check("2024-02-10", 10, "2024-02-10", "2024-02-10");
        check("1968-12-31", 100, "1968-12-01", "1968-12-31");
        assert_eq!(outwards(i64::MAX, 0, Towards::Up), None);
        assert_eq!(outwards(4_000_000, 0, Towards::Up), None);
    }
}
