use regex::RegexBuilder;
use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Predicate, Type};

/// Every text matches a regular expression.
///
/// # Why
/// Identifiers, codes and addresses have a form; a value without it was typed, cut or shifted from
/// another column. The pattern is searched for anywhere in the text; `full: true` asks for the
/// whole of it. Syntax is that of Rust's `regex`: linear time, no look-around, no back-references;
/// `$` matches at the very end only, and `\d` means the digits of every script (`[0-9]` the ASCII
/// ones).
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
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matches {
    /// The regular expression.
    pattern: String,
    /// Whether it must match the whole text.
    #[serde(default)]
    full: bool,
}

/// Largest compiled program, in bytes.
const PROGRAM_LIMIT: usize = 10 << 20;

impl Expectation for Matches {
    const NAME: &'static str = "matches";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("pattern");
}

impl RowCheck for Matches {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context.accept(|kind| *kind == Type::String, "text")?;
        valid(&self.pattern)?;
        let (column, pattern) = (context.name().to_owned(), self.pattern.clone());
        Ok(Predicate::Matches { column, pattern, full: self.full })
    }

    fn words(&self, context: &Context) -> Words {
        let whole = if self.full { " as a whole" } else { "" };
        let pattern = format!("`{}`{whole}", self.pattern);
        Words::of_values(context, format!("match {pattern}"), format!("do not match {pattern}"))
    }
}

/// Refuses a pattern that does not compile, naming what stands in the way.
pub fn valid(pattern: &str) -> Result<(), Mistake> {
    if pattern.is_empty() {
        return Err(Mistake::new("every text matches an empty pattern, so this cannot fail"));
    }
    let Err(error) = RegexBuilder::new(pattern).size_limit(PROGRAM_LIMIT).build() else {
        return Ok(());
    };
    let text = error.to_string();
    let cause = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let mistake = Mistake::new(format!("the pattern does not compile: {cause}"));
    let advice = match cause.as_str() {
        cause if cause.contains("look-around") => {
            "look-around needs a pattern that remembers; use two checks, or `rows:` with SQL"
        }
        cause if cause.contains("backreferences") => "back-references are not supported",
        _ => "single quotes keep backslashes as they are: '\\d+'",
    };
    Err(mistake.help(advice))
}
