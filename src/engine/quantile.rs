//! Quantiles of ordered values by linear interpolation, Hyndman and Fan's type 7, exact where it
//! can be.

use super::predicate::decimal_of;
use super::state::{Ordered, Sorted};
use crate::metric::Value;

/// Digits after the point of a probability that take part; beyond them no rank of any dataset
/// changes.
const P_DIGITS: u32 = 30;

/// A position between two ranks: `whole` and `rest / 10^digits` of the way to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rank {
    whole: usize,
    rest: i128,
    digits: u32,
}

/// The value at a probability; `None` without values.
///
/// # Errors
/// The probability lies outside [0, 1], or the value between two infinities.
pub fn quantile(ordered: &Ordered, p: f64) -> Result<Option<Value>, String> {
    let n = ordered.values.len();
    if n == 0 {
        return Ok(None);
    }
    let rank = rank(n, p).ok_or_else(|| format!("{p} is no probability"))?;
    let exact = |values: &[i64]| between(rank, |at| values[at].into());
    Ok(Some(match &ordered.values {
        Sorted::Empty => return Ok(None),
        Sorted::Int(values) => number(exact(values)),
        Sorted::Unsigned(values) => number(between(rank, |at| values[at].into())),
        Sorted::Float(values) => Value::float(of_floats(rank, values)?),
        Sorted::Decimal { unscaled, scale } => {
            let (value, digits) = between(rank, |at| unscaled[at]);
            match i8::try_from(i32::from(*scale) + digits as i32) {
                Ok(scale) => Value::Decimal { unscaled: value, scale },
                Err(_) => Value::Decimal { unscaled: value / 10i128.pow(digits), scale: *scale },
            }
        }
        // A point in time between two ticks is rounded down to what its value can hold.
        Sorted::Ticks { ticks, clock } => {
            let (value, digits) = exact(ticks);
            let nanos = whole(value, digits, clock.tick_ns.into());
            match clock.value(0) {
                Value::DateTime { zoned, .. } => Value::DateTime { nanos, zoned },
                Value::Duration(_) => Value::Duration(nanos),
                Value::Time(_) => Value::Time(i64::try_from(nanos).unwrap_or(i64::MAX)),
                _ => clock.value(i64::try_from(whole(value, digits, 1)).unwrap_or(i64::MAX)),
            }
        }
    }))
}

/// `(n - 1) p`, formed in integers from the decimal that `p` was written as.
fn rank(n: usize, p: f64) -> Option<Rank> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let (mut unscaled, places) = decimal_of(p)?;
    let mut digits = u32::try_from(places).unwrap_or(0);
    while digits > P_DIGITS {
        unscaled /= 10;
        digits -= 1;
    }
    let unit = 10i128.pow(digits);
    let rank = (n as i128 - 1).checked_mul(unscaled)?;
    let whole = usize::try_from(rank / unit).ok()?;
    let mut rank = Rank { whole, rest: rank % unit, digits };
    while rank.digits > 0 && rank.rest % 10 == 0 {
        rank = Rank { rest: rank.rest / 10, digits: rank.digits - 1, ..rank };
    }
    Some(rank)
}

/// The value at a rank among integers, with how many of its digits stand after the point.
fn between(rank: Rank, value: impl Fn(usize) -> i128) -> (i128, u32) {
    let low = value(rank.whole);
    if rank.rest == 0 {
        return (low, 0);
    }
    let high = value(rank.whole + 1);
    let mut rank = rank;
    loop {
        let unit = 10i128.pow(rank.digits);
        let step = high.checked_sub(low).and_then(|gap| gap.checked_mul(rank.rest));
        let total = low.checked_mul(unit).zip(step).and_then(|(low, step)| low.checked_add(step));
        if let Some(mut total) = total {
            let mut digits = rank.digits;
            while digits > 0 && total % 10 == 0 {
                (total, digits) = (total / 10, digits - 1);
            }
            return (total, digits);
        }
        // Beyond 128 bits: with one digit less of the way. Ends, for without digits nothing is
        // added.
        if rank.digits == 0 {
            return (low, 0);
        }
        rank = Rank { rest: rank.rest / 10, digits: rank.digits - 1, ..rank };
    }
}

/// The same steps as `stats::binning`, so that both give the same digits.
fn of_floats(rank: Rank, values: &[f64]) -> Result<f64, String> {
    let low = values[rank.whole];
    if rank.rest == 0 {
        return Ok(low);
    }
    let high = values[rank.whole + 1];
    let part = rank.rest as f64 / 10f64.powi(rank.digits as i32);
    let gap = high - low;
    let value = if low == high {
        low
    } else if gap.is_infinite() && low.is_finite() && high.is_finite() {
        low * (1.0 - part) + high * part
    } else if part < 0.5 {
        low + gap * part
    } else if high.is_infinite() {
        high
    } else {
        high - gap * (1.0 - part)
    };
    if value.is_nan() { Err("the value lies between two infinities".into()) } else { Ok(value) }
}

fn number((value, digits): (i128, u32)) -> Value {
    if digits == 0 {
        return Value::Int(value);
    }
    let scale = i8::try_from(digits).unwrap_or(i8::MAX);
    let decimal = Value::Decimal { unscaled: value, scale };
    // Through text, which is rounded once.
    Value::float(decimal.to_string().parse().unwrap_or(value as f64 / 10f64.powi(digits as i32)))
}

/// `value / 10^digits` times `unit`, rounded down.
fn whole(value: i128, digits: u32, unit: i128) -> i128 {
    let power = 10i128.pow(digits);
    let (whole, rest) = (value.div_euclid(power), value.rem_euclid(power));
    let fraction = rest.checked_mul(unit).map_or(0, |rest| rest / power);
    whole.saturating_mul(unit).saturating_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::column::{Clock, ClockKind};

    fn check(values: Sorted, p: f64, expected: Value) {
        let ordered = Ordered { rows: 0, nulls: 0, nans: 0, infinite: 0, values };
        assert_eq!(quantile(&ordered, p), Ok(Some(expected)));
    }

    #[test]
    fn quantiles_are_linear_and_exact() {
        check(Sorted::Int(vec![1, 2, 3, 4]), 0.25, Value::float(1.75));
        check(Sorted::Int(vec![1, 2, 3, 4]), 0.5, Value::float(2.5));
        check(Sorted::Int(vec![1, 3]), 0.5, Value::Int(2));
        check(Sorted::Int((0..=100).collect()), 0.29, Value::Int(29));
        check(Sorted::Int(vec![i64::MAX - 2, i64::MAX]), 0.5, Value::Int((i64::MAX - 1).into()));
        check(Sorted::Unsigned(vec![0, u64::MAX]), 1.0, Value::Int(u64::MAX.into()));
        check(Sorted::Float(vec![1.0, 2.0, 3.0, 4.0]), 0.25, Value::float(1.75));
        check(Sorted::Float(vec![0.0, f64::INFINITY]), 0.5, Value::float(f64::INFINITY));
        let decimals = Sorted::Decimal { unscaled: vec![100, 101], scale: 2 };
        check(decimals, 0.5, Value::Decimal { unscaled: 1005, scale: 3 });
        check(Sorted::Ticks { ticks: vec![0, 1], clock: Clock::DAYS }, 0.5, Value::Date(0));
        let ms = Clock { kind: ClockKind::Duration, tick_ns: 1_000_000 };
        check(Sorted::Ticks { ticks: vec![0, 1], clock: ms }, 0.5, Value::Duration(500_000));
    }

    #[test]
    fn no_value_and_no_probability() {
        let empty = Ordered { rows: 0, nulls: 0, nans: 0, infinite: 0, values: Sorted::Empty };
        assert_eq!(quantile(&empty, 0.5), Ok(None));
        let one = Ordered { values: Sorted::Int(vec![1]), ..empty };
        assert!(quantile(&one, 1.5).is_err() && quantile(&one, f64::NAN).is_err());
        assert_eq!(quantile(&one, 1e-300), Ok(Some(Value::Int(1))));
    }
}
