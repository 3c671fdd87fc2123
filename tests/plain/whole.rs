//! Checks of rows that need the other rows, or another table, to be answered.

use super::table::Table;
use super::{Answers, Check, each, of};

pub fn checks() -> Vec<Check> {
    let mut checks = keys();
    checks.extend(orders());
    checks.extend(outliers());
    checks
}

/// A row breaks it that shares its key with another; keys without any part are left out.
fn unique<K: PartialEq>(t: &Table, key: impl Fn(usize) -> Option<K>) -> Answers {
    each(t, |row| {
        let own = key(row)?;
        let is_shared = |other: usize| other != row && key(other).as_ref() == Some(&own);
        Some(!(0..t.n_rows()).any(is_shared))
    })
}

/// A number as a key: both zeros are one.
fn number(value: Option<f64>) -> Option<u64> {
    value.filter(|value| !value.is_nan()).map(|value| (value + 0.0).to_bits())
}

type Pair<'a> = (Option<&'a str>, Option<i64>);

fn pair(t: &Table, row: usize) -> Option<Pair<'_>> {
    let pair = (t.u[row].as_deref(), t.n[row]);
    (pair != (None, None)).then_some(pair)
}

fn keys() -> Vec<Check> {
    vec![
        of("n", "unique", "", |t, _| unique(t, |row| t.n[row])).strict(),
        of("f", "unique", "", |t, _| unique(t, |row| number(t.f[row]))).strict(),
        of("t", "unique", "", |t, _| unique(t, |row| t.t[row].clone())).strict(),
        of("", "unique", "columns: [u, n]", |t, _| unique(t, |row| pair(t, row))).strict(),
        of("", "unique", "columns: [u, n], ignore_rows: any_missing", |t, _| {
            unique(t, |row| Some((t.u[row].as_deref()?, t.n[row]?)))
        })
        .strict(),
        of("", "no_duplicate_rows", "ignore: [m, f, g, t, code, d, list]", |t, _| {
            unique(t, |row| {
                let key = (t.u[row].as_deref(), t.n[row], t.keep[row]);
                (key != (None, None, None)).then_some(key)
            })
        })
        .strict(),
        of("n", "foreign_key", "to: other.m", |t, other| {
            each(t, |row| t.n[row].map(|value| other.m.contains(&Some(value))))
        }),
        of("f", "foreign_key", "to: other.g", |t, other| {
            let known: Vec<u64> = other.g.iter().filter_map(|value| number(*value)).collect();
            each(t, |row| number(t.f[row]).map(|value| known.contains(&value)))
        }),
        of("", "foreign_key", "columns: [u, n], to: {dataset: other, columns: [u, m]}", {
            |t, other| {
                let key = |u: Option<&str>, n: Option<i64>| Some((u?.to_owned(), n?));
                let known = |row: usize| key(other.u[row].as_deref(), other.m[row]);
                each(t, |row| {
                    let own = key(t.u[row].as_deref(), t.n[row])?;
                    Some((0..other.n_rows()).any(|row| known(row).as_ref() == Some(&own)))
                })
            }
        }),
        of("", "no_overlap_with", "dataset: other, columns: [u, n]", |t, other| {
            if (0..other.n_rows()).all(|row| pair(other, row).is_none()) {
                return None;
            }
            each(t, |row| {
                let own = pair(t, row)?;
                Some(!(0..other.n_rows()).any(|row| pair(other, row) == Some(own)))
            })
        })
        .strict(),
    ]
}

/// Every value beside the last one before it that is there.
fn in_order<T: Copy>(cells: &[Option<T>], follows: impl Fn(T, T) -> bool) -> Answers {
    let mut before: Option<T> = None;
    let answer = |cell: &Option<T>| {
        let value = (*cell)?;
        let holds = before.is_none_or(|before| follows(before, value));
        before = Some(value);
        Some(holds)
    };
    Some(cells.iter().map(answer).collect())
}

/// Ranges without their ends; those that run backwards break the rule by themselves.
fn apart(t: &Table, meets: fn(i64, i64) -> bool) -> Answers {
    let range = |row: usize| Some((t.n[row]?, t.m[row]?));
    each(t, |row| {
        let (start, end) = range(row)?;
        let others = (0..t.n_rows()).filter(|other| *other != row);
        let overlaps = others.filter_map(range).any(|(from, to)| {
            let is_upright = from <= to;
            let (first, second) = if (start, end) <= (from, to) {
                ((start, end), (from, to))
            } else {
                ((from, to), (start, end))
            };
            is_upright && meets(second.0, first.1)
        });
        Some(start <= end && !overlaps)
    })
}

fn orders() -> Vec<Check> {
    vec![
        of("n", "increasing", "", |t, _| in_order(&t.n, |a, b| a <= b)).strict(),
        of("n", "increasing", "strict: true", |t, _| in_order(&t.n, |a, b| a < b)).strict(),
        of("d", "decreasing", "tolerance: 3d", |t, _| in_order(&t.d, |a, b| b - a <= 3)).strict(),
        of("f", "decreasing", "", |t, _| {
            let there: Vec<Option<f64>> =
                t.f.iter().map(|value| value.filter(|value| !value.is_nan())).collect();
            in_order(&there, |a, b| a >= b)
        })
        .strict(),
        of("", "no_overlapping_ranges", "start: n, end: m", |t, _| {
            apart(t, |start, end| start < end)
        })
        .strict(),
        of("", "no_overlapping_ranges", "start: n, end: m, closed: true", |t, _| {
            apart(t, |start, end| start <= end)
        })
        .strict(),
    ]
}

/// The value at a share of the way through sorted values, in between where it falls between two
/// (type 7 of Hyndman and Fan).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

fn sorted(cells: &[Option<i64>]) -> Vec<f64> {
    let mut values: Vec<f64> = cells.iter().flatten().map(|value| *value as f64).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Values with a scale, of which one can lie beyond the fences that they draw.
fn usable(values: &[f64], least: usize) -> Option<()> {
    let varies = values.first() != values.last();
    (values.len() >= least && varies).then_some(())
}

fn fenced(t: &Table, low: f64, high: f64) -> Answers {
    each(t, |row| t.n[row].map(|value| value as f64 >= low && value as f64 <= high))
}

fn by_quartiles(t: &Table, source: &[f64], k: f64) -> Answers {
    let (first, third) = (quantile(source, 0.25), quantile(source, 0.75));
    let reach = k * (third - first);
    fenced(t, first - reach, third + reach)
}

fn outliers() -> Vec<Check> {
    vec![
        of("n", "no_outliers", "method: iqr", |t, _| {
            let values = sorted(&t.n);
            usable(&values, 4)?;
            by_quartiles(t, &values, 1.5)
        }),
        of("n", "no_outliers", "method: mad, k: 2", |t, _| {
            let values = sorted(&t.n);
            usable(&values, 3)?;
            let middle = quantile(&values, 0.5);
            let mut away: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
            away.sort_by(f64::total_cmp);
            let spread = quantile(&away, 0.5);
            if spread == 0.0 {
                return None;
            }
            fenced(t, middle - 2.0 * spread / 0.6745, middle + 2.0 * spread / 0.6745)
        }),
        of("n", "no_outliers", "from: reference, k: 1", |t, other| {
            let values = sorted(&other.n);
            usable(&values, 1)?;
            by_quartiles(t, &values, 1.0)
        })
        .of_both(),
    ]
}
