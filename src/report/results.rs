//! The results of a run, format 1: the one value that every report is a function of.
//!
//! The order of fields is the order of keys in results.json. Absent values are `null`, never
//! missing.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::cells::Cells;
use super::number::Number;
use crate::verdict::{MarginOutcome, Severity, Status};

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// Everything a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    pub format: u32,
    /// Version of the program that wrote it.
    pub datacheck: String,
    pub run: RunInfo,
    pub datasets: Vec<DatasetInfo>,
    /// Files of rows that the run wrote.
    #[serde(default)]
    pub files: Vec<RowsFile>,
    pub summary: Summary,
    pub checks: Vec<Check>,
}

/// When and how the run was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    pub id: String,
    /// RFC 3339.
    pub started_at: String,
    pub duration_ms: u64,
    pub exit_code: u8,
    /// The command line, as a shell takes it.
    pub command: String,
    /// Parameters as the suites saw them.
    pub params: Map<String, Value>,
    pub git_commit: Option<String>,
}

/// Which part a dataset plays in its suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    #[default]
    Data,
    Reference,
    Named,
}

/// What a dataset was when it was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DatasetInfo {
    pub suite: String,
    pub role: Role,
    /// The name under `datasets:`, for the role `named`.
    pub name: Option<String>,
    pub path: String,
    pub format: String,
    pub rows: Option<u64>,
    pub columns: u64,
    pub bytes: u64,
    pub sha256: String,
    pub modified: Option<String>,
    pub warnings: Vec<String>,
}

/// Rows of the data that were written out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsFile {
    pub suite: String,
    /// `failed`: rows that failed a check; `clean`: rows that failed none.
    pub kind: String,
    pub path: String,
    pub rows: u64,
}

impl RowsFile {
    /// "12 failed rows".
    pub fn in_words(&self) -> String {
        crate::prose::counted(self.rows, &format!("{} row", self.kind))
    }
}

/// Counts by status, and the families of tests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub checks: u64,
    pub pass: u64,
    pub fail: u64,
    pub warn: u64,
    pub error: u64,
    pub skip: u64,
    pub known: u64,
    pub families: Vec<FamilyInfo>,
}

/// The tests of a suite that are corrected together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FamilyInfo {
    pub suite: String,
    pub size: u64,
    pub correction: String,
    pub alpha: Number,
    pub sentence: String,
}

/// The verdict on one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub id: String,
    pub suite: String,
    pub scope: String,
    pub column: Option<String>,
    pub check: String,
    pub kind: String,
    #[serde(with = "StatusName")]
    pub status: Status,
    #[serde(with = "SeverityName")]
    pub severity: Severity,
    pub tags: Vec<String>,
    /// Why the suite's author wants this.
    pub reason: Option<String>,
    /// Arguments as written, parameters filled in.
    pub expected: Value,
    /// A number, a text, a list of texts, or null.
    pub observed: Value,
    pub rows: Rows,
    pub examples: Vec<Example>,
    pub test: Option<Test>,
    pub distance: Option<Distance>,
    pub chart: Option<Chart>,
    pub message: String,
    pub warnings: Vec<String>,
    pub source: Source,
    /// The command that repeats this check alone.
    pub repeat: String,
    /// Time spent on this check alone, where it was taken.
    pub ms: Option<u64>,
}

/// Rows behind a verdict.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    pub examined: Option<u64>,
    pub skipped: Option<u64>,
    pub violations: Option<u64>,
    /// Violations among the examined.
    pub share: Option<Number>,
}

/// A row that broke the rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    pub row: u64,
    pub cells: Cells,
}

/// A hypothesis test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    pub name: String,
    /// The statistic's usual letter.
    pub symbol: String,
    pub statistic: Number,
    pub p_value: Number,
    /// Decimal logarithm of a p-value too small for a double.
    pub p_value_log10: Option<Number>,
    pub p_adjusted: Option<Number>,
    pub p_adjusted_log10: Option<Number>,
    pub alpha: Number,
    /// Whether the p-value was corrected with the suite's others.
    pub in_family: bool,
    /// Values on each side, the data first.
    pub n: Vec<u64>,
    /// Missing values left out on each side.
    pub dropped: Vec<u64>,
    pub df: Option<Number>,
    pub exact: bool,
    /// How the p-value was computed, in words.
    pub method: String,
    pub effect: Effect,
    pub margin: Option<Margin>,
    pub power: Power,
}

/// How large a difference is, with its interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    pub name: String,
    pub value: Number,
    pub ci: [Number; 2],
    pub level: Number,
}

/// A margin and what it decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    pub margin: Number,
    #[serde(with = "OutcomeName")]
    pub outcome: MarginOutcome,
    pub p_beyond: Number,
    pub p_within: Number,
    pub rows_to_settle: Option<u64>,
}

/// What the test could have seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Power {
    pub target: Number,
    pub detectable: Option<Number>,
}

/// A distance beside what sampling noise alone gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distance {
    pub name: String,
    pub value: Number,
    pub unit: Option<String>,
    pub max: Number,
    pub noise_mean: Number,
    pub noise_p95: Number,
    pub p_value: Option<Number>,
}

/// A small picture of data and reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chart {
    /// Points are x, share of the data, share of the reference.
    Ecdf {
        points: Vec<[Number; 3]>,
        gap_at: Option<Number>,
    },
    Shares {
        labels: Vec<String>,
        data: Vec<Number>,
        reference: Vec<Number>,
    },
    /// Each side is a mean and its interval.
    Means {
        data: [Number; 3],
        reference: [Number; 3],
    },
}

/// Where a check stands in its suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub file: String,
    pub line: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Status", rename_all = "lowercase")]
enum StatusName {
    Pass,
    Fail,
    Warn,
    Error,
    Skip,
    Known,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Severity", rename_all = "lowercase")]
enum SeverityName {
    Error,
    Warn,
    Info,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "MarginOutcome", rename_all = "lowercase")]
enum OutcomeName {
    Equivalent,
    Different,
    Inconclusive,
}

/// Why a text is not results that this version can read.
#[derive(Debug)]
pub enum ReadError {
    /// Not JSON, or not of this shape.
    Shape(serde_json::Error),
    /// Written by a newer version.
    Newer { format: u64, writer: String },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Shape(error) => write!(f, "not the results of a run: {error}"),
            ReadError::Newer { format, writer } => write!(
                f,
                "results of format {format}, written by datacheck {writer}; this version reads up \
                 to format {FORMAT}: update datacheck to read them"
            ),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadError::Shape(error) => Some(error),
            ReadError::Newer { .. } => None,
        }
    }
}

/// The part of results that every format has.
#[derive(Deserialize)]
struct Head {
    format: u64,
    #[serde(default)]
    datacheck: Value,
}

impl Results {
    /// Reads results.json.
    pub fn from_json(text: &str) -> Result<Results, ReadError> {
        let head: Head = serde_json::from_str(text).map_err(ReadError::Shape)?;
        if head.format > u64::from(FORMAT) {
            let writer = super::written::plain(&head.datacheck);
            return Err(ReadError::Newer { format: head.format, writer });
        }
        serde_json::from_str(text).map_err(ReadError::Shape)
    }

    /// Writes results.json.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// Names of the suites, in the order of their checks.
    pub fn suites(&self) -> Vec<&str> {
        let mut suites: Vec<&str> = Vec::new();
        let of_checks = self.checks.iter().map(|check| check.suite.as_str());
        for suite in of_checks.chain(self.datasets.iter().map(|dataset| dataset.suite.as_str())) {
            if !suites.contains(&suite) {
                suites.push(suite);
            }
        }
        suites
    }
}

impl Check {
    /// The id without its suite: `price::between`.
    pub fn name(&self) -> &str {
        self.id
            .strip_prefix(&self.suite)
            .and_then(|rest| rest.strip_prefix("::"))
            .unwrap_or(&self.id)
    }
}
