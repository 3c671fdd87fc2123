use schemars::JsonSchema;
use serde::Deserialize;

use super::set::Set;
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, FileContent, FromFile, Kind, Literal, Mistake, Scope};
use crate::metric::{Example, Predicate};
use crate::prose::names;

/// Every value is one of the listed ones.
///
/// # Why
/// A category that nobody knows is ignored by a model and breaks a join. Values are compared
/// exactly: `Queens` is not `queens`, and numbers are not their text; `ignore_case: true` takes
/// letters in any case. A `null` in the list allows missing values by name. A long list may stand
/// in a `file` beside the suite, one value on each line, or in a `column` of a CSV file. A failure
/// names the allowed values that are nearest to those that were found.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {in_set: [private, shared]}
///   city: {in_set: {values: [New York, Paris], ignore_case: true}}
/// ```
/// ```csv
/// room,city
/// private,new york
/// shared,PARIS
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
    values: Option<Vec<Literal>>,
    /// A file that lists them, relative to the suite.
    file: Option<FromFile<Vec<String>>>,
    /// The column of the file that holds them, where it is CSV.
    column: Option<String>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for InSet {
    const NAME: &'static str = "in_set";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("values");
    const FILE: Option<FileContent> = Some(FileContent::Values);
}

impl InSet {
    fn set(&self) -> Set<'_> {
        let (file, column) = (self.file.as_ref(), self.column.as_deref());
        Set { values: self.values.as_deref(), file, column, ignore_case: self.ignore_case }
    }
}

impl RowCheck for InSet {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        self.set().predicate(context, false)
    }

    fn words(&self, context: &Context) -> Words {
        let list = self.set().words();
        Words::of_values(context, format!("are one of {list}"), format!("are none of {list}"))
    }

    fn warnings(&self, context: &Context, _: bool) -> Vec<String> {
        self.set().warnings(context)
    }

    fn remarks(&self, context: &Context, examples: &[Example]) -> Vec<String> {
        self.set().remarks(context, examples)
    }
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
