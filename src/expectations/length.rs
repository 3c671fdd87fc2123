use schemars::JsonSchema;
use serde::Deserialize;

use super::row_count::Counts;
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope, range};
use crate::metric::{Predicate, Type};

/// Every text has this many characters.
///
/// # Why
/// A text that was cut at a field's width, or holds a whole document, shows in its length.
/// Characters are Unicode code points: `é` is one or two depending on how it was composed, nothing
/// is normalised.
///
/// # Passes
/// ```yaml
/// columns:
///   name: {length: {min: 1, max: 5}}
/// ```
/// ```csv
/// name
/// Zoë
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   code: {length: 2}
/// ```
/// ```csv
/// code
/// NY
/// NYC
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// Exactly this many characters.
    equal: Option<u64>,
    /// At least this many.
    min: Option<u64>,
    /// At most this many.
    max: Option<u64>,
}

impl Expectation for Length {
    const NAME: &'static str = "length";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("equal");
}

impl RowCheck for Length {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context.accept(|kind| *kind == Type::String, "text")?;
        Counts { equal: self.equal, min: self.min, max: self.max, strict: false }.check()?;
        let (min, max) = (self.equal.or(self.min), self.equal.or(self.max));
        Ok(Predicate::Length { column: context.name().to_owned(), min, max })
    }

    fn words(&self, context: &Context) -> Words {
        let span = match self.equal {
            Some(equal) => format!("{equal} characters"),
            None => {
                let text = |end: Option<u64>| end.map(|end| end.to_string());
                format!("a length {}", range::span(text(self.min), text(self.max), false))
            }
        };
        let (keep, break_it) = (format!("have {span}"), format!("do not have {span}"));
        Words::of_values(context, keep, break_it)
    }
}
