use schemars::JsonSchema;
use serde::Deserialize;

use super::set::Set;
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, FileContent, FromFile, Kind, Literal, Mistake, Scope};
use crate::metric::Predicate;

/// No value is one of the listed ones.
///
/// # Why
/// Placeholders such as `unknown`, `TBD` or -999 look like values and are none. With
/// `ignore_case: true` they are found in whatever case they were typed; a long list may stand in a
/// `file` beside the suite, as for `in_set`.
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
///   name: {not_in_set: {values: [unknown, test], ignore_case: true}}
/// ```
/// ```csv
/// name
/// TEST
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotInSet {
    /// The values that must not occur.
    values: Option<Vec<Literal>>,
    /// A file that lists them, relative to the suite.
    file: Option<FromFile<Vec<String>>>,
    /// The column of the file that holds them, where it is CSV.
    column: Option<String>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for NotInSet {
    const NAME: &'static str = "not_in_set";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("values");
    const FILE: Option<FileContent> = Some(FileContent::Values);
}

impl NotInSet {
    fn set(&self) -> Set<'_> {
        let (file, column) = (self.file.as_ref(), self.column.as_deref());
        Set { values: self.values.as_deref(), file, column, ignore_case: self.ignore_case }
    }
}

impl RowCheck for NotInSet {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        if self.values.as_ref().is_some_and(|values| values.contains(&Literal::Null)) {
            let mistake = Mistake::new("`null` cannot be listed here").of("values");
            return Err(mistake.help("write `not_null: true`"));
        }
        self.set().predicate(context, true)
    }

    fn words(&self, context: &Context) -> Words {
        let list = self.set().words();
        Words::of_values(context, format!("are none of {list}"), format!("are one of {list}"))
    }

    fn warnings(&self, context: &Context, _: bool) -> Vec<String> {
        self.set().warnings(context)
    }
}
