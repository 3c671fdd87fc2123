//! The HTML report as plain values: what stands where, before any markup.

mod card;
mod measures;

use std::collections::BTreeSet;

use serde::Serialize;

use card::Card;

use super::chart;
use super::headline::{BY_ATTENTION, Headline, key, rank, word};
use super::results::{Check, DatasetInfo, Results, Role, RowsFile, Summary};
use super::written::plain;
use crate::prose::{counted, duration, moment, size};
use crate::verdict::Status;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Page {
    title: String,
    status: &'static str,
    word: &'static str,
    sentence: String,
    suites: String,
    started: String,
    started_at: String,
    duration: String,
    /// A bar with a part for each status, as SVG.
    bar: String,
    counts: Vec<Count>,
    attention: Vec<Pointer>,
    attention_more: usize,
    sections: Vec<Section>,
    about: Vec<[String; 2]>,
    version: String,
}

#[derive(Serialize)]
struct Count {
    status: &'static str,
    word: &'static str,
    count: u64,
}

/// A link to a check that needs attention.
#[derive(Serialize)]
struct Pointer {
    anchor: String,
    status: &'static str,
    word: &'static str,
    id: String,
    message: String,
}

/// A suite.
#[derive(Serialize)]
struct Section {
    name: String,
    counts: String,
    families: Vec<String>,
    datasets: Vec<Dataset>,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Dataset {
    role: String,
    path: String,
    facts: Vec<String>,
    sha256: String,
    warnings: Vec<String>,
}

/// The checks of a column, of the table, or of the rows.
#[derive(Serialize)]
struct Group {
    name: String,
    kind: &'static str,
    status: &'static str,
    counts: String,
    cards: Vec<Card>,
}

const ATTENTION_LIMIT: usize = 30;
/// Up to this many checks a list of those that need attention would only repeat them.
const FEW: usize = 12;

impl Page {
    /// The page of these results.
    pub(super) fn of(results: &Results) -> Page {
        let headline = Headline::of(results);
        let suites = results.suites();
        let anchors = anchors(&results.checks);
        let sections = suites.iter().map(|suite| Section::of(results, suite, &anchors)).collect();
        let mut pointers = pointers(&results.checks, &anchors);
        if results.checks.len() <= FEW {
            pointers.clear();
        }
        let attention_more = pointers.len().saturating_sub(ATTENTION_LIMIT);
        pointers.truncate(ATTENTION_LIMIT);
        Page {
            title: format!("{}: {}", suites.join(", "), headline.sentence),
            status: key(headline.status),
            word: headline.word,
            sentence: capitalised(&headline.sentence),
            suites: suites.join(", "),
            started: moment(&results.run.started_at),
            started_at: results.run.started_at.clone(),
            duration: duration(results.run.duration_ms),
            bar: chart::counts(&results.summary),
            counts: counts(&results.summary),
            attention: pointers,
            attention_more,
            sections,
            about: about(results),
            version: results.datacheck.clone(),
        }
    }
}

impl Section {
    fn of(results: &Results, suite: &str, anchors: &[String]) -> Section {
        let checks: Vec<(&Check, &str)> = results
            .checks
            .iter()
            .zip(anchors.iter().map(String::as_str))
            .filter(|(check, _)| check.suite == suite)
            .collect();
        let families = results.summary.families.iter().filter(|family| family.suite == suite);
        let datasets = results.datasets.iter().filter(|dataset| dataset.suite == suite);
        let files = results.files.iter().filter(|file| file.suite == suite);
        Section {
            name: suite.to_owned(),
            counts: in_words(checks.iter().map(|(check, _)| *check)),
            families: families.map(|family| family.sentence.clone()).collect(),
            datasets: datasets.map(Dataset::of).chain(files.map(Dataset::written)).collect(),
            groups: groups(results, &checks),
        }
    }
}

impl Dataset {
    fn of(dataset: &DatasetInfo) -> Dataset {
        let role = match (dataset.role, &dataset.name) {
            (Role::Data, _) => "data".to_owned(),
            (Role::Reference, _) => "reference".to_owned(),
            (Role::Named, None) => "named".to_owned(),
            (Role::Named, Some(name)) => name.clone(),
        };
        let mut facts = Vec::new();
        facts.extend(dataset.rows.map(|rows| counted(rows, "row")));
        facts.push(counted(dataset.columns, "column"));
        facts.push(size(dataset.bytes));
        facts.push(dataset.format.clone());
        facts.extend(dataset.modified.as_ref().map(|time| format!("modified {}", moment(time))));
        Dataset {
            role,
            path: dataset.path.clone(),
            facts,
            sha256: dataset.sha256.clone(),
            warnings: dataset.warnings.clone(),
        }
    }
}

impl Dataset {
    /// Rows that the run wrote out.
    fn written(file: &RowsFile) -> Dataset {
        Dataset {
            role: format!("{} rows", file.kind),
            path: file.path.clone(),
            facts: vec![counted(file.rows, "row")],
            sha256: String::new(),
            warnings: Vec::new(),
        }
    }
}

/// Checks by column, the table and the rows; first those groups and checks that need attention,
/// else as written.
fn groups(results: &Results, checks: &[(&Check, &str)]) -> Vec<Group> {
    let mut keys: Vec<(&str, Option<&str>)> = Vec::new();
    for (check, _) in checks {
        if !keys.contains(&group_key(check)) {
            keys.push(group_key(check));
        }
    }
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for key in keys {
        let mut members: Vec<&(&Check, &str)> =
            checks.iter().filter(|(check, _)| group_key(check) == key).collect();
        members.sort_by_key(|(check, _)| rank(check.status));
        let worst = members.first().map_or(Status::Pass, |(check, _)| check.status);
        let (name, kind) = match key {
            ("columns", Some(column)) => (column.to_owned(), "column"),
            ("rows", _) => ("Rows".to_owned(), ""),
            _ => ("Table".to_owned(), ""),
        };
        let group = Group {
            name,
            kind,
            status: super::headline::key(worst),
            counts: in_words(members.iter().map(|(check, _)| *check)),
            cards: members.iter().map(|(check, anchor)| Card::of(results, check, anchor)).collect(),
        };
        groups.push((rank(worst).min(rank(Status::Pass)), group));
    }
    groups.sort_by_key(|(rank, _)| *rank);
    groups.into_iter().map(|(_, group)| group).collect()
}

fn group_key(check: &Check) -> (&str, Option<&str>) {
    match check.scope.as_str() {
        "columns" => ("columns", check.column.as_deref()),
        scope => (scope, None),
    }
}

fn in_words<'a>(checks: impl Iterator<Item = &'a Check>) -> String {
    Summary::of(checks.map(|check| check.status)).in_words()
}

fn counts(summary: &Summary) -> Vec<Count> {
    BY_ATTENTION
        .into_iter()
        .map(|status| Count {
            status: key(status),
            word: word(status),
            count: summary.of_status(status),
        })
        .filter(|count| count.count > 0)
        .collect()
}

fn pointers(checks: &[Check], anchors: &[String]) -> Vec<Pointer> {
    let mut failed: Vec<(&Check, &String)> = checks
        .iter()
        .zip(anchors)
        .filter(|(check, _)| matches!(check.status, Status::Fail | Status::Error | Status::Warn))
        .collect();
    failed.sort_by_key(|(check, _)| rank(check.status));
    failed
        .into_iter()
        .map(|(check, anchor)| Pointer {
            anchor: anchor.clone(),
            status: key(check.status),
            word: word(check.status),
            id: check.id.clone(),
            message: check.message.clone(),
        })
        .collect()
}

/// A name for each check that a link can carry: its id with only plain characters, numbered where
/// two agree.
fn anchors(checks: &[Check]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    checks
        .iter()
        .enumerate()
        .map(|(place, check)| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
            let plain: String =
                check.id.chars().map(|c| if is_plain(c) { c } else { '-' }).take(120).collect();
            let anchor =
                if taken.contains(&plain) { format!("{plain}-{}", place + 1) } else { plain };
            taken.insert(anchor.clone());
            anchor
        })
        .collect()
}

fn about(results: &Results) -> Vec<[String; 2]> {
    let run = &results.run;
    let mut about = vec![["Command".to_owned(), run.command.clone()]];
    for (name, value) in &run.params {
        about.push([format!("Parameter {name}"), plain(value)]);
    }
    about.extend(run.git_commit.as_ref().map(|commit| ["Commit".to_owned(), commit.clone()]));
    about.push(["Run".to_owned(), run.id.clone()]);
    about.push(["Exit code".to_owned(), run.exit_code.to_string()]);
    about
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
