//! The language: YAML text to suites, with every mistake told at its place.
//!
//! Reading order: `parse` (text to a spanned tree), `substitute` (parameters), `read` (sections),
//! `check` (the forms of a check), `decode` (a tree as a type of serde's), `load` (all files of a
//! run). Nothing here touches data; what only data can show is told by the plan, at the places
//! kept in [`Places`].

mod arguments;
mod check;
mod csv_column;
pub(crate) mod decode;
mod fault;
mod files;
mod load;
mod model;
pub(crate) mod params;
pub(crate) mod parse;
pub(crate) mod paths;
mod properties;
mod read;
mod reader;
mod scalar;
pub mod schema;
pub(crate) mod sections;
mod substitute;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod tree;
mod warn;
pub mod write;

pub use arguments::{own_arguments, unfit};
pub use load::{Defaults, Loaded, MAX_CHECKS, contents, load, load_contents, text};
pub use model::{CheckSpec, ColumnKey, MissingValues, Places, Statistics, Suite, Target, Warn};
pub use text::MAX_BYTES;
