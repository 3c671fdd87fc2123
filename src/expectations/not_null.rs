use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Missing, Predicate};

/// The column has a value in every row; NaN counts as missing.
///
/// # Why
/// Every other check leaves missing values out, so that one defect is one failure; this is the one
/// that counts them. The denominator is all rows.
///
/// # Passes
/// ```yaml
/// columns:
///   name: {not_null: {mostly: 0.5}}
///   id: {not_null: true}
/// ```
/// ```csv
/// id,name
/// 1,Ada
/// 2,
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   name: {not_null: true}
/// ```
/// ```csv
/// id,name
/// 1,Ada
/// 2,
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotNull {}

impl Expectation for NotNull {
    const NAME: &'static str = "not_null";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for NotNull {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        if context.common.nulls == Some(Missing::Skip) {
            let message = "`nulls: skip` has no meaning for a check that counts missing values";
            return Err(Mistake::new(message));
        }
        Ok(Predicate::Present { column: context.name().to_owned() })
    }

    fn words(&self, context: &Context) -> Words {
        Words::of_values(context, "are present", "are missing")
    }
}
