//! The keys of two datasets held against each other, whatever the forms of their columns.
//!
//! Equal keys lie in partitions of the same number, so that no more than one of them on each side
//! is looked at by a thread at once.

use std::sync::{Mutex, PoisonError};

use super::column::Form;
use super::parallel;
use super::state::{Key, KeyRuns, KeySet, Sealed, ToldKeys, shortest, whole_of};
use crate::metric::{KeyMatch, KeyQuestion, MarkedKeys};

/// Finds the keys of each of some groups of rows of the data among those of another dataset.
///
/// # Errors
/// Values of their types are never equal; what was spilled cannot be read back.
pub fn matched(
    groups: &[&KeySet],
    other: &KeySet,
    ask: KeyQuestion,
) -> Result<Vec<KeyMatch>, String> {
    let form = groups.iter().find_map(|group| group.form);
    let converted = converted(&other.keys, other.form, form)?;
    let keys = converted.as_ref().unwrap_or(&other.keys);
    let threads = other.n_threads;
    // A side without any key may have another kind than the other one.
    let kind = groups.iter().find(|group| group.examined > 0).map(|group| &group.keys);
    let found = match kind {
        None => groups.iter().map(|_| Found::default()).collect(),
        Some(KeyRuns::Narrow(_)) => {
            walk_all(groups, keys, KeyRuns::narrow, |key| *key, threads, ask)?
        }
        Some(KeyRuns::Broad(_)) => {
            walk_all(groups, keys, KeyRuns::broad, |key| *key, threads, ask)?
        }
        Some(KeyRuns::Compound(_)) => {
            walk_all(groups, keys, KeyRuns::compound, |key| key.hash, threads, ask)?
        }
    };
    let told = groups.iter().zip(found).map(|(group, found)| {
        Ok(KeyMatch {
            rows: group.rows,
            examined: group.examined,
            skipped: group.rows - group.examined,
            found: found.rows,
            distinct: found.distinct,
            distinct_found: found.distinct_found,
            other_rows: other.examined,
            keys: found.told.map_or_else(|| Ok(MarkedKeys::default()), ToldKeys::finish)?,
            partial: group.partial.clone(),
        })
    });
    told.collect()
}

/// What was found of the keys of a group.
#[derive(Default)]
struct Found {
    rows: u64,
    distinct: u64,
    distinct_found: u64,
    /// `None` where none was looked at.
    told: Option<ToldKeys>,
}

/// Goes through all partitions: `of` gives the keys of one kind, `compared` what must be equal.
fn walk_all<K: Key, C: Ord>(
    groups: &[&KeySet],
    other: &KeyRuns,
    of: fn(&KeyRuns) -> Option<&Sealed<K>>,
    compared: fn(&K) -> C,
    n_threads: usize,
    ask: KeyQuestion,
) -> Result<Vec<Found>, String> {
    let blank = |group: &&KeySet| Mutex::new(Found::new(group.told_bytes));
    let found: Vec<Mutex<Found>> = groups.iter().map(blank).collect();
    let looked = parallel::run(Sealed::<K>::PARTS.len(), n_threads, |number| {
        let other = of(other).map(|keys| keys.part(number)).transpose()?.unwrap_or_default();
        for (group, found) in groups.iter().zip(&found) {
            let Some(keys) = of(&group.keys) else { continue };
            let part = walk(&keys.part(number)?, &other, compared, ask);
            found.lock().unwrap_or_else(PoisonError::into_inner).add(part)?;
        }
        Ok::<(), String>(())
    });
    looked.into_iter().try_for_each(|looked| looked.and_then(|looked| looked))?;
    let found = found.into_iter();
    Ok(found.map(|found| found.into_inner().unwrap_or_else(PoisonError::into_inner)).collect())
}

impl Found {
    fn new(told_bytes: u64) -> Self {
        Found { told: Some(ToldKeys::new(told_bytes)), ..Found::default() }
    }

    fn add(&mut self, part: Walked) -> Result<(), String> {
        self.rows += part.rows;
        self.distinct += part.distinct;
        self.distinct_found += part.distinct_found;
        match &self.told {
            Some(told) if !part.keys.is_empty() => told.tell(part.keys.into_iter()),
            _ => Ok(()),
        }
    }
}

/// What was found in one partition.
#[derive(Default)]
struct Walked {
    rows: u64,
    distinct: u64,
    distinct_found: u64,
    keys: Vec<u128>,
}

/// Goes along both lists at once.
fn walk<K: Key, C: Ord>(
    data: &[K],
    other: &[K],
    compared: impl Fn(&K) -> C,
    ask: KeyQuestion,
) -> Walked {
    let mut found = Walked::default();
    let mut rest = other;
    for run in data.chunk_by(|left, right| compared(left) == compared(right)) {
        let key = compared(&run[0]);
        rest = &rest[behind(rest, |other| compared(other) < key)..];
        let is_found = rest.first().is_some_and(|other| compared(other) == key);
        found.distinct += 1;
        if is_found {
            found.rows += run.len() as u64;
            found.distinct_found += 1;
        }
        if is_found == (ask == KeyQuestion::Shared) {
            found.keys.push(run[0].into());
        }
    }
    found
}

/// How many at the beginning are below: a few steps where the lists are alike, a search where one
/// is much shorter.
fn behind<K>(rest: &[K], is_below: impl Fn(&K) -> bool) -> usize {
    const NEAR: usize = 8;
    let near = rest.iter().take(NEAR).take_while(|key| is_below(key)).count();
    if near < NEAR { near } else { rest.partition_point(is_below) }
}

/// The same keys as they would be in another form; `None` where they are the same. A value that
/// the other form does not have equals none of it, and is left out.
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
    let is_broad = matches!(to, Form::Decimal { .. });
    let broad = |key: u128| convert(key, from, to);
    let narrow = |key: u128| convert(key, from, to).map(|key| key as u64);
    Ok(Some(match (keys, is_broad) {
        (KeyRuns::Narrow(keys), true) => KeyRuns::Broad(keys.convert(|key| broad(key.into()))?),
        (KeyRuns::Narrow(keys), false) => KeyRuns::Narrow(keys.convert(|key| narrow(key.into()))?),
        (KeyRuns::Broad(keys), true) => KeyRuns::Broad(keys.convert(broad)?),
        (KeyRuns::Broad(keys), false) => KeyRuns::Narrow(keys.convert(narrow)?),
        (KeyRuns::Compound(_), _) => return Ok(None),
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
    use crate::engine::state::Partitions;

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
        let keys = |keys: &[u64]| {
            let mut store = Partitions::new(u64::MAX);
            store.extend(keys.iter().copied()).expect("taken");
            KeySet {
                rows: keys.len() as u64 + 1,
                examined: keys.len() as u64,
                form: Some(Form::Int),
                keys: KeyRuns::Narrow(store.seal()),
                partial: MarkedKeys::default(),
                n_threads: 2,
                told_bytes: 0,
            }
        };
        let (data, other) = (keys(&[1, 1, 2, 5, 5, 5]), keys(&[0, 1, 3, 3, 5]));
        let nothing = KeySet { form: None, ..keys(&[]) };
        let groups = [&data, &keys(&[3]), &nothing];
        let orphans = matched(&groups, &other, KeyQuestion::Orphans).expect("they compare");
        assert_eq!((orphans[0].examined, orphans[0].skipped, orphans[0].found), (6, 1, 5));
        assert_eq!((orphans[0].distinct, orphans[0].distinct_found), (3, 2));
        assert_eq!(orphans[0].keys.all(), Ok(vec![2]));
        assert_eq!((orphans[1].examined, orphans[1].found), (1, 1));
        assert_eq!((orphans[2].examined, orphans[2].other_rows), (0, 5));
        let shared = matched(&[&data], &other, KeyQuestion::Shared).expect("they compare");
        assert_eq!(shared[0].keys.all(), Ok(vec![1, 5]));
        let alone = matched(&[&data], &nothing, KeyQuestion::Orphans).expect("they compare");
        assert_eq!((alone[0].found, alone[0].keys.all()), (0, Ok(vec![1, 2, 5])));
    }

    #[test]
    fn a_long_way_is_searched_and_a_short_one_is_walked() {
        let keys: Vec<u32> = (0..100).collect();
        for below in 0..100 {
            assert_eq!(behind(&keys, |key| *key < below), below as usize);
        }
    }
}
