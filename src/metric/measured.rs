//! The form of an engine's answers: integers, sums and states, never decisions.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::order::{Holes, Overlaps, Sequence};
use super::relation::{KeyMatch, QueryAnswer, TableDiff};
use super::{MarkedKeys, Metric, Value};
use crate::stats;
use crate::stats::ecdf::Gaps;

/// An answer.
#[derive(Clone, Debug)]
pub enum Measured {
    Rows(u64),
    Counted(Counted),
    Duplicates(Duplicates),
    Frequencies(Arc<Frequencies>),
    Ends(Ends),
    Moments(Arc<Sampled>),
    /// `None` when no value was there.
    Quantile(Option<Value>),
    Values(Arc<Values>),
    Groups(Arc<Groups>),
    Pairs(Arc<Pairs>),
    Keys(KeyMatch),
    Sequence(Arc<Sequence>),
    Holes(Arc<Holes>),
    TableDiff(Arc<TableDiff>),
    Query(Arc<QueryAnswer>),
    Overlaps(Arc<Overlaps>),
    Comparison(Arc<TwoSided>),
    Gaps(Arc<TwoSided<Gaps>>),
    Bins(Arc<Bins>),
    Examples(Vec<Example>),
    Identity(Identity),
    /// In the order of the groups.
    Grouped(Arc<Vec<GroupAnswer>>),
}

/// The answer for one group of rows.
#[derive(Clone, Debug)]
pub struct GroupAnswer {
    /// The values that its rows share; null where they are missing.
    pub key: Vec<Value>,
    /// What names the group in [`super::Predicate::InGroups`].
    pub fingerprint: u128,
    pub answer: Result<Measured, Unmeasured>,
}

/// How many rows a rule held for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows that were judged; the denominator of `mostly`.
    pub examined: u64,
    /// Rows left out because a value is null.
    pub nulls: u64,
    /// Rows left out because a value is NaN.
    pub nans: u64,
    /// Judged rows that break the rule.
    pub violations: u64,
}

/// How far a key is from being unique.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Duplicates {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows with a key; the denominator of `mostly`.
    pub examined: u64,
    /// Rows left out because every part of the key is missing, or one, where whole keys are asked
    /// for.
    pub skipped: u64,
    pub distinct: u64,
    /// Rows whose key occurs more than once.
    pub duplicated: u64,
    /// All duplicated keys.
    pub keys: MarkedKeys,
}

/// How often each value occurs, in the order of the values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frequencies {
    /// Rows that the filter selects.
    pub rows: u64,
    pub nulls: u64,
    pub nans: u64,
    pub counts: Vec<(Value, u64)>,
}

impl Frequencies {
    /// Values that are neither null nor NaN.
    pub fn examined(&self) -> u64 {
        self.rows - self.nulls - self.nans
    }
}

/// The smallest and the largest value of a column, with what was left out; infinities are values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ends {
    /// Rows that the filter selects.
    pub rows: u64,
    pub nulls: u64,
    pub nans: u64,
    /// Both, smallest first; `None` without values.
    pub values: Option<(Value, Value)>,
}

/// Moments of a column with what was left out of them; reads like the [`stats::moments::Summary`]
/// in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    /// Rows that the filter selects.
    pub rows: u64,
    pub nulls: u64,
    pub nans: u64,
    /// The smallest and the largest value, exact; infinities are values.
    pub min: Option<Value>,
    pub max: Option<Value>,
    /// The sum: exact for integers and decimals, rounded once for floats.
    pub sum: Option<Value>,
    pub summary: stats::moments::Summary,
}

impl Deref for Sampled {
    type Target = stats::moments::Summary;

    fn deref(&self) -> &Self::Target {
        &self.summary
    }
}

/// The values of a column, ascending, as the nearest doubles; infinities are values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows left out because the value is null or NaN.
    pub missing: u64,
    pub sorted: Vec<f64>,
}

/// The values of a column by those of another, in the order of the groups; values ascend.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows left out because one of the two is null or NaN.
    pub missing: u64,
    pub groups: Vec<(Value, Vec<f64>)>,
}

/// Two columns row by row, ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows left out because one of the two is null or NaN.
    pub missing: u64,
    pub pairs: Vec<(f64, f64)>,
}

/// Both sides of a column compared, data first, with what was left out; reads like the
/// [`stats::ecdf::Comparison`], or the [`Gaps`], in it.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoSided<C = stats::ecdf::Comparison> {
    /// Rows that the filter selects.
    pub rows: [u64; 2],
    pub nulls: [u64; 2],
    pub nans: [u64; 2],
    /// Infinities among the values; they are ranked like others.
    pub infinite: [u64; 2],
    /// What the comparison's figures count.
    pub axis: Axis,
    pub comparison: C,
}

impl<C> TwoSided<C> {
    /// Values left out on each side because they are null or NaN.
    pub fn missing(&self) -> [u64; 2] {
        [self.nulls[0] + self.nans[0], self.nulls[1] + self.nans[1]]
    }
}

impl TwoSided {
    /// What is known about the gaps.
    pub fn to_gaps(&self) -> TwoSided<Gaps> {
        TwoSided {
            rows: self.rows,
            nulls: self.nulls,
            nans: self.nans,
            infinite: self.infinite,
            axis: self.axis,
            comparison: self.comparison.gaps.clone(),
        }
    }
}

impl<C> Deref for TwoSided<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.comparison
    }
}

/// What the numbers of a comparison or of bins count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// The values themselves.
    #[default]
    Number,
    /// Days since 1970-01-01.
    Date,
    /// Ticks of so many nanoseconds since midnight.
    Time { tick_ns: i64 },
    /// Ticks of so many nanoseconds since 1970-01-01T00:00:00.
    DateTime { tick_ns: i64, zoned: bool },
    /// Ticks of so many nanoseconds.
    Duration { tick_ns: i64 },
}

impl Axis {
    /// The value at a point of the axis, rounded down to what a value can hold.
    pub fn value(self, point: f64) -> Value {
        let nanos = |tick_ns: i64| (point * tick_ns as f64).floor() as i128;
        match self {
            Axis::Number => Value::float(point),
            Axis::Date => Value::Date(point.floor() as i32),
            Axis::Time { tick_ns } => Value::Time(nanos(tick_ns) as i64),
            Axis::DateTime { tick_ns, zoned } => Value::DateTime { nanos: nanos(tick_ns), zoned },
            Axis::Duration { tick_ns } => Value::Duration(nanos(tick_ns)),
        }
    }
}

/// Both sides of a column counted in the same bins: right-closed, the outer ones open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins {
    /// Inner edges, rising, from quantiles of the reference.
    pub edges: Vec<f64>,
    pub data: Vec<u64>,
    pub reference: Vec<u64>,
    /// Missing values of the data and of the reference.
    pub missing: [u64; 2],
    /// What the edges count.
    pub axis: Axis,
}

/// A row that breaks a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Number of the row in the dataset, the first is 1.
    pub row: u64,
    pub cells: Vec<(String, Value)>,
}

/// What a dataset was when it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    pub path: String,
    pub format: String,
    pub rows: Option<u64>,
    pub columns: u64,
    pub bytes: u64,
    /// SHA-256 of the content; of the list of names and hashes where there are several files.
    pub sha256: String,
    /// Time of the last change, RFC 3339 in UTC.
    pub modified: Option<String>,
    /// What is odd about the file though it can be read: a missing last newline, padded names …
    pub warnings: Vec<String>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmeasured {
    /// The dataset cannot be read; all its questions fail alike.
    Unreadable(String),
    /// This one question cannot be answered.
    NotComputable(String),
}

impl fmt::Display for Unmeasured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unmeasured::Unreadable(reason) | Unmeasured::NotComputable(reason) => {
                f.write_str(reason)
            }
        }
    }
}

impl std::error::Error for Unmeasured {}

/// All answers of a run, found by their question.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    answers: HashMap<Metric, Result<Measured, Unmeasured>>,
}

impl FromIterator<(Metric, Result<Measured, Unmeasured>)> for Answers {
    fn from_iter<I: IntoIterator<Item = (Metric, Result<Measured, Unmeasured>)>>(pairs: I) -> Self {
        Answers { answers: pairs.into_iter().collect() }
    }
}

macro_rules! answer {
    ($(#[$doc:meta])* $name:ident, $variant:ident, $form:ty) => {
        $(#[$doc])*
        pub fn $name(&self, metric: &Metric) -> Result<&$form, Unmeasured> {
            match self.get(metric)? {
                Measured::$variant(answer) => Ok(answer),
                other => Err(misplaced(metric, other)),
            }
        }
    };
}

impl Answers {
    /// The answer to a question that was asked.
    pub fn get(&self, metric: &Metric) -> Result<&Measured, Unmeasured> {
        match self.answers.get(metric) {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err(Unmeasured::NotComputable(format!("a question was not asked: {metric:?}"))),
        }
    }

    answer!(/** Answer to [`Metric::Rows`]. */ rows, Rows, u64);
    answer!(/** Answer to [`Metric::CountWhere`]. */ counted, Counted, Counted);
    answer!(/** Answer to [`Metric::Duplicates`]. */ duplicates, Duplicates, Duplicates);
    answer!(/** Answer to [`Metric::Frequencies`]. */ frequencies, Frequencies, Arc<Frequencies>);
    answer!(/** Answer to [`Metric::Ends`]. */ ends, Ends, Ends);
    answer!(/** Answer to [`Metric::Moments`]. */ moments, Moments, Arc<Sampled>);
    answer!(/** Answer to [`Metric::Quantile`]. */ quantile, Quantile, Option<Value>);
    answer!(/** Answer to [`Metric::Values`]. */ values, Values, Arc<Values>);
    answer!(/** Answer to [`Metric::Groups`]. */ groups, Groups, Arc<Groups>);
    answer!(/** Answer to [`Metric::Pairs`]. */ pairs, Pairs, Arc<Pairs>);
    answer!(/** Answer to [`Metric::Keys`]. */ keys, Keys, KeyMatch);
    answer!(/** Answer to [`Metric::Sequence`]. */ sequence, Sequence, Arc<Sequence>);
    answer!(/** Answer to [`Metric::Query`]. */ query, Query, Arc<QueryAnswer>);
    answer!(
        /** Answer to [`Metric::TableDiff`] and [`Metric::Reconcile`]. */
        table_diff,
        TableDiff,
        Arc<TableDiff>
    );
    answer!(/** Answer to [`Metric::Holes`]. */ holes, Holes, Arc<Holes>);
    answer!(/** Answer to [`Metric::Overlaps`]. */ overlaps, Overlaps, Arc<Overlaps>);
    answer!(
        /** Answer to [`Metric::Comparison`]. */ comparison, Comparison, Arc<TwoSided>
    );
    answer!(/** Answer to [`Metric::Gaps`]. */ gaps, Gaps, Arc<TwoSided<Gaps>>);
    answer!(/** Answer to [`Metric::Bins`]. */ bins, Bins, Arc<Bins>);
    answer!(/** Answer to [`Metric::Examples`]. */ examples, Examples, Vec<Example>);
    answer!(/** Answer to [`Metric::Identity`]. */ identity, Identity, Identity);
    answer!(/** Answer to [`Metric::Grouped`]. */ grouped, Grouped, Arc<Vec<GroupAnswer>>);
}

fn misplaced(metric: &Metric, answer: &Measured) -> Unmeasured {
    Unmeasured::NotComputable(format!("an engine answered {metric:?} with {answer:?}"))
}
