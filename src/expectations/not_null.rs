use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{self, RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::Predicate;

/// The column has a value in every row; NaN counts as missing.
///
/// # Why
/// Every other check leaves missing values out, so that one defect is one failure; this is the one
/// that counts them. The denominator is all rows. `mostly` allows a share of them, `max_count` a
/// number; where both are written, both must be kept.
///
/// # Passes
/// ```yaml
/// columns:
///   name: {not_null: {mostly: 0.5}}
///   nick: {not_null: {max_count: 1}}
///   id: {not_null: true}
/// ```
/// ```csv
/// id,name,nick
/// 1,Ada,
/// 2,,Bob
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
pub struct NotNull {
    /// How many rows may lack a value.
    max_count: Option<u64>,
}

impl Expectation for NotNull {
    const NAME: &'static str = "not_null";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for NotNull {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        tally::counts_missing(context)?;
        if self.max_count == Some(0) {
            return Err(Mistake::new("`max_count: 0` is what `not_null: true` says")
                .help("remove it, or allow some rows")
                .of("max_count"));
        }
        Ok(Predicate::Present { column: context.name().to_owned() })
    }

    fn max_count(&self) -> Option<u64> {
        self.max_count
    }

    fn words(&self, context: &Context) -> Words {
        Words::of_values(context, "are present", "are missing")
    }
}
