//! What a check came to: the one value that every report is told from.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stats::TestResult;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    Pass,
    Fail,
    /// A failed check of severity `warn`, or an inconclusive one that follows `on_inconclusive:
    /// warn`.
    Warn,
    /// Could not be judged; never counts as passed.
    Error,
    /// Left out because the suite says so.
    Skip,
    /// A failure that the suite declares as known.
    Known,
}

/// What a failure of a check means for the run.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    #[default]
    Error,
    Warn,
    Info,
}

/// A value as it was observed, ready to be told.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    Number(f64),
    Integer(i128),
    Text(String),
    List(Vec<String>),
}

/// Rows behind a verdict; `None` where the check does not look at rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowCounts {
    /// Rows that were judged: the denominator of `share`.
    pub examined: Option<u64>,
    /// Rows left out because a value is missing.
    pub skipped: Option<u64>,
    pub violations: Option<u64>,
}

/// Stands in place of each value of a column that is `sensitive: true`.
pub const MASKED: &str = "(masked)";

/// A row that broke the rule, with the cells that matter.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleRow {
    /// Number of the row, the first is 1.
    pub row: u64,
    /// Column and value as text; `None` is null.
    pub cells: Vec<(String, Option<String>)>,
}

/// A small picture of data and reference.
#[derive(Clone, Debug, PartialEq)]
pub enum Chart {
    /// Both cumulative distributions, and where they are farthest apart.
    Ecdf { points: Vec<EcdfPoint>, gap_at: Option<f64> },
    /// Shares of both sides in each category or bin, in order.
    Shares { labels: Vec<String>, data: Vec<f64>, reference: Vec<f64> },
    /// Means of both sides with their intervals.
    Means { data: [f64; 3], reference: [f64; 3] },
}

/// One point of two cumulative distributions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EcdfPoint {
    pub x: f64,
    pub data: f64,
    pub reference: f64,
}

/// A distance beside the distance that sampling noise alone gives.
#[derive(Clone, Debug, PartialEq)]
pub struct DistanceResult {
    pub name: &'static str,
    pub value: f64,
    /// `nats`, `bits`, or none.
    pub unit: Option<&'static str>,
    pub max: f64,
    pub noise_mean: f64,
    pub noise_p95: f64,
    pub p_value: Option<f64>,
}

/// What a statistical check carries beside its sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct TestVerdict {
    pub result: TestResult,
    /// Missing values left out of data and reference.
    pub dropped: Vec<u64>,
    /// The p-value after the correction of its family; equal to the raw one outside a family.
    pub p_adjusted: Option<crate::stats::PValue>,
    pub alpha: f64,
    /// False when the check brought an alpha of its own.
    pub in_family: bool,
    pub power: f64,
}

/// What a margin turns a test into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarginOutcome {
    /// The effect lies inside the margin (TOST).
    Equivalent,
    /// The effect lies beyond the margin.
    Different,
    /// Neither is shown at this size.
    Inconclusive,
}

impl TestVerdict {
    /// The outcome of the margin, where there is one; `p_adjusted` then speaks of "no more than
    /// the margin".
    pub fn margin_outcome(&self) -> Option<MarginOutcome> {
        let margin = self.result.margin.as_ref()?;
        let p_beyond = self.p_adjusted.unwrap_or(margin.p_beyond);
        Some(if p_beyond.value < self.alpha {
            MarginOutcome::Different
        } else if margin.p_within.value < self.alpha {
            MarginOutcome::Equivalent
        } else {
            MarginOutcome::Inconclusive
        })
    }
}

/// Where a check stands in its suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub file: String,
    pub line: u32,
}

/// The verdict on one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// `suite::column::check`.
    pub id: String,
    pub suite: String,
    /// `table`, `columns` or `rows`.
    pub scope: &'static str,
    pub column: Option<String>,
    pub check: String,
    /// `schema`, `table`, `row`, `aggregate`, `statistical` or `distance`.
    pub kind: &'static str,
    pub status: Status,
    pub severity: Severity,
    pub tags: Vec<String>,
    /// Why the suite's author wants this.
    pub reason: Option<String>,
    /// Arguments as written, parameters filled in.
    pub expected: serde_json::Value,
    pub observed: Option<Observed>,
    pub rows: RowCounts,
    pub examples: Vec<ExampleRow>,
    pub test: Option<TestVerdict>,
    pub distance: Option<DistanceResult>,
    pub chart: Option<Chart>,
    /// One plain sentence.
    pub message: String,
    /// What a reader should also know, each a sentence fragment.
    pub warnings: Vec<String>,
    pub source: Origin,
    /// The command that repeats this check alone.
    pub repeat: String,
}

/// The tests of a suite that are corrected together.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    pub suite: String,
    /// Tests that have a p-value and share the alpha.
    pub size: u64,
    /// `holm`, `bh` …
    pub correction: &'static str,
    pub alpha: f64,
    /// What the false-alarm rate of this suite is, in one sentence.
    pub sentence: String,
}
