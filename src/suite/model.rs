//! What a suite says, decoded: plain data that the plan binds to datasets.

use std::fmt;
use std::sync::Arc;

use regex::Regex;

use crate::diagnostic::Span;
use crate::expectations::{Common, Definition, Expect, Literal, Sensitive};
use crate::metric::Encoding;
use crate::stats::adjust::Correction;

/// One suite, parameters filled in, paths resolved.
#[derive(Clone, Debug)]
pub struct Suite {
    pub name: String,
    /// The file as it is named in messages.
    pub file: String,
    /// Where the data is, unless the command line says otherwise.
    pub data: Option<String>,
    pub reference: Option<String>,
    pub statistics: Statistics,
    /// Further datasets by name, in the order of the file; those of the project come last.
    pub datasets: Vec<(String, String)>,
    /// The encodings of text files.
    pub encodings: Encodings,
    pub checks: Vec<CheckSpec>,
    /// The columns that tell rows apart: those of its primary key, or of its first unique key.
    pub keys: Vec<String>,
    pub sensitive: Sensitive,
    /// The keys of the columns that are sensitive, with their places.
    pub sensitive_keys: Vec<(ColumnKey, Span)>,
    pub missing_values: Vec<MissingValues>,
    /// Parameters with the values that were used, in the order of the file.
    pub params: Vec<(String, serde_json::Value)>,
}

impl Suite {
    /// The names of the further datasets.
    pub fn dataset_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.datasets.iter().map(|(name, _)| name.as_str())
    }
}

/// Which of a suite's text files have which encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encodings {
    /// That of all that are not named.
    pub default: Encoding,
    /// By `data`, `reference` or a name under `datasets:`.
    pub named: Vec<(String, Encoding)>,
}

impl Encodings {
    /// The encoding of a dataset.
    pub fn of(&self, dataset: &str) -> Encoding {
        let named = self.named.iter().find(|(name, _)| name == dataset);
        named.map_or(self.default, |(_, encoding)| *encoding)
    }
}

/// How a suite's tests are corrected and what they may miss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// The false-alarm rate of the whole suite.
    pub alpha: f64,
    pub correction: Correction,
    /// The probability with which the detectable effect is seen.
    pub power: f64,
}

impl Default for Statistics {
    fn default() -> Self {
        Statistics { alpha: 0.05, correction: Correction::default(), power: 0.8 }
    }
}

/// Where a check stands in its suite.
#[derive(Clone, Debug)]
pub enum Target {
    Table,
    Column(ColumnKey),
    Rows,
}

/// A key under `columns:`.
#[derive(Clone, Debug)]
pub enum ColumnKey {
    Name(String),
    /// `/pattern/`: every column in whose name the pattern is found.
    Pattern {
        regex: Regex,
        text: String,
    },
}

impl ColumnKey {
    /// Whether a column of this name is meant.
    pub fn matches(&self, column: &str) -> bool {
        match self {
            ColumnKey::Name(name) => name == column,
            ColumnKey::Pattern { regex, .. } => regex.is_match(column),
        }
    }
}

impl fmt::Display for ColumnKey {
    /// The key as it is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnKey::Name(name) => f.write_str(name),
            ColumnKey::Pattern { text, .. } => f.write_str(text),
        }
    }
}

/// Values that stand for a missing one.
#[derive(Clone, Debug)]
pub struct MissingValues {
    /// In which columns; `None` where they are of the whole suite: then each applies to the columns
    /// whose type it fits.
    pub of: Option<ColumnKey>,
    /// Each with its place.
    pub values: Vec<(Literal, Span)>,
}

/// One check as the suite writes it.
#[derive(Clone, Debug)]
pub struct CheckSpec {
    pub target: Target,
    pub definition: &'static Definition,
    pub expectation: Arc<dyn Expect>,
    pub common: Common,
    /// The arguments after parameters, without those that only label the check.
    pub expected: serde_json::Value,
    pub places: Places,
    /// Judged when the check holds: what it breaks is a warning.
    pub warn: Option<Box<Warn>>,
}

/// The second threshold of a check: the same expectation with some arguments changed.
#[derive(Clone, Debug)]
pub struct Warn {
    pub expectation: Arc<dyn Expect>,
    pub common: Common,
    pub places: Places,
}

impl CheckSpec {
    /// The last part of the check's id: its `name`, or the name of its expectation.
    pub fn label(&self) -> &str {
        self.common.name.as_deref().unwrap_or(self.definition.name)
    }

    /// The line of the check, the first is 1.
    pub fn line(&self) -> u32 {
        self.places.line
    }
}

/// Where a check and its parts are written, for mistakes that only the data shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    pub line: u32,
    /// The name of the check.
    pub check: Span,
    /// The key of its column.
    pub column: Option<Span>,
    /// The values of its arguments, by name.
    pub arguments: Vec<(String, Span)>,
}

impl Places {
    /// Where the value of the first of these arguments that is there is written; the check itself
    /// when none is.
    pub fn first_argument(&self, names: &[&str]) -> Span {
        let is_there = |name: &&&str| self.arguments.iter().any(|(argument, _)| argument == *name);
        names.iter().find(is_there).map_or_else(|| self.check.clone(), |name| self.argument(name))
    }

    /// Where an argument's value is written; the check itself when it is not.
    pub fn argument(&self, name: &str) -> Span {
        let found = self.arguments.iter().find(|(argument, _)| argument == name);
        found.map_or(&self.check, |(_, span)| span).clone()
    }
}
