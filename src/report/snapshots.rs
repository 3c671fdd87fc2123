//! Each report of the sample results, compared with the files in `testdata`.
//!
//! `UPDATE_CASES=1 cargo test` writes the files anew; the difference is then reviewed like any
//! other change.

use std::fs;
use std::path::PathBuf;

use super::results::{Check, ReadError, Results};
use super::terminal::{Paint, closing, failure};
use super::{github, junit, markdown, sample, sarif};

fn check(name: &str, text: &str) {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/testdata"));
    let path = folder.join(name);
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(&path, text).expect("the snapshot can be written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == expected,
        "{} differs from what is rendered now; UPDATE_CASES=1 writes it anew.\n{text}",
        path.display()
    );
}

#[test]
fn json() {
    check("results.json", &sample::every_status().to_json().expect("it is JSON"));
}

#[test]
fn junit_xml() {
    check("junit.xml", &junit(&sample::every_status()).expect("it is XML"));
}

#[test]
fn markdown_summary() {
    check("summary.md", &markdown(&sample::every_status()));
}

#[test]
fn sarif_log() {
    check("sarif.json", &sarif(&sample::every_status()));
}

#[test]
fn github_commands() {
    check("github.txt", &github(&sample::every_status()));
}

#[test]
fn terminal_text() {
    let results = sample::every_status();
    let told = |check: &Check| format!("{}\n{}\n", check.id, failure(check, Paint::Plain));
    let mut text: String = results.checks.iter().map(told).collect();
    text.push_str(&closing(&results, Some("reports/index.html"), Paint::Plain));
    text.push('\n');
    check("terminal.txt", &text);
}

#[test]
fn results_read_back_to_the_same_bytes() {
    for results in [sample::empty(), sample::few(), sample::every_status(), sample::many(40)] {
        let text = results.to_json().expect("it is JSON");
        let back = Results::from_json(&text).expect("it was just written");
        assert_eq!(back.to_json().expect("it is JSON"), text);
    }
}

#[test]
fn no_key_is_missing_where_nothing_is_known() {
    let text = sample::few().to_json().expect("it is JSON");
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
    };
    let checks = value["checks"].as_array().expect("checks are a list");
    for check in checks {
        assert_eq!(keys(check), keys(&checks[0]));
        assert_eq!(keys(&check["rows"]), ["examined", "skipped", "violations", "share"]);
    }
    assert_eq!(
        keys(&value),
        ["format", "datacheck", "run", "datasets", "files", "summary", "checks"]
    );
}

#[test]
fn newer_formats_are_refused() {
    let text = r#"{"format": 2, "datacheck": "9.0", "checks": "of another shape"}"#;
    let error = Results::from_json(text).expect_err("it is newer");
    assert!(matches!(error, ReadError::Newer { format: 2, .. }));
    assert_eq!(
        error.to_string(),
        "results of format 2, written by datacheck 9.0; this version reads up to format 1: \
         update datacheck to read them"
    );
    assert!(matches!(Results::from_json("{}"), Err(ReadError::Shape(_))));
    assert!(matches!(Results::from_json("<html>"), Err(ReadError::Shape(_))));
}
