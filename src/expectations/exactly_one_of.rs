use schemars::JsonSchema;
use serde::Deserialize;

use super::several::{self, listed};
use super::tally::{self, RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::Predicate;

/// In every row exactly one of the columns has a value; NaN counts as missing.
///
/// # Why
/// A payment is by card, by transfer or by voucher: two at once are as wrong as none. Every row is
/// judged.
///
/// # Passes
/// ```yaml
/// table:
///   exactly_one_of: [card, iban]
/// ```
/// ```csv
/// id,card,iban
/// 1,4111,
/// 2,,DE89
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   exactly_one_of: [card, iban]
/// ```
/// ```csv
/// id,card,iban
/// 1,4111,DE89
/// 2,,
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExactlyOneOf {
    /// The columns of which one has a value.
    columns: Vec<String>,
}

impl Expectation for ExactlyOneOf {
    const NAME: &'static str = "exactly_one_of";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("columns");
}

/// The question how many of several columns have a value.
pub fn filled(
    columns: &[String],
    min: u32,
    max: Option<u32>,
    context: &Context,
) -> Result<Predicate, Mistake> {
    several::check(columns)?;
    tally::counts_missing(context)?;
    Ok(Predicate::Filled { columns: columns.to_vec(), min, max })
}

impl RowCheck for ExactlyOneOf {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        filled(&self.columns, 1, Some(1), context)
    }

    fn words(&self, _: &Context) -> Words {
        let columns = listed(&self.columns);
        Words {
            subject: "rows".into(),
            keep: format!("have exactly one of {columns}"),
            break_it: format!("do not have exactly one of {columns}"),
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}
