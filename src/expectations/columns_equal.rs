use schemars::JsonSchema;
use serde::Deserialize;

use super::between::same_kind;
use super::several::{self, listed};
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Likeness, Predicate};

/// Two or more columns have the same value in every row.
///
/// # Why
/// An identifier that was carried through several joins, a total that two systems report: the
/// copies must agree. Numbers of different types are compared exactly. A row with some of the
/// columns missing breaks the rule; one with all of them missing is not looked at.
///
/// # Passes
/// ```yaml
/// table:
///   columns_equal: [id, order_id]
/// ```
/// ```csv
/// id,order_id
/// 1,1
/// 2,2
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   columns_equal: [id, order_id, invoice_id]
/// ```
/// ```csv
/// id,order_id,invoice_id
/// 1,1,1
/// 2,2,
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnsEqual {
    /// The columns that must agree.
    columns: Vec<String>,
}

impl Expectation for ColumnsEqual {
    const NAME: &'static str = "columns_equal";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("columns");
}

/// Refuses columns of which some cannot be compared with the others.
pub fn alike(columns: &[String], context: &Context) -> Result<(), Mistake> {
    several::check(columns)?;
    for (place, right) in columns.iter().enumerate() {
        for left in &columns[..place] {
            same_kind(context.kind_of(left), context.kind_of(right), left, right)?;
        }
    }
    Ok(())
}

impl RowCheck for ColumnsEqual {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        alike(&self.columns, context)?;
        Ok(Predicate::Alike { columns: self.columns.clone(), likeness: Likeness::Equal })
    }

    fn words(&self, _: &Context) -> Words {
        let columns = listed(&self.columns);
        Words {
            subject: "rows".into(),
            keep: format!("have the same value in {columns}"),
            break_it: format!("have different values in {columns}"),
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}
