//! What can be asked of a text.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::{Casing, Format};

/// A question to one text, with the answer yes or no.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// One (or, with `all`, every one) of the regular expressions is found; `full` asks for a match
    /// of the whole text.
    Pattern { patterns: Vec<String>, all: bool, full: bool },
    /// The text is as one of the patterns of SQL's LIKE describes it.
    Like { patterns: Vec<String>, escape: Option<char>, ignore_case: bool },
    /// It begins with one of the parts.
    Prefix { parts: Vec<String>, ignore_case: bool },
    /// It ends with one of the parts.
    Suffix { parts: Vec<String>, ignore_case: bool },
    /// One (or every one) of the parts stands in it.
    Contains { parts: Vec<String>, all: bool, ignore_case: bool },
    /// It has so many characters or bytes.
    Length { unit: LengthUnit, min: Option<u64>, max: Option<u64> },
    /// It has the form of a standard.
    Format(Format),
    /// It is a date or a time written by one of the strptime patterns, strictly.
    DateTime { patterns: Vec<String> },
    /// It is JSON that a JSON Schema, given as JSON, describes.
    JsonSchema { schema: String },
    /// In lower case it is one of these texts, which are; `with_null` lets null be judged, as one
    /// of them.
    AnyCase { texts: Vec<String>, with_null: bool },
    /// It neither begins nor ends with white space.
    Trimmed,
    /// It has no character beyond ASCII; with `printable` no control character either.
    Ascii { printable: bool },
    /// Its letters are written in a style.
    Casing(Casing),
    /// It holds something other than white space.
    NotBlank,
}

/// What a length counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LengthUnit {
    /// Unicode code points.
    #[default]
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl TextTest {
    /// The word for what it asks.
    pub fn word(&self) -> &'static str {
        match self {
            TextTest::Pattern { .. } | TextTest::Like { .. } => "pattern",
            TextTest::Prefix { .. } => "beginning",
            TextTest::Suffix { .. } => "ending",
            TextTest::Contains { .. } => "content",
            TextTest::Length { .. } => "length",
            TextTest::AnyCase { .. } => "set",
            TextTest::JsonSchema { .. } => "schema",
            TextTest::Format(_) | TextTest::DateTime { .. } => "format",
            TextTest::Trimmed | TextTest::NotBlank => "white space",
            TextTest::Ascii { .. } => "characters",
            TextTest::Casing(_) => "casing",
        }
    }
}
