use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::{Piece, any_of, ask, owned};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::{Predicate, TextTest};

/// Every text begins with this text, or with one of several.
///
/// # Why
/// Codes carry their source, their country or their year in front; one that begins otherwise came
/// from elsewhere. The text is taken literally: no character in it has a special meaning.
///
/// # Passes
/// ```yaml
/// columns:
///   value: {starts_with: 'SKU-'}
/// ```
/// ```csv
/// value
/// SKU-001
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   value: {starts_with: {text: ['NY-', 'LA-'], ignore_case: true}}
/// ```
/// ```csv
/// value
/// ny-12
/// SF-1
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartsWith {
    /// The beginning, or a list of them.
    text: OneOrMany<Piece>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for StartsWith {
    const NAME: &'static str = "starts_with";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("text");
}

impl RowCheck for StartsWith {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let parts = owned(&self.text, |piece| &piece.0);
        ask(context, TextTest::Prefix { parts, ignore_case: self.ignore_case }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let parts = any_of(&owned(&self.text, |piece| &piece.0));
        let break_it = match parts.strip_prefix("one of ") {
            Some(list) => format!("begin with none of {list}"),
            None => format!("do not begin with {parts}"),
        };
        Words::of_values(context, format!("begin with {parts}"), break_it)
    }
}
