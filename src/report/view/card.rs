//! One check on the page.

use serde::Serialize;
use serde_json::Value;

use super::super::chart;
use super::super::headline::{key, word};
use super::super::results::{Chart, Check, Results};
use super::super::table::{CellKind, Table};
use super::super::visible::shortened;
use super::super::words;
use super::super::written::{expectation, plain};
use super::measures::{Measure, measures, method};
use crate::prose::{count, figure, p_value, percent};
use crate::verdict::{Severity, Status};

/// One check, as it is shown.
#[derive(Serialize)]
pub(super) struct Card {
    anchor: String,
    id: String,
    name: String,
    status: &'static str,
    word: &'static str,
    is_open: bool,
    message: String,
    /// The one number that tells most, at the end of the line.
    figure: Option<String>,
    expected: String,
    observed: Option<String>,
    rows: Option<String>,
    severity: Option<&'static str>,
    reason: Option<String>,
    tags: Vec<String>,
    examples: Option<Examples>,
    measures: Vec<Measure>,
    method: Option<String>,
    chart: Option<Picture>,
    margin_chart: Option<String>,
    warnings: Vec<String>,
    source: String,
    repeat: String,
}

#[derive(Serialize)]
struct Examples {
    caption: String,
    columns: Vec<String>,
    rows: Vec<ExampleRow>,
}

#[derive(Serialize)]
struct ExampleRow {
    row: String,
    cells: Vec<ExampleCell>,
}

#[derive(Serialize)]
struct ExampleCell {
    kind: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Picture {
    kind: &'static str,
    svg: String,
}

const EXAMPLE_LIMIT: usize = 20;
const TEXT_CHARACTERS: usize = 4_000;

impl Card {
    pub(super) fn of(results: &Results, check: &Check, anchor: &str) -> Card {
        Card {
            anchor: anchor.to_owned(),
            id: check.id.clone(),
            name: short_name(check),
            status: key(check.status),
            word: word(check.status),
            is_open: matches!(check.status, Status::Fail | Status::Error | Status::Warn),
            message: shortened(&check.message, TEXT_CHARACTERS).into_owned(),
            figure: telling_figure(check),
            expected: shortened(&expectation(&check.check, &check.expected), TEXT_CHARACTERS)
                .into_owned(),
            observed: (!check.observed.is_null())
                .then(|| shortened(&plain(&check.observed), TEXT_CHARACTERS).into_owned()),
            rows: Some(words::rows(&check.rows).join(" · ")).filter(|rows| !rows.is_empty()),
            severity: match check.severity {
                Severity::Error => None,
                Severity::Warn => Some("warn"),
                Severity::Info => Some("info"),
            },
            reason: check.reason.clone(),
            tags: check.tags.clone(),
            examples: examples(check),
            measures: measures(results, check),
            method: method(results, check),
            chart: check.chart.as_ref().and_then(picture),
            margin_chart: check.test.as_ref().and_then(chart::margin_picture),
            warnings: check.warnings.clone(),
            source: format!("{}:{}", check.source.file, check.source.line),
            repeat: check.repeat.clone(),
        }
    }
}

/// The id without what the group says already.
fn short_name(check: &Check) -> String {
    let name = check.name();
    let scope = check.column.as_deref().unwrap_or(&check.scope);
    let short = name.strip_prefix(scope).and_then(|rest| rest.strip_prefix("::")).unwrap_or(name);
    short.to_owned()
}

fn telling_figure(check: &Check) -> Option<String> {
    if let Some(test) = &check.test {
        return Some(format!("p {}", p_value(test.p_adjusted.unwrap_or(test.p_value).0)));
    }
    if let Some(distance) = &check.distance {
        return Some(figure(distance.value.0));
    }
    match check.rows.share {
        Some(share) if share.0 > 0.0 => Some(percent(share.0)),
        Some(_) => None,
        None => match &check.observed {
            Value::Number(number) if number.is_f64() => number.as_f64().map(figure),
            observed => observed.is_number().then(|| plain(observed)),
        },
    }
}

fn examples(check: &Check) -> Option<Examples> {
    let table = Table::of(&check.examples, EXAMPLE_LIMIT);
    if table.rows.is_empty() {
        return None;
    }
    let shown = table.rows.len() as u64;
    let caption = match check.rows.violations {
        Some(all) if all > shown => format!("{} of {} rows in violation", count(shown), count(all)),
        _ => "Rows in violation".to_owned(),
    };
    let rows = table.rows.into_iter().map(|(row, cells)| ExampleRow {
        row: count(row),
        cells: cells
            .into_iter()
            .map(|cell| ExampleCell { kind: kind(cell.kind), text: cell.text })
            .collect(),
    });
    Some(Examples { caption, columns: table.columns, rows: rows.collect() })
}

fn kind(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Text => "text",
        CellKind::Empty => "empty",
        CellKind::Null => "null",
        CellKind::Masked => "masked",
        CellKind::Absent => "absent",
    }
}

fn picture(chart: &Chart) -> Option<Picture> {
    let kind = match chart {
        Chart::Ecdf { .. } => "ecdf",
        Chart::Shares { .. } => "shares",
        Chart::Means { .. } => "means",
    };
    chart::picture(chart).map(|svg| Picture { kind, svg })
}
