use schemars::JsonSchema;
use serde::Deserialize;

use super::exactly_one_of::filled;
use super::several::listed;
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::Predicate;

/// In every row at least one of the columns has a value; NaN counts as missing.
///
/// # Why
/// A customer without telephone is fine, and one without e-mail: one without either cannot be
/// reached. Every row is judged.
///
/// # Passes
/// ```yaml
/// table:
///   at_least_one_of: [phone, email]
/// ```
/// ```csv
/// id,phone,email
/// 1,112,
/// 2,,a@b.org
/// 3,113,c@d.org
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   at_least_one_of: [phone, email]
/// ```
/// ```csv
/// id,phone,email
/// 1,112,
/// 2,,
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtLeastOneOf {
    /// The columns of which one or more have a value.
    columns: Vec<String>,
}

impl Expectation for AtLeastOneOf {
    const NAME: &'static str = "at_least_one_of";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("columns");
}

impl RowCheck for AtLeastOneOf {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        filled(&self.columns, 1, None, context)
    }

    fn words(&self, _: &Context) -> Words {
        let columns = listed(&self.columns);
        Words {
            subject: "rows".into(),
            keep: format!("have at least one of {columns}"),
            break_it: format!("have none of {columns}"),
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}
