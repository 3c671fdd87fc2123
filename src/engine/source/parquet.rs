//! Parquet by row group, with Arrow's reader; checksums of pages are verified where there are any.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};

use super::input::{Cursor, Input};
use super::memory::{columns, project};
use super::piece::{identity, select};
use super::{Piece, Source};
use crate::metric::{Identity, Schema, Unmeasured};

const BATCH_ROWS: usize = 1 << 14;
/// Row groups are read together until they have this many rows.
const PART_ROWS: u64 = 1 << 16;

/// One file.
pub(super) struct ParquetSource {
    input: Arc<Input>,
    footer: ArrowReaderMetadata,
    schema: Schema,
    /// Row groups of each part.
    groups: Vec<Vec<usize>>,
}

impl ParquetSource {
    /// Reads the footer.
    pub fn open(input: Arc<Input>) -> Result<Self, Unmeasured> {
        let chunks = Chunks(input.clone());
        let load = || ArrowReaderMetadata::load(&chunks, ArrowReaderOptions::new());
        let footer = guarded(&input, "the footer", load)?;
        let sizes: Vec<u64> = footer
            .metadata()
            .row_groups()
            .iter()
            .map(|group| u64::try_from(group.num_rows()))
            .collect::<Result<_, _>>()
            .map_err(|_| input.fault("a row group has a negative number of rows"))?;
        let rows = sizes.iter().try_fold(0u64, |sum, rows| sum.checked_add(*rows));
        let rows = rows.filter(|rows| {
            i64::try_from(*rows) == Ok(footer.metadata().file_metadata().num_rows())
        });
        let rows = rows.ok_or_else(|| input.fault("its row groups do not add up to its rows"))?;
        let schema = Schema { columns: columns(footer.schema()), rows: Some(rows), untyped: false };
        Ok(ParquetSource { input, footer, schema, groups: groups(&sizes) })
    }
}

/// Puts small row groups together.
fn groups(sizes: &[u64]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut filled = u64::MAX;
    for (index, rows) in sizes.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if filled.saturating_add(*rows) <= PART_ROWS => {
                group.push(index);
                filled += rows;
            }
            _ => {
                groups.push(vec![index]);
                filled = *rows;
            }
        }
    }
    groups
}

impl Source for ParquetSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.groups.len()
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let wanted = select(&self.schema, columns)?;
        let groups = &self.groups[part];
        let place = match groups[..] {
            [first, .., last] => format!("row groups {first} to {last}"),
            _ => format!("row group {}", groups[0]),
        };
        let mut roots = wanted.clone();
        roots.sort_unstable();
        roots.dedup();
        // The reader gives the columns in the order of the file, each once.
        let order: Vec<usize> =
            wanted.iter().filter_map(|column| roots.binary_search(column).ok()).collect();
        let mut reader = guarded(&self.input, &place, || {
            let mask = ProjectionMask::roots(self.footer.parquet_schema(), roots.iter().copied());
            let chunks = Chunks(self.input.clone());
            ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, self.footer.clone())
                .with_row_groups(groups.clone())
                .with_projection(mask)
                .with_batch_size(BATCH_ROWS)
                .build()
        })?;
        let promised: i64 =
            groups.iter().map(|group| self.footer.metadata().row_group(*group).num_rows()).sum();
        let mut rows = 0;
        while let Some(record) = guarded(&self.input, &place, || reader.next().transpose())? {
            rows += record.num_rows() as i64;
            let record = project(&record, &order).map_err(|error| self.input.fault(error))?;
            each(Piece { record, unread: Vec::new() })?;
        }
        if rows != promised {
            let reason = format!("{place}: {rows} rows, expected {promised} by its footer");
            return Err(self.input.fault(reason));
        }
        self.input.unchanged()
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        identity(&self.input, "parquet", &self.schema)
    }
}

/// Runs a decoder; an error or a panic of it says that the file is broken there.
pub(super) fn guarded<T, E: std::fmt::Display>(
    input: &Input,
    place: &str,
    decode: impl FnOnce() -> Result<T, E>,
) -> Result<T, Unmeasured> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            input.unchanged()?;
            let cause = cause(&error.to_string());
            Err(input.fault(format_args!("{place}: it is damaged or cut off: {cause}")))
        }
        Err(_) => {
            input.unchanged()?;
            Err(input.fault(format_args!("{place}: it is damaged: the decoder gave up")))
        }
    }
}

/// A decoder's message as a fragment, without the names of the layers that it passed through.
fn cause(message: &str) -> String {
    let layers = ["Parquet argument error: ", "Parquet error: ", "External: ", "EOF: "];
    let mut rest = message.trim();
    while let Some(inner) = layers.iter().find_map(|layer| rest.strip_prefix(layer)) {
        rest = inner;
    }
    let mut letters = rest.chars();
    match (letters.next(), letters.next()) {
        // An acronym stays.
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(rest.chars().skip(1)).collect()
        }
        _ => rest.to_owned(),
    }
}

/// The file as parquet's reader wants it, by position, safe for many threads.
struct Chunks(Arc<Input>);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.bytes
    }
}

impl ChunkReader for Chunks {
    type T = std::io::BufReader<Cursor>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(std::io::BufReader::new(Cursor::new(self.0.clone(), start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.0.bytes) {
            let reason = format!("bytes {start} to {start}+{length} lie beyond the end");
            return Err(ParquetError::EOF(reason));
        }
        let bytes = self.0.bytes_at(start, length);
        bytes.map(Bytes::from).map_err(|error| ParquetError::General(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::source::shown::Shown;
    use crate::engine::source::{SourceSpec, open};
    use arrow::array::{ArrayRef, Int32Array, RecordBatch, RecordBatchOptions, StringArray};
    use arrow::datatypes::{Field, Schema as ArrowSchema};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;

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

    fn written(columns: Vec<(&str, ArrayRef)>, rows: usize, group_rows: usize) -> Vec<u8> {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, values)| Field::new(*name, values.data_type().clone(), true))
            .collect();
        let schema = Arc::new(ArrowSchema::new(fields));
        let arrays = columns.into_iter().map(|(_, values)| values).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let record = RecordBatch::try_new_with_options(schema.clone(), arrays, &options);
        let properties =
            WriterProperties::builder().set_max_row_group_row_count(Some(group_rows)).build();
        let mut bytes = Vec::new();
        let mut writer =
            ArrowWriter::try_new(&mut bytes, schema, Some(properties)).expect("a writer");
        writer.write(&record.expect("a batch")).expect("written");
        writer.close().expect("closed");
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Shown, String> {
        let file =
            tempfile::Builder::new().suffix(".parquet").tempfile().expect("a temporary file");
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
        let words: ArrayRef =
            Arc::new(StringArray::from(vec![Some("x"), None, None, None, Some("y")]));
        let bytes = written(vec![("n", numbers), ("w", words)], 5, 2);
        check(&bytes, Ok("0|x 1|null 2|null 3|null 4|y"));
        assert_eq!(groups(&[70_000, 60_000, 5_000, 1_000, 0]), [vec![0], vec![1, 2], vec![3, 4]]);
    }

    #[test]
    fn damage_is_named() {
        let mut bytes = with_checksum();
        check(&bytes, Ok("1 2 3 4"));
        check(&bytes[..bytes.len() - 9], Err("the footer: it is damaged or cut off"));
        let value =
            bytes.windows(4).position(|four| four == [3, 0, 0, 0]).expect("the third value");
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
}
