//! What all sources share: columns by name, columns to pieces, and the identity of a file.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{Field, Schema as ArrowSchema};
use arrow::error::ArrowError;

use super::files::nearest;
use super::{Input, Piece};
use crate::metric::{Identity, Schema, Unmeasured};

/// Rows of a piece: enough to make the cost of a batch small, few enough to stay in the caches.
pub(super) const PIECE_ROWS: usize = 1 << 16;

/// Where the named columns stand; each name must stand exactly once.
pub(super) fn select(schema: &Schema, columns: &[String]) -> Result<Vec<usize>, Unmeasured> {
    columns.iter().map(|name| position(schema, name)).collect()
}

fn position(schema: &Schema, name: &str) -> Result<usize, Unmeasured> {
    let mut places = schema.names().enumerate().filter(|(_, other)| *other == name);
    let reason = match (places.next(), places.count()) {
        (Some((index, _)), 0) => return Ok(index),
        (Some(_), more) => format!("{} columns are named `{name}`", more + 1),
        (None, _) => match nearest(name, schema.names()) {
            Some(near) => format!("there is no column `{name}`; did you mean `{near}`"),
            None => format!("there is no column `{name}`"),
        },
    };
    Err(Unmeasured::NotComputable(reason))
}

/// A batch of columns that all have `rows` rows.
pub(super) fn batch(
    columns: Vec<(String, ArrayRef)>,
    rows: usize,
) -> Result<RecordBatch, ArrowError> {
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, values)| Field::new(name, values.data_type().clone(), true))
        .collect();
    let arrays = columns.into_iter().map(|(_, values)| values).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(ArrowSchema::new(fields)), arrays, &options)
}

/// Columns built from text.
#[derive(Default)]
pub(super) struct Columns {
    pub values: Vec<(String, ArrayRef)>,
    /// For columns with cells that do not read, the text of those cells.
    pub unread: Vec<(String, StringArray)>,
}

impl Columns {
    /// Adds a column.
    pub fn add(&mut self, name: &str, values: ArrayRef, unread: Option<StringArray>) {
        self.values.push((name.to_owned(), values));
        self.unread.extend(unread.map(|texts| (name.to_owned(), texts)));
    }
}

/// Hands columns over in pieces; the outer error is ours, the inner one the receiver's.
pub(super) fn deliver(
    columns: Columns,
    rows: usize,
    each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
) -> Result<Result<(), Unmeasured>, ArrowError> {
    let Columns { values, unread } = columns;
    let record = batch(values, rows)?;
    for start in (0..rows).step_by(PIECE_ROWS) {
        let length = PIECE_ROWS.min(rows - start);
        let texts = unread.iter().map(|(name, texts)| (name.clone(), texts.slice(start, length)));
        let unread = texts.filter(|(_, texts)| texts.null_count() < length).collect();
        if let Err(error) = each(Piece { record: record.slice(start, length), unread }) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// Path, size, hash and time of one file.
pub(super) fn identity(
    input: &Input,
    format: &str,
    schema: &Schema,
) -> Result<Identity, Unmeasured> {
    let sha256 = input.sha256()?;
    input.unchanged()?;
    Ok(Identity {
        path: input.name.clone(),
        format: format.into(),
        rows: schema.rows,
        columns: schema.columns.len() as u64,
        bytes: input.stored_bytes,
        sha256,
        modified: input.modified(),
        warnings: Vec::new(),
    })
}
