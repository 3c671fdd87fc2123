use schemars::JsonSchema;
use serde::Deserialize;

use super::like::test;
use super::tally::{RowCheck, Words};
use super::text_arguments::{any_of, ask};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::Predicate;

/// No text is as a pattern of SQL's LIKE describes it, nor as any of several.
///
/// # Why
/// `test%`, `%@example.com`: rows that were never meant for production often begin or end alike.
/// `%` stands for any text and `_` for one character, as in `like`.
///
/// # Passes
/// ```yaml
/// columns:
///   email: {not_like: '%@example.com'}
/// ```
/// ```csv
/// email
/// ada@lovelace.org
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   name: {not_like: {pattern: 'test%', ignore_case: true}}
/// ```
/// ```csv
/// name
/// Test user
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotLike {
    /// The pattern, or a list of them.
    pattern: OneOrMany<String>,
    /// The character before a `%` or `_` that means itself; there is none unless it is given.
    escape: Option<char>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for NotLike {
    const NAME: &'static str = "not_like";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("pattern");
}

impl RowCheck for NotLike {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        ask(context, test(&self.pattern, self.escape, self.ignore_case)?, true)
    }

    fn words(&self, context: &Context) -> Words {
        let patterns = any_of(self.pattern.all());
        let keep = match patterns.strip_prefix("one of ") {
            Some(list) => format!("are like none of {list}"),
            None => format!("are not like {patterns}"),
        };
        Words::of_values(context, keep, format!("are like {patterns}"))
    }
}
