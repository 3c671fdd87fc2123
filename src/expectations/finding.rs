//! What an expectation finds, before the suite's correction turns it into a verdict.

use crate::metric::{Counted, Duplicates};
use crate::stats::{Tail, TestResult};
use crate::verdict::{Chart, DistanceResult, Observed, RowCounts};

/// Whether the promise was kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Kept,
    Broken,
    /// The p-value decides, once its family is corrected.
    Test(Box<TestResult>),
}

/// What a test holds its subject against, and on which side it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    pub tail: Tail,
    /// "the reference", "12", "a normal distribution".
    pub against: String,
}

impl Default for Relation {
    fn default() -> Self {
        Relation { tail: Tail::TwoSided, against: "the reference".into() }
    }
}

impl Relation {
    /// The words for a test that alarms.
    pub fn holds(&self) -> String {
        let verb = match self.tail {
            Tail::TwoSided => "differs from",
            Tail::Less => "lies below",
            Tail::Greater => "lies above",
        };
        format!("{verb} {}", self.against)
    }

    /// The words for a test that does not.
    pub fn is_not_shown(&self) -> String {
        let verb = match self.tail {
            Tail::TwoSided => "shows no difference from",
            Tail::Less => "is not shown to lie below",
            Tail::Greater => "is not shown to lie above",
        };
        format!("{verb} {}", self.against)
    }
}

/// The judgement of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub outcome: Outcome,
    pub observed: Option<Observed>,
    /// One plain sentence; for a test its subject: "the distribution of `price`".
    pub message: String,
    /// How a test's sentence goes on.
    pub relation: Relation,
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
            relation: Relation::default(),
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

    /// The same test on one side only.
    pub fn towards(mut self, tail: Tail) -> Self {
        self.relation.tail = tail;
        self
    }

    /// The same test against something other than the reference.
    pub fn against(mut self, what: impl Into<String>) -> Self {
        self.relation.against = what.into();
        self
    }

    /// The same with the missing values of each side.
    pub fn dropped(mut self, missing: impl Into<Vec<u64>>) -> Self {
        self.dropped = missing.into();
        self
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
