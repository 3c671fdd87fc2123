use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::{Pattern, all_of, any_of, ask, owned};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::{Predicate, TextTest};
use crate::text::Patterns;

/// Every text matches a regular expression, or one of several, or all of them.
///
/// # Why
/// Identifiers, codes and addresses have a form; a value without it was typed, cut or shifted from
/// another column. The pattern is searched for anywhere in the text; `full: true` asks for the
/// whole of it. Syntax is that of Rust's `regex`: linear time, no look-around, no back-references;
/// `$` matches at the very end only, and `\d` means the digits of every script (`[0-9]` the ASCII
/// ones). Of a list of patterns one must match; `all: true` asks for every one of them.
///
/// # Passes
/// ```yaml
/// columns:
///   code: {matches: '^[A-Z]{2}-[0-9]+$'}
/// ```
/// ```csv
/// code
/// NY-12
/// ```
/// ```yaml
/// columns:
///   code: {matches: {pattern: ['[A-Z]+', '[0-9]+'], full: true}}
/// ```
/// ```csv
/// code
/// NY
/// 12
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   code: {matches: {pattern: '[0-9]+', full: true}}
/// ```
/// ```csv
/// code
/// 12a
/// 13
/// ```
/// ```yaml
/// columns:
///   password: {matches: {pattern: ['[a-z]', '[0-9]'], all: true}}
/// ```
/// ```csv
/// password
/// secret
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matches {
    /// The regular expression, or a list of them.
    pattern: OneOrMany<Pattern>,
    /// Whether every pattern of the list must match, instead of one.
    #[serde(default)]
    all: bool,
    /// Whether a pattern must match the whole text.
    #[serde(default)]
    full: bool,
}

impl Expectation for Matches {
    const NAME: &'static str = "matches";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("pattern");
}

impl RowCheck for Matches {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let patterns = patterns(&self.pattern, self.all, self.full)?;
        ask(context, TextTest::Pattern { patterns, all: self.all, full: self.full }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let whole = if self.full { " as a whole" } else { "" };
        let patterns = owned(&self.pattern, |pattern| &pattern.0);
        let any = format!("{}{whole}", any_of(&patterns));
        if self.all {
            let all = format!("{}{whole}", all_of(&patterns));
            return Words::of_values(
                context,
                format!("match {all}"),
                format!("do not match {all}"),
            );
        }
        let break_it = match patterns.len() {
            1 => format!("do not match {any}"),
            _ => format!("match none of{}", any.trim_start_matches("one of")),
        };
        Words::of_values(context, format!("match {any}"), break_it)
    }
}

/// Patterns that can be compiled together.
pub fn patterns(
    patterns: &OneOrMany<Pattern>,
    all: bool,
    full: bool,
) -> Result<Vec<String>, Mistake> {
    let patterns = owned(patterns, |pattern| &pattern.0);
    if patterns.len() > 1 {
        Patterns::new(&patterns, all, full)
            .map_err(|refused| Mistake::from(refused).of("pattern"))?;
    } else if all {
        let message = "`all` has no meaning for one pattern";
        return Err(Mistake::new(message).help("list several, or remove it").of("all"));
    }
    Ok(patterns)
}
