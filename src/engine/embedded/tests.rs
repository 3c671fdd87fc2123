//! Answers of the whole engine.

mod relations;

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal256Array, Float64Array, Int64Array, StringArray};
use arrow::datatypes::i256;

use super::*;
use crate::engine::table::Table;
use crate::metric::{
    Bound, BoundValue, Counted, Duplicates, Example, Filter, Float, KeyQuestion, Missing,
    Predicate, RowRule, TextTest, Value,
};
use crate::stats::quantile::Definition;

fn table() -> Table {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values((0..1000).map(|row| row % 990)));
    let price = (0..1000).map(|row| (row % 10 != 0).then_some(f64::from(row % 7) - 1.0));
    let price: ArrayRef = Arc::new(price.collect::<Float64Array>());
    let room = (0..1000).map(|row| Some(["shared", "private"][row % 2]));
    let room: ArrayRef = Arc::new(room.collect::<StringArray>());
    Table::new(vec![("id", ids), ("price", price), ("room", room)])
}

fn engine(data: Table, reference: Table, options: Options) -> EmbeddedEngine {
    let datasets: Vec<(Side, Box<dyn Source>)> =
        vec![(Side::Data, Box::new(data)), (Side::Reference, Box::new(reference))];
    EmbeddedEngine::new(datasets, options)
}

fn threads(n_threads: usize) -> Options {
    Options { n_threads, ..Options::default() }
}

fn rule(predicate: Predicate) -> RowRule {
    RowRule { predicate, missing: Missing::Skip, filter: None }
}

fn not_negative() -> RowRule {
    let min = Some(Bound { value: BoundValue::Value(Value::Int(0)), strict: false });
    rule(Predicate::Within { column: "price".into(), min, max: None, negated: false })
}

fn quantile(on: Side, p: f64, filter: Option<Filter>) -> Metric {
    let definition = Definition::Type7;
    Metric::Quantile { on, column: "price".into(), p: Float(p), definition, filter }
}

fn metrics() -> Vec<Metric> {
    let on = || Side::Data;
    let filter = || Some(Filter("id > 500".into()));
    let columns = || vec!["id".to_owned()];
    let column = || "price".to_owned();
    vec![
        Metric::Rows { on: on(), filter: None },
        Metric::Rows { on: on(), filter: filter() },
        Metric::CountWhere { on: on(), rule: not_negative() },
        Metric::CountWhere {
            on: on(),
            rule: rule(Predicate::Text {
                column: "room".into(),
                test: TextTest::Prefix { parts: vec!["priv".into()], ignore_case: false },
                negated: false,
            }),
        },
        Metric::Duplicates { on: on(), columns: columns(), whole: false, filter: None },
        Metric::Duplicates {
            on: on(),
            columns: vec!["id".into(), "room".into()],
            whole: true,
            filter: None,
        },
        Metric::Frequencies { on: on(), column: "room".into(), filter: filter() },
        Metric::Frequencies { on: Side::Reference, column: "room".into(), filter: None },
        Metric::Moments { on: on(), column: column(), shape: false, filter: None },
        quantile(on(), 0.3, None),
        quantile(Side::Reference, 0.5, filter()),
        Metric::Comparison { column: column(), filter: None },
        Metric::Bins { column: column(), bins: 4, filter: None },
        Metric::Comparison { column: "room".into(), filter: None },
        Metric::Examples {
            on: on(),
            rule: not_negative(),
            columns: vec!["id".into(), column()],
            limit: 3,
        },
        Metric::Examples {
            on: on(),
            rule: rule(Predicate::KeyIn {
                columns: columns(),
                keys: vec![0, 1].into(),
                negated: true,
            }),
            columns: columns(),
            limit: 3,
        },
        Metric::Identity { on: Side::Reference },
        Metric::Moments { on: on(), column: "nothing".into(), shape: false, filter: None },
        Metric::Values { on: on(), column: column(), filter: None },
        Metric::Groups { on: on(), column: column(), by: "room".into(), filter: filter() },
        Metric::Pairs { on: on(), columns: ["id".into(), column()], filter: None },
        Metric::Ends { on: on(), column: "room".into(), filter: filter() },
        Metric::Moments { on: on(), column: column(), shape: true, filter: filter() },
    ]
}

#[test]
fn many_questions_are_one_scan_of_each_side() {
    let engine = engine(table(), table(), threads(2));
    let answers = engine.measure(&metrics());
    assert_eq!(answers.len(), metrics().len());
    assert_eq!((engine.scans(&Side::Data), engine.scans(&Side::Reference)), (1, 1));
    assert_eq!(engine.scans(&Side::Named("other".into())), 0);
}

#[test]
fn known_rows_and_identities_need_no_scan() {
    let engine = engine(table(), table(), threads(1));
    let asked = [
        Metric::Rows { on: Side::Data, filter: None },
        Metric::Identity { on: Side::Data },
        Metric::Ends { on: Side::Reference, column: "nothing".into(), filter: None },
    ];
    let answers = engine.measure(&asked);
    assert!(matches!(answers[0], Ok(Measured::Rows(1000))));
    assert_eq!((engine.scans(&Side::Data), engine.scans(&Side::Reference)), (0, 0));
}

#[test]
fn answers_do_not_depend_on_threads_or_cuts() {
    let whole = format!("{:?}", engine(table(), table(), threads(1)).measure(&metrics()));
    for (n_threads, part_rows, batch_rows) in
        [(1, 1000, 7), (2, 1000, 64), (4, 1000, 1), (2, 130, 50), (4, 1, 1), (3, 999, 1000)]
    {
        let cut = || table().cut(part_rows, batch_rows);
        let answers = engine(cut(), cut(), threads(n_threads)).measure(&metrics());
        assert_eq!(format!("{answers:?}"), whole, "{n_threads} {part_rows} {batch_rows}");
    }
}

#[test]
fn answers_are_what_a_person_would_count() {
    let cut = || table().cut(130, 50);
    let answers = engine(cut(), cut(), threads(2)).measure(&metrics());
    let answers: crate::metric::Answers = metrics().into_iter().zip(answers).collect();
    let asked = metrics();
    assert_eq!(answers.rows(&asked[0]), Ok(&1000));
    assert_eq!(answers.rows(&asked[1]), Ok(&489));
    let counted = Counted { rows: 1000, examined: 900, nulls: 100, nans: 0, violations: 128 };
    assert_eq!(answers.counted(&asked[2]), Ok(&counted));
    let keys: Vec<u128> = (0..10).collect();
    let duplicates = Duplicates {
        rows: 1000,
        examined: 1000,
        skipped: 0,
        distinct: 990,
        duplicated: 20,
        keys: keys.into(),
    };
    assert_eq!(answers.duplicates(&asked[4]), Ok(&duplicates));
    let counts = &answers.frequencies(&asked[7]).expect("counts").counts;
    let value = |text: &str| Value::Text(text.into());
    assert_eq!(*counts, [(value("private"), 500), (value("shared"), 500)]);
    let sampled = answers.moments(&asked[8]).expect("moments");
    assert_eq!(
        (sampled.n, sampled.nulls, sampled.min.clone()),
        (900, 100, Some(Value::float(-1.0)))
    );
    assert_eq!(answers.moments(&asked[8]).expect("moments").sum, Some(Value::float(1800.0)));
    let ends = &answers.ends(&asked[21]).expect("ends").values;
    assert_eq!(*ends, Some((value("private"), value("shared"))));
    assert!(answers.moments(&asked[22]).expect("moments").skewness.is_some());
    let compared = answers.comparison(&asked[11]).expect("a comparison");
    assert_eq!((compared.n, compared.h_plus, compared.missing()), (900, 0, [100, 100]));
    let bins = answers.bins(&asked[12]).expect("bins");
    assert_eq!(bins.data.iter().sum::<u64>(), 900);
    let reason = answers.comparison(&asked[13]).expect_err("text is no number").to_string();
    assert!(reason.contains("string"), "{reason}");
    let id = |row, id| Example { row, cells: vec![("id".into(), Value::Int(id))] };
    let examples = answers.examples(&asked[15]).expect("examples");
    assert_eq!(*examples, [id(1, 0), id(2, 1), id(991, 0)]);
    let broken: Vec<u64> =
        answers.examples(&asked[14]).expect("examples").iter().map(|example| example.row).collect();
    assert_eq!(broken, [8, 15, 22]);
    assert_eq!(answers.identity(&asked[16]).expect("identity").path, "table");
    let reason = answers.moments(&asked[17]).expect_err("no such column").to_string();
    assert_eq!(reason, "there is no column `nothing`");
}

#[test]
fn the_first_broken_part_speaks_for_all() {
    for n_threads in [1, 2, 4] {
        let mut data = table().cut(10, 5);
        data.broken = vec![70, 41, 99];
        let engine = engine(data, table(), threads(n_threads));
        let answers = engine.measure(&metrics());
        let broken = Unmeasured::Unreadable("part 41 is broken".into());
        assert_eq!(answers[1].as_ref().expect_err("unreadable"), &broken);
        assert_eq!(answers[11].as_ref().expect_err("unreadable"), &broken);
        assert!(answers[7].is_ok() && answers[10].is_ok());
    }
}

#[test]
fn a_panic_is_an_error_and_not_the_end() {
    let mut data = table().cut(10, 5);
    data.panics = vec![3];
    let answers = engine(data, table(), threads(2)).measure(&metrics());
    let reason = answers[2].as_ref().expect_err("a panic").to_string();
    assert_eq!(reason, "a bug of datacheck: part 3 panics");
}

#[test]
fn the_earlier_of_two_broken_parts_speaks_whichever_fails_first() {
    for late_ms in [vec![(0, 20), (1, 40)], vec![(0, 40), (1, 20)]] {
        let mut data = table().cut(500, 500);
        (data.broken, data.late_ms) = (vec![0, 1], late_ms);
        let answers = engine(data, table(), threads(2)).measure(&metrics()[1..2]);
        let broken = Unmeasured::Unreadable("part 0 is broken".into());
        assert_eq!(answers[0].as_ref().expect_err("unreadable"), &broken);
    }
}

/// A column whose rows 700 and 900 are longer than any number that the engine keeps.
fn overlong() -> Table {
    let digits = |row| match row {
        700 => i256::MAX,
        900 => i256::MIN,
        _ => i256::from_i128(row),
    };
    let longs: Decimal256Array = (0..1000).map(|row| Some(digits(row))).collect();
    let id: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1000));
    Table::new(vec![("long", Arc::new(longs)), ("id", id)])
}

#[test]
fn a_question_that_fails_leaves_the_others_alone_and_names_its_first_failure() {
    for (n_threads, batch_rows) in [(1, 3), (4, 3), (4, 100), (3, 200)] {
        let mut data = overlong().cut(200, batch_rows);
        data.late_ms = vec![(3, 20)];
        let present = |column: &str| Metric::CountWhere {
            on: Side::Data,
            rule: rule(Predicate::Present { column: column.into() }),
        };
        let asked = [present("long"), present("id")];
        let answers = engine(data, table(), threads(n_threads)).measure(&asked);
        let reason = answers[0].as_ref().expect_err("too long").to_string();
        assert_eq!(reason, format!("the decimal {} has more than 38 digits", i256::MAX));
        assert!(answers[1].is_ok());
    }
}

#[test]
fn the_memory_limit_refuses_by_name_what_cannot_spill() {
    let limited = Options { memory_limit_bytes: Some(20_000), ..threads(1) };
    let pairs = |on| Metric::Pairs { on, columns: ["id".into(), "price".into()], filter: None };
    let answers = engine(table(), table(), limited).measure(&[pairs(Side::Data)]);
    let reason = answers[0].as_ref().expect_err("too much").to_string();
    assert!(reason.starts_with("pairing `id`, `price` in 1000 rows"), "{reason}");
}

#[test]
fn keys_are_the_same_under_any_memory_limit() {
    let names = ["id", "room"];
    let asked = [1, 2].map(|parts| Metric::Duplicates {
        on: Side::Data,
        columns: names.iter().take(parts).map(|name| (*name).into()).collect(),
        whole: parts == 2,
        filter: None,
    });
    let among = |parts: usize, ask| {
        let columns: Vec<String> = names.iter().take(parts).map(|name| (*name).into()).collect();
        Metric::Keys { their: columns.clone(), columns, filter: None, to: Side::Reference, ask }
    };
    let keys = [among(1, KeyQuestion::Orphans), among(2, KeyQuestion::Shared)];
    let asked: Vec<Metric> = asked.into_iter().chain(keys).collect();
    let measure = |data, options| -> crate::metric::Answers {
        let answers = engine(data, table(), options).measure(&asked);
        asked.iter().cloned().zip(answers).collect()
    };
    let whole = measure(table(), threads(2));
    let limited = Options { memory_limit_bytes: Some(1), ..threads(2) };
    let mut unknown = table().cut(90, 7);
    unknown.schema.rows = None;
    for data in [table(), unknown] {
        let answers = measure(data, limited.clone());
        for metric in &asked[..2] {
            let found = answers.duplicates(metric).expect("duplicates");
            assert_eq!(found, whole.duplicates(metric).expect("duplicates"));
        }
        for metric in &asked[2..] {
            let found = answers.keys(metric).expect("keys");
            assert_eq!(found, whole.keys(metric).expect("keys"));
        }
        // What lies in a file is asked for as what lies in memory.
        let told =
            [&answers, &whole].map(|found| found.keys(&asked[3]).expect("keys").keys.clone());
        let [filed, held] = told.map(|keys| {
            let columns = names.map(str::to_owned).to_vec();
            let shared = rule(Predicate::KeyIn { columns, keys, negated: true });
            let asked = Metric::Examples {
                on: Side::Data,
                rule: RowRule { filter: Some(Filter("price > 2".into())), ..shared },
                columns: names.map(str::to_owned).to_vec(),
                limit: 9,
            };
            let answers =
                engine(table(), table(), threads(2)).measure(std::slice::from_ref(&asked));
            let answers: crate::metric::Answers =
                [asked.clone()].into_iter().zip(answers).collect();
            answers.examples(&asked).expect("examples").to_vec()
        });
        assert_eq!((filed.len(), &filed), (9, &held));
    }
}

#[test]
fn progress_tells_every_row_once() {
    let seen = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counter = seen.clone();
    let progress = move |rows| {
        counter.fetch_add(rows, std::sync::atomic::Ordering::Relaxed);
    };
    let options = Options { progress: Some(Arc::new(progress)), ..threads(3) };
    engine(table().cut(90, 7), table(), options).measure(&metrics()[1..3]);
    assert_eq!(seen.load(std::sync::atomic::Ordering::Relaxed), 1000);
}

#[test]
fn a_scan_for_examples_stops_when_it_has_them() {
    let seen = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counter = seen.clone();
    let progress = move |rows| {
        counter.fetch_add(rows, std::sync::atomic::Ordering::Relaxed);
    };
    let options = Options { progress: Some(Arc::new(progress)), ..threads(1) };
    let answers = engine(table().cut(90, 7), table(), options).measure(&metrics()[14..15]);
    assert!(matches!(&answers[0], Ok(Measured::Examples(examples)) if examples.len() == 3));
    assert_eq!(seen.load(std::sync::atomic::Ordering::Relaxed), 28);
}
