use schemars::JsonSchema;
use serde::Deserialize;

use super::unique::Unique;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Counted, Metric, Missing, Predicate, RowRule, Side, Unmeasured};
use crate::prose::{counted, names};
use crate::verdict::Observed;

/// The columns identify each row: no part of the key is missing, and no two rows share it.
///
/// # Why
/// It is what a database means by the word: `unique` alone leaves rows without a key unnoticed, and
/// `not_null` alone lets keys repeat. Columns that are unnamed need not be unique. Rows that lack a
/// part of the key and rows that share theirs are told apart.
///
/// # Passes
/// ```yaml
/// table:
///   primary_key: [host, room]
/// ```
/// ```csv
/// host,room
/// 7,1
/// 7,2
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   primary_key: [host, room]
/// ```
/// ```csv
/// host,room
/// 7,1
/// 7,
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrimaryKey {
    /// The columns of the key.
    columns: Vec<String>,
}

impl Expectation for PrimaryKey {
    const NAME: &'static str = "primary_key";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("columns");
}

impl PrimaryKey {
    fn key(&self) -> Unique {
        Unique::over(self.columns.clone())
    }

    /// The rule that a part of the key is there.
    fn present(context: &Context, column: &str) -> RowRule {
        let predicate = Predicate::Present { column: column.to_owned() };
        RowRule { predicate, missing: Missing::Skip, filter: context.filter() }
    }

    fn parts(&self, context: &Context) -> impl Iterator<Item = Metric> {
        let rules = self.columns.iter().map(|column| Self::present(context, column));
        let metrics = rules.map(|rule| Metric::CountWhere { on: Side::Data, rule });
        metrics.collect::<Vec<_>>().into_iter()
    }

    /// Each part that is missing somewhere, with the number of its rows.
    fn missing(
        &self,
        context: &Context,
        answers: &Answers,
    ) -> Result<Vec<(&str, u64)>, Unmeasured> {
        let counts: Vec<Counted> = self
            .parts(context)
            .map(|metric| answers.counted(&metric).copied())
            .collect::<Result<_, _>>()?;
        let named = self.columns.iter().map(String::as_str).zip(counts);
        let named = named.map(|(column, counted)| (column, counted.violations));
        Ok(named.filter(|(_, rows)| *rows > 0).collect())
    }
}

impl Expect for PrimaryKey {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if self.columns.is_empty() {
            let mistake = Mistake::new("no key is named").of("columns");
            return Err(mistake.help("write `primary_key: [host_id, id]`"));
        }
        self.key().check(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.key().metrics(context).into_iter().chain(self.parts(context)).collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let missing = self.missing(context, answers)?;
        let problems: Vec<String> = missing
            .iter()
            .map(|(column, rows)| format!("{} without `{column}`", counted(*rows, "row")))
            .collect();
        let key = names(self.columns.iter().map(String::as_str), 5);
        let unique = self.key().judge(context, answers);
        if problems.is_empty() {
            return unique;
        }
        let (mut finding, repeated) = match unique {
            Ok(finding) => {
                let repeats = finding.rows.violations.is_some_and(|rows| rows > 0);
                let words = repeats.then(|| format!("; {}", finding.message));
                (finding, words.unwrap_or_default())
            }
            // Where every key is missing, that none repeats says nothing and need not be said.
            Err(Unmeasured::NotComputable(_)) => (Finding::decided(false, ""), String::new()),
            Err(unreadable) => return Err(unreadable),
        };
        let lacking: u64 = missing.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
        let message =
            format!("{key} does not identify each row: {}{repeated}", problems.join(", "));
        // How many rows lack a part or share their key is not known, only both by themselves.
        finding = Finding { rows: finding.rows, ..Finding::decided(false, message) };
        finding.rows.violations = None;
        Ok(finding.observed(Observed::Integer(lacking.into())))
    }

    /// Rows that lack a part of the key, and rows that share theirs.
    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let unique = self.key().failing(context, answers)?;
        let (columns, min) = (self.columns.clone(), self.columns.len() as u32);
        let complete = Predicate::Filled { columns, min, max: None };
        let predicate = Predicate::All { rules: [complete, unique.predicate].into() };
        Some(RowRule { predicate, ..unique })
    }

    fn identifies(&self, _: Option<&str>) -> Option<Vec<String>> {
        Some(self.columns.clone())
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}
