use schemars::JsonSchema;
use serde::Deserialize;

use super::unique::Unique;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, RowRule, Unmeasured};

/// No two rows are equal in every column, or in all but the named ones.
///
/// # Why
/// A load that ran twice, a page that was fetched again: whole rows repeat, and every count and sum
/// after it is too large. `ignore` leaves out columns that differ though the row is the same, such
/// as a number given by the load. Every row that equals another is counted; a missing value equals
/// a missing value, and rows that are missing altogether are left out.
///
/// # Passes
/// ```yaml
/// table:
///   no_duplicate_rows: true
/// ```
/// ```csv
/// id,price
/// 1,10
/// 2,10
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   no_duplicate_rows: {ignore: [loaded_at]}
/// ```
/// ```csv
/// loaded_at,id,price
/// 2024-01-01,1,10
/// 2024-01-02,1,10
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoDuplicateRows {
    /// Columns that are not compared.
    #[serde(default)]
    ignore: Vec<String>,
}

impl Expectation for NoDuplicateRows {
    const NAME: &'static str = "no_duplicate_rows";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("ignore");
    const BARE: bool = true;
}

impl NoDuplicateRows {
    /// The whole row is the key.
    fn key(&self, context: &Context) -> Unique {
        let is_compared = |name: &&str| !self.ignore.iter().any(|ignored| ignored == name);
        let compared = context.schema.names().filter(is_compared);
        Unique::over(compared.map(str::to_owned).collect())
    }
}

impl Expect for NoDuplicateRows {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if context.common.nulls.is_some() {
            return Err(Mistake::new("`nulls` has no meaning for `no_duplicate_rows`")
                .help("a missing value equals a missing value"));
        }
        let is_left = context.schema.names().any(|name| !self.ignore.iter().any(|i| i == name));
        match is_left {
            true => Ok(()),
            false => Err(Mistake::new("no column is left to compare").of("ignore")),
        }
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.key(context).metrics(context)
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        self.key(context).judge(context, answers)
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        self.key(context).failing(context, answers)
    }

    fn columns(&self) -> Vec<String> {
        self.ignore.clone()
    }
}
