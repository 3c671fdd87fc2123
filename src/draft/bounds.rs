//! Bounds that hold on the data and read well: of values, of counts, of shares.

use super::day;
use super::decimal::{Decimal, Towards, step};
use super::{line, text};
use crate::metric::Value;
use crate::suite::tree::{Content, Entry};

/// A bound is a multiple of a step of at most this part of the span of the values.
const STEPS: f64 = 10.0;
/// Whole numbers of so few digits are readable as they are: 12 months, 31 days.
const SHORT: usize = 2;
const DAY_NS: i128 = 86_400_000_000_000;

/// Shares that `mostly` takes, in thousandths.
const SHARES: [u64; 26] = [
    999, 995, 990, 980, 970, 960, 950, 900, 850, 800, 750, 700, 650, 600, 550, 500, 450, 400, 350,
    300, 250, 200, 150, 100, 50, 10,
];

/// The arguments of `between` for values with these ends; none, where they are not readable.
pub fn between(ends: &(Value, Value)) -> Option<Content> {
    let (min, max) = match ends {
        (Value::Date(min), Value::Date(max)) => {
            let span = i64::from(*max) - i64::from(*min);
            let date = |day: i32, towards| day::outwards(day.into(), span, towards);
            let content = |date: chrono::NaiveDate| text(&date.to_string());
            let min = date(*min, Towards::Down).map(content);
            (min, date(*max, Towards::Up).map(content))
        }
        (Value::DateTime { nanos: min, zoned }, Value::DateTime { nanos: max, .. }) => {
            moments(*min, *max, *zoned)
        }
        (min, max) => {
            let step = step_of(min, max)?;
            (number(min, step, Towards::Down), number(max, step, Towards::Up))
        }
    };
    let min = min.map(|min| line("min", min));
    let lines: Vec<Entry> = min.into_iter().chain(max.map(|max| line("max", max))).collect();
    (!lines.is_empty()).then_some(Content::Map(lines))
}

/// The beginnings of the first day and of the one after the last.
fn moments(min: i128, max: i128, zoned: bool) -> (Option<Content>, Option<Content>) {
    let day = |nanos: i128| i64::try_from(nanos.div_euclid(DAY_NS)).ok();
    let span = i64::try_from((max - min) / DAY_NS).unwrap_or(i64::MAX);
    let date = |nanos, towards| day::outwards(day(nanos)?, span, towards);
    let content =
        |date: chrono::NaiveDate| text(&format!("{date}T00:00:00{}", if zoned { "Z" } else { "" }));
    let last = date(max, Towards::Up).and_then(|date| date.succ_opt());
    (date(min, Towards::Down).map(content), last.map(content))
}

fn step_of(min: &Value, max: &Value) -> Option<Decimal> {
    let (min, max) = (min.as_f64()?, max.as_f64()?);
    let finite = |end: f64| if end.is_finite() { end } else { 0.0 };
    let (min, max) = (finite(min), finite(max));
    let span = max / STEPS - min / STEPS;
    step(if span > 0.0 { span } else { max.abs() / STEPS })
        .or(Some(Decimal { digits: 1, exponent: 0 }))
}

fn number(end: &Value, step: Decimal, towards: Towards) -> Option<Content> {
    let end_number = Decimal::of(end)?;
    let is_short = end_number.whole().is_some() && end_number.n_digits() <= SHORT;
    if is_short {
        return Some(end_number.content(towards));
    }
    let unit = Decimal { digits: 1, exponent: 0 };
    let is_whole = matches!(end, Value::Int(_)) && step.exponent < 0;
    Some(end_number.rounded(if is_whole { unit } else { step }, towards).content(towards))
}

/// A share of at most `part` in `whole`, for `mostly`; none for hardly any.
pub fn share(part: u64, whole: u64) -> Option<Content> {
    let holds = |share: &&u64| u128::from(part) * 1000 >= u128::from(**share) * u128::from(whole);
    SHARES.iter().find(holds).map(|share| Content::Float(*share as f64 / 1000.0))
}

/// From about half of the rows to about twice as many, to one digit: a load that stopped half way
/// or ran twice lies outside, or nearly so.
pub fn row_count(rows: u64) -> Content {
    let to_one_digit = |count: u64, towards| {
        let number = Decimal::new(count.into(), 0);
        let digits = i32::try_from(count.to_string().len()).unwrap_or(1);
        number.rounded(Decimal { digits: 1, exponent: digits - 1 }, towards).content(towards)
    };
    let min = to_one_digit((rows / 2).max(1), Towards::Down);
    let max = to_one_digit(rows.saturating_mul(2), Towards::Up);
    Content::Map(vec![line("min", min), line("max", max)])
}

/// The arguments of `length` for texts of these lengths, or one length that all of many have.
pub fn length(min: u64, max: u64, is_fixed: bool) -> Content {
    if is_fixed {
        return Content::Int(min.into());
    }
    let min = (min > 0).then(|| line("min", Content::Int(1)));
    Content::Map(min.into_iter().chain([line("max", Content::Int(up(max)))]).collect())
}

/// The smallest of 1, 2, 5, 10, 20, 50 … that is not below a length.
fn up(length: u64) -> i128 {
    let powers = (0..19).map(|power| 10i128.pow(power));
    let mut steps = powers.flat_map(|power| [power, 2 * power, 5 * power]);
    steps.find(|step| *step >= i128::from(length)).unwrap_or(length.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::node;
    use crate::metric::Float;

    fn check(content: Option<Content>, json: &str) {
        let found = content.map(|content| node(content).to_json().to_string());
        assert_eq!(found.as_deref(), Some(json));
    }

    fn floats(min: f64, max: f64) -> Option<Content> {
        between(&(Value::Float(Float(min)), Value::Float(Float(max))))
    }

    fn integers(min: i128, max: i128) -> Option<Content> {
        between(&(Value::Int(min), Value::Int(max)))
    }

    #[test]
    fn ranges_are_those_that_a_person_would_write() {
        check(integers(326, 18_823), r#"{"min":0,"max":19000}"#);
        check(integers(1, 12), r#"{"min":1,"max":12}"#);
        check(integers(1998, 2019), r#"{"min":1998,"max":2020}"#);
        check(integers(172, 174), r#"{"min":172,"max":174}"#);
        check(integers(123_456, 123_456), r#"{"min":120000,"max":130000}"#);
        check(floats(-74.244_42, -73.712_99), r#"{"min":-74.25,"max":-73.7}"#);
        check(floats(0.02, 0.97), r#"{"min":0,"max":1}"#);
        check(floats(0.0, 0.0), r#"{"min":0,"max":0}"#);
        check(floats(f64::NEG_INFINITY, 5.25), r#"{"max":5.5}"#);
        assert_eq!(floats(f64::NEG_INFINITY, f64::INFINITY), None);
        let large = Value::Decimal { unscaled: 12_345_678_901_234_567_890_123, scale: 4 };
        check(
            between(&(large.clone(), large)),
            r#"{"min":1200000000000000000,"max":1300000000000000000}"#,
        );
    }

    #[test]
    fn days_and_moments_lie_inside_their_bounds() {
        check(
            between(&(Value::Date(15_000), Value::Date(18_000))),
            r#"{"min":"2011-01-01","max":"2019-12-31"}"#,
        );
        let moment = |nanos| Value::DateTime { nanos, zoned: true };
        check(
            between(&(moment(-1), moment(DAY_NS))),
            r#"{"min":"1969-12-31T00:00:00Z","max":"1970-01-03T00:00:00Z"}"#,
        );
    }

    #[test]
    fn shares_and_counts_are_rounded_to_the_safe_side() {
        check(share(9_994, 10_000), "0.999");
        check(share(9, 10), "0.9");
        check(share(2, 3), "0.65");
        assert_eq!(share(1, 1000), None);
        check(Some(row_count(1)), r#"{"min":1,"max":2}"#);
        check(Some(row_count(48_895)), r#"{"min":20000,"max":100000}"#);
        check(Some(length(3, 179, false)), r#"{"min":1,"max":200}"#);
        check(Some(length(0, 5, false)), r#"{"max":5}"#);
        check(Some(length(2, 2, true)), "2");
    }
}
