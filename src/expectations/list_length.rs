use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope, range};
use crate::metric::{Predicate, Type};
use crate::prose::counted;

/// Every list has a number of items in a range, or exactly one number of them.
///
/// # Why
/// An order without lines, an embedding of the wrong width, a basket of a million tags: the length
/// tells before the items do. Null is no list and is not looked at; an empty list has no items.
///
/// # Passes
/// ```yaml
/// columns:
///   tags: {list_length: {min: 1, max: 3}}
///   vector: {list_length: 2}
/// ```
/// ```ndjson
/// {"tags": ["a"], "vector": [0.1, 0.2]}
/// {"tags": ["a", "b", "c"], "vector": [0, 1]}
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   tags: {list_length: {min: 1}}
/// ```
/// ```ndjson
/// {"tags": ["a"]}
/// {"tags": []}
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListLength {
    /// The least number of items.
    min: Option<u64>,
    /// The greatest number of items.
    max: Option<u64>,
    /// The only number of items.
    equal: Option<u64>,
}

impl Expectation for ListLength {
    const NAME: &'static str = "list_length";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("equal");
}

impl RowCheck for ListLength {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context.accept(|kind| matches!(kind, Type::List(_)), "lists")?;
        let (min, max) = match (self.equal, self.min, self.max) {
            (None, None, None) => {
                return Err(Mistake::new("neither `min` nor `max` nor `equal` is given")
                    .help("write at least one of them"));
            }
            (Some(equal), None, None) => (Some(equal), Some(equal)),
            (Some(_), ..) => {
                return Err(Mistake::new("`equal` leaves nothing to `min` and `max`").of("equal"));
            }
            (None, min, max) => (min, max),
        };
        if min.is_none_or(|min| min == 0) && max.is_none() {
            return Err(Mistake::new("every list has 0 items or more, so the check cannot fail"));
        }
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            return Err(Mistake::new("no length lies between these bounds")
                .help("`min` must not be greater than `max`"));
        }
        Ok(Predicate::ListLength { column: context.name().to_owned(), min, max })
    }

    fn words(&self, context: &Context) -> Words {
        let length = match self.equal {
            Some(equal) => counted(equal, "item"),
            None => {
                let text = |end: Option<u64>| end.map(|end| end.to_string());
                format!("a length {}", range::span(text(self.min), text(self.max), false))
            }
        };
        Words {
            subject: format!("lists of `{}`", context.name()),
            keep: format!("have {length}"),
            break_it: format!("do not have {length}"),
        }
    }
}
