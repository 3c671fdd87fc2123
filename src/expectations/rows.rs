use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::Predicate;

/// Every row satisfies a predicate in SQL; a predicate that is null for a row is not judged there.
///
/// # Why
/// Some promises tie columns together in a way that no other check has a word for. The predicate
/// speaks of one row: no aggregates, no sub-queries, no files. NaN counts as null in it.
///
/// # Passes
/// ```yaml
/// rows:
///   long_stays_are_cheap: "nights < 30 OR price < 500"
/// ```
/// ```csv
/// nights,price
/// 2,900
/// 40,100
/// ```
///
/// # Fails
/// ```yaml
/// rows:
///   long_stays_are_cheap: {that: "nights < 30 OR price < 500"}
/// ```
/// ```csv
/// nights,price
/// 40,900
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// The predicate, in SQL.
    that: String,
}

impl Expectation for Rows {
    const NAME: &'static str = "rows";
    const SCOPE: Scope = Scope::Rows;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("that");
}

impl RowCheck for Rows {
    fn predicate(&self, _: &Context) -> Result<Predicate, Mistake> {
        Ok(Predicate::Sql { text: self.that.clone() })
    }

    fn words(&self, _: &Context) -> Words {
        Words {
            subject: "rows".into(),
            keep: format!("satisfy `{}`", self.that),
            break_it: format!("break `{}`", self.that),
        }
    }

    fn sql(&self) -> Vec<(&'static str, &str)> {
        vec![("that", &self.that)]
    }
}
