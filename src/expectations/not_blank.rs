use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::ask;
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Predicate, TextTest};

/// No text is empty or white space alone.
///
/// # Why
/// A name of three spaces is there, so `not_null` is content with it; a reader is not. Missing
/// values are not looked at: `nulls: fail` refuses them too.
///
/// # Passes
/// ```yaml
/// columns:
///   name: {not_blank: true}
/// ```
/// ```csv
/// name
/// Ada
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   name: {not_blank: true}
/// ```
/// ```csv
/// name
/// Ada
/// "   "
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotBlank {}

impl Expectation for NotBlank {
    const NAME: &'static str = "not_blank";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for NotBlank {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        ask(context, TextTest::NotBlank, false)
    }

    fn words(&self, context: &Context) -> Words {
        Words::of_values(context, "are not blank", "are blank")
    }
}
