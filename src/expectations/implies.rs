use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Filter, Predicate};

/// Every row for which one predicate in SQL holds satisfies a second one.
///
/// # Why
/// "A closed order has a closing date": the promise is about some rows only, and a share of all
/// rows would hide how many of those keep it. Only rows for which `if` is true are counted; a row
/// for which `then` is null is not judged, unless `nulls: fail`. When `if` is true for no row,
/// nothing was checked, which is an error.
///
/// # Passes
/// ```yaml
/// table:
///   implies: {if: "state = 'closed'", then: "closed_on IS NOT NULL"}
/// ```
/// ```csv
/// state,closed_on
/// open,
/// closed,2024-03-01
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   implies: {if: "state = 'closed'", then: "closed_on IS NOT NULL"}
/// ```
/// ```csv
/// state,closed_on
/// open,
/// closed,
/// closed,2024-03-01
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Implies {
    /// The predicate, in SQL, that says which rows are meant.
    r#if: String,
    /// The predicate, in SQL, that they must satisfy.
    then: String,
}

impl Expectation for Implies {
    const NAME: &'static str = "implies";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
}

impl RowCheck for Implies {
    fn predicate(&self, _: &Context) -> Result<Predicate, Mistake> {
        if self.r#if.trim() == self.then.trim() {
            return Err(Mistake::new("`if` and `then` are the same, so the check cannot fail"));
        }
        Ok(Predicate::Sql { text: self.then.clone() })
    }

    fn filter(&self, context: &Context) -> Option<Filter> {
        let condition = &self.r#if;
        Some(Filter(match context.filter() {
            Some(Filter(rows)) => format!("({rows}) AND ({condition})"),
            None => condition.clone(),
        }))
    }

    fn words(&self, _: &Context) -> Words {
        Words {
            subject: format!("rows with `{}`", self.r#if),
            keep: format!("satisfy `{}`", self.then),
            break_it: format!("break `{}`", self.then),
        }
    }

    fn sql(&self) -> Vec<(&'static str, &str)> {
        vec![("if", &self.r#if), ("then", &self.then)]
    }
}
