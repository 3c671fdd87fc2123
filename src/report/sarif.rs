//! SARIF 2.1.0, for services that show findings beside the lines of a suite.

use serde_json::{Value, json};

use super::headline::key;
use super::results::{Check, Results};
use super::terminal::{Paint, failure};
use super::visible::visible;
use crate::verdict::Status;

/// The log as JSON text: a rule for each kind of check, a result for each that failed, warned or
/// was not judged.
pub fn sarif(results: &Results) -> String {
    let found: Vec<&Check> = results
        .checks
        .iter()
        .filter(|check| matches!(check.status, Status::Fail | Status::Warn | Status::Error))
        .collect();
    let mut rules: Vec<&str> = Vec::new();
    for check in &found {
        if !rules.contains(&check.check.as_str()) {
            rules.push(&check.check);
        }
    }
    let described: Vec<Value> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": visible(rule),
                "name": visible(rule),
                "shortDescription": {"text": format!("datacheck expectation `{}`", visible(rule))},
            })
        })
        .collect();
    let listed: Vec<Value> = found.iter().map(|check| result(check, &rules)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {"name": "datacheck", "version": results.datacheck, "rules": described},
            },
            "invocations": [{
                "executionSuccessful": results.summary.error == 0,
                "exitCode": results.run.exit_code,
                "commandLine": visible(&results.run.command),
            }],
            "columnKind": "unicodeCodePoints",
            "results": listed,
        }],
    });
    format!("{log:#}\n")
}

fn result(check: &Check, rules: &[&str]) -> Value {
    let level = if check.status == Status::Warn { "warning" } else { "error" };
    json!({
        "ruleId": visible(&check.check),
        "ruleIndex": rules.iter().position(|rule| *rule == check.check),
        "level": level,
        "message": {"text": failure(check, Paint::Plain)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&check.source.file)},
                // Lines count from 1; a check without a place stands at the file's head.
                "region": {"startLine": check.source.line.max(1)},
            },
            "logicalLocations": [{"fullyQualifiedName": visible(&check.id)}],
        }],
        "partialFingerprints": {"datacheckId/v1": visible(&check.id)},
        "properties": {"status": key(check.status), "suite": visible(&check.suite)},
    })
}

/// A path as a relative reference of RFC 3986.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            b'\\' => out.push('/'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_log_has_what_the_schema_requires() {
        let log: Value = serde_json::from_str(&sarif(&sample::every_status())).expect("it is JSON");
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert!(run["tool"]["driver"]["name"].is_string());
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules are a list");
        let results = run["results"].as_array().expect("results are a list");
        assert_eq!(results.len(), 7);
        for result in results {
            assert!(result["message"]["text"].is_string());
            let index = result["ruleIndex"].as_u64().expect("it is a place") as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64() >= Some(1));
        }
    }

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a b/c:d%.yaml"), "a%20b/c%3Ad%25.yaml");
        assert_eq!(uri("a\\ü"), "a/%C3%BC");
    }
}
