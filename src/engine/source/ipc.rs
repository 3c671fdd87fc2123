//! Arrow's own formats: the file, whose batches are read in any order, and the stream.

use std::io::BufReader;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileReader, StreamReader};

use super::input::{Cursor, Input};
use super::memory::{columns, project};
use super::parquet::guarded;
use super::piece::{identity, select};
use super::{Piece, Source};
use crate::metric::{Identity, Schema, Unmeasured};

/// Each part reads the footer and the dictionaries again, so that there are not too many parts.
const MOST_PARTS: usize = 64;
/// How a stream ends: the mark of a message, and no message.
const END_OF_STREAM: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// A file of record batches with a footer.
pub(super) struct ArrowSource {
    input: Arc<Input>,
    schema: Schema,
    batches: usize,
}

impl ArrowSource {
    /// Reads the footer.
    pub fn open(input: Arc<Input>) -> Result<Self, Unmeasured> {
        let reader = guarded(&input, "the footer", || file_reader(&input, None))?;
        let schema = schema(&reader.schema());
        Ok(ArrowSource { schema, batches: reader.num_batches(), input })
    }

    /// The batches of a part.
    fn part(&self, part: usize) -> Range<usize> {
        let parts = self.parts();
        part * self.batches / parts..(part + 1) * self.batches / parts
    }
}

impl Source for ArrowSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.batches.min(MOST_PARTS)
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let wanted = Wanted::new(&self.schema, columns)?;
        let batches = self.part(part);
        let mut reader = guarded(&self.input, "the footer", || {
            let mut reader = file_reader(&self.input, Some(wanted.roots.clone()))?;
            reader.set_index(batches.start)?;
            Ok::<_, ArrowError>(reader)
        })?;
        for batch in batches {
            let place = format!("batch {batch}");
            let record = guarded(&self.input, &place, || reader.next().transpose())?;
            let record =
                record.ok_or_else(|| self.input.fault(format!("{place}: it is missing")))?;
            each(wanted.piece(&self.input, &record)?)?;
        }
        self.input.unchanged()
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        identity(&self.input, "arrow", &self.schema)
    }
}

/// A stream of record batches, which is one part.
pub(super) struct StreamSource {
    input: Arc<Input>,
    schema: Schema,
}

impl StreamSource {
    /// Reads the schema.
    pub fn open(input: Arc<Input>) -> Result<Self, Unmeasured> {
        let reader = guarded(&input, "the schema", || stream_reader(&input, None))?;
        let schema = schema(&reader.schema());
        Ok(StreamSource { input, schema })
    }

    fn has_end_mark(&self) -> Result<bool, Unmeasured> {
        let length = END_OF_STREAM.len();
        let Some(start) = self.input.bytes.checked_sub(length as u64) else { return Ok(false) };
        Ok(self.input.bytes_at(start, length)? == END_OF_STREAM)
    }
}

impl Source for StreamSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        1
    }

    fn read(
        &self,
        _part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let wanted = Wanted::new(&self.schema, columns)?;
        let roots = Some(wanted.roots.clone());
        let mut reader = guarded(&self.input, "the schema", || stream_reader(&self.input, roots))?;
        let mut place = "batch 0".to_owned();
        let mut batch = 0;
        while let Some(record) = guarded(&self.input, &place, || reader.next().transpose())? {
            each(wanted.piece(&self.input, &record)?)?;
            batch += 1;
            place = format!("batch {batch}");
        }
        self.input.unchanged()
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        let mut identity = identity(&self.input, "arrow stream", &self.schema)?;
        if !self.has_end_mark()? {
            identity.warnings.push("the stream has no end mark; was it cut off".into());
        }
        Ok(identity)
    }
}

/// Columns to read, each once in the order of the file, and where the wanted ones are among them.
struct Wanted {
    roots: Vec<usize>,
    order: Vec<usize>,
}

impl Wanted {
    fn new(schema: &Schema, columns: &[String]) -> Result<Self, Unmeasured> {
        let wanted = select(schema, columns)?;
        let mut roots = wanted.clone();
        roots.sort_unstable();
        roots.dedup();
        let order = wanted.iter().filter_map(|column| roots.binary_search(column).ok()).collect();
        Ok(Wanted { roots, order })
    }

    fn piece(&self, input: &Input, record: &RecordBatch) -> Result<Piece, Unmeasured> {
        let record = project(record, &self.order).map_err(|error| input.fault(error))?;
        Ok(Piece { record, unread: Vec::new() })
    }
}

fn schema(schema: &SchemaRef) -> Schema {
    Schema { columns: columns(schema), rows: None, untyped: false }
}

type Buffered = BufReader<Cursor>;

fn file_reader(
    input: &Arc<Input>,
    columns: Option<Vec<usize>>,
) -> Result<FileReader<Buffered>, ArrowError> {
    FileReader::try_new(BufReader::new(Cursor::new(input.clone(), 0)), columns)
}

fn stream_reader(
    input: &Arc<Input>,
    columns: Option<Vec<usize>>,
) -> Result<StreamReader<Buffered>, ArrowError> {
    StreamReader::try_new(BufReader::new(Cursor::new(input.clone(), 0)), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::source::{SourceSpec, open};
    use arrow::array::{DictionaryArray, Int64Array};
    use arrow::datatypes::Int32Type;
    use arrow::ipc::CompressionType;
    use arrow::ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

    fn record(start: i64) -> RecordBatch {
        let words: DictionaryArray<Int32Type> =
            vec![Some("x"), None, Some("y")].into_iter().collect();
        let numbers = Int64Array::from(vec![start, start + 1, start + 2]);
        let record = RecordBatch::try_from_iter([
            ("n", Arc::new(numbers) as _),
            ("w", Arc::new(words) as _),
        ]);
        record.expect("a batch")
    }

    fn written(stream: bool, compression: Option<CompressionType>) -> Vec<u8> {
        let options =
            IpcWriteOptions::default().try_with_compression(compression).expect("options");
        let (schema, mut bytes) = (record(0).schema(), Vec::new());
        if stream {
            let mut writer =
                StreamWriter::try_new_with_options(&mut bytes, &schema, options).expect("a writer");
            (0..3).for_each(|batch| writer.write(&record(batch * 3)).expect("written"));
            writer.finish().expect("finished");
        } else {
            let mut writer =
                FileWriter::try_new_with_options(&mut bytes, &schema, options).expect("a writer");
            (0..3).for_each(|batch| writer.write(&record(batch * 3)).expect("written"));
            writer.finish().expect("finished");
        }
        bytes
    }

    fn check(bytes: &[u8], expected: Result<usize, &str>) {
        let file = tempfile::Builder::new().suffix(".arrow").tempfile().expect("a temporary file");
        std::fs::write(file.path(), bytes).expect("written");
        let read = || -> Result<Vec<i64>, Unmeasured> {
            let source = open(&SourceSpec::new(file.path().to_string_lossy()))?;
            assert_eq!(source.schema().columns[1].kind.to_string(), "string");
            let mut numbers = Vec::new();
            for part in 0..source.parts() {
                source.read(part, &["w".into(), "n".into()], &mut |piece| {
                    let column = piece.record.column(1).as_any().downcast_ref::<Int64Array>();
                    numbers.extend(column.expect("integers").values());
                    Ok(())
                })?;
            }
            source.identity()?;
            Ok(numbers)
        };
        match (read(), expected) {
            (Ok(numbers), Ok(rows)) => assert_eq!(numbers, (0..rows as i64).collect::<Vec<_>>()),
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn files_and_streams_are_read_compressed_or_not() {
        let kinds = [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)];
        for compression in kinds {
            check(&written(false, compression), Ok(9));
            check(&written(true, compression), Ok(9));
        }
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let file = written(false, None);
        check(&file[..file.len() - 20], Err("the footer: it is damaged or cut off"));
        let stream = written(true, None);
        check(&stream[..stream.len() - 20], Err("it is damaged or cut off"));
    }
}
