//! Extraction from tables in memory to files in memory.

use std::io;
use std::sync::{Mutex, PoisonError};

use arrow::array::{Float64Array, Int64Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::engine::table::Table;
use crate::metric::{Bound, BoundValue, Filter, Value};

/// A file that a test can read while somebody else owns it.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn sink(&self, format: RowFormat) -> Option<Sink> {
        Some(Sink { format, out: Box::new(self.clone()) })
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn table() -> Table {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..10));
    let prices = Float64Array::from_iter((0..10).map(|row| (row != 4).then_some(f64::from(row))));
    let names = StringArray::from_iter_values((0..10).map(|row| format!("n,{row}")));
    Table::new(vec![("id", ids), ("price", Arc::new(prices)), ("name", Arc::new(names))]).cut(4, 3)
}

fn below(column: &str, max: i128, filter: Option<&str>) -> RowRule {
    let max = Some(Bound { value: BoundValue::Value(Value::Int(max)), strict: true });
    let predicate = Predicate::Within { column: column.into(), min: None, max, negated: false };
    RowRule { predicate, missing: Missing::Skip, filter: filter.map(|text| Filter(text.into())) }
}

fn run(rules: &[(String, RowRule)], format: RowFormat) -> (Shared, Shared, Extracted) {
    let (failing, clean) = (Shared::default(), Shared::default());
    let hides = |name: &str| name == "name";
    let extraction = Extraction {
        rules,
        hides: &hides,
        failing: failing.sink(format),
        clean: clean.sink(format),
    };
    let extracted = extract(&table(), extraction).expect("extracted");
    (failing, clean, extracted)
}

fn rules() -> Vec<(String, RowRule)> {
    vec![
        ("t::price".into(), below("price", 7, None)),
        ("t::id".into(), below("id", 2, Some("id < 3 OR id > 7"))),
    ]
}

#[test]
fn rows_are_parted_by_the_rules_that_they_break() {
    let (failing, clean, extracted) = run(&rules(), RowFormat::Csv);
    assert_eq!(extracted, Extracted { failing: Some(4), clean: Some(6) });
    let text = |file: &Shared| String::from_utf8(file.bytes()).expect("text");
    assert_eq!(
        text(&failing),
        "id,price,name,failed_checks\n2,2,(masked),t::id\n7,7,(masked),t::price\n\
         8,8,(masked),t::price; t::id\n9,9,(masked),t::price; t::id\n"
    );
    assert_eq!(
        text(&clean),
        "id,price,name\n0,0,(masked)\n1,1,(masked)\n3,3,(masked)\n4,,(masked)\n5,5,(masked)\n\
         6,6,(masked)\n"
    );
}

#[test]
fn parquet_keeps_types_and_lists_the_checks() {
    let (failing, clean, _) = run(&rules(), RowFormat::Parquet);
    let read = |file: &Shared| {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(file.bytes()));
        let batches = reader.expect("parquet").build().expect("a reader");
        let batches: Vec<RecordBatch> = batches.map(|batch| batch.expect("a batch")).collect();
        arrow::compute::concat_batches(&batches[0].schema(), &batches).expect("one batch")
    };
    let (failing, clean) = (read(&failing), read(&clean));
    assert_eq!((failing.num_rows(), clean.num_rows()), (4, 6));
    assert_eq!(clean.column(0).as_ref(), &Int64Array::from(vec![0, 1, 3, 4, 5, 6]));
    let ids = failing.column(3);
    assert_eq!(format!("{:?}", crate::engine::column::render(ids, 2)), "\"[t::price, t::id]\"");
}

#[test]
fn without_failing_rows_the_file_has_its_columns() {
    let (failing, clean, extracted) =
        run(&[("t::id".into(), below("id", 99, None))], RowFormat::Csv);
    assert_eq!(extracted, Extracted { failing: Some(0), clean: Some(10) });
    assert_eq!(failing.bytes(), b"id,price,name,failed_checks\n");
    assert_eq!(clean.bytes().iter().filter(|byte| **byte == b'\n').count(), 11);
}
