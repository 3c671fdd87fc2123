use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, several, tally};
use crate::metric::{Answers, Metric, Missing, Predicate, RowRule, Side, Unmeasured};
use crate::prose::{count, names, percent};
use crate::verdict::Observed;

/// No two rows share a value of the column, or (under `table:`) a combination of the named columns.
///
/// # Why
/// A key that repeats doubles rows in every join after it. Every row of a group that shares its key
/// is counted as a violation. Missing values are not compared; a key of several columns is left out
/// only when all its parts are missing, otherwise a missing part equals a missing part, unless
/// `ignore_rows: any_missing` leaves out keys of which any part is.
///
/// # Passes
/// ```yaml
/// table:
///   unique: [host, room]
/// columns:
///   id: {unique: true}
/// ```
/// ```csv
/// id,host,room
/// 1,7,1
/// 2,7,2
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   id: {unique: true}
/// ```
/// ```csv
/// id
/// 1
/// 1
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unique {
    /// The columns of the key, for a check of the table.
    columns: Option<Vec<String>>,
    /// Which keys of several columns are left out.
    #[serde(default)]
    ignore_rows: IgnoreRows,
}

/// Which keys are not compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum IgnoreRows {
    /// Those of which all parts are missing.
    #[default]
    AllMissing,
    /// Those of which any part is missing.
    AnyMissing,
}

impl Expectation for Unique {
    const NAME: &'static str = "unique";
    const SCOPE: Scope = Scope::Both;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("columns");
    const BARE: bool = true;
}

impl Unique {
    /// A key of the table over some columns.
    pub fn over(columns: Vec<String>) -> Self {
        Unique { columns: Some(columns), ignore_rows: IgnoreRows::AllMissing }
    }

    fn key(&self, context: &Context) -> Vec<String> {
        let own = context.column.map(|column| vec![column.to_owned()]);
        own.or_else(|| self.columns.clone()).unwrap_or_default()
    }

    fn metric(&self, context: &Context) -> Metric {
        Metric::Duplicates {
            on: Side::Data,
            columns: self.key(context),
            whole: self.ignore_rows == IgnoreRows::AnyMissing,
            filter: context.filter(),
        }
    }
}

impl Expect for Unique {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if context.common.nulls.is_some() {
            return Err(Mistake::new("`nulls` has no meaning for `unique`")
                .help("missing keys are not compared; add `not_null` to forbid them"));
        }
        match (context.column, &self.columns) {
            (Some(_), None) if self.ignore_rows != IgnoreRows::AllMissing => {
                let mistake = Mistake::new("`ignore_rows` is for keys of several columns");
                Err(mistake.help("a missing value is never compared").of("ignore_rows"))
            }
            (Some(_), Some(_)) => Err(Mistake::new("a column's `unique` names no columns")
                .help("put a key of several columns under `table:`")),
            (None, columns) if columns.as_ref().is_none_or(Vec::is_empty) => {
                Err(Mistake::new("no key is named").help("write `unique: [host_id, id]`"))
            }
            (_, columns) => several::each_once(columns.as_deref().unwrap_or_default()),
        }
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.duplicates(&self.metric(context))?;
        let key = names(self.key(context).iter().map(String::as_str), 5);
        if found.examined == 0 {
            let finding = tally::empty(context, Some(found.rows), &format!("values of {key}"))?;
            return Ok(finding.keyed(found));
        }
        let mostly = context.common.mostly.unwrap_or(1.0);
        let kept = tally::enough(found.examined - found.duplicated, found.examined, mostly);
        let examined = count(found.examined);
        let message = match found.duplicated {
            0 => format!("all {examined} values of {key} are unique"),
            rows => format!(
                "{} of {examined} rows share their {key} with another row ({}); {} distinct",
                count(rows),
                percent(rows as f64 / found.examined as f64),
                count(found.distinct),
            ),
        };
        let observed = Observed::Integer(found.duplicated.into());
        Ok(Finding::decided(kept, message).observed(observed).keyed(found))
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let keys = answers.duplicates(&self.metric(context)).ok()?.keys.clone();
        let predicate = Predicate::KeyIn { columns: self.key(context), keys, negated: true };
        Some(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }

    fn identifies(&self, column: Option<&str>) -> Option<Vec<String>> {
        column.map(|column| vec![column.to_owned()]).or_else(|| self.columns.clone())
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone().unwrap_or_default()
    }
}
