//! Quantiles of ordered values by linear interpolation, Hyndman and Fan's type 7, exact where it
//! can be.

use super::column::Form;
use super::order::Number;
use super::predicate::decimal_of;
use super::state::Ordered;
use crate::metric::Value;

/// Digits after the point of a probability that take part; beyond them no rank of any dataset
/// changes.
const P_DIGITS: u32 = 30;

/// A position between two ranks: `whole` and `rest / 10^digits` of the way to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rank {
    whole: u64,
    rest: i128,
    digits: u32,
}

/// The value at a probability; `None` without values.
///
/// # Errors
/// The probability lies outside [0, 1], or the value between two infinities; or a temporary file
/// cannot be read back.
pub fn of_ordered(ordered: &Ordered, p: f64) -> Result<Option<Value>, String> {
    let values = &ordered.values;
    let ranks: Vec<u64> = ranks(values.len(), p).into_iter().flatten().collect();
    let found = values.select(&ranks)?;
    let at = |rank: u64| {
        let number = ranks.binary_search(&rank).ok().and_then(|at| found.get(at).copied());
        number.unwrap_or(Number::Whole(0))
    };
    quantile(values.form, values.len(), &at, p)
}

/// The ranks, counted from 0, of the values that the one at a probability is taken from.
pub fn ranks(n: u64, p: f64) -> [Option<u64>; 2] {
    match rank(n, p).filter(|_| n > 0) {
        Some(Rank { whole, rest: 0, .. }) => [Some(whole), None],
        Some(Rank { whole, .. }) => [Some(whole), Some(whole + 1)],
        None => [None, None],
    }
}

/// The value at a probability among n of a form, of which those at [`ranks`] can be asked for;
/// `None` without values.
///
/// # Errors
/// The probability lies outside [0, 1], or the value between two infinities.
pub fn quantile(
    form: Option<Form>,
    n: u64,
    at: &dyn Fn(u64) -> Number,
    p: f64,
) -> Result<Option<Value>, String> {
    let Some(form) = form.filter(|_| n > 0) else { return Ok(None) };
    let rank = rank(n, p).ok_or_else(|| format!("{p} is no probability"))?;
    if form == Form::Float {
        return of_floats(rank, &|rank| at(rank).to_f64()).map(|value| Some(Value::float(value)));
    }
    let (value, digits) = between(rank, |rank| at(rank).whole());
    Ok(Some(match form {
        Form::Decimal { scale } => match i8::try_from(i32::from(scale) + digits as i32) {
            Ok(scale) => Value::Decimal { unscaled: value, scale },
            Err(_) => Value::Decimal { unscaled: value / 10i128.pow(digits), scale },
        },
        // A point in time between two ticks is rounded down to what its value can hold.
        Form::Ticks(clock) => {
            let nanos = whole(value, digits, clock.tick_ns.into());
            match clock.value(0) {
                Value::DateTime { zoned, .. } => Value::DateTime { nanos, zoned },
                Value::Duration(_) => Value::Duration(nanos),
                Value::Time(_) => Value::Time(i64::try_from(nanos).unwrap_or(i64::MAX)),
                _ => clock.value(i64::try_from(whole(value, digits, 1)).unwrap_or(i64::MAX)),
            }
        }
        _ => number((value, digits)),
    }))
}

/// `(n - 1) p`, formed in integers from the decimal that `p` was written as.
fn rank(n: u64, p: f64) -> Option<Rank> {
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
    let rank = (i128::from(n) - 1).checked_mul(unscaled)?;
    let whole = u64::try_from(rank / unit).ok()?;
    let mut rank = Rank { whole, rest: rank % unit, digits };
    while rank.digits > 0 && rank.rest % 10 == 0 {
        rank = Rank { rest: rank.rest / 10, digits: rank.digits - 1, ..rank };
    }
    Some(rank)
}

/// The value at a rank among integers, with how many of its digits stand after the point.
fn between(rank: Rank, value: impl Fn(u64) -> i128) -> (i128, u32) {
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
fn of_floats(rank: Rank, value: &dyn Fn(u64) -> f64) -> Result<f64, String> {
    let low = value(rank.whole);
    if rank.rest == 0 {
        return Ok(low);
    }
    let high = value(rank.whole + 1);
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
    use crate::engine::order::key;

    fn check(ordered: Ordered, p: f64, expected: Value) {
        assert_eq!(of_ordered(&ordered, p), Ok(Some(expected)));
    }

    #[test]
    fn quantiles_are_linear_and_exact() {
        let ints = |values: &[i64]| Ordered::of_ints(values.iter().copied());
        let floats = |values: &[f64]| Ordered::of_floats(values.iter().copied());
        check(ints(&[1, 2, 3, 4]), 0.25, Value::float(1.75));
        check(ints(&[1, 2, 3, 4]), 0.5, Value::float(2.5));
        check(ints(&[1, 3]), 0.5, Value::Int(2));
        check(Ordered::of_ints(0..=100), 0.29, Value::Int(29));
        check(ints(&[i64::MAX - 2, i64::MAX]), 0.5, Value::Int((i64::MAX - 1).into()));
        let unsigned = Ordered::of_narrow(Form::Unsigned, [0, u64::MAX]);
        check(unsigned, 1.0, Value::Int(u64::MAX.into()));
        check(floats(&[1.0, 2.0, 3.0, 4.0]), 0.25, Value::float(1.75));
        check(floats(&[0.0, f64::INFINITY]), 0.5, Value::float(f64::INFINITY));
        let decimals = Ordered::of_decimals([100, 101], 2);
        check(decimals, 0.5, Value::Decimal { unscaled: 1005, scale: 3 });
        let ticks = |clock| Ordered::of_narrow(Form::Ticks(clock), [0, 1].map(key::of_signed));
        check(ticks(Clock::DAYS), 0.5, Value::Date(0));
        let ms = Clock { kind: ClockKind::Duration, tick_ns: 1_000_000 };
        check(ticks(ms), 0.5, Value::Duration(500_000));
    }

    #[test]
    fn no_value_and_no_probability() {
        assert_eq!(of_ordered(&Ordered::of_ints([]), 0.5), Ok(None));
        let one = Ordered::of_ints([1]);
        assert!(of_ordered(&one, 1.5).is_err() && of_ordered(&one, f64::NAN).is_err());
        assert_eq!(of_ordered(&one, 1e-300), Ok(Some(Value::Int(1))));
    }
}
