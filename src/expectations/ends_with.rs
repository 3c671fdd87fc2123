use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::{Piece, any_of, ask, owned};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::{Predicate, TextTest};

/// Every text ends with this text, or with one of several.
///
/// # Why
/// File names end in what they hold, domains in their country, units behind an amount. The text is
/// taken literally: the dot in `.csv` is a dot.
///
/// # Passes
/// ```yaml
/// columns:
///   value: {ends_with: '.csv'}
/// ```
/// ```csv
/// value
/// a.csv
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   value: {ends_with: {text: ['.csv', '.parquet'], ignore_case: true}}
/// ```
/// ```csv
/// value
/// a.CSV
/// b.xlsx
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndsWith {
    /// The ending, or a list of them.
    text: OneOrMany<Piece>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for EndsWith {
    const NAME: &'static str = "ends_with";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("text");
}

impl RowCheck for EndsWith {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let parts = owned(&self.text, |piece| &piece.0);
        ask(context, TextTest::Suffix { parts, ignore_case: self.ignore_case }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let parts = any_of(&owned(&self.text, |piece| &piece.0));
        let break_it = match parts.strip_prefix("one of ") {
            Some(list) => format!("end with none of {list}"),
            None => format!("do not end with {parts}"),
        };
        Words::of_values(context, format!("end with {parts}"), break_it)
    }
}
