use schemars::JsonSchema;
use serde::Deserialize;

use super::allowance::Allowance;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, elsewhere};
use crate::metric::{
    Answers, DifferenceKind, Example, Float, Metric, Side, TableDiff, TotalsRule, Unmeasured, Value,
};
use crate::prose::{count, counted};
use crate::verdict::{Observed, RowCounts};

/// Totals of groups of rows, their number and sums of columns, are those of another dataset.
///
/// # Why
/// Two systems that count the same money must agree for each day and region, though their rows
/// differ in form. Sums of integers and decimals are exact, sums of floats are rounded once, at
/// their end. A group that one side lacks is a difference. `where` selects rows on both sides.
///
/// # Passes
/// ```yaml
/// table:
///   reconcile: {dataset: ledger, group_by: [region], sum: [amount]}
/// ```
/// ```csv
/// region,amount
/// north,10
/// north,5
/// south,7
/// ```
/// ```csv ledger
/// region,amount
/// north,15
/// south,7
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   reconcile: {dataset: ledger, group_by: [region], sum: [amount], count: true}
/// ```
/// ```csv
/// region,amount
/// north,10
/// south,7
/// ```
/// ```csv ledger
/// region,amount
/// north,10
/// south,3
/// south,4
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reconcile {
    /// The other dataset: a name under `datasets:`, or `reference`.
    dataset: String,
    /// The columns whose values make the groups; without them all rows are one group.
    #[serde(default)]
    group_by: Vec<String>,
    /// Columns whose sums are compared.
    #[serde(default)]
    sum: Vec<String>,
    /// Whether the number of rows is compared.
    #[serde(default)]
    count: bool,
    /// The largest difference of totals that counts as none.
    tolerance: Option<f64>,
    /// The same as a share of the other side's number, in (0, 1).
    relative: Option<f64>,
}

impl Expectation for Reconcile {
    const NAME: &'static str = "reconcile";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Table;
}

impl Reconcile {
    fn allowance(&self) -> Allowance {
        Allowance { tolerance: self.tolerance, relative: self.relative }
    }

    fn metric(&self, context: &Context) -> Option<Metric> {
        let to = context.side(&self.dataset).ok()?;
        let allowance = self.allowance();
        let rule = TotalsRule {
            group_by: self.group_by.clone(),
            count: self.count,
            sums: self.sum.clone(),
            absolute: Float(allowance.absolute()),
            relative: Float(allowance.share()),
        };
        Some(Metric::Reconcile { to, rule, filter: context.filter() })
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

    /// Totals that differ, with the number of groups in which they do.
    fn differing(&self, found: &TableDiff) -> String {
        let rows = self.count.then(|| "number of rows".to_owned());
        let sums = self.sum.iter().map(|column| format!("sum of `{column}`"));
        let names = rows.into_iter().chain(sums);
        let parts = names.zip(&found.cells).filter(|(_, groups)| **groups > 0);
        parts
            .map(|(name, groups)| format!("the {name} differs in {}", counted(*groups, "group")))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Expect for Reconcile {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.allowance().check()?;
        let side = context.side(&self.dataset).map_err(|mistake| mistake.of("dataset"))?;
        if side == Side::Data {
            let message = "every table has its own totals, so this cannot fail";
            return Err(Mistake::new(message).of("dataset"));
        }
        if !self.count && self.sum.is_empty() {
            return Err(Mistake::new("no total is compared")
                .help("write `sum: [amount]`, `count: true` or both")
                .of("dataset"));
        }
        for column in &self.sum {
            let kinds = [Some(context.schema), context.schema_of(&side)];
            let kinds = kinds.into_iter().flatten().filter_map(|schema| schema.column(column));
            if let Some(found) = kinds
                .map(|column| &column.kind)
                .find(|kind| !kind.is_number() && **kind != crate::metric::Type::Null)
            {
                let message = format!("column `{column}` is {found}, which has no sum");
                return Err(Mistake::new(message).help("it accepts numbers").of("sum"));
            }
        }
        elsewhere::check_pairs(context, &side, self.group_by.iter().zip(&self.group_by))
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
        let broken = found.missing + found.extra + found.changed;
        let message = match broken {
            0 => format!("the totals of {} are those of {other}", counted(found.same, "group")),
            _ => {
                let mut parts = Vec::new();
                let lacks = |groups: u64, side: &str| {
                    format!("{} only in {side}", counted(groups, "group"))
                };
                if found.missing > 0 {
                    parts.push(lacks(found.missing, &other));
                }
                if found.extra > 0 {
                    parts.push(lacks(found.extra, "the data"));
                }
                if found.changed > 0 {
                    parts.push(self.differing(found));
                }
                format!(
                    "{} of {} differ from {other}: {}",
                    count(broken),
                    counted(found.same + broken, "group"),
                    parts.join(", ")
                )
            }
        };
        let observed = Observed::Integer(broken.into());
        let mut finding = Finding::decided(broken == 0, message).observed(observed);
        finding.rows = RowCounts { examined: Some(found.rows[0]), ..RowCounts::default() };
        Ok(finding)
    }

    fn shown(&self, context: &Context, answers: &Answers) -> Vec<Example> {
        let Ok(found) = self.found(context, answers) else { return Vec::new() };
        let other = self.other(context);
        let example = |difference: &crate::metric::Difference| {
            let kind = match difference.kind {
                DifferenceKind::Missing => format!("only in {other}"),
                DifferenceKind::Extra => "only in the data".into(),
                DifferenceKind::Changed => "changed".into(),
            };
            let mut cells: Vec<(String, Value)> =
                self.group_by.iter().cloned().zip(difference.key.iter().cloned()).collect();
            cells.push(("difference".into(), Value::Text(kind)));
            for (total, own, their) in &difference.cells {
                cells.push((format!("{total} here"), own.clone()));
                cells.push((format!("{total} in {}", self.dataset), their.clone()));
            }
            Example { row: difference.row, cells }
        };
        found.examples.iter().map(example).collect()
    }

    fn columns(&self) -> Vec<String> {
        self.group_by.iter().chain(&self.sum).cloned().collect()
    }

    fn datasets(&self) -> Vec<String> {
        vec![self.dataset.clone()]
    }

    fn columns_elsewhere(&self) -> Vec<(String, String)> {
        let named = Expect::columns(self).into_iter();
        named.map(|column| (self.dataset.clone(), column)).collect()
    }
}
