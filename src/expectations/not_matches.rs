use schemars::JsonSchema;
use serde::Deserialize;

use super::matches::patterns;
use super::tally::{RowCheck, Words};
use super::text_arguments::{Pattern, any_of, ask, owned};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::{Predicate, TextTest};

/// No text matches the regular expression, or any of several.
///
/// # Why
/// Markup in a name, a template that was not filled in, a card number in a comment: what must not
/// be there often has a form. The pattern is searched for anywhere in the text, as in `matches`.
///
/// # Passes
/// ```yaml
/// columns:
///   comment: {not_matches: ['<[a-z]+>', '\$\{.*\}']}
/// ```
/// ```csv
/// comment
/// warm & clean
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   comment: {not_matches: '[0-9]{13,19}'}
/// ```
/// ```csv
/// comment
/// paid with 4111111111111111
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotMatches {
    /// The regular expression, or a list of them.
    pattern: OneOrMany<Pattern>,
    /// Whether only a match of the whole text counts.
    #[serde(default)]
    full: bool,
}

impl Expectation for NotMatches {
    const NAME: &'static str = "not_matches";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("pattern");
}

impl RowCheck for NotMatches {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let patterns = patterns(&self.pattern, false, self.full)?;
        ask(context, TextTest::Pattern { patterns, all: false, full: self.full }, true)
    }

    fn words(&self, context: &Context) -> Words {
        let whole = if self.full { " as a whole" } else { "" };
        let patterns = any_of(&owned(&self.pattern, |pattern| &pattern.0));
        let keep = match patterns.strip_prefix("one of ") {
            Some(list) => format!("match none of {list}{whole}"),
            None => format!("do not match {patterns}{whole}"),
        };
        Words::of_values(context, keep, format!("match {patterns}{whole}"))
    }
}
