use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::ask;
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Predicate, TextTest};

/// Every text is made of ASCII characters.
///
/// # Why
/// A dash that a word processor made long, a letter of another script that looks like ours, a
/// space that does not break: in codes, keys and column names they are unequal to what they look
/// like. `printable: true` refuses control characters as well, tabs and line ends among them.
///
/// # Passes
/// ```yaml
/// columns:
///   code: {ascii: true}
/// ```
/// ```csv
/// code
/// NY-12
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   code: {ascii: {printable: true}}
/// ```
/// ```csv
/// code
/// NY–12
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ascii {
    /// Whether control characters are refused too.
    #[serde(default)]
    printable: bool,
}

impl Expectation for Ascii {
    const NAME: &'static str = "ascii";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for Ascii {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        ask(context, TextTest::Ascii { printable: self.printable }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let kind = if self.printable { "printable ASCII" } else { "ASCII" };
        Words::of_values(context, format!("are {kind}"), format!("are not {kind}"))
    }
}
