//! What every statistical check and every distance makes of samples that are hard to judge.
//!
//! A case is a file under `tests/cases/samples/`: prose that says what must come of it, a block
//! `yaml types` with the columns' types (`x: arrow` stands for doubles in Arrow files, since text
//! has no NaN and no infinity), `csv data.csv` and `csv reference.csv`, and a block `text outcomes`
//! with a line for each check: how it ended, and its sentence. `UPDATE_CASES=1` writes the outcomes;
//! each was read before it was kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::ipc::writer::FileWriter;
use datacheck::expectations::{ALL, Kind};
use serde_json::Value;

/// Every statistical check and distance, on the column `x`.
const CHECKS: [(&str, &str); 40] = [
    ("drift", "{}"),
    ("ks_test", "{}"),
    ("ks_test", "{distribution: {normal: {mean: 0, sd: 1}}, name: named_law}"),
    ("cramer_von_mises", "{}"),
    ("anderson_darling", "{}"),
    ("epps_singleton", "{}"),
    ("energy_distance", "{resamples: 999}"),
    ("mann_whitney", "{}"),
    ("t_test", "{}"),
    ("t_test", "{equal_var: true, name: student}"),
    ("t_test", "{mean: 1, name: one_sample}"),
    ("t_test", "{paired_by: k, name: paired}"),
    ("z_test", "{sigma: 1}"),
    ("permutation_test", "{resamples: 999}"),
    ("permutation_test", "{statistic: median, resamples: 999, name: median}"),
    ("levene", "{}"),
    ("f_test", "{}"),
    ("chi_square_test", "{}"),
    ("g_test", "{}"),
    ("fisher_exact", "{}"),
    ("proportion_test", "{that: 'x > 0'}"),
    ("proportion_test", "{missing: true, name: missing}"),
    ("correlation_test", "{other: y}"),
    ("correlation_test", "{other: y, method: spearman, resamples: 999, name: spearman}"),
    ("correlation_test", "{other: y, method: kendall, resamples: 999, name: kendall}"),
    ("normality", "{}"),
    ("anova", "{by: g}"),
    ("kruskal", "{by: g}"),
    ("kl_divergence", "{max: 0.5, unit: nats}"),
    ("kl_divergence", "{max: 0.5, unit: bits, smoothing: add_half, name: smoothed}"),
    ("js_distance", "{max: 0.5}"),
    ("psi", "{max: 0.5}"),
    ("hellinger", "{max: 0.5}"),
    ("total_variation", "{max: 0.5}"),
    ("l_infinity", "{max: 0.5}"),
    ("wasserstein", "{max: 0.5}"),
    ("wasserstein", "{max: 0.5, normalised: true, name: normalised}"),
    ("quantile_shift", "{p: 0.5, max: 0.5}"),
    ("quantile_shift", "{p: 0.5, max: 0.5, relative: true, name: relative}"),
    ("ks_test", "{margin: 0.9, name: margin}"),
];

/// The blocks of a case.
struct Case {
    types: String,
    data: String,
    reference: String,
    outcomes: String,
}

fn block(text: &str, head: &str) -> String {
    let fence = format!("```{head}\n");
    let start = text.find(&fence).unwrap_or_else(|| panic!("no block `{head}`")) + fence.len();
    let end = if text[start..].starts_with("```") {
        0
    } else {
        text[start..].find("\n```").expect("closed") + 1
    };
    text[start..start + end].to_owned()
}

impl Case {
    fn read(text: &str) -> Case {
        let of = |head| block(text, head);
        Case {
            types: of("yaml types"),
            data: of("csv data.csv"),
            reference: of("csv reference.csv"),
            outcomes: of("text outcomes"),
        }
    }

    fn is_arrow(&self) -> bool {
        self.types.contains("x: arrow")
    }

    /// The suite of some of the checks, and the line on which each stands.
    fn suite(&self, checks: &[(&str, &str)]) -> (String, Vec<usize>) {
        let mut lines = vec!["suite: s".to_owned(), "statistics: {correction: none}".to_owned()];
        lines.push("columns:".to_owned());
        let (own, others): (Vec<&str>, Vec<&str>) =
            self.types.lines().partition(|line| line.starts_with("x: "));
        lines.extend(others.iter().map(|line| format!("  {line}")));
        lines.push("  x:".to_owned());
        let typed = own.iter().filter(|_| !self.is_arrow());
        lines.extend(typed.map(|line| format!("    type: {}", &line[3..])));
        let mut places = vec![0; checks.len()];
        let mut written = BTreeSet::new();
        for (name, _) in checks {
            if !written.insert(name) {
                continue;
            }
            lines.push(format!("    {name}:"));
            for (place, (_, arguments)) in
                checks.iter().enumerate().filter(|(_, (other, _))| other == name)
            {
                lines.push(format!("      - {arguments}"));
                places[place] = lines.len();
            }
        }
        (lines.join("\n"), places)
    }
}

fn datacheck(folder: &Path, words: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_datacheck"));
    let output = command.args(words).current_dir(folder).output().expect("datacheck starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

/// The name under which a check is listed.
fn label((name, arguments): (&str, &str)) -> String {
    let own = arguments.split("name: ").nth(1).map(|rest| rest.trim_end_matches('}'));
    own.map_or_else(|| name.to_owned(), |own| format!("{name}::{own}"))
}

/// How each check ended, in the order of the list.
fn outcomes(case: &Case) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    let kind = if case.is_arrow() { "arrow" } else { "csv" };
    let [data, reference] = ["data", "reference"].map(|name| format!("{name}.{kind}"));
    for (name, text) in [(&data, &case.data), (&reference, &case.reference)] {
        match case.is_arrow() {
            true => write_arrow(&folder.path().join(name), text),
            false => write(name, text),
        }
    }
    let words = ["suite.yaml", "--data", &data, "--reference", &reference];
    let words = [&words[..], &["--no-report", "--json", "r.json"]].concat();
    let run = |checks: &[(&str, &str)]| {
        let (suite, places) = case.suite(checks);
        write("suite.yaml", &suite);
        let (code, text) = datacheck(folder.path(), &words);
        assert!([0, 1, 2, 3].contains(&code) && !text.contains("panicked"), "exit {code}\n{text}");
        (if code == 2 { mistakes(&text) } else { Vec::new() }, places)
    };
    let (refused, places) = run(&CHECKS);
    let at = |place: usize| refused.iter().find(|(line, _)| *line == places[place]);
    let accepted: Vec<_> =
        CHECKS.iter().enumerate().filter(|(place, _)| at(*place).is_none()).collect();
    if !refused.is_empty() {
        let again = run(&accepted.iter().map(|(_, check)| **check).collect::<Vec<_>>()).0;
        assert!(again.is_empty(), "mistakes of no check: {refused:?} {again:?}");
    }
    let results = fs::read_to_string(folder.path().join("r.json")).unwrap_or_default();
    let results: Value = serde_json::from_str(&results).unwrap_or_default();
    let judged = |check: (&str, &str)| {
        let id = format!("s::x::{}", label(check));
        let found = results["checks"].as_array().into_iter().flatten();
        let found = found.into_iter().find(|found| found["id"] == id.as_str());
        outcome(found.unwrap_or_else(|| panic!("no verdict on {id}")))
    };
    let told: Vec<(String, String)> = CHECKS
        .iter()
        .enumerate()
        .map(|(place, check)| match at(place) {
            Some((_, message)) => (label(*check), format!("mistake  {message}")),
            None => (label(*check), judged(*check)),
        })
        .collect();
    let width = told.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    told.iter().map(|(label, text)| format!("{label:<width$}  {text}\n")).collect()
}

/// The columns k, x, y and g as an Arrow file.
fn write_arrow(path: &Path, csv: &str) {
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let numbers = |place: usize| -> ArrayRef {
        let cells = rows.iter().map(|row| row[place].parse::<f64>().ok());
        Arc::new(cells.collect::<Float64Array>())
    };
    let keys = rows.iter().map(|row| row[0].parse::<i64>().ok()).collect::<Int64Array>();
    let groups = StringArray::from_iter_values(rows.iter().map(|row| row[3]));
    let columns: [(&str, ArrayRef); 4] =
        [("k", Arc::new(keys)), ("x", numbers(1)), ("y", numbers(2)), ("g", Arc::new(groups))];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let file = fs::File::create(path).expect("created");
    let mut writer = FileWriter::try_new(file, &batch.schema()).expect("a header");
    writer.write(&batch).expect("written");
    writer.finish().expect("finished");
}

/// The lines of the suite that were refused, with the reason.
fn mistakes(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut message = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("error: ") {
            message = rest;
        } else if let Some((_, place)) = line.split_once("--> suite.yaml:") {
            let line = place.split(':').next().and_then(|line| line.parse().ok());
            found.push((line.expect("a line"), message.to_owned()));
        }
    }
    found
}

/// Status and sentence; a p-value that is no number never decides.
fn outcome(check: &Value) -> String {
    let status = check["status"].as_str().expect("a status");
    let p = &check["test"]["p_value"];
    assert!(p.is_null() || p.as_f64().is_some_and(|p| (0.0..=1.0).contains(&p)), "{check}");
    let message = check["message"].as_str().expect("a sentence");
    assert!(!message.contains("NaN"), "{message}");
    let warnings = check["warnings"].as_array().into_iter().flatten();
    let warnings: String =
        warnings.filter_map(Value::as_str).map(|text| format!(" ({text})")).collect();
    format!("{status:<7}  {message}{warnings}")
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/samples");
    let entries = fs::read_dir(folder).expect("the folder of cases");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(paths.len() >= 20, "only {} cases were found", paths.len());
    paths
}

#[test]
fn every_statistical_check_is_asked() {
    let asked: BTreeSet<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    let statistical = |kind: Kind| matches!(kind, Kind::Statistical | Kind::Distance);
    let all: BTreeSet<&str> =
        ALL.iter().filter(|check| statistical(check.kind)).map(|check| check.name).collect();
    assert_eq!(asked, all);
}

#[test]
fn awkward_samples_end_as_their_cases_say() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut problems = Vec::new();
    for path in cases() {
        let text = fs::read_to_string(&path).expect("a readable case");
        let case = Case::read(&text);
        let found = outcomes(&case);
        if found == case.outcomes {
            continue;
        }
        if update {
            let [old, new] =
                [&case.outcomes, &found].map(|body| format!("```text outcomes\n{body}```"));
            fs::write(&path, text.replace(&old, &new)).expect("written");
        } else {
            let lines = case.outcomes.lines().zip(found.lines()).filter(|(old, new)| old != new);
            let lines: Vec<String> = lines.map(|(old, new)| format!("- {old}\n+ {new}")).collect();
            problems.push(format!("{}\n{}", path.display(), lines.join("\n")));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n\n"));
}
