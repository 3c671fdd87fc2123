//! The project's fixtures: made again to the same bytes, and every bad sample fails exactly as it
//! should.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn datacheck(words: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_datacheck"))
        .args(words)
        .current_dir(root())
        .output()
        .expect("datacheck starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

/// Ids of a run's checks by their status.
fn statuses(results: &Path) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(results).expect("results");
    let results: Value = serde_json::from_str(&text).expect("JSON");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for check in results["checks"].as_array().expect("checks") {
        let text = |key: &str| check[key].as_str().expect("text").to_owned();
        found.entry(text("status")).or_default().push(text("id"));
    }
    found.values_mut().for_each(|ids| ids.sort());
    found
}

/// What `expected.yaml` says of one sample.
struct Expected {
    file: String,
    exit: i32,
    unreadable: bool,
    lists: BTreeMap<&'static str, Vec<String>>,
}

fn expected() -> Vec<Expected> {
    let text =
        fs::read_to_string(root().join("fixtures/bad/expected.yaml")).expect("expected.yaml");
    let value: Value = serde_yaml::from_str(&text).expect("YAML");
    let samples = value.as_object().expect("samples by name");
    let list = |sample: &Value, key: &str| -> Vec<String> {
        let ids = sample[key].as_array().into_iter().flatten();
        let mut ids: Vec<String> = ids.map(|id| id.as_str().expect("an id").to_owned()).collect();
        ids.sort();
        ids
    };
    samples
        .iter()
        .map(|(name, sample)| Expected {
            file: format!("fixtures/bad/{name}.parquet"),
            exit: sample["exit"].as_i64().expect("an exit code") as i32,
            unreadable: sample["unreadable"].as_bool().unwrap_or(false),
            lists: ["fail", "error", "warn"].map(|key| (key, list(sample, key))).into(),
        })
        .collect()
}

#[test]
fn every_bad_sample_fails_as_it_should() {
    let samples = expected();
    assert!(samples.len() >= 20, "only {} samples", samples.len());
    let folder = tempfile::tempdir().expect("a folder");
    let results = folder.path().join("results.json");
    let mut problems = Vec::new();
    for sample in samples {
        let json = results.to_string_lossy().into_owned();
        let words =
            ["expectations/rentals.yaml", "--data", &sample.file, "--no-report", "--json", &json];
        let (exit, text) = datacheck(&words);
        if exit != sample.exit {
            problems
                .push(format!("{}: exit {exit} instead of {}\n{text}", sample.file, sample.exit));
            continue;
        }
        let found = statuses(&results);
        let none = Vec::new();
        if sample.unreadable {
            if found.keys().any(|status| status != "error") {
                problems.push(format!("{}: judged though unreadable", sample.file));
            }
            continue;
        }
        for (status, wanted) in &sample.lists {
            let ids = found.get(*status).unwrap_or(&none);
            if ids != wanted {
                problems.push(format!(
                    "{}: {status}\n  found  {ids:?}\n  wanted {wanted:?}",
                    sample.file
                ));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_same_sample_in_every_format_gets_the_same_verdicts() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut found = Vec::new();
    for file in ["rentals.csv", "rentals.ndjson", "rentals.arrow"] {
        let json = folder.path().join(format!("{file}.json"));
        let path = json.to_string_lossy().into_owned();
        let data = format!("fixtures/{file}");
        let words =
            ["expectations/rentals.yaml", "--data", &data, "-p", "min_rows=500", "--no-report"];
        let (exit, text) = datacheck(&[&words[..], &["--json", &path]].concat());
        assert!(matches!(exit, 0 | 1), "{file}: exit {exit}\n{text}");
        found.push((file, statuses(&json)));
    }
    for (file, statuses) in &found[1..] {
        assert_eq!(statuses, &found[0].1, "{file} against {}", found[0].0);
    }
}

#[test]
fn the_generator_writes_the_same_bytes_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (exit, text) = datacheck(&["fixtures", &folder.path().to_string_lossy()]);
    assert_eq!(exit, 0, "{text}");
    let fresh = files(folder.path());
    assert!(fresh.len() >= 30, "only {} files", fresh.len());
    for path in fresh {
        let name = path.strip_prefix(folder.path()).expect("below the folder");
        let kept = fs::read(root().join("fixtures").join(name)).unwrap_or_default();
        let made = fs::read(&path).expect("readable");
        assert!(kept == made, "`fixtures/{}` is not what the generator writes", name.display());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
