//! Verdicts written down as results.

use serde_json::Value;

use super::cells::Cells;
use super::number::Number;
use super::results::{
    Chart, Check, DatasetInfo, Distance, Effect, Example, FORMAT, FamilyInfo, Margin, Power,
    Results, Role, Rows, RunInfo, Source, Summary, Test,
};
use crate::metric::Identity;
use crate::stats::PValue;
use crate::verdict::{
    self, DistanceResult, Family, MarginOutcome, Observed, RowCounts, Status, TestVerdict, Verdict,
};

impl Results {
    /// The results of a run; what is counted is counted here.
    pub fn new(
        run: RunInfo,
        datasets: Vec<DatasetInfo>,
        families: &[Family],
        verdicts: &[Verdict],
    ) -> Results {
        let checks: Vec<Check> = verdicts.iter().map(Check::from).collect();
        let mut summary = Summary::of(checks.iter().map(|check| check.status));
        summary.families = families.iter().map(FamilyInfo::from).collect();
        let datacheck = env!("CARGO_PKG_VERSION").to_owned();
        let files = Vec::new();
        Results { format: FORMAT, datacheck, run, datasets, files, summary, checks }
    }
}

impl Summary {
    /// Counts by status.
    pub fn of(statuses: impl IntoIterator<Item = Status>) -> Summary {
        let mut summary = Summary::default();
        for status in statuses {
            summary.checks += 1;
            match status {
                Status::Pass => summary.pass += 1,
                Status::Fail => summary.fail += 1,
                Status::Warn => summary.warn += 1,
                Status::Error => summary.error += 1,
                Status::Skip => summary.skip += 1,
                Status::Known => summary.known += 1,
            }
        }
        summary
    }
}

impl DatasetInfo {
    /// A dataset of a suite; `name` is its name under `datasets:`.
    pub fn new(suite: &str, role: Role, name: Option<&str>, identity: &Identity) -> DatasetInfo {
        DatasetInfo {
            suite: suite.to_owned(),
            role,
            name: name.map(str::to_owned),
            path: identity.path.clone(),
            format: identity.format.clone(),
            rows: identity.rows,
            columns: identity.columns,
            bytes: identity.bytes,
            sha256: identity.sha256.clone(),
            modified: identity.modified.clone(),
            warnings: identity.warnings.clone(),
        }
    }
}

impl From<&Family> for FamilyInfo {
    fn from(family: &Family) -> Self {
        FamilyInfo {
            suite: family.suite.clone(),
            size: family.size,
            correction: family.correction.to_owned(),
            alpha: Number(family.alpha),
            sentence: family.sentence.clone(),
        }
    }
}

impl From<&Verdict> for Check {
    fn from(verdict: &Verdict) -> Self {
        Check {
            id: verdict.id.clone(),
            suite: verdict.suite.clone(),
            scope: verdict.scope.to_owned(),
            column: verdict.column.clone(),
            check: verdict.check.clone(),
            kind: verdict.kind.to_owned(),
            status: verdict.status,
            severity: verdict.severity,
            tags: verdict.tags.clone(),
            reason: verdict.reason.clone(),
            expected: verdict.expected.clone(),
            observed: verdict.observed.as_ref().map_or(Value::Null, observed),
            rows: Rows::from(&verdict.rows),
            examples: verdict.examples.iter().map(Example::from).collect(),
            test: verdict.test.as_ref().map(Test::from),
            distance: verdict.distance.as_ref().map(Distance::from),
            chart: verdict.chart.as_ref().map(Chart::from),
            message: verdict.message.clone(),
            warnings: verdict.warnings.clone(),
            source: Source { file: verdict.source.file.clone(), line: verdict.source.line },
            repeat: verdict.repeat.clone(),
            ms: None,
        }
    }
}

/// Integers beyond 64 bits and doubles that are not finite are text, since JSON has no room for
/// them.
fn observed(observed: &Observed) -> Value {
    match observed {
        Observed::Number(value) => match serde_json::Number::from_f64(*value) {
            Some(number) => Value::Number(number),
            None => Value::String(crate::prose::number(*value)),
        },
        Observed::Integer(value) => match (i64::try_from(*value), u64::try_from(*value)) {
            (Ok(value), _) => Value::from(value),
            (_, Ok(value)) => Value::from(value),
            _ => Value::String(value.to_string()),
        },
        Observed::Text(text) => Value::String(text.clone()),
        Observed::List(items) => Value::from(items.clone()),
    }
}

impl From<&RowCounts> for Rows {
    fn from(rows: &RowCounts) -> Self {
        let share = match (rows.violations, rows.examined) {
            (Some(violations), Some(examined)) if examined > 0 => {
                Some(Number(violations as f64 / examined as f64))
            }
            _ => None,
        };
        Rows { examined: rows.examined, skipped: rows.skipped, violations: rows.violations, share }
    }
}

impl From<&verdict::ExampleRow> for Example {
    fn from(example: &verdict::ExampleRow) -> Self {
        Example { row: example.row, cells: Cells(example.cells.clone()) }
    }
}

impl From<&TestVerdict> for Test {
    fn from(test: &TestVerdict) -> Self {
        let result = &test.result;
        let (p_value, p_value_log10) = p_number(result.p);
        let adjusted = test.p_adjusted.map(p_number);
        let margin = result.margin.as_ref().map(|margin| Margin {
            margin: Number(margin.margin),
            outcome: test.margin_outcome().unwrap_or(MarginOutcome::Inconclusive),
            p_beyond: Number(margin.p_beyond.value),
            p_within: Number(margin.p_within.value),
            rows_to_settle: margin.rows_to_settle,
        });
        let ci = result.effect.ci;
        Test {
            name: result.name.to_owned(),
            symbol: result.symbol.to_owned(),
            statistic: Number(result.statistic),
            p_value,
            p_value_log10,
            p_adjusted: adjusted.map(|(value, _)| value),
            p_adjusted_log10: adjusted.and_then(|(_, log10)| log10),
            alpha: Number(test.alpha),
            in_family: test.in_family,
            n: result.n.clone(),
            dropped: test.dropped.clone(),
            df: result.df.map(Number),
            exact: result.exact,
            method: result.method.to_owned(),
            effect: Effect {
                name: result.effect.name.to_owned(),
                value: Number(result.effect.value),
                ci: [Number(ci.low), Number(ci.high)],
                level: Number(ci.level),
            },
            margin,
            power: Power { target: Number(test.power), detectable: result.detectable.map(Number) },
        }
    }
}

/// The value, and its decimal logarithm where the value is too small for a double.
fn p_number(p: PValue) -> (Number, Option<Number>) {
    (Number(p.value), (p.value == 0.0).then(|| Number(p.log10())))
}

impl From<&DistanceResult> for Distance {
    fn from(distance: &DistanceResult) -> Self {
        Distance {
            name: distance.name.to_owned(),
            value: Number(distance.value),
            unit: distance.unit.map(str::to_owned),
            max: Number(distance.max),
            noise_mean: Number(distance.noise_mean),
            noise_p95: Number(distance.noise_p95),
            p_value: distance.p_value.map(Number),
        }
    }
}

impl From<&verdict::Chart> for Chart {
    fn from(chart: &verdict::Chart) -> Self {
        let numbers = |values: &[f64]| values.iter().copied().map(Number).collect();
        match chart {
            verdict::Chart::Ecdf { points, gap_at } => Chart::Ecdf {
                points: points
                    .iter()
                    .map(|point| [point.x, point.data, point.reference].map(Number))
                    .collect(),
                gap_at: gap_at.map(Number),
            },
            verdict::Chart::Shares { labels, data, reference } => Chart::Shares {
                labels: labels.clone(),
                data: numbers(data),
                reference: numbers(reference),
            },
            verdict::Chart::Means { data, reference } => {
                Chart::Means { data: data.map(Number), reference: reference.map(Number) }
            }
        }
    }
}
