use schemars::JsonSchema;
use serde::Deserialize;

use super::allowance::Allowance;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, elsewhere};
use crate::metric::{
    Answers, DiffRule, Difference, DifferenceKind, Example, Float, Metric, Missing, Predicate,
    RowRule, Side, TableDiff, Unmeasured, Value,
};
use crate::prose::{count, counted, names, percent};
use crate::verdict::{Observed, RowCounts};

/// The table holds the same rows as another dataset, paired by keys and compared cell by cell.
///
/// # Why
/// After a migration or a rewrite of a pipeline, old and new must agree. Rows may stand in any
/// order. Missing rows, extra rows and changed cells are counted apart, and the first of them are
/// shown with both values. Numbers of different types are compared exactly, unless `tolerance`
/// allows a distance; a missing value equals a missing value. The keys must tell the rows of each
/// side apart, otherwise the check is not judged. `where` selects rows on both sides.
///
/// # Passes
/// ```yaml
/// table:
///   matches_table: {dataset: old, keys: [id], tolerance: 0.01, ignore: [loaded_at]}
/// ```
/// ```csv
/// id,price,loaded_at
/// 2,20.0,2024-02-02
/// 1,10.004,2024-02-02
/// ```
/// ```csv old
/// id,price,loaded_at
/// 1,10.0,2024-01-01
/// 2,20.0,2024-01-01
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   matches_table: {dataset: old, keys: [id]}
/// ```
/// ```csv
/// id,price
/// 1,10
/// 2,20
/// 3,30
/// ```
/// ```csv old
/// id,price
/// 1,10
/// 2,25
/// 4,40
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchesTable {
    /// The other dataset: a name under `datasets:`, or `reference`.
    dataset: String,
    /// The columns that tell rows apart, on both sides.
    keys: Vec<String>,
    /// The columns to compare; by default all that both sides have.
    columns: Option<Vec<String>>,
    /// Columns that are not compared.
    #[serde(default)]
    ignore: Vec<String>,
    /// The largest difference of numbers that counts as none.
    tolerance: Option<f64>,
    /// The same as a share of the other side's number, in (0, 1).
    relative: Option<f64>,
}

impl Expectation for MatchesTable {
    const NAME: &'static str = "matches_table";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Table;
}

impl MatchesTable {
    fn rule(&self, context: &Context, side: &Side) -> DiffRule {
        let all = self.columns.clone();
        let all = all.unwrap_or_else(|| elsewhere::common_columns(context, side));
        let compared = |name: &String| !self.keys.contains(name) && !self.ignore.contains(name);
        let allowance = self.allowance();
        DiffRule {
            keys: self.keys.clone(),
            columns: all.into_iter().filter(compared).collect(),
            absolute: Float(allowance.absolute()),
            relative: Float(allowance.share()),
        }
    }

    fn allowance(&self) -> Allowance {
        Allowance { tolerance: self.tolerance, relative: self.relative }
    }

    fn metric(&self, context: &Context) -> Option<Metric> {
        let to = context.side(&self.dataset).ok()?;
        let rule = self.rule(context, &to);
        Some(Metric::TableDiff { to, rule, filter: context.filter() })
    }

    fn found<'a>(
        &self,
        context: &Context,
        answers: &'a Answers,
    ) -> Result<&'a TableDiff, Unmeasured> {
        let none = || Unmeasured::NotComputable(format!("no dataset `{}`", self.dataset));
        let metric = self.metric(context).ok_or_else(none)?;
        answers.table_diff(&metric).map(|found| found.as_ref())
    }

    fn other(&self, context: &Context) -> String {
        context.side(&self.dataset).map(|side| elsewhere::words(&side)).unwrap_or_default()
    }

    /// Columns of one side alone are no difference of rows; that they were left out is said.
    fn left_out(&self, context: &Context) -> Option<String> {
        let side = context.side(&self.dataset).ok()?;
        let other = context.schema_of(&side)?;
        if self.columns.is_some() {
            return None;
        }
        let ignored = |name: &&str| !self.ignore.iter().any(|other| other == name);
        let only_data = context.schema.names().filter(|name| other.column(name).is_none());
        let only_other = other.names().filter(|name| context.schema.column(name).is_none());
        let only: Vec<&str> = only_data.chain(only_other).filter(ignored).collect();
        (!only.is_empty()).then(|| {
            let columns = names(only, 8);
            format!("not compared, since only one side has them: {columns}; see `same_schema_as`")
        })
    }
}

impl Expect for MatchesTable {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.allowance().check()?;
        let side = context.side(&self.dataset).map_err(|mistake| mistake.of("dataset"))?;
        if side == Side::Data {
            let message = "every table equals itself, so this cannot fail";
            return Err(Mistake::new(message).of("dataset"));
        }
        if self.keys.is_empty() {
            return Err(Mistake::new("no key is named")
                .help("write the columns that tell rows apart: `keys: [id]`")
                .of("keys"));
        }
        let rule = self.rule(context, &side);
        if rule.columns.is_empty() && self.columns.is_some() {
            return Err(Mistake::new("no column is compared").of("columns"));
        }
        if let Some(unknown) = self.ignore.iter().find(|name| {
            let there = context.schema_of(&side).and_then(|schema| schema.column(name));
            context.schema.column(name).is_none() && there.is_none()
        }) {
            let message = format!("`ignore` names `{unknown}`, which neither side has");
            return Err(Mistake::new(message).of("ignore"));
        }
        let pairs = rule.keys.iter().chain(&rule.columns).map(|name| (name, name));
        let pairs: Vec<_> = pairs.collect();
        elsewhere::check_pairs(context, &side, pairs.into_iter())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.metric(context).into_iter().collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = self.found(context, answers)?;
        let other = self.other(context);
        if found.rows == [0, 0] {
            let reason = "neither side has a row, so nothing was checked";
            return Err(Unmeasured::NotComputable(reason.into()));
        }
        if let Some(side) = (0..2).find(|side| found.repeated[*side] > 0) {
            let keys = names(self.keys.iter().map(String::as_str), 5);
            let words = if side == 0 { "the data" } else { other.as_str() };
            return Err(Unmeasured::NotComputable(format!(
                "{keys} does not tell the rows of {words} apart: {} the key of an earlier one; \
                 name more columns under `keys`",
                repeat(found.repeated[side])
            )));
        }
        let broken = found.missing + found.extra + found.changed;
        let mut finding = Finding::decided(broken == 0, self.sentence(context, found, &other));
        finding.observed = Some(Observed::Integer(broken.into()));
        finding.rows = RowCounts {
            examined: Some(found.same + broken),
            skipped: None,
            violations: Some(broken),
        };
        finding.warnings.extend(self.left_out(context));
        Ok(finding)
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let places = self.found(context, answers).ok()?.places.clone();
        let predicate = Predicate::PlaceIn { places, negated: true };
        Some(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }

    fn shown(&self, context: &Context, answers: &Answers) -> Vec<Example> {
        let Ok(found) = self.found(context, answers) else { return Vec::new() };
        let other = self.other(context);
        found.examples.iter().map(|difference| self.example(context, difference, &other)).collect()
    }

    fn columns(&self) -> Vec<String> {
        self.keys.iter().chain(self.columns.iter().flatten()).cloned().collect()
    }

    fn datasets(&self) -> Vec<String> {
        vec![self.dataset.clone()]
    }

    fn columns_elsewhere(&self) -> Vec<(String, String)> {
        let named = Expect::columns(self).into_iter();
        named.map(|column| (self.dataset.clone(), column)).collect()
    }
}

fn repeat(rows: u64) -> String {
    let verb = if rows == 1 { "repeats" } else { "repeat" };
    format!("{} {verb}", counted(rows, "row"))
}

impl MatchesTable {
    fn sentence(&self, context: &Context, found: &TableDiff, other: &str) -> String {
        let broken = found.missing + found.extra + found.changed;
        if broken == 0 {
            return format!("all {} are those of {other}", counted(found.same, "row"));
        }
        let mut parts = Vec::new();
        let mut part = |rows: u64, words: &str| {
            if rows > 0 {
                parts.push(format!("{} {words}", count(rows)));
            }
        };
        part(found.missing, "missing");
        part(found.extra, "extra");
        part(found.changed, "changed");
        let share = percent(broken as f64 / (found.same + broken) as f64);
        let side = context.side(&self.dataset).unwrap_or(Side::Reference);
        let rule = self.rule(context, &side);
        let mut cells: Vec<(u64, &String)> =
            found.cells.iter().copied().zip(&rule.columns).filter(|(rows, _)| *rows > 0).collect();
        cells.sort_by_key(|(rows, _)| std::cmp::Reverse(*rows));
        let cells: Vec<String> = cells
            .iter()
            .take(5)
            .map(|(rows, column)| format!("`{column}` ({})", counted(*rows, "row")))
            .collect();
        let cells = match cells.is_empty() {
            true => String::new(),
            false => format!("; they differ in {}", cells.join(", ")),
        };
        format!(
            "{} of {} differ from {other} ({share}): {}{cells}",
            count(broken),
            counted(found.same + broken, "row"),
            parts.join(", ")
        )
    }

    /// A cell of the other dataset is as sensitive as that of the data.
    fn example(&self, context: &Context, difference: &Difference, other: &str) -> Example {
        let kind = match difference.kind {
            DifferenceKind::Missing => format!("only in {other}"),
            DifferenceKind::Extra => "only in the data".into(),
            DifferenceKind::Changed => "changed".into(),
        };
        let mut cells: Vec<(String, Value)> =
            self.keys.iter().cloned().zip(difference.key.iter().cloned()).collect();
        cells.push(("difference".into(), Value::Text(kind)));
        for (column, own, their) in &difference.cells {
            cells.push((column.clone(), own.clone()));
            let their = match their {
                Value::Null => Value::Null,
                their => Value::Text(context.told(column, their)),
            };
            cells.push((format!("{column} in {}", self.dataset), their));
        }
        Example { row: difference.row, cells }
    }
}
