//! The law of the rounds: whatever the limits, the answers are those of sorting everything.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, TimestampMicrosecondArray,
    UInt64Array,
};
use proptest::prelude::*;

use super::Limits;
use crate::engine::table::Table;
use crate::engine::{EmbeddedEngine, Engine, Options};
use crate::metric::{Filter, Float, Measured, Metric, Side, Unmeasured, Value};
use crate::stats::ecdf::Gaps;
use crate::stats::quantile::Definition;

const COLUMNS: [&str; 7] = ["float", "tied", "int", "large", "day", "time", "cents"];

fn tables() -> impl Strategy<Value = Table> {
    let special = prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        Just(0.0),
        Just(f64::MIN_POSITIVE),
    ];
    let float = prop_oneof![1 => special, 6 => -2.0..2.0f64, 2 => any::<f64>()];
    let tied = prop_oneof![3 => Just(0.0), 2 => (0..4i32).prop_map(f64::from), 2 => 0.0..1.0f64];
    let row = (
        prop::option::weighted(0.9, float),
        prop::option::weighted(0.9, tied),
        prop::option::weighted(0.9, prop_oneof![Just(i64::MIN), -9..9i64, 0..100_000i64]),
        prop::option::weighted(0.9, prop_oneof![Just(u64::MAX), 0..50u64]),
        prop::option::weighted(0.9, -3..60i32),
        prop::option::weighted(0.9, prop_oneof![any::<i64>(), 0..1_000_000i64]),
        prop::option::weighted(0.9, 0..40i128),
    );
    prop::collection::vec(row, 0..160).prop_map(|rows| {
        let floats = rows.iter().map(|row| row.0).collect::<Float64Array>();
        let tied = rows.iter().map(|row| row.1).collect::<Float64Array>();
        let ints = rows.iter().map(|row| row.2).collect::<Int64Array>();
        let large = rows.iter().map(|row| row.3).collect::<UInt64Array>();
        let days = rows.iter().map(|row| row.4).collect::<Date32Array>();
        let times = rows.iter().map(|row| row.5).collect::<TimestampMicrosecondArray>();
        let cents = rows.iter().map(|row| row.6).collect::<Decimal128Array>();
        let cents = cents.with_precision_and_scale(10, 2).expect("cents");
        let arrays: [ArrayRef; 7] = [
            Arc::new(floats),
            Arc::new(tied),
            Arc::new(ints),
            Arc::new(large),
            Arc::new(days),
            Arc::new(times),
            Arc::new(cents),
        ];
        Table::new(COLUMNS.into_iter().zip(arrays).collect())
    })
}

fn limits() -> impl Strategy<Value = Limits> {
    let most_distinct = prop_oneof![Just(0usize), Just(5), Just(1 << 20)];
    let most_keys = prop_oneof![Just(0u64), Just(7), Just(60), Just(1 << 20)];
    let bucket_rows = prop_oneof![Just(1u64), Just(6), Just(1000)];
    (most_distinct, most_keys, bucket_rows).prop_map(|(most_distinct, most_keys, bucket_rows)| {
        Limits { long_rows: 0, counted_rows: 0, most_distinct, most_keys, bucket_rows }
    })
}

fn metrics(column: &str, whole: bool) -> Vec<Metric> {
    let (column, filter) = (column.to_owned(), Some(Filter("int > -5 OR int IS NULL".into())));
    let mut asked = vec![Metric::Gaps { column: column.clone(), filter: None }];
    if whole {
        asked.push(Metric::Comparison { column: column.clone(), filter: None });
    }
    for bins in [1, 2, 10] {
        asked.push(Metric::Bins { column: column.clone(), bins, filter: filter.clone() });
    }
    let definition = Definition::Type7;
    for (on, p) in [(Side::Data, 0.0), (Side::Data, 0.37), (Side::Reference, 0.5)] {
        asked.push(Metric::Quantile {
            on,
            column: column.clone(),
            p: Float(p),
            definition,
            filter: None,
        });
    }
    asked.push(Metric::Quantile {
        on: Side::Reference,
        column: column.clone(),
        p: Float(0.95),
        definition,
        filter,
    });
    asked
}

fn engine(data: &Table, reference: &Table, limits: Limits, n_threads: usize) -> EmbeddedEngine {
    let options = Options { n_threads, ..Options::default() };
    let datasets = vec![
        (Side::Data, Box::new(data.clone()) as _),
        (Side::Reference, Box::new(reference.clone()) as _),
    ];
    EmbeddedEngine::new(datasets, options).with_limits(limits)
}

/// What is exact of gaps where not all values were told apart.
fn exact(gaps: &Gaps) -> String {
    let Gaps { n, m, h_plus, h_minus, at_plus, at_minus, curve, .. } = gaps;
    format!("{n} {m} {h_plus} {h_minus} {at_plus:?} {at_minus:?} {curve:?}")
}

/// Asserts that an answer is that of sorting everything.
pub fn agree(
    found: &Result<Measured, Unmeasured>,
    sorted: &Result<Measured, Unmeasured>,
    metric: &Metric,
) {
    match (found, sorted) {
        (Ok(Measured::Gaps(found)), Ok(Measured::Gaps(sorted))) => {
            assert_eq!(exact(found), exact(sorted), "{metric}");
            assert_eq!((found.rows, found.missing()), (sorted.rows, sorted.missing()));
            assert_eq!((found.infinite, found.axis), (sorted.infinite, sorted.axis));
            assert!(found.distinct <= sorted.distinct && found.tied <= sorted.tied);
            if found.resolved {
                assert_eq!(found.distinct, sorted.distinct);
                assert_eq!(found.tied, sorted.tied);
            }
            if found.groups.is_some() {
                assert_eq!(found.groups, sorted.groups);
            }
        }
        (found, sorted) => assert_eq!(format!("{found:?}"), format!("{sorted:?}"), "{metric}"),
    }
}

#[test]
fn rounds_answer_what_sorting_everything_does() {
    let config = ProptestConfig::with_cases(150);
    proptest!(config, |(data in tables(), reference in tables(), limits in limits(),
        cut in (1..200usize, 1..90usize), n_threads in 1..4usize, whole in any::<bool>())| {
        let (data, reference) = (data.cut(cut.0, cut.1), reference.cut(cut.1, cut.0));
        let asked: Vec<Metric> =
            COLUMNS.iter().flat_map(|column| metrics(column, whole)).collect();
        let found = engine(&data, &reference, limits, n_threads).measure(&asked);
        let sorted = engine(&data, &reference, Limits::default(), 1).measure(&asked);
        for ((found, sorted), metric) in found.iter().zip(&sorted).zip(&asked) {
            agree(found, sorted, metric);
        }
    });
}

/// Values that all differ, evenly spread.
fn long(scale: f64, shift: f64, is_sorted: bool) -> Table {
    let value = |i: i32| scale * f64::from(i * 7919 % 100_003) / 1e3 + shift;
    let mut values: Vec<f64> = (0..100_003).map(value).collect();
    if is_sorted {
        values.sort_by(f64::total_cmp);
    }
    Table::new(vec![("x", Arc::new(Float64Array::from(values)) as ArrayRef)]).cut(9000, 1000)
}

fn check_long([data, reference]: [Table; 2], most_scans: usize) -> Measured {
    let limits = Limits {
        long_rows: 1000,
        counted_rows: 1000,
        most_keys: 60_000,
        most_distinct: 5000,
        bucket_rows: 32,
    };
    let asked = [Metric::Gaps { column: "x".into(), filter: None }];
    let rounds = engine(&data, &reference, limits, 2);
    let mut found = rounds.measure(&asked);
    let scans = [Side::Data, Side::Reference].map(|side| rounds.scans(&side));
    assert!(scans.iter().all(|scans| *scans <= most_scans), "{scans:?}");
    let sorted = engine(&data, &reference, Limits::default(), 1).measure(&asked);
    agree(&found[0], &sorted[0], &asked[0]);
    found.remove(0).expect("gaps")
}

#[test]
fn long_columns_take_two_scans_and_open_few_buckets() {
    let found = check_long([long(1.0, 0.0, false), long(1.02, 0.0, false)], 2);
    assert!(matches!(&found, Measured::Gaps(gaps) if !gaps.resolved));
}

#[test]
fn a_gap_that_is_the_same_everywhere_is_found_by_sorting() {
    check_long([long(1.0, 0.0, false), long(1.0, 0.7, false)], 4);
    check_long([long(1.0, 0.0, true), long(1.0, 0.7, true)], 4);
}

#[test]
fn few_distinct_values_take_one_scan() {
    let limits = Limits { long_rows: 1000, counted_rows: 1000, ..Limits::default() };
    let ints: ArrayRef = Arc::new(Int64Array::from_iter_values((0..20_000).map(|i| i * i % 97)));
    let table = Table::new(vec![("x", ints)]).cut(3000, 500);
    let asked = [
        Metric::Gaps { column: "x".into(), filter: None },
        Metric::Comparison { column: "x".into(), filter: None },
    ];
    let rounds = engine(&table, &table, limits, 2);
    let found = rounds.measure(&asked);
    assert_eq!((rounds.scans(&Side::Data), rounds.scans(&Side::Reference)), (1, 1));
    let sorted = engine(&table, &table, Limits::default(), 1).measure(&asked);
    for ((found, sorted), metric) in found.iter().zip(&sorted).zip(&asked) {
        agree(found, sorted, metric);
    }
}

fn value_of(found: &Result<Measured, Unmeasured>) -> Option<&Value> {
    match found {
        Ok(Measured::Quantile(value)) => value.as_ref(),
        _ => None,
    }
}

fn median(on: Side) -> Metric {
    let (p, definition) = (Float(0.5), Definition::Type1);
    Metric::Quantile { on, column: "x".into(), p, definition, filter: None }
}

#[test]
fn wide_values_are_sorted_whatever_a_sample_shows_of_them() {
    let limits = Limits { long_rows: 0, counted_rows: 0, ..Limits::default() };
    // Of the decimals a sample sees nothing but nulls: they stand behind all first batches.
    let cents = (0..100).map(|row: i128| (row % 50 >= 10).then_some(row));
    let cents = cents.collect::<Decimal128Array>().with_precision_and_scale(10, 2).expect("cents");
    let ints = Int64Array::from_iter_values(0..100);
    let [cents, ints] = [Arc::new(cents) as ArrayRef, Arc::new(ints)]
        .map(|values| Table::new(vec![("x", values)]).cut(50, 10));
    for (data, reference) in [(cents.clone(), cents.clone()), (ints, cents)] {
        let mut asked = metrics("x", true);
        asked.truncate(2);
        asked.extend([median(Side::Data), median(Side::Reference)]);
        let found = engine(&data, &reference, limits, 2).measure(&asked);
        let sorted = engine(&data, &reference, Limits::default(), 2).measure(&asked);
        for ((found, sorted), metric) in found.iter().zip(&sorted).zip(&asked) {
            agree(found, sorted, metric);
        }
    }
}

#[test]
fn a_side_that_cannot_be_read_leaves_the_other_its_answers() {
    let ints: ArrayRef = Arc::new(Int64Array::from_iter_values((0..3000).map(|i| i * 7 % 3000)));
    let data = Table::new(vec![("x", ints)]).cut(400, 100);
    let mut reference = data.clone();
    reference.broken = vec![3];
    for most_distinct in [1 << 20, 0] {
        let limits = Limits { long_rows: 0, counted_rows: 0, most_distinct, ..Limits::default() };
        for n_threads in 1..4 {
            let asked = metrics("x", false);
            let found = engine(&data, &reference, limits, n_threads).measure(&asked[..1]);
            let broken = Unmeasured::Unreadable("part 3 is broken".into());
            assert_eq!(found[0].as_ref().expect_err("unreadable"), &broken);
            let asked = [asked[0].clone(), median(Side::Data), median(Side::Reference)];
            let found = engine(&data, &reference, limits, n_threads).measure(&asked);
            assert_eq!(found[0].as_ref().expect_err("unreadable"), &broken);
            assert_eq!(value_of(&found[1]), Some(&Value::Int(1499)));
            assert_eq!(found[2].as_ref().expect_err("unreadable"), &broken);
            let found = engine(&reference, &data, limits, n_threads).measure(&asked);
            assert_eq!(found[1].as_ref().expect_err("unreadable"), &broken);
            assert_eq!(value_of(&found[2]), Some(&Value::Int(1499)));
        }
    }
}
