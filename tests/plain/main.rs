//! Every row check a second time: plain loops over plain vectors, held against the program on
//! random tables with nulls, NaN and ties.
//!
//! Nothing here uses datacheck itself. A row keeps a check, breaks it, or is not looked at; each
//! check is asked of all rows, of the rows of a condition, and with missing values counted as
//! failures where that has a meaning.

mod rows;
mod table;
mod texts;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use table::Table;

/// Tables that are looked at.
const TABLES: u64 = 600;

/// Suites that one run takes.
const SUITES: u64 = 20;

/// What each row says; `None` if nothing can be said.
pub type Answers = Option<Vec<Option<bool>>>;

/// What a check means: its answers over the data, with another table beside it.
type Judge = Box<dyn Fn(&Table, &Table) -> Answers>;

/// A check as a suite writes it, and what it means.
pub struct Check {
    /// The column; empty for a check of the table.
    column: &'static str,
    name: &'static str,
    arguments: &'static str,
    judge: Judge,
    /// Which rows the check is about at all.
    about: fn(&Table, usize) -> bool,
    /// Whether `nulls: fail` means something.
    takes_nulls: bool,
    /// Whether a condition selects rows of the other table as well.
    selects_both: bool,
}

/// A check with its meaning.
pub fn of(
    column: &'static str,
    name: &'static str,
    arguments: &'static str,
    judge: impl Fn(&Table, &Table) -> Answers + 'static,
) -> Check {
    let judge: Judge = Box::new(judge);
    let (takes_nulls, selects_both) = (true, false);
    Check { column, name, arguments, judge, about: |_, _| true, takes_nulls, selects_both }
}

impl Check {
    fn about(mut self, about: fn(&Table, usize) -> bool) -> Check {
        self.about = about;
        self
    }

    fn of_both(mut self) -> Check {
        self.selects_both = true;
        self
    }

    /// Missing values are what they are.
    fn strict(mut self) -> Check {
        self.takes_nulls = false;
        self
    }
}

/// Asks every row by itself.
pub fn each(table: &Table, answer: impl Fn(usize) -> Option<bool>) -> Answers {
    Some((0..table.n_rows()).map(answer).collect())
}

/// In which way a check is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Plain,
    /// Of the rows with `keep`, most of which must hold.
    Where,
    /// A missing value breaks the rule.
    Nulls,
    /// In each group of rows that agree in `u`.
    Groups,
}

impl Way {
    const ALL: [(Way, &str); 4] = [
        (Way::Plain, ""),
        (Way::Where, "where: keep, mostly: 0.7"),
        (Way::Nulls, "nulls: fail"),
        (Way::Groups, "by: [u]"),
    ];

    fn suits(self, check: &Check) -> bool {
        let is_there = matches!(check.name, "not_null" | "is_null" | "rows_complete")
            || check.name.ends_with("_one_of")
            || check.arguments.contains("null]");
        self != Way::Nulls || (check.takes_nulls && !is_there)
    }
}

/// What a verdict says: status, rows examined, skipped and broken, and the first rows that broke.
#[derive(Debug, PartialEq)]
struct Told {
    status: &'static str,
    rows: Option<[u64; 3]>,
    failing: Vec<u64>,
}

fn expected(check: &Check, way: Way, table: &Table, other: &Table) -> Told {
    let is_selected = |row: &usize| {
        (way != Way::Where || table.keep[*row] == Some(true)) && (check.about)(table, *row)
    };
    let selected: Vec<usize> = (0..table.n_rows()).filter(is_selected).collect();
    let kept = |row: &usize| !check.selects_both || other.keep[*row] == Some(true);
    let kept: Vec<usize> = match way {
        Way::Where => (0..other.n_rows()).filter(kept).collect(),
        _ => (0..other.n_rows()).collect(),
    };
    let other = &other.of_rows(&kept);
    let unjudged = Told { status: "error", rows: None, failing: Vec::new() };
    let Some(mut answers) = (check.judge)(&table.of_rows(&selected), other) else {
        return unjudged;
    };
    if way == Way::Nulls {
        answers.iter_mut().for_each(|answer| *answer = answer.or(Some(false)));
    }
    let count = |kind: Option<bool>| answers.iter().filter(|answer| **answer == kind).count();
    let (kept, broken, skipped) = (count(Some(true)), count(Some(false)), count(None));
    if kept + broken == 0 {
        return unjudged;
    }
    let holds = if way == Way::Where { kept * 10 >= (kept + broken) * 7 } else { broken == 0 };
    let failing = selected.iter().zip(&answers).filter(|(_, answer)| **answer == Some(false));
    let failing = failing.map(|(row, _)| *row as u64 + 1).take(20);
    Told {
        status: if holds { "pass" } else { "fail" },
        rows: Some([kept + broken, skipped, broken].map(|count| count as u64)),
        failing: failing.collect(),
    }
}

/// The same where the check must hold in each group: one of which nothing can be said is left out
/// when another fails.
fn expected_of_groups(check: &Check, table: &Table, other: &Table) -> Told {
    let keys: BTreeSet<Option<&str>> = table.u.iter().map(Option::as_deref).collect();
    let of = |table: &Table, key: Option<&str>| -> Vec<usize> {
        (0..table.n_rows()).filter(|row| table.u[*row].as_deref() == key).collect()
    };
    let (mut rows, mut failing, mut judged, mut unjudged) = ([0; 3], Vec::new(), 0, 0);
    for key in keys {
        let mut own = of(table, key);
        own.retain(|row| (check.about)(table, *row));
        if own.is_empty() {
            continue;
        }
        let theirs = of(other, key);
        let answers = match (check.selects_both, theirs.is_empty()) {
            (true, true) => None,
            (true, false) => (check.judge)(&table.of_rows(&own), &other.of_rows(&theirs)),
            (false, _) => (check.judge)(&table.of_rows(&own), other),
        };
        let answers = answers.unwrap_or_default();
        if !answers.iter().any(Option::is_some) {
            unjudged += 1;
            continue;
        }
        judged += 1;
        for (row, answer) in own.iter().zip(answers) {
            rows[usize::from(answer.is_none())] += 1;
            if answer == Some(false) {
                rows[2] += 1;
                failing.push(*row as u64 + 1);
            }
        }
    }
    failing.sort_unstable();
    failing.truncate(20);
    match (failing.is_empty(), unjudged, judged) {
        (false, ..) => Told { status: "fail", rows: Some(rows), failing },
        (true, 0, 1..) => Told { status: "pass", rows: Some(rows), failing },
        _ => Told { status: "error", rows: None, failing },
    }
}

/// All checks in one suite, each under a name of its own.
fn suite(checks: &[Check], seed: u64) -> String {
    let mut places: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    for (place, check) in checks.iter().enumerate() {
        for (way, (kind, arguments)) in Way::ALL.iter().enumerate() {
            if kind.suits(check) {
                let lines = places.entry(check.column).or_default().entry(check.name).or_default();
                let all = [check.arguments, arguments].into_iter().filter(|part| !part.is_empty());
                let all = all.collect::<Vec<&str>>().join(", ");
                let name = name(place, way);
                let line = match (check.name, all.is_empty()) {
                    ("rows", _) => format!("  {name}: {{{all}}}\n"),
                    (_, true) => format!("    - {{name: {name}}}\n"),
                    (_, false) => format!("    - {{{all}, name: {name}}}\n"),
                };
                lines.push_str(&line);
            }
        }
    }
    let mut text = format!(
        "suite: s{seed}\ndata: data.parquet\nreference: other.parquet\n\
         datasets: {{other: other.parquet}}\n"
    );
    let predicates = places.get_mut("").and_then(|table| table.remove("rows"));
    let _ = write!(text, "rows:\n{}table:\n", predicates.unwrap_or_default());
    for (name, lines) in places.remove("").unwrap_or_default() {
        let _ = write!(text, "  {name}:\n{}", lines.replace("    -", "  -"));
    }
    text.push_str("columns:\n");
    for (column, checks) in places {
        let _ = writeln!(text, "  {column}:");
        checks.iter().for_each(|(name, lines)| {
            let _ = write!(text, "    {name}:\n{lines}");
        });
    }
    text
}

fn name(place: usize, way: usize) -> String {
    format!("c{place}w{way}")
}

/// The verdicts of a run over the suites of a folder, by suite and name.
fn run(folder: &Path) -> BTreeMap<(String, String), Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_datacheck"))
        .args([".", "--no-report", "--format", "json"])
        .current_dir(folder)
        .output()
        .expect("datacheck starts");
    let results: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no results\n{}", String::from_utf8_lossy(&output.stderr)));
    let checks = results["checks"].as_array().expect("checks").iter();
    checks
        .map(|check| {
            let id = check["id"].as_str().expect("an id");
            let suite = check["suite"].as_str().expect("a suite").to_owned();
            let name = id.rsplit("::").next().expect("a name").to_owned();
            ((suite, name), check.clone())
        })
        .collect()
}

fn told(check: &Value) -> Told {
    let status = match check["status"].as_str() {
        Some("pass") => "pass",
        Some("fail") => "fail",
        Some("error") => "error",
        other => panic!("{other:?}"),
    };
    let rows = ["examined", "skipped", "violations"].map(|name| check["rows"][name].as_u64());
    let rows = rows.into_iter().collect::<Option<Vec<u64>>>();
    let examples = check["examples"].as_array().expect("examples").iter();
    Told {
        status,
        rows: rows.and_then(|rows| rows.try_into().ok()).filter(|_| status != "error"),
        failing: examples.map(|example| example["row"].as_u64().expect("a row")).collect(),
    }
}

#[test]
fn every_row_check_says_what_a_plain_loop_says() {
    let checks: Vec<Check> = rows::checks().into_iter().chain(whole::checks()).collect();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for first in (0..TABLES).step_by(SUITES as usize) {
        let folder = tempfile::tempdir().expect("a folder");
        let tables = |seed: u64| [2 * seed, 2 * seed + 1].map(Table::random);
        for seed in first..first + SUITES {
            let place = folder.path().join(format!("s{seed}"));
            fs::create_dir(&place).expect("a folder");
            let [table, other] = tables(seed);
            table.write(&place.join("data.parquet"), 1 + seed as usize % 9);
            other.write(&place.join("other.parquet"), 1_000);
            fs::write(place.join("suite.yaml"), suite(&checks, seed)).expect("written");
        }
        let verdicts = run(folder.path());
        for seed in first..first + SUITES {
            let [table, other] = tables(seed);
            for (place, check) in checks.iter().enumerate() {
                for (way, (kind, arguments)) in Way::ALL.iter().enumerate() {
                    if kind.suits(check) {
                        let key = (format!("s{seed}"), name(place, way));
                        let verdict = &verdicts[&key];
                        let expected = match kind {
                            Way::Groups => expected_of_groups(check, &table, &other),
                            _ => expected(check, *kind, &table, &other),
                        };
                        *seen.entry(expected.status).or_default() += 1;
                        assert_eq!(
                            told(verdict),
                            expected,
                            "table {seed}: {} of `{}`, {} {arguments}\n{verdict:#}\n{table:?}",
                            check.name,
                            check.column,
                            check.arguments,
                        );
                    }
                }
            }
        }
    }
    // Every kind of verdict was met often enough to mean something.
    assert!(seen.len() == 3 && seen.values().all(|times| *times > 1_000), "{seen:?}");
}

/// A row check that is added has a plain second here, or this test says which has none.
#[test]
fn no_row_check_is_left_out() {
    let explain = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_datacheck")).args(words).output();
        String::from_utf8(output.expect("datacheck starts").stdout).expect("text")
    };
    let overview = explain(&["explain"]);
    let names = overview.lines().take_while(|line| !line.is_empty());
    let names = names.filter_map(|line| line.split(' ').next());
    let rows: BTreeSet<&str> =
        names.filter(|name| explain(&["explain", name]).contains("*row, under")).collect();
    let checks: Vec<Check> = rows::checks().into_iter().chain(whole::checks()).collect();
    let told: BTreeSet<&str> = checks.iter().map(|check| check.name).collect();
    assert_eq!(rows, told);
    assert!(rows.len() > 35, "{rows:?}");
}
