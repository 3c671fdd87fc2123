//! Rows into a file, as parquet or CSV.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema as ArrowSchema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::Sink;
use crate::engine::column::Column;
use crate::metric::Value;

/// Rows and bytes of a row group at most: what the writer holds before it writes.
const GROUP_ROWS: usize = 1 << 17;
const GROUP_BYTES: usize = 64 << 20;

/// The form of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowFormat {
    #[default]
    Parquet,
    Csv,
}

/// A file that takes rows; it begins with the first ones, whose columns it has.
pub struct RowWriter {
    format: RowFormat,
    state: State,
    n_rows: u64,
}

enum State {
    Blank(Box<dyn Write + Send>),
    Parquet(Box<ArrowWriter<Box<dyn Write + Send>>>),
    Csv(Box<dyn Write + Send>),
    /// Something could not be written.
    Failed,
}

impl RowWriter {
    pub fn new(sink: Sink) -> Self {
        RowWriter { format: sink.format, state: State::Blank(sink.out), n_rows: 0 }
    }

    /// Adds rows; even none of them give the file its columns.
    pub fn write(&mut self, columns: &[(String, ArrayRef)]) -> Result<(), String> {
        let record = record(columns)?;
        self.state = match std::mem::replace(&mut self.state, State::Failed) {
            State::Blank(out) => begin(self.format, out, &record)?,
            state => state,
        };
        match &mut self.state {
            State::Parquet(writer) => writer.write(&record).map_err(|error| error.to_string())?,
            State::Csv(out) => lines(out, &record)?,
            State::Blank(_) | State::Failed => return Err("an earlier row was not written".into()),
        }
        self.n_rows += record.num_rows() as u64;
        Ok(())
    }

    /// How many rows the file has; `None` where it was never begun.
    pub fn finish(self) -> Result<Option<u64>, String> {
        match self.state {
            State::Blank(_) => return Ok(None),
            State::Parquet(writer) => {
                let out = writer.into_inner().map_err(|error| error.to_string());
                out?.flush().map_err(|error| error.to_string())?;
            }
            State::Csv(mut out) => out.flush().map_err(|error| error.to_string())?,
            State::Failed => return Err("a row was not written".into()),
        }
        Ok(Some(self.n_rows))
    }
}

fn record(columns: &[(String, ArrayRef)]) -> Result<RecordBatch, String> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    let arrays = columns.iter().map(|(_, array)| array.clone()).collect();
    let schema = Arc::new(ArrowSchema::new(fields));
    RecordBatch::try_new(schema, arrays).map_err(|error| error.to_string())
}

fn begin(
    format: RowFormat,
    mut out: Box<dyn Write + Send>,
    record: &RecordBatch,
) -> Result<State, String> {
    if format == RowFormat::Parquet {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .build();
        let writer = ArrowWriter::try_new(out, record.schema(), Some(properties));
        return Ok(State::Parquet(Box::new(writer.map_err(|error| error.to_string())?)));
    }
    let schema = record.schema();
    let names: Vec<String> = schema.fields().iter().map(|field| quoted(field.name())).collect();
    writeln!(out, "{}", names.join(",")).map_err(|error| error.to_string())?;
    Ok(State::Csv(out))
}

fn lines(out: &mut dyn Write, record: &RecordBatch) -> Result<(), String> {
    let columns = record.columns().iter().map(Cells::new).collect::<Result<Vec<_>, String>>()?;
    for row in 0..record.num_rows() {
        let cells: Vec<String> = columns.iter().map(|cells| cells.text(row)).collect();
        writeln!(out, "{}", cells.join(",")).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A column whose cells are written as text.
enum Cells<'a> {
    Plain(Box<Column>),
    /// Lists of ids.
    Ids(&'a ArrayRef),
}

impl<'a> Cells<'a> {
    fn new(array: &'a ArrayRef) -> Result<Self, String> {
        match array.data_type() {
            DataType::List(item) if item.data_type() == &DataType::Utf8 => Ok(Cells::Ids(array)),
            _ => Column::new(array).map(|column| Cells::Plain(Box::new(column))),
        }
    }

    /// Only null is an empty field.
    fn text(&self, row: usize) -> String {
        match self {
            Cells::Plain(column) => match column.value(row) {
                Value::Null => String::new(),
                value => quoted(&value.to_string()),
            },
            Cells::Ids(array) if array.is_null(row) => String::new(),
            Cells::Ids(array) => {
                let ids = array.as_list::<i32>().value(row);
                let ids: Vec<&str> = ids.as_string::<i32>().iter().flatten().collect();
                quoted(&ids.join("; "))
            }
        }
    }
}

/// A field of RFC 4180.
fn quoted(text: &str) -> String {
    let special = |c: char| matches!(c, '"' | ',' | '\n' | '\r');
    if text.is_empty() || text.contains(special) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
