use schemars::JsonSchema;
use serde::Deserialize;

use super::columns_equal::alike;
use super::several::listed;
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Likeness, Predicate};

/// No two of the columns have the same value in a row.
///
/// # Why
/// Sender and receiver, first and second reviewer, origin, stop and destination: the same value
/// twice in a row is a slip. A missing value equals nothing, as in `unique`; a row with all of them
/// missing is not looked at.
///
/// # Passes
/// ```yaml
/// table:
///   unique_within_row: [origin, stop, destination]
/// ```
/// ```csv
/// origin,stop,destination
/// Oslo,Rome,Cairo
/// Oslo,,Rome
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   unique_within_row: [origin, stop, destination]
/// ```
/// ```csv
/// origin,stop,destination
/// Oslo,Rome,Oslo
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UniqueWithinRow {
    /// The columns that must differ from each other.
    columns: Vec<String>,
}

impl Expectation for UniqueWithinRow {
    const NAME: &'static str = "unique_within_row";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("columns");
}

impl RowCheck for UniqueWithinRow {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        alike(&self.columns, context)?;
        Ok(Predicate::Alike { columns: self.columns.clone(), likeness: Likeness::Distinct })
    }

    fn words(&self, _: &Context) -> Words {
        let columns = listed(&self.columns);
        Words {
            subject: "rows".into(),
            keep: format!("have different values in {columns}"),
            break_it: format!("repeat a value among {columns}"),
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}
