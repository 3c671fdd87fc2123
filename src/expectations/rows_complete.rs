use schemars::JsonSchema;
use serde::Deserialize;

use super::several::listed;
use super::tally::{self, RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::Predicate;

/// Every row has a value in each of the columns, or in all columns when none are named; NaN counts
/// as missing.
///
/// # Why
/// A model that cannot take missing values drops the row, whichever column it is that lacks one.
/// Each column may be nearly complete while few rows are: `mostly` bounds the share of rows.
///
/// # Passes
/// ```yaml
/// table:
///   rows_complete: [id, price]
/// ```
/// ```csv
/// id,price,note
/// 1,10,
/// 2,12,late
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   rows_complete: true
/// ```
/// ```csv
/// id,price,note
/// 1,10,
/// 2,12,late
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsComplete {
    /// The columns that must have a value; all of them when absent.
    columns: Option<Vec<String>>,
}

impl Expectation for RowsComplete {
    const NAME: &'static str = "rows_complete";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("columns");
    const BARE: bool = true;
}

impl RowCheck for RowsComplete {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        tally::counts_missing(context)?;
        let columns = match &self.columns {
            Some(columns) => columns.clone(),
            None => context.schema.names().map(str::to_owned).collect(),
        };
        if columns.is_empty() {
            return Err(Mistake::new("no column is named").of("columns"));
        }
        Ok(Predicate::Filled { min: columns.len() as u32, max: None, columns })
    }

    fn words(&self, _: &Context) -> Words {
        let all = match &self.columns {
            Some(columns) => listed(columns),
            None => "every column".to_owned(),
        };
        Words {
            subject: "rows".into(),
            keep: format!("have a value in {all}"),
            break_it: format!("lack a value in {}", all.replace("every", "some")),
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone().unwrap_or_default()
    }
}
