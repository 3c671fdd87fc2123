//! The keys of two datasets held against each other, whatever the forms of their columns.

use super::column::Form;
use super::state::{KeyRuns, KeySet, shortest, whole_of};
use crate::metric::{KeyMatch, KeyQuestion};

/// Finds the keys of the data among those of another dataset.
///
/// # Errors
/// Values of their types are never equal.
pub fn matched(data: &KeySet, other: &KeySet, ask: KeyQuestion) -> Result<KeyMatch, String> {
    let (examined, other_rows) = (data.keys.len() as u64, other.keys.len() as u64);
    let converted = converted(&other.keys, other.form, data.form)?;
    let other_keys = converted.as_ref().unwrap_or(&other.keys);
    let found = match (&data.keys, other_keys) {
        (KeyRuns::Narrow(data), KeyRuns::Narrow(other)) => {
            walk(data, other, |key| *key, |key| (*key).into(), ask)
        }
        (KeyRuns::Broad(data), KeyRuns::Broad(other)) => {
            walk(data, other, |key| *key, |key| *key, ask)
        }
        (KeyRuns::Compound(data), KeyRuns::Compound(other)) => {
            walk(data, other, |key| key[0], |key| key[1], ask)
        }
        // One side has no key at all.
        (KeyRuns::Narrow(data), _) => walk(data, &[], |key| *key, |key| (*key).into(), ask),
        (KeyRuns::Broad(data), _) => walk(data, &[], |key| *key, |key| *key, ask),
        (KeyRuns::Compound(data), _) => walk(data, &[], |key| key[0], |key| key[1], ask),
    };
    Ok(KeyMatch {
        rows: data.rows,
        examined,
        skipped: data.rows - examined,
        found: found.rows,
        distinct: found.distinct,
        distinct_found: found.distinct_found,
        other_rows,
        keys: found.keys.into(),
        partial: data.partial.as_slice().into(),
    })
}

#[derive(Default)]
struct Found {
    rows: u64,
    distinct: u64,
    distinct_found: u64,
    keys: Vec<u128>,
}

/// Goes along both lists at once: `compared` is what must be equal, `own` the fingerprint to tell.
fn walk<K, C: Ord>(
    data: &[K],
    other: &[K],
    compared: impl Fn(&K) -> C,
    own: impl Fn(&K) -> u128,
    ask: KeyQuestion,
) -> Found {
    let mut found = Found::default();
    let mut rest = other;
    for run in data.chunk_by(|left, right| compared(left) == compared(right)) {
        let key = compared(&run[0]);
        let behind = rest.iter().take_while(|other| compared(other) < key).count();
        rest = &rest[behind..];
        let is_found = rest.first().is_some_and(|other| compared(other) == key);
        found.distinct += 1;
        if is_found {
            found.rows += run.len() as u64;
            found.distinct_found += 1;
        }
        if is_found == (ask == KeyQuestion::Shared) {
            found.keys.push(own(&run[0]));
        }
    }
    found.keys.sort_unstable();
    found
}

/// Fingerprints of single values as they would be in another form; `None` where they are the same.
/// A value that the other form does not have equals none of it, and is left out.
fn converted(
    keys: &KeyRuns,
    from: Option<Form>,
    to: Option<Form>,
) -> Result<Option<KeyRuns>, String> {
    let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
    if from == to {
        return Ok(None);
    }
    if !comparable(from, to) {
        return Err(format!("the data holds {to}, the other dataset {from}: they do not compare"));
    }
    let all: Box<dyn Iterator<Item = u128> + '_> = match keys {
        KeyRuns::Narrow(keys) => Box::new(keys.iter().map(|key| u128::from(*key))),
        KeyRuns::Broad(keys) => Box::new(keys.iter().copied()),
        KeyRuns::Compound(_) => return Ok(None),
    };
    let mut broad: Vec<u128> = all.filter_map(|key| convert(key, from, to)).collect();
    broad.sort_unstable();
    Ok(Some(match to {
        Form::Decimal { .. } => KeyRuns::Broad(broad),
        _ => KeyRuns::Narrow(broad.into_iter().map(|key| key as u64).collect()),
    }))
}

fn comparable(from: Form, to: Form) -> bool {
    use Form::{Decimal, Float, Int, Ticks, Unsigned};
    match (from, to) {
        (Decimal { .. }, Float) | (Float, Decimal { .. }) => false,
        (Int | Unsigned | Float | Decimal { .. }, Int | Unsigned | Float | Decimal { .. }) => true,
        (Ticks(from), Ticks(to)) => from.kind == to.kind,
        _ => false,
    }
}

/// One fingerprint in another form.
fn convert(key: u128, from: Form, to: Form) -> Option<u128> {
    // Whole numbers count ones; times count nanoseconds; decimals bring their places.
    let (value, scale) = match from {
        Form::Int => (i128::from(key as u64 as i64), 0),
        Form::Unsigned => (i128::from(key as u64), 0),
        Form::Float => match whole_of(f64::from_bits(key as u64)) {
            Some(value) => (value, 0),
            None => return None,
        },
        Form::Decimal { scale } => shortest(key as i128, scale),
        Form::Ticks(clock) => (i128::from(key as u64 as i64).checked_mul(clock.tick_ns.into())?, 0),
        _ => return None,
    };
    match to {
        Form::Decimal { scale: places } => {
            let power =
                10i128.checked_pow(u32::try_from(i32::from(places) - i32::from(scale)).ok()?)?;
            value.checked_mul(power).map(|value| value as u128)
        }
        _ if scale != 0 => None,
        Form::Int => i64::try_from(value).ok().map(|value| u128::from(value as u64)),
        Form::Unsigned => u64::try_from(value).ok().map(u128::from),
        Form::Float => {
            let float = value as f64;
            (whole_of(float) == Some(value)).then(|| u128::from(float.to_bits()))
        }
        Form::Ticks(clock) => {
            let tick_ns = i128::from(clock.tick_ns);
            let ticks = (value % tick_ns == 0).then_some(value / tick_ns)?;
            i64::try_from(ticks).ok().map(|ticks| u128::from(ticks as u64))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::column::{Clock, ClockKind};

    fn check(from: Form, key: u128, to: Form, expected: Option<u128>) {
        assert!(comparable(from, to));
        assert_eq!(convert(key, from, to), expected, "{key} from {from} to {to}");
    }

    fn bits(value: f64) -> u128 {
        value.to_bits().into()
    }

    #[test]
    fn equal_numbers_have_equal_fingerprints_in_every_form() {
        let minus = u128::from(-7i64 as u64);
        let cents = |scale| Form::Decimal { scale };
        check(Form::Int, 7, Form::Unsigned, Some(7));
        check(Form::Int, minus, Form::Unsigned, None);
        check(Form::Unsigned, u64::MAX.into(), Form::Int, None);
        check(Form::Int, minus, cents(2), Some(-700i128 as u128));
        check(cents(2), 700, Form::Int, Some(7));
        check(cents(2), 750, Form::Int, None);
        check(cents(2), 750, cents(1), Some(75));
        check(cents(2), 755, cents(1), None);
        check(Form::Float, bits(7.0), Form::Int, Some(7));
        check(Form::Float, bits(7.5), Form::Int, None);
        check(Form::Int, 7, Form::Float, Some(bits(7.0)));
        check(Form::Int, (1 << 53) + 1, Form::Float, None);
        check(cents(2), 700, Form::Unsigned, Some(7));
        assert!(!comparable(cents(2), Form::Float));
        assert!(!comparable(Form::Text, Form::Int));
    }

    #[test]
    fn moments_compare_whatever_their_units() {
        let at =
            |tick_ns, zoned| Form::Ticks(Clock { kind: ClockKind::DateTime { zoned }, tick_ns });
        check(at(1_000_000, false), 3, at(1_000, false), Some(3_000));
        check(at(1_000, false), 3_000, at(1_000_000, false), Some(3));
        check(at(1_000, false), 3_001, at(1_000_000, false), None);
        assert!(!comparable(at(1, false), at(1, true)));
    }

    #[test]
    fn keys_are_found_and_missed_by_rows() {
        let keys = |keys: &[u64]| KeySet {
            rows: keys.len() as u64 + 1,
            form: Some(Form::Int),
            keys: KeyRuns::Narrow(keys.to_vec()),
            partial: Vec::new(),
        };
        let (data, other) = (keys(&[1, 1, 2, 5, 5, 5]), keys(&[0, 1, 3, 3, 5]));
        let orphans = matched(&data, &other, KeyQuestion::Orphans).expect("they compare");
        assert_eq!((orphans.examined, orphans.skipped, orphans.found), (6, 1, 5));
        assert_eq!((orphans.distinct, orphans.distinct_found), (3, 2));
        assert_eq!(orphans.keys.as_ref(), [2]);
        let shared = matched(&data, &other, KeyQuestion::Shared).expect("they compare");
        assert_eq!(shared.keys.as_ref(), [1, 5]);
    }
}
