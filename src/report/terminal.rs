//! Verdicts as text for a terminal: escaped for it, coloured only when asked.

use super::headline::Headline;
use super::results::{Check, Results};
use super::table::{Cell, CellKind, Table};
use super::visible::{shortened, visible};
use super::words;
use super::written::{expectation, plain};
use crate::prose::{count, counted};
use crate::verdict::Status;

/// Whether text carries colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    #[default]
    Plain,
    Colour,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        match self {
            Paint::Plain => text.to_owned(),
            Paint::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn status(self, status: Status, text: &str) -> String {
        self.with(
            match status {
                Status::Pass => "1;32",
                Status::Fail => "1;31",
                Status::Warn => "1;33",
                Status::Error => "1;35",
                Status::Skip | Status::Known => "1;36",
            },
            text,
        )
    }
}

const EXAMPLE_LIMIT: usize = 5;
const COLUMN_LIMIT: usize = 6;
const CELL_CHARACTERS: usize = 28;
const TEXT_CHARACTERS: usize = 600;

/// Everything a reader needs about one check that did not pass: lines without a last newline.
pub fn failure(check: &Check, paint: Paint) -> String {
    let mut lines = vec![paint.status(check.status, &text(&check.message))];
    let mut line = |name: &str, content: &str| {
        lines.push(format!("  {} {}", paint.faint(&format!("{name:<9}")), text(content)));
    };
    line("expected", &expectation(&check.check, &check.expected));
    if !check.observed.is_null() {
        line("observed", &plain(&check.observed));
    }
    let rows = words::rows(&check.rows);
    if !rows.is_empty() {
        line("rows", &rows.join(", "));
    }
    if let Some(test) = &check.test {
        line("test", &words::test(test));
        line("effect", &words::effect(test));
        if let Some(margin) = &test.margin {
            line("margin", &words::margin(margin));
        }
    }
    if let Some(distance) = &check.distance {
        line("distance", &words::distance(distance));
    }
    for warning in &check.warnings {
        line("warning", warning);
    }
    if let Some(reason) = &check.reason {
        line("reason", reason);
    }
    lines.extend(examples(check, paint));
    let place = format!("{}:{}", visible(&check.source.file), check.source.line);
    lines.push(format!("  {} {place}", paint.faint("-->")));
    lines.push(format!("  {} {}", paint.faint("repeat:"), visible(&check.repeat)));
    lines.join("\n")
}

/// The last lines of a run: the verdict, the false-alarm rate, where the report lies, what repeats
/// the first failure.
pub fn closing(results: &Results, report: Option<&str>, paint: Paint) -> String {
    let headline = Headline::of(results);
    let mut lines = vec![format!(
        "{}: {} ({})",
        paint.status(headline.status, headline.word),
        headline.sentence,
        results.summary.in_words()
    )];
    for family in &results.summary.families {
        lines.push(text(&family.sentence));
    }
    for file in &results.files {
        lines.push(format!(
            "{} {}",
            paint.bold(&format!("{}:", file.in_words())),
            visible(&file.path)
        ));
    }
    if let Some(report) = report {
        lines.push(format!("{} {}", paint.bold("report:"), visible(report)));
    }
    let of_status =
        |status: Status| results.checks.iter().find(move |check| check.status == status);
    let first = [Status::Fail, Status::Error, Status::Warn].into_iter().find_map(of_status);
    if let Some(check) = first {
        lines.push(format!("{} {}", paint.bold("repeat:"), visible(&check.repeat)));
    }
    lines.join("\n")
}

fn text(text: &str) -> String {
    visible(&shortened(text, TEXT_CHARACTERS)).into_owned()
}

/// Example rows in columns, the first of them alone.
fn examples(check: &Check, paint: Paint) -> Vec<String> {
    let table = Table::of(&check.examples, EXAMPLE_LIMIT);
    if table.rows.is_empty() {
        return Vec::new();
    }
    let hidden = table.columns.len().saturating_sub(COLUMN_LIMIT) as u64;
    let mut grid: Vec<Vec<String>> = vec![vec!["row".into()]];
    grid[0].extend(table.columns.iter().take(COLUMN_LIMIT).map(|column| cut(&visible(column))));
    for (row, cells) in &table.rows {
        let mut line = vec![count(*row)];
        line.extend(cells.iter().take(COLUMN_LIMIT).map(shown));
        grid.push(line);
    }
    let mut lines = vec![String::new()];
    for (place, line) in aligned(&grid).into_iter().enumerate() {
        let line = format!("    {line}");
        lines.push(if place == 0 { paint.faint(&line) } else { line });
    }
    let shown = table.rows.len() as u64;
    let more = check.rows.violations.map_or(table.more as u64, |all| all.saturating_sub(shown));
    let mut notes = Vec::new();
    if more > 0 {
        notes.push(counted(more, "more row"));
    }
    if hidden > 0 {
        notes.push(counted(hidden, "more column"));
    }
    if !notes.is_empty() {
        lines.push(paint.faint(&format!("    … {}", notes.join(", "))));
    }
    lines.push(String::new());
    lines
}

fn shown(cell: &Cell) -> String {
    match cell.kind {
        CellKind::Masked => "••••".into(),
        _ => cut(&cell.text),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= CELL_CHARACTERS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(CELL_CHARACTERS - 1).collect();
    format!("{kept}…")
}

/// Columns side by side: the first to the right, the others to the left.
fn aligned(grid: &[Vec<String>]) -> Vec<String> {
    let columns = grid.first().map_or(0, Vec::len);
    let length = |text: &String| text.chars().count();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            grid.iter().filter_map(|line| line.get(column)).map(length).max().unwrap_or(0)
        })
        .collect();
    grid.iter()
        .map(|line| {
            let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                if column == 0 { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn nothing_steers_the_terminal() {
        let results = sample::every_status();
        for check in &results.checks {
            let text = failure(check, Paint::Plain);
            let is_bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!text.contains(is_bad), "{text}");
        }
        assert!(!closing(&results, Some("a\u{1b}[2J"), Paint::Plain).contains('\u{1b}'));
    }

    #[test]
    fn colour_only_adds_escapes() {
        let results = sample::every_status();
        for check in &results.checks {
            let coloured = failure(check, Paint::Colour);
            let mut stripped = String::new();
            let mut rest = coloured.as_str();
            while let Some((before, after)) = rest.split_once("\u{1b}[") {
                stripped.push_str(before);
                rest = after.split_once('m').expect("every escape ends").1;
            }
            stripped.push_str(rest);
            assert_eq!(stripped, failure(check, Paint::Plain));
        }
    }
}
