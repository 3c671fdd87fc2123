//! The law of tallies: what is asked of the values of a column comes to the same as from its rows,
//! however a file stores them.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Float32Array, Float64Array, Int32Array, Int64Array,
    StringArray,
};
use arrow::datatypes::Int32Type;
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;

use super::tests::{written, written_with};
use crate::engine::order::Limits;
use crate::engine::order::tests::agree;
use crate::engine::source::{Source, SourceSpec, WithMissing, open};
use crate::engine::table::Table;
use crate::engine::{EmbeddedEngine, Engine, Options};
use crate::metric::{
    Bound, BoundValue, CellTest, Filter, Float, LengthUnit, Metric, Missing, Nan, Predicate,
    RowRule, Side, TextTest, Value,
};
use crate::stats::quantile::Definition;

const NUMBERS: [&str; 6] = ["float", "tied", "single", "int", "small", "day"];
const TEXTS: [&str; 2] = ["word", "text"];

type Columns = Vec<(&'static str, ArrayRef)>;

fn columns() -> impl Strategy<Value = Columns> {
    let special = prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        Just(0.0),
        Just(5e-324)
    ];
    let float = prop_oneof![1 => special, 5 => -2.0..2.0f64, 1 => any::<f64>()];
    let tied = prop_oneof![3 => Just(5.0), 2 => (0..4i32).prop_map(f64::from), 1 => 0.0..1.0f64];
    let row = (
        prop::option::weighted(0.9, float),
        prop::option::weighted(0.9, tied),
        prop::option::weighted(0.9, prop_oneof![Just(f32::NAN), -2.0..2.0f32]),
        prop::option::weighted(0.9, prop_oneof![Just(i64::MIN), Just(i64::MAX), -9..9i64]),
        prop::option::weighted(0.9, -40..40i32),
        prop::option::weighted(0.9, -3..60i32),
        prop::option::weighted(0.9, prop::sample::select(vec!["", "a", "b", "a longer text"])),
        prop::option::weighted(0.9, "[a-c]{0,3}"),
    );
    let has_nulls = any::<bool>();
    (prop::collection::vec(row, 0..150), has_nulls).prop_map(|(mut rows, has_nulls)| {
        if !has_nulls {
            rows.retain(|row| {
                row.0.is_some() && row.1.is_some() && row.3.is_some() && row.6.is_some()
            });
        }
        let words = rows.iter().map(|row| row.6);
        let words: DictionaryArray<Int32Type> = words.collect();
        vec![
            ("float", Arc::new(rows.iter().map(|row| row.0).collect::<Float64Array>()) as _),
            ("tied", Arc::new(rows.iter().map(|row| row.1).collect::<Float64Array>()) as _),
            ("single", Arc::new(rows.iter().map(|row| row.2).collect::<Float32Array>()) as _),
            ("int", Arc::new(rows.iter().map(|row| row.3).collect::<Int64Array>()) as _),
            ("small", Arc::new(rows.iter().map(|row| row.4).collect::<Int32Array>()) as _),
            ("day", Arc::new(rows.iter().map(|row| row.5).collect::<Date32Array>()) as _),
            ("word", Arc::new(words) as _),
            ("text", Arc::new(rows.iter().map(|row| row.7.clone()).collect::<StringArray>()) as _),
        ]
    })
}

fn properties() -> impl Strategy<Value = WriterProperties> {
    let version = prop_oneof![Just(WriterVersion::PARQUET_1_0), Just(WriterVersion::PARQUET_2_0)];
    let limit = prop::sample::select(vec![1, 40, 200, 1 << 20]);
    (version, 1..90usize, any::<bool>(), limit, 1..40usize).prop_map(
        |(version, group_rows, is_dictionary, limit, page_rows)| {
            // A small limit makes the writer fall back to plain pages in the middle of a chunk.
            let properties = WriterProperties::builder()
                .set_writer_version(version)
                .set_max_row_group_row_count(Some(group_rows))
                .set_dictionary_enabled(is_dictionary)
                .set_dictionary_page_size_limit(limit)
                .set_write_batch_size(4)
                .set_data_page_row_count_limit(page_rows);
            properties.build()
        },
    )
}

fn file(columns: &Columns, properties: WriterProperties) -> tempfile::NamedTempFile {
    let rows = columns[0].1.len();
    let bytes = written_with(columns.clone(), rows, properties);
    let file = tempfile::Builder::new().suffix(".parquet").tempfile().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("written");
    file
}

fn opened(file: &tempfile::NamedTempFile) -> Box<dyn Source> {
    open(&SourceSpec::new(file.path().to_string_lossy())).expect("opened")
}

fn asked(filter: Option<Filter>) -> Vec<Metric> {
    let mut asked = Vec::new();
    for name in NUMBERS {
        let (column, on) = (name.to_owned(), Side::Data);
        let (definition, p) = (Definition::Type7, Float(0.37));
        let shape = name == "tied";
        asked.extend([
            Metric::Gaps { column: column.clone(), filter: None },
            Metric::Bins { column: column.clone(), bins: 3, filter: filter.clone() },
            Metric::Ends { on: on.clone(), column: column.clone(), filter: None },
            Metric::Frequencies { on: on.clone(), column: column.clone(), filter: None },
            Metric::Values { on: on.clone(), column: column.clone(), filter: None },
            Metric::Quantile {
                on: on.clone(),
                column: column.clone(),
                p,
                definition,
                filter: None,
            },
        ]);
        if name != "day" {
            asked.push(Metric::Moments { on, column, shape, filter: None });
        }
    }
    for name in TEXTS {
        for on in [Side::Data, Side::Reference] {
            asked.push(Metric::Frequencies { on, column: name.into(), filter: None });
        }
    }
    asked
}

/// Rules about values and about missing ones.
fn rules() -> Vec<Metric> {
    let end = |value| Some(Bound { value: BoundValue::Value(value), strict: false });
    let strict = |value| Some(Bound { value: BoundValue::Value(value), strict: true });
    let mut predicates = Vec::new();
    for name in NUMBERS.into_iter().chain(TEXTS) {
        let column = || name.to_owned();
        predicates.push(Predicate::Present { column: column() });
        predicates.push(Predicate::Cell { column: column(), test: CellTest::Missing });
        predicates.push(Predicate::Cell { column: column(), test: CellTest::Finite });
        predicates.push(Predicate::Cell { column: column(), test: CellTest::NotNan });
        if name == "day" {
            let test = CellTest::Weekday { days: 0b0100_1001, zone: None };
            predicates.push(Predicate::Cell { column: column(), test });
        }
        let (values, ends) = match name {
            "word" | "text" => {
                let text = |text: &str| Value::Text(text.into());
                ([text("a"), text("b")], [end(text("a")), end(text("b"))])
            }
            "day" => ([Value::Date(3), Value::Date(50)], [end(Value::Date(0)), None]),
            "float" | "tied" | "single" => (
                [Value::float(5.0), Value::float(f64::NAN)],
                [strict(Value::float(0.0)), end(Value::float(5.0))],
            ),
            _ => ([Value::Int(3), Value::Int(-2)], [strict(Value::Int(-9)), end(Value::Int(5))]),
        };
        let [min, max] = ends;
        for negated in [false, true] {
            let (min, max) = (min.clone(), max.clone());
            let within = Predicate::Within { column: column(), min, max, negated };
            let values = [values.as_slice(), &[Value::Null]];
            let sets = [values[0].to_vec(), values.concat()];
            predicates.extend(sets.map(|values| Predicate::OneOf {
                column: column(),
                values,
                negated,
            }));
            predicates.extend(
                [Nan::Value, Nan::Fail]
                    .map(|nan| Predicate::WithNan { predicate: Box::new(within.clone()), nan }),
            );
            predicates.push(within);
        }
    }
    for column in TEXTS {
        let texts = vec!["a".to_owned()];
        let tests = [
            TextTest::Prefix { parts: texts.clone(), ignore_case: false },
            TextTest::AnyCase { texts, with_null: true },
            TextTest::Length { unit: LengthUnit::Characters, min: Some(1), max: Some(2) },
        ];
        for (test, negated) in
            tests.into_iter().flat_map(|test| [(test.clone(), false), (test, true)])
        {
            predicates.push(Predicate::Text { column: column.into(), test, negated });
        }
    }
    let with = |predicate: Predicate| {
        [Missing::Skip, Missing::Fail].map(|missing| Metric::CountWhere {
            on: Side::Data,
            rule: RowRule { predicate: predicate.clone(), missing, filter: None },
        })
    };
    predicates.into_iter().flat_map(with).collect()
}

fn limits() -> impl Strategy<Value = Limits> {
    let most_distinct = prop_oneof![Just(0usize), Just(5), Just(1 << 20)];
    let most_keys = prop_oneof![Just(0u64), Just(7), Just(1 << 20)];
    let long_rows = prop_oneof![3 => Just(0u64), 1 => Just(1 << 30)];
    (most_distinct, most_keys, long_rows).prop_map(|(most_distinct, most_keys, long_rows)| Limits {
        long_rows,
        counted_rows: long_rows,
        most_distinct,
        most_keys,
        bucket_rows: 6,
    })
}

fn engine(sources: [Box<dyn Source>; 2], limits: Limits, n_threads: usize) -> EmbeddedEngine {
    let [data, reference] = sources;
    let datasets = vec![(Side::Data, data), (Side::Reference, reference)];
    let options = Options { n_threads, ..Options::default() };
    EmbeddedEngine::new(datasets, options).with_limits(limits)
}

#[test]
fn tallies_come_to_what_rows_do() {
    proptest!(ProptestConfig::with_cases(150), |(
        data in columns(), reference in columns(), properties in (properties(), properties()),
        limits in limits(), n_threads in 1..4usize, has_filter: bool,
    )| {
        let files = [file(&data, properties.0), file(&reference, properties.1)];
        let stored = files.each_ref().map(opened);
        // Integers may be stored as differences, which depend on the order of the rows.
        for name in ["float", "tied", "single"] {
            prop_assert!(stored[0].has_tally(name), "{} is read as rows", name);
        }
        let filter = has_filter.then(|| Filter("int > -5 OR int IS NULL".into()));
        let asked = [asked(filter), rules()].concat();
        let found = engine(stored, limits, n_threads).measure(&asked);
        let tables = [Table::new(data), Table::new(reference)].map(|table| Box::new(table) as _);
        let rows = engine(tables, Limits::default(), 1).measure(&asked);
        for ((found, rows), metric) in found.iter().zip(&rows).zip(&asked) {
            agree(found, rows, metric);
        }
    });
}

#[test]
fn a_column_in_which_values_are_missing_is_read_as_rows() {
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, -9, 3]));
    let columns: Columns = vec![("a", numbers.clone()), ("b", numbers)];
    let file = file(&columns, WriterProperties::default());
    let missing = vec![("a".to_owned(), vec![Value::Int(-9)])];
    let source = WithMissing::wrap(opened(&file), missing);
    assert_eq!([source.has_tally("a"), source.has_tally("b")], [false, true]);
    let mut cells = Vec::new();
    let rows = source.tally(0, "b", &mut |tally| {
        cells.push(tally.rows());
        Ok(())
    });
    assert_eq!((rows, cells.iter().sum::<u64>()), (Ok(3), 3));
}

#[test]
fn no_flipped_bit_brings_the_counter_down() {
    let words: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("b"), Some("a")]));
    let numbers: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(2.0), None]));
    let mut bytes = written(vec![("w", words), ("n", numbers)], 4, 3);
    let ask = |bytes: &[u8]| {
        let file = tempfile::Builder::new().suffix(".parquet").tempfile().expect("a file");
        std::fs::write(file.path(), bytes).expect("written");
        let Ok(source) = open(&SourceSpec::new(file.path().to_string_lossy())) else { return };
        for name in ["w", "n"].into_iter().filter(|name| source.has_tally(name)) {
            (0..source.parts()).for_each(|part| {
                let mut rows = 0;
                let read = source.tally(part, name, &mut |tally| {
                    rows += tally.rows();
                    Ok(())
                });
                // Either a clear error, or all rows that the footer promises.
                assert!(read.is_err() || read == Ok(rows), "{read:?}");
            });
        }
    };
    for at in 0..bytes.len() {
        for bit in [1, 16, 128] {
            bytes[at] ^= bit;
            ask(&bytes);
            bytes[at] ^= bit;
        }
    }
}
