use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::{Piece, all_of, any_of, ask, owned};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::{Predicate, TextTest};

/// Every text contains this text, or one of several, or all of them.
///
/// # Why
/// An address has its `@`, a path its `/`, a disclaimer its name. The text is taken literally: no
/// character in it has a special meaning. Of a list one must be there; `all: true` asks for every
/// one of them.
///
/// # Passes
/// ```yaml
/// columns:
///   path: {contains: /}
///   title: {contains: {text: [Inc, Ltd], ignore_case: true}}
/// ```
/// ```csv
/// path,title
/// a/b,Acme LTD.
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   query: {contains: {text: [select, from], all: true}}
/// ```
/// ```csv
/// query
/// select 1
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contains {
    /// The text that must be there, or a list of them.
    text: OneOrMany<Piece>,
    /// Whether every text of the list must be there, instead of one.
    #[serde(default)]
    all: bool,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for Contains {
    const NAME: &'static str = "contains";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("text");
}

impl RowCheck for Contains {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let parts = owned(&self.text, |piece| &piece.0);
        if self.all && parts.len() == 1 {
            let message = "`all` has no meaning for one text";
            return Err(Mistake::new(message).help("list several, or remove it").of("all"));
        }
        let (all, ignore_case) = (self.all, self.ignore_case);
        ask(context, TextTest::Contains { parts, all, ignore_case }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let parts = owned(&self.text, |piece| &piece.0);
        if self.all {
            let all = all_of(&parts);
            let break_it = format!("do not contain {all}");
            return Words::of_values(context, format!("contain {all}"), break_it);
        }
        let any = any_of(&parts);
        let break_it = match any.strip_prefix("one of ") {
            Some(list) => format!("contain none of {list}"),
            None => format!("do not contain {any}"),
        };
        Words::of_values(context, format!("contain {any}"), break_it)
    }
}
