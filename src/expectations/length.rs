use schemars::JsonSchema;
use serde::Deserialize;

use super::row_count::Counts;
use super::tally::{RowCheck, Words};
use super::text_arguments::ask;
use super::{Context, Expectation, Kind, Mistake, Scope, range};
use crate::metric::{LengthUnit, Predicate, TextTest};

/// Every text has this many characters.
///
/// # Why
/// A text that was cut at a field's width, or holds a whole document, shows in its length.
/// Characters are Unicode code points: `é` is one or two depending on how it was composed, nothing
/// is normalised. `unit: bytes` counts the bytes of UTF-8 instead, as the columns of some databases
/// do.
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
/// ```yaml
/// columns:
///   name: {length: {max: 3, unit: bytes}}
/// ```
/// ```csv
/// name
/// Zoë
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
    /// Whether `min` and `max` themselves are outside.
    #[serde(default)]
    strict: bool,
    /// What is counted.
    #[serde(default)]
    unit: LengthUnit,
}

impl Expectation for Length {
    const NAME: &'static str = "length";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("equal");
}

impl RowCheck for Length {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let Length { equal, min, max, strict, unit } = *self;
        Counts { equal, min, max, strict }.check().map_err(|mistake| mistake.of("length"))?;
        if strict && max == Some(0) {
            return Err(Mistake::new("no length is below 0").of("max"));
        }
        let inside = |end: Option<u64>, step: i64| {
            end.map(|end| if strict { end.saturating_add_signed(step) } else { end })
        };
        let (min, max) = (equal.or(inside(min, 1)), equal.or(inside(max, -1)));
        ask(context, TextTest::Length { unit, min, max }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let unit = match self.unit {
            LengthUnit::Characters => "characters",
            LengthUnit::Bytes => "bytes",
        };
        let span = match self.equal {
            Some(equal) => format!("{equal} {unit}"),
            None => {
                let text = |end: Option<u64>| end.map(|end| end.to_string());
                let span = range::span(text(self.min), text(self.max), self.strict);
                let of = if self.unit == LengthUnit::Bytes { " in bytes" } else { "" };
                format!("a length{of} {span}")
            }
        };
        let (keep, break_it) = (format!("have {span}"), format!("do not have {span}"));
        Words::of_values(context, keep, break_it)
    }
}
