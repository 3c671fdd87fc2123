//! Answers about two datasets, against what plain loops over plain vectors come to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, StringArray, UInt64Array};
use proptest::prelude::*;

use super::super::*;
use crate::engine::table::Table;
use crate::metric::{
    DiffRule, Float, KeyQuestion, RangeRule, SequenceRule, TableDiff, TotalsRule, Value,
};

/// A number and a text, each of which may be missing.
type Row = (Option<i64>, Option<u8>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let number = prop::option::weighted(0.85, prop_oneof![0..6i64, Just(1 << 53)]);
    prop::collection::vec((number, prop::option::weighted(0.85, 0..3u8)), 0..30)
}

/// The form of a table whose numbers are doubles.
const FLOATS: u8 = 2;

/// The same numbers in one of four types, cut into parts and batches.
fn table(rows: &[Row], form: u8, part_rows: usize) -> Table {
    let numbers = rows.iter().map(|row| row.0);
    let numbers: ArrayRef = match form {
        0 => Arc::new(numbers.collect::<Int64Array>()),
        1 => Arc::new(numbers.map(|n| n.map(|n| n as u64)).collect::<UInt64Array>()),
        FLOATS => Arc::new(numbers.map(|n| n.map(|n| n as f64)).collect::<Float64Array>()),
        _ => {
            let cents = numbers.map(|n| n.map(|n| i128::from(n) * 100));
            let cents = cents.collect::<Decimal128Array>().with_precision_and_scale(30, 2);
            Arc::new(cents.expect("cents"))
        }
    };
    let texts = rows.iter().map(|row| row.1.map(|text| ["a", "b", "c"][usize::from(text)]));
    let texts: ArrayRef = Arc::new(texts.collect::<StringArray>());
    Table::new(vec![("n", numbers), ("t", texts)]).cut(part_rows, 2)
}

fn asked(data: Table, other: Table, metric: Metric) -> Result<Measured, Unmeasured> {
    let datasets: Vec<(Side, Box<dyn Source>)> =
        vec![(Side::Data, Box::new(data)), (Side::Named("other".into()), Box::new(other))];
    let options = Options { n_threads: 3, ..Options::default() };
    EmbeddedEngine::new(datasets, options).measure(&[metric]).remove(0)
}

fn other() -> Side {
    Side::Named("other".into())
}

fn keys(columns: &[&str], ask: KeyQuestion) -> Metric {
    let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    Metric::Keys { columns: columns.clone(), filter: None, to: other(), their: columns, ask }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn orphans_are_those_that_a_loop_finds(
        data in rows(), there in rows(), forms in (0..2u8, 0..4u8), part in 1..9usize,
    ) {
        for columns in [&["n"][..], &["n", "t"]] {
            let is_whole = |row: &&Row| row.0.is_some() && (columns.len() == 1 || row.1.is_some());
            let key = |row: &Row| (row.0, if columns.len() == 1 { None } else { row.1 });
            let known: BTreeSet<_> = there.iter().filter(is_whole).map(key).collect();
            let own: Vec<_> = data.iter().filter(is_whole).map(key).collect();
            let found = own.iter().filter(|key| known.contains(key)).count() as u64;
            let (data, there) = (table(&data, forms.0, part), table(&there, forms.1, part));
            let answer = asked(data, there, keys(columns, KeyQuestion::Orphans));
            let Ok(Measured::Keys(answer)) = answer else { panic!("{answer:?}") };
            prop_assert_eq!((answer.examined, answer.found), (own.len() as u64, found));
        }
    }

    #[test]
    fn shared_keys_take_a_missing_part_for_a_part(
        data in rows(), there in rows(), form in 0..4u8, part in 1..9usize,
    ) {
        let has_key = |row: &&Row| row.0.is_some() || row.1.is_some();
        let known: BTreeSet<&Row> = there.iter().filter(has_key).collect();
        let own: Vec<&Row> = data.iter().filter(has_key).collect();
        let found = own.iter().filter(|row| known.contains(*row)).count() as u64;
        let (data, there) = (table(&data, 0, part), table(&there, form, part));
        let answer = asked(data, there, keys(&["n", "t"], KeyQuestion::Shared));
        let Ok(Measured::Keys(answer)) = answer else { panic!("{answer:?}") };
        prop_assert_eq!((answer.examined, answer.found), (own.len() as u64, found));
    }

    #[test]
    fn differences_are_those_that_a_loop_finds(
        data in rows(), there in rows(), form in 0..4u8, part in 1..9usize,
    ) {
        let by_key = |rows: &[Row]| rows.iter().rev().copied().collect::<BTreeMap<_, _>>();
        let (own, their) = (by_key(&data), by_key(&there));
        let unique = |rows: &BTreeMap<_, _>| rows.iter().map(|(n, t)| (*n, *t)).collect::<Vec<_>>();
        let missing = their.keys().filter(|key| !own.contains_key(*key)).count() as u64;
        let extra = own.keys().filter(|key| !their.contains_key(*key)).count() as u64;
        let changed = own.iter().filter(|(key, t)| their.get(key).is_some_and(|other| other != *t));
        let changed = changed.count() as u64;
        let (data, there) = (table(&unique(&own), 0, part), table(&unique(&their), form, part));
        let zero = Float(0.0);
        let rule = DiffRule {
            keys: vec!["n".into()], columns: vec!["t".into()], absolute: zero, relative: zero,
        };
        let answer = asked(data, there, Metric::TableDiff { to: other(), rule, filter: None });
        let Ok(Measured::TableDiff(answer)) = answer else { panic!("{answer:?}") };
        let TableDiff { missing: m, extra: e, changed: c, .. } = *answer;
        prop_assert_eq!((m, e, c), (missing, extra, changed));
    }

    #[test]
    fn totals_are_those_that_a_loop_finds(
        data in rows(), there in rows(), form in 0..4u8, part in 1..9usize,
    ) {
        let totals = |rows: &[Row]| {
            let mut totals: BTreeMap<Option<u8>, (u64, Option<i64>)> = BTreeMap::new();
            for (n, t) in rows {
                let total = totals.entry(*t).or_default();
                total.0 += 1;
                total.1 = n.map(|n| total.1.unwrap_or(0) + n).or(total.1);
            }
            totals
        };
        let (own, mut their) = (totals(&data), totals(&there));
        if form == FLOATS {
            // A total of doubles is the double next to it.
            their.values_mut().for_each(|total| total.1 = total.1.map(|sum| sum as f64 as i64));
        }
        let same = own.iter().filter(|(key, total)| their.get(key) == Some(total)).count() as u64;
        let all: BTreeSet<_> = own.keys().chain(their.keys()).collect();
        let (data, there) = (table(&data, 0, part), table(&there, form, part));
        let (zero, sums) = (Float(0.0), vec!["n".to_owned()]);
        let group_by = vec!["t".to_owned()];
        let rule = TotalsRule { group_by, count: true, sums, absolute: zero, relative: zero };
        let answer = asked(data, there, Metric::Reconcile { to: other(), rule, filter: None });
        let Ok(Measured::TableDiff(answer)) = answer else { panic!("{answer:?}") };
        let differing = answer.missing + answer.extra + answer.changed;
        prop_assert_eq!((answer.same, differing), (same, all.len() as u64 - same));
    }

    #[test]
    fn orders_are_those_that_a_loop_finds(
        data in rows(), strict: bool, falls: bool, part in 1..9usize,
    ) {
        let values: Vec<i64> = data.iter().filter_map(|row| row.0).collect();
        let breaks = values.windows(2).filter(|pair| {
            let (low, high) = if falls { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
            if strict { low >= high } else { low > high }
        });
        let breaks = breaks.count() as u64;
        let rule = SequenceRule { falls, strict, tolerance: None };
        let metric = Metric::Sequence { on: Side::Data, column: "n".into(), rule, filter: None };
        let answer = asked(table(&data, 0, part), table(&[], 0, 1), metric);
        let Ok(Measured::Sequence(answer)) = answer else { panic!("{answer:?}") };
        prop_assert_eq!((answer.examined(), answer.breaks), (values.len() as u64, breaks));
        prop_assert_eq!(answer.places.len() as u64, breaks);
    }

    #[test]
    fn overlaps_are_those_that_a_loop_finds(
        ranges in prop::collection::vec((0..12i64, 0..5i64), 0..12),
        closed: bool,
        part in 1..9usize,
    ) {
        let ranges: Vec<(i64, i64)> = ranges.into_iter().map(|(s, n)| (s, s + n)).collect();
        let meets = |one: &(i64, i64), other: &(i64, i64)| match closed {
            true => one.0 <= other.1 && other.0 <= one.1,
            false => one.0 < other.1 && other.0 < one.1,
        };
        let overlaps = (0..ranges.len()).filter(|at| {
            let others = (0..ranges.len()).filter(|other| other != at);
            others.into_iter().any(|other| meets(&ranges[*at], &ranges[other]))
        });
        let overlaps = overlaps.count() as u64;
        let column = |of: fn(&(i64, i64)) -> i64| -> ArrayRef {
            Arc::new(ranges.iter().map(|range| Some(of(range))).collect::<Int64Array>())
        };
        let data = Table::new(vec![("s", column(|r| r.0)), ("e", column(|r| r.1))]).cut(part, 2);
        let columns = ["s".to_owned(), "e".to_owned()];
        let rule = RangeRule { closed, open: false };
        let metric = Metric::Overlaps { on: Side::Data, columns, rule, filter: None };
        let answer = asked(data, table(&[], 0, 1), metric);
        let Ok(Measured::Overlaps(answer)) = answer else { panic!("{answer:?}") };
        prop_assert_eq!(answer.overlapping, overlaps);
    }
}

#[test]
fn queries_run_on_whole_datasets() {
    let data = table(&[(Some(1), Some(0)), (Some(2), None), (Some(1 << 53), Some(2))], 0, 1);
    let there = table(&[(Some(2), Some(1)), (None, Some(1))], 1, 1);
    let check = |text: &str, expected: &str| {
        let answer = asked(data.clone(), there.clone(), Metric::Query { text: text.into() });
        let Ok(Measured::Query(answer)) = answer else { panic!("{text}: {answer:?}") };
        let row = |cells: &Vec<Value>| {
            cells.iter().map(ToString::to_string).collect::<Vec<String>>().join(" ")
        };
        let rows: Vec<String> = answer.first.iter().map(row).collect();
        assert_eq!(rows.join("|"), expected, "{text}");
    };
    check("SELECT data.n FROM data JOIN other ON data.n = other.n", "2");
    check("SELECT n FROM data EXCEPT SELECT n FROM other ORDER BY n", "1|9007199254740992");
    check("SELECT SUM(n) FROM data", "9007199254740995");
    check("SELECT SUM(n * n) FROM data", "81129638414606681695789005144069");
    check("SELECT COUNT(*) FROM data WHERE t IS NULL", "1");
    check("SELECT n FROM data WHERE n NOT IN (SELECT n FROM other WHERE n > 0) AND n < 5", "1");
    check("WITH x AS (SELECT t, COUNT(*) AS c FROM other GROUP BY t) SELECT c FROM x", "2");
}
