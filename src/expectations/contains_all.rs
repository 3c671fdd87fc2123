use schemars::JsonSchema;
use serde::Deserialize;

use super::distinct_set::Occurring;
use super::set::Set;
use super::{
    Context, Expect, Expectation, FileContent, Finding, FromFile, Kind, Literal, Mistake, Scope,
};
use crate::metric::{Answers, Metric, Unmeasured};

/// Every listed value occurs at least once.
///
/// # Why
/// A store that sent nothing, a month that is missing, a class that a sample lost: each row that is
/// there looks fine. Other values may occur as well; `distinct_set` says whether they may.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {contains_all: [private, shared]}
/// ```
/// ```csv
/// room
/// shared
/// hotel
/// private
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   store: {contains_all: [1, 2, 3]}
/// ```
/// ```csv
/// store
/// 1
/// 3
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainsAll {
    /// The values that must occur.
    values: Option<Vec<Literal>>,
    /// A file that lists them, relative to the suite.
    file: Option<FromFile<Vec<String>>>,
    /// The column of the file that holds them, where it is CSV.
    column: Option<String>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for ContainsAll {
    const NAME: &'static str = "contains_all";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("values");
    const FILE: Option<FileContent> = Some(FileContent::Values);
}

impl ContainsAll {
    fn occurring(&self) -> Occurring<'_> {
        let (file, column) = (self.file.as_ref(), self.column.as_deref());
        let values = self.values.as_deref();
        let set = Set { values, file, column, ignore_case: self.ignore_case };
        Occurring { set, all: true, only: false }
    }
}

impl Expect for ContainsAll {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.occurring().check(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![Occurring::metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        self.occurring().judge(context, answers)
    }
}
