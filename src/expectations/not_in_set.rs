use schemars::JsonSchema;
use serde::Deserialize;

use super::in_set::{listed, values};
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope};
use crate::metric::Predicate;

/// No value is one of the listed ones.
///
/// # Why
/// Placeholders such as `unknown`, `TBD` or -999 look like values and are none.
///
/// # Passes
/// ```yaml
/// columns:
///   name: {not_in_set: [unknown, test]}
/// ```
/// ```csv
/// name
/// Ada
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   name: {not_in_set: [unknown, test]}
/// ```
/// ```csv
/// name
/// test
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotInSet {
    /// The values that must not occur.
    values: Vec<Literal>,
}

impl Expectation for NotInSet {
    const NAME: &'static str = "not_in_set";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("values");
}

impl RowCheck for NotInSet {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        if self.values.contains(&Literal::Null) {
            return Err(Mistake::new("`null` cannot be listed here").help("write `not_null: true`"));
        }
        let values = values(&self.values, context)?;
        Ok(Predicate::OneOf { column: context.name().to_owned(), values, negated: true })
    }

    fn words(&self, context: &Context) -> Words {
        let list = listed(&self.values);
        Words::of_values(context, format!("are none of {list}"), format!("are one of {list}"))
    }
}
