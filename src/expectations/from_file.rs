//! What a file beside the suite holds, where an argument names one.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// What the file of the argument `file` holds, put in the path's place by the suite's reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// One JSON document, as text.
    Json,
    /// A list of texts: the lines of a file, or one column of a CSV file.
    Values,
    /// A list of rows of a CSV file, each with the cells of the columns that the argument
    /// `file_columns` names, or else `columns`; null for an empty cell.
    Rows,
    /// Nothing of the check itself, but of a check among its arguments.
    Inner,
}

/// The content of a file with the path that names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromFile<T> {
    /// As the suite writes it.
    pub path: String,
    pub content: T,
}

/// A suite writes the path alone.
impl<T> JsonSchema for FromFile<T> {
    fn schema_name() -> Cow<'static, str> {
        "Path".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1})
    }
}
