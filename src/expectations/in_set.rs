use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope};
use crate::metric::{Missing, Predicate, Value};
use crate::prose::names;

/// Every value is one of the listed ones.
///
/// # Why
/// A category that nobody knows is ignored by a model and breaks a join. Values are compared
/// exactly: `Queens` is not `queens`, and numbers are not their text. A `null` in the list allows
/// missing values by name.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {in_set: [private, shared]}
/// ```
/// ```csv
/// room
/// private
/// shared
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {in_set: [private, shared]}
/// ```
/// ```csv
/// room
/// private
/// castle
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InSet {
    /// The values that may occur.
    values: Vec<Literal>,
}

impl Expectation for InSet {
    const NAME: &'static str = "in_set";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("values");
}

impl RowCheck for InSet {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let values = values(&self.values, context)?;
        Ok(Predicate::OneOf { column: context.name().to_owned(), values, negated: false })
    }

    fn words(&self, context: &Context) -> Words {
        let list = listed(&self.values);
        Words::of_values(context, format!("are one of {list}"), format!("are none of {list}"))
    }
}

/// A list of literals as values of the check's column, in order and without repetition.
pub fn values(literals: &[Literal], context: &Context) -> Result<Vec<Value>, Mistake> {
    if literals.is_empty() {
        return Err(Mistake::new("the list of values is empty"));
    }
    if literals.contains(&Literal::Null) && context.common.nulls == Some(Missing::Fail) {
        return Err(Mistake::new("`null` is listed, yet `nulls: fail` forbids it"));
    }
    let kind = context.kind();
    let mut values =
        literals.iter().map(|literal| literal.to_value(kind)).collect::<Result<Vec<_>, _>>()?;
    values.sort();
    values.dedup();
    Ok(values)
}

/// The values as a sentence shows them.
pub fn listed(literals: &[Literal]) -> String {
    let texts: Vec<String> = literals
        .iter()
        .map(|literal| match literal {
            Literal::Text(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    names(texts.iter().map(String::as_str), 6)
}
