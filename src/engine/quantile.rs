//! Quantiles of ordered values by Hyndman and Fan's definitions, exact where they can be.

use super::column::Form;
use super::order::Number;
use super::predicate::decimal_of;
use super::state::Ordered;
use crate::metric::Value;
use crate::stats::quantile::Definition;

/// Digits after the point of a probability that take part; beyond them no rank of any dataset
/// changes.
const P_DIGITS: u32 = 30;

/// Digits of a third, which has no last one.
const THIRD_DIGITS: u32 = 18;

/// A position between two ranks, counted from 0: `rest / 10^digits` of the way from `low` to
/// `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rank {
    low: u64,
    high: u64,
    rest: i128,
    digits: u32,
}

/// A probability with the definition by which its quantile is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    pub p: f64,
    pub definition: Definition,
}

/// The value at a probability; `None` without values.
///
/// # Errors
/// The probability lies outside [0, 1], or the value between two infinities; or a temporary file
/// cannot be read back.
pub fn of_ordered(ordered: &Ordered, asked: Asked) -> Result<Option<Value>, String> {
    let values = &ordered.values;
    let ranks: Vec<u64> = ranks(values.len(), asked).into_iter().flatten().collect();
    let found = values.select(&ranks)?;
    let at = |rank: u64| {
        let number = ranks.binary_search(&rank).ok().and_then(|at| found.get(at).copied());
        number.unwrap_or(Number::Whole(0))
    };
    quantile(values.form, values.len(), &at, asked)
}

/// The ranks, counted from 0, of the values that the one at a probability is taken from.
pub fn ranks(n: u64, asked: Asked) -> [Option<u64>; 2] {
    match rank(n, asked).filter(|_| n > 0) {
        Some(Rank { low, rest: 0, .. }) => [Some(low), None],
        Some(Rank { low, high, .. }) => [Some(low), Some(high)],
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
    asked: Asked,
) -> Result<Option<Value>, String> {
    let Some(form) = form.filter(|_| n > 0) else { return Ok(None) };
    let rank = rank(n, asked).ok_or_else(|| format!("{} is no probability", asked.p))?;
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

/// The place of a quantile, formed in integers from the decimal that `p` was written as.
///
/// The definitions are those of `stats::quantile`, whose fractions are shorter.
fn rank(n: u64, Asked { p, definition }: Asked) -> Option<Rank> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    let (mut p, places) = decimal_of(p)?;
    let mut digits = u32::try_from(places).unwrap_or(0);
    while digits > P_DIGITS {
        (p, digits) = (p / 10, digits - 1);
    }
    let (one, wide) = (10i128.pow(digits), i128::from(n));
    // The place is place / (scale one), counted from 1.
    let times = |factor: i128| factor.checked_mul(p);
    let (place, scale) = match definition {
        Definition::Type1 | Definition::Type2 | Definition::Type4 => (times(wide)?, 1),
        Definition::Type3 | Definition::Type5 => (times(2 * wide)? + one, 2),
        Definition::Type6 => (times(wide + 1)?, 1),
        Definition::Type7 => (times(wide - 1)? + one, 1),
        Definition::Type8 => (times(3 * wide + 1)? + one, 3),
        Definition::Type9 => (times(2 * (4 * wide + 1))? + 3 * one, 8),
    };
    let (whole, rest) = (place.div_euclid(scale * one), place.rem_euclid(scale * one));
    let (whole, rest, digits) = match definition {
        Definition::Type1 => (whole + i128::from(rest > 0), 0, 0),
        Definition::Type2 if rest == 0 => (whole, 5, 1),
        Definition::Type2 => (whole + 1, 0, 0),
        // The place is n p + 1/2 here: a whole one is a tie of two neighbours, and the even one
        // wins.
        Definition::Type3 => (whole - i128::from(rest == 0 && whole % 2 != 0), 0, 0),
        Definition::Type5 => (whole, rest * 5, digits + 1),
        Definition::Type8 => {
            let more = THIRD_DIGITS.saturating_sub(digits);
            (whole, rest * 10i128.pow(more) / 3, digits + more)
        }
        Definition::Type9 => (whole, rest * 125, digits + 3),
        Definition::Type4 | Definition::Type6 | Definition::Type7 => (whole, rest, digits),
    };
    let at = |place: i128| (place - 1).clamp(0, (wide - 1).max(0)) as u64;
    let (low, high) = (at(whole), at(whole + 1));
    let mut rank = Rank { low, high, rest: if low == high { 0 } else { rest }, digits };
    while rank.digits > 0 && rank.rest % 10 == 0 {
        rank = Rank { rest: rank.rest / 10, digits: rank.digits - 1, ..rank };
    }
    Some(rank)
}

/// The value at a rank among integers, with how many of its digits stand after the point.
fn between(rank: Rank, value: impl Fn(u64) -> i128) -> (i128, u32) {
    let low = value(rank.low);
    if rank.rest == 0 {
        return (low, 0);
    }
    let high = value(rank.high);
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
    let low = value(rank.low);
    if rank.rest == 0 {
        return Ok(low);
    }
    let high = value(rank.high);
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

    fn linear(p: f64) -> Asked {
        Asked { p, definition: Definition::Type7 }
    }

    fn check(ordered: Ordered, p: f64, expected: Value) {
        assert_eq!(of_ordered(&ordered, linear(p)), Ok(Some(expected)));
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
        assert_eq!(of_ordered(&Ordered::of_ints([]), linear(0.5)), Ok(None));
        let one = Ordered::of_ints([1]);
        assert!(
            of_ordered(&one, linear(1.5)).is_err() && of_ordered(&one, linear(f64::NAN)).is_err()
        );
        assert_eq!(of_ordered(&one, linear(1e-300)), Ok(Some(Value::Int(1))));
    }

    #[test]
    fn every_definition_agrees_with_the_reference_functions() {
        use crate::stats::quantile::{Fraction, quantile as expected};
        for n in [1, 2, 3, 4, 7, 10, 25] {
            let mut values: Vec<i64> = (0..n).map(|place| place * place - 5).collect();
            values.sort_unstable();
            let floats: Vec<f64> = values.iter().map(|value| *value as f64).collect();
            let ints = Ordered::of_ints(values);
            let doubles = Ordered::of_floats(floats.iter().copied());
            for p in (0..=20).map(|step| f64::from(step) * 5.0 / 100.0).chain([0.07, 0.29, 1e-9]) {
                for definition in Definition::ALL {
                    let p_exact = Fraction::from_f64(p).expect("a probability");
                    let wanted = expected(&floats, p_exact, definition).expect("values");
                    for ordered in [&ints, &doubles] {
                        let found =
                            of_ordered(ordered, Asked { p, definition }).expect("a quantile");
                        let found = found.and_then(|value| value.as_f64()).expect("a number");
                        let is_close = (found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0);
                        assert!(is_close, "{definition:?} {p} of {n}: {found}, not {wanted}");
                    }
                }
            }
        }
    }
}
