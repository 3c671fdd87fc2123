//! What an expectation finds, before the suite's correction turns it into a verdict.

use crate::metric::{Counted, Duplicates};
use crate::stats::TestResult;
use crate::verdict::{Chart, DistanceResult, Observed, RowCounts};

/// Whether the promise was kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Kept,
    Broken,
    /// The p-value decides, once its family is corrected.
    Test(Box<TestResult>),
}

/// The judgement of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub outcome: Outcome,
    pub observed: Option<Observed>,
    /// One plain sentence; for a test its subject: "the distribution of `price`".
    pub message: String,
    pub rows: RowCounts,
    /// Missing values left out on each side of a comparison.
    pub dropped: Vec<u64>,
    pub distance: Option<DistanceResult>,
    pub chart: Option<Chart>,
    pub warnings: Vec<String>,
}

impl Finding {
    /// Kept or broken, with its sentence.
    pub fn decided(kept: bool, message: impl Into<String>) -> Self {
        let outcome = if kept { Outcome::Kept } else { Outcome::Broken };
        Finding {
            outcome,
            observed: None,
            message: message.into(),
            rows: RowCounts::default(),
            dropped: Vec::new(),
            distance: None,
            chart: None,
            warnings: Vec::new(),
        }
    }

    /// A test whose p-value is still to be corrected; `subject` is what it is about.
    pub fn test(result: TestResult, subject: impl Into<String>) -> Self {
        let observed = Some(Observed::Number(result.statistic));
        let warnings = result.warnings.clone();
        let outcome = Outcome::Test(Box::new(result));
        Finding { outcome, observed, warnings, ..Finding::decided(true, subject) }
    }

    /// The same with what was observed.
    pub fn observed(mut self, observed: Observed) -> Self {
        self.observed = Some(observed);
        self
    }

    /// The same with the rows of a count.
    pub fn counted(mut self, counted: &Counted) -> Self {
        self.rows = RowCounts {
            examined: Some(counted.examined),
            skipped: Some(counted.nulls + counted.nans),
            violations: Some(counted.violations),
        };
        self
    }

    /// The same with the rows of a key.
    pub fn keyed(mut self, duplicates: &Duplicates) -> Self {
        self.rows = RowCounts {
            examined: Some(duplicates.examined),
            skipped: Some(duplicates.skipped),
            violations: Some(duplicates.duplicated),
        };
        self
    }
}
