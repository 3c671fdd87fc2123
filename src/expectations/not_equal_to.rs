use schemars::JsonSchema;
use serde::Deserialize;

use super::equal_to::Equality;
use super::tally::{self, RowCheck, Words};
use super::tolerance::Written;
use super::{Context, Expectation, Kind, Literal, Mistake, Scope};
use crate::metric::Predicate;

/// No value is equal to one value, or to another column of its row.
///
/// # Why
/// A sentinel such as 0 or `unknown` must not occur; a sender is never the receiver. `tolerance`
/// and `relative` say how near counts as equal, as in `equal_to`. Beside another column, a row with
/// one of the two missing breaks the rule; one with both missing is not looked at.
///
/// # Passes
/// ```yaml
/// columns:
///   sender: {not_equal_to: {value: {column: receiver}}}
///   amount: {not_equal_to: 0}
/// ```
/// ```csv
/// sender,receiver,amount
/// Ada,Bob,10
/// Bob,Ada,-3
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   amount: {not_equal_to: {value: 0, tolerance: 0.001}}
/// ```
/// ```csv
/// amount
/// 10
/// 0.0004
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotEqualTo {
    /// The value, or the other column.
    value: Literal,
    /// The largest difference that counts as none.
    tolerance: Option<Literal>,
    /// The same as a share of the expected value, in (0, 1).
    relative: Option<f64>,
}

impl Expectation for NotEqualTo {
    const NAME: &'static str = "not_equal_to";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("value");
}

impl NotEqualTo {
    fn equality(&self) -> Equality<'_> {
        let tolerance = Written { absolute: self.tolerance.as_ref(), relative: self.relative };
        Equality { value: &self.value, tolerance, negated: true }
    }
}

impl RowCheck for NotEqualTo {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        self.equality().predicate(context)
    }

    fn words(&self, context: &Context) -> Words {
        let value = self.equality().shown();
        let missing = tally::or_missing(context);
        Words::of_values(context, format!("are not {value}"), format!("are {value}{missing}"))
    }

    fn warnings(&self, context: &Context, failed: bool) -> Vec<String> {
        self.equality().warnings(context, failed)
    }

    fn columns(&self) -> Vec<String> {
        self.equality().columns()
    }
}
