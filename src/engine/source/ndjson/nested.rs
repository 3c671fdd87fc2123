//! Lists and objects as Arrow columns.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, new_null_array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::json::reader::infer_json_schema_from_iterator;
use serde_json::Value;

use super::lines::Cell;
use super::parts::Fault;

/// Any name does: the column is read alone.
const NAME: &str = "x";

/// Reads the cells of one column.
pub fn build(kind: &DataType, cells: &[Option<Cell>]) -> Result<ArrayRef, Fault> {
    let failed = |error: ArrowError| Fault { lines: 0, reason: error.to_string() };
    let mut text = String::new();
    for cell in cells {
        let cell = cell.as_ref().map_or(Cow::Borrowed("null"), |cell| Cow::Borrowed(cell.as_ref()));
        text.push_str(&format!("{{\"{NAME}\":{cell}}}\n"));
    }
    let schema = Arc::new(Schema::new(vec![Field::new(NAME, kind.clone(), true)]));
    let mut decoder = ReaderBuilder::new(schema)
        .with_batch_size(cells.len().max(1))
        .with_coerce_primitive(true)
        .build_decoder()
        .map_err(failed)?;
    decoder.decode(text.as_bytes()).map_err(failed)?;
    let record = decoder.flush().map_err(failed)?;
    Ok(record.map_or_else(|| new_null_array(kind, cells.len()), |record| record.column(0).clone()))
}

/// The type of a column, from all its lists and objects.
pub fn infer<'a>(
    cells: impl Iterator<Item = Result<Cow<'a, str>, ArrowError>>,
) -> Result<DataType, ArrowError> {
    let values = cells.map(|cell| {
        let value: Value = serde_json::from_str(&cell?)
            .map_err(|error| ArrowError::JsonError(error.to_string()))?;
        Ok(Value::Object([(NAME.to_owned(), value)].into_iter().collect()))
    });
    let schema = infer_json_schema_from_iterator(values)?;
    Ok(schema.field(0).data_type().clone())
}
