//! Parquet files, whole and damaged.

use super::*;
use crate::engine::source::shown::Shown;
use crate::engine::source::{SourceSpec, open};
use arrow::array::{
    ArrayRef, AsArray, DictionaryArray, Int32Array, RecordBatch, RecordBatchOptions, StringArray,
};
use arrow::datatypes::{Field, Int32Type, Schema as ArrowSchema};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

/// Integers 1 to 4 with a page checksum, written by pyarrow 26.0.0: `write_table(…,
/// write_page_checksum=True, compression="none", use_dictionary=False, store_schema=False,
/// write_statistics=False)`.
const WITH_CHECKSUM: &str = "504152311500152c152c15aa8a84d30a1c15081500150615061c0000000200000\
    00801010000000200000003000000040000001504192c35001806736368656d6115020015022502180161001608\
    191c191c26001c1502192506001918016115001608165e165e2608491c150015001502003c29061926000800000\
    0165e16082608165e002820706172717565742d6370702d6172726f772076657273696f6e2032362e302e31191c\
    1c0000007a00000050415231";

fn with_checksum() -> Vec<u8> {
    let digit = |byte: &u8| (*byte as char).to_digit(16).expect("a digit") as u8;
    let digits: Vec<u8> = WITH_CHECKSUM.as_bytes().iter().map(digit).collect();
    digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect()
}

pub(super) fn written(columns: Vec<(&str, ArrayRef)>, rows: usize, group_rows: usize) -> Vec<u8> {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group_rows));
    written_with(columns, rows, properties.build())
}

pub(super) fn written_with(
    columns: Vec<(&str, ArrayRef)>,
    rows: usize,
    properties: WriterProperties,
) -> Vec<u8> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, values)| Field::new(*name, values.data_type().clone(), true))
        .collect();
    let schema = Arc::new(ArrowSchema::new(fields));
    let arrays = columns.into_iter().map(|(_, values)| values).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let record = RecordBatch::try_new_with_options(schema.clone(), arrays, &options);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).expect("a writer");
    writer.write(&record.expect("a batch")).expect("written");
    writer.close().expect("closed");
    bytes
}

fn read(bytes: &[u8]) -> Result<Shown, String> {
    let file = tempfile::Builder::new().suffix(".parquet").tempfile().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("written");
    let source = open(&SourceSpec::new(file.path().to_string_lossy()));
    source.and_then(|source| Shown::of(&*source)).map_err(|error| error.to_string())
}

fn check(bytes: &[u8], expected: Result<&str, &str>) {
    match (read(bytes), expected) {
        (Ok(shown), Ok(rows)) => assert_eq!(shown.text(), rows),
        (Err(error), Err(expected)) => assert!(error.contains(expected), "{error}"),
        (found, _) => panic!("{found:?}"),
    }
}

#[test]
fn row_groups_follow_each_other() {
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(0..5));
    let words: ArrayRef = Arc::new(StringArray::from(vec![Some("x"), None, None, None, Some("y")]));
    let bytes = written(vec![("n", numbers), ("w", words)], 5, 2);
    check(&bytes, Ok("0|x 1|null 2|null 3|null 4|y"));
    assert_eq!(groups(&[70_000, 60_000, 5_000, 1_000, 0]), [vec![0], vec![1, 2], vec![3, 4]]);
}

#[test]
fn damage_is_named() {
    let mut bytes = with_checksum();
    check(&bytes, Ok("1 2 3 4"));
    check(&bytes[..bytes.len() - 9], Err("the footer: it is damaged or cut off"));
    let value = bytes.windows(4).position(|four| four == [3, 0, 0, 0]).expect("the third value");
    bytes[value] ^= 64;
    check(&bytes, Err("row group 0: it is damaged or cut off: page CRC checksum mismatch"));
}

#[test]
fn no_flipped_bit_brings_the_reader_down() {
    let mut bytes = with_checksum();
    for at in 0..bytes.len() {
        for bit in [1, 16, 128] {
            bytes[at] ^= bit;
            // Either a clear error, or a file that reads; never a panic.
            let _ = read(&bytes);
            bytes[at] ^= bit;
        }
    }
}

#[test]
fn names_may_stand_twice_until_they_are_read() {
    let column = || -> ArrayRef { Arc::new(Int32Array::from(vec![1])) };
    let bytes = written(vec![("a", column()), ("a", column())], 1, 10);
    check(&bytes, Err("2 columns are named `a`"));
}

/// Random cells, of few different texts or of many.
fn cells() -> impl Strategy<Value = Vec<(Option<String>, Option<i32>)>> {
    let few = prop::sample::select(vec!["", "a", "b", "a longer text than a view holds"]);
    let text = prop_oneof![few.prop_map(str::to_owned), "[a-z]{0,20}"];
    let cell = (prop::option::weighted(0.8, text), prop::option::weighted(0.8, -3..3i32));
    prop::collection::vec(cell, 1..60)
}

#[test]
fn texts_read_the_same_however_they_are_stored() {
    let limits = prop::sample::select(vec![1, 40, 1 << 20]);
    proptest!(ProptestConfig::with_cases(96), |(
        cells in cells(), group_rows in 1..70usize, limit in limits, is_dictionary: bool,
    )| {
        let texts: StringArray = cells.iter().map(|cell| cell.0.as_deref()).collect();
        let words = cells.iter().map(|cell| cell.0.as_deref());
        let words: DictionaryArray<Int32Type> = words.collect();
        let numbers: Int32Array = cells.iter().map(|cell| cell.1).collect();
        let columns: Vec<(&str, ArrayRef)> =
            vec![("t", Arc::new(texts)), ("w", Arc::new(words)), ("n", Arc::new(numbers))];
        // A small limit makes the writer fall back to plain pages in the middle of a chunk.
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(group_rows))
            .set_dictionary_enabled(is_dictionary)
            .set_dictionary_page_size_limit(limit)
            .set_write_batch_size(4)
            .set_data_page_row_count_limit(8);
        let bytes = written_with(columns, cells.len(), properties.build());
        let shown = read(&bytes).expect("readable");
        let expected = cells.iter().map(|(text, number)| {
            vec![text.clone(), text.clone(), number.map(|number| number.to_string())]
        });
        prop_assert_eq!(shown.rows, expected.collect::<Vec<_>>());
    });
}

#[test]
fn many_files_are_read_in_any_order_with_few_footers_in_memory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first_of = |file: i32| file * 10;
    for file in 0..9 {
        let values: ArrayRef =
            Arc::new((first_of(file)..first_of(file) + 3).collect::<Int32Array>());
        let path = folder.path().join(format!("{file}.parquet"));
        std::fs::write(path, written(vec![("a", values)], 3, 3)).expect("written");
    }
    let source = open(&SourceSpec::new(folder.path().to_string_lossy())).expect("opened");
    let columns = ["a".to_owned()];
    for part in [8, 0, 4, 4, 1, 7, 2, 6, 3, 5, 0] {
        let mut read = Vec::new();
        let each = &mut |piece: Piece| {
            read.extend_from_slice(piece.record.column(0).as_primitive::<Int32Type>().values());
            Ok(())
        };
        source.read(part, &columns, each).expect("read");
        let first = first_of(part as i32);
        assert_eq!(read, [first, first + 1, first + 2]);
        let mut rows = 0;
        let tallied = source.tally(part, "a", &mut |tally| {
            rows += tally.rows();
            Ok(())
        });
        assert_eq!((tallied, rows), (Ok(3), 3));
    }
}

#[test]
fn a_footer_that_has_changed_is_refused() {
    let file = tempfile::Builder::new().suffix(".parquet").tempfile().expect("a temporary file");
    let of = |rows: i32| {
        let values: ArrayRef = Arc::new((0..rows).collect::<Int32Array>());
        written(vec![("a", values)], rows as usize, 2)
    };
    std::fs::write(file.path(), of(6)).expect("written");
    let input = Input::open(file.path()).expect("opened");
    let (footers, others) = (Arc::new(Footers::default()), Arc::new(Footers::default()));
    let mut source = ParquetSource::open(input.clone(), footers, 0).expect("a footer");
    source.groups.pop();
    source.footers = others;
    let message = source.read(0, &["a".into()], &mut |_| Ok(())).expect_err("refused").to_string();
    assert!(message.ends_with("its footer has changed"), "{message}");
}
