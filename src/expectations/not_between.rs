use schemars::JsonSchema;
use serde::Deserialize;

use super::between::Between;
use super::tally::{self, RowCheck, Words};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope};
use crate::metric::Predicate;

/// No value lies between two bounds; the bounds belong to the range unless `strict` is true.
///
/// # Why
/// A sentinel such as -999 stands for "unknown", a range of numbers is reserved, a plant was shut
/// for a week: values inside are an error, on either side they are fine. Bounds are those of
/// `between`; a value whose bound is missing breaks the rule.
///
/// # Passes
/// ```yaml
/// columns:
///   temperature: {not_between: {min: -1000, max: -900}}
/// ```
/// ```csv
/// temperature
/// 12
/// -3
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   temperature: {not_between: {min: -1000, max: -900}}
/// ```
/// ```csv
/// temperature
/// 12
/// -999
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotBetween {
    /// The lower end.
    min: Option<Literal>,
    /// The upper end.
    max: Option<Literal>,
    /// Whether the ends themselves lie outside.
    #[serde(default)]
    strict: bool,
    /// Whether a day stands for all of its moments, in a column of datetimes.
    #[serde(default)]
    whole_day: bool,
}

impl Expectation for NotBetween {
    const NAME: &'static str = "not_between";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
}

impl NotBetween {
    /// The range that values must not lie in.
    fn range(&self) -> Between {
        Between {
            min: self.min.clone(),
            max: self.max.clone(),
            strict: self.strict,
            whole_day: self.whole_day,
        }
    }
}

impl RowCheck for NotBetween {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let [min, max] = self.range().ends(context)?;
        Ok(Predicate::Within { column: context.name().to_owned(), min, max, negated: true })
    }

    fn words(&self, context: &Context) -> Words {
        let span = self.range().span();
        let missing = tally::or_missing(context);
        Words::of_values(context, format!("do not lie {span}"), format!("lie {span}{missing}"))
    }

    fn columns(&self) -> Vec<String> {
        RowCheck::columns(&self.range())
    }
}
