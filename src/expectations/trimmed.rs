use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::ask;
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Predicate, TextTest};

/// No text begins or ends with white space.
///
/// # Why
/// `Queens ` is not `Queens`: a join loses the row, a count has a category too many, and nobody
/// sees why. White space is that of Unicode: spaces of every width, tabs, line ends.
///
/// # Passes
/// ```yaml
/// columns:
///   name: {trimmed: true}
/// ```
/// ```csv
/// name
/// New York
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   name: {trimmed: true}
/// ```
/// ```csv
/// name
/// " New York"
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trimmed {}

impl Expectation for Trimmed {
    const NAME: &'static str = "trimmed";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for Trimmed {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        ask(context, TextTest::Trimmed, false)
    }

    fn words(&self, context: &Context) -> Words {
        let (keep, break_it) = ("are trimmed", "begin or end with white space");
        Words::of_values(context, keep, break_it)
    }
}
