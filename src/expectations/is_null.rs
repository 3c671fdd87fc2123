use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{self, RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{CellTest, Predicate};

/// The column has no value in any row; NaN counts as missing.
///
/// # Why
/// A column that is reserved, or retired, fills again by mistake; with `where`, a field that only
/// makes sense for some rows stays empty in the others. The denominator is all rows.
///
/// # Passes
/// ```yaml
/// columns:
///   refund: {is_null: {where: "state = 'open'"}}
/// ```
/// ```csv
/// state,refund
/// open,
/// closed,12
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   refund: {is_null: true}
/// ```
/// ```csv
/// state,refund
/// open,
/// closed,12
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IsNull {}

impl Expectation for IsNull {
    const NAME: &'static str = "is_null";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for IsNull {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        if context.common.nulls.is_some() {
            let message = "`nulls` has no meaning for a check that counts missing values";
            return Err(Mistake::new(message).of("nulls"));
        }
        tally::counts_missing(context)?;
        Ok(Predicate::Cell { column: context.name().to_owned(), test: CellTest::Missing })
    }

    fn words(&self, context: &Context) -> Words {
        Words::of_values(context, "are missing", "are present")
    }
}
