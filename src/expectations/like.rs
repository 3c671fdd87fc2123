use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::{any_of, ask};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::{Predicate, TextTest};
use crate::text;

/// Every text is as a pattern of SQL's LIKE describes it, or one of several.
///
/// # Why
/// For a form that is simple, LIKE is simpler than a regular expression: `%` stands for any text,
/// even an empty one, `_` for one character, and everything else for itself. The whole text is
/// described. `escape` names the character that takes `%` and `_` literally.
///
/// # Passes
/// ```yaml
/// columns:
///   code: {like: 'NY-__'}
///   share: {like: {pattern: '%\%', escape: '\'}}
/// ```
/// ```csv
/// code,share
/// NY-12,95%
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   code: {like: ['NY-%', 'LA-%']}
/// ```
/// ```csv
/// code
/// NY-12
/// SF-1
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Like {
    /// The pattern, or a list of them.
    pattern: OneOrMany<String>,
    /// The character before a `%` or `_` that means itself; there is none unless it is given.
    escape: Option<char>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for Like {
    const NAME: &'static str = "like";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("pattern");
}

impl RowCheck for Like {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        ask(context, test(&self.pattern, self.escape, self.ignore_case)?, false)
    }

    fn words(&self, context: &Context) -> Words {
        let patterns = any_of(self.pattern.all());
        let break_it = match patterns.strip_prefix("one of ") {
            Some(list) => format!("are like none of {list}"),
            None => format!("are not like {patterns}"),
        };
        Words::of_values(context, format!("are like {patterns}"), break_it)
    }
}

/// The test for patterns that can be meant.
pub fn test(
    pattern: &OneOrMany<String>,
    escape: Option<char>,
    ignore_case: bool,
) -> Result<TextTest, Mistake> {
    if let Some(escape @ ('%' | '_')) = escape {
        let message = format!("`{escape}` stands for other text, so it cannot be the escape");
        return Err(Mistake::new(message).of("escape"));
    }
    let patterns = pattern.all().to_vec();
    for pattern in &patterns {
        text::like(pattern, escape, ignore_case)
            .map_err(|refused| Mistake::from(refused).of("pattern"))?;
    }
    Ok(TextTest::Like { patterns, escape, ignore_case })
}
