//! The map of the house, enforced: which module may use which, and one door for each foreign crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use, beside itself and the last line's modules.
const MAP: &[(&str, &[&str])] = &[
    ("main", &["commands", "exit"]),
    ("lib", &["commands", "exit"]),
    (
        "commands",
        &[
            "cli",
            "project",
            "draft",
            "suite",
            "plan",
            "engine",
            "harness",
            "report",
            "expectations",
            "fixtures",
        ],
    ),
    ("harness", &[]),
    ("draft", &["suite"]),
    ("plan", &["suite", "expectations"]),
    ("project", &["suite", "expectations"]),
    ("suite", &["expectations"]),
    ("expectations", &[]),
    ("engine", &[]),
    ("report", &[]),
    ("fixtures", &[]),
    ("cli", &[]),
    ("stats", &[]),
    ("metric", &[]),
    ("text", &[]),
    ("verdict", &[]),
    ("diagnostic", &[]),
    ("exit", &[]),
    ("prose", &[]),
];

/// Modules that everyone above may use.
const GROUND: &[&str] = &["stats", "metric", "text", "verdict", "diagnostic", "exit", "prose"];

/// The one door of each foreign crate: paths that may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("clap", &["cli.rs"]),
    ("clap_complete", &["cli.rs", "commands/"]),
    ("clap_mangen", &["commands/"]),
    ("serde_saphyr", &["suite/parse.rs", "suite/write.rs"]),
    ("polars", &["engine/polars"]),
    ("polars_arrow", &["engine/polars"]),
    ("sqlparser", &["engine/polars"]),
    ("statrs", &["stats/"]),
    ("libm", &["stats/"]),
    ("chrono_tz", &["metric/zone.rs", "text/format/clock.rs"]),
    ("arrow", &["engine/", "fixtures/"]),
    ("parquet", &["engine/", "fixtures/"]),
    ("libtest_mimic", &["harness.rs"]),
    ("minijinja", &["report/html"]),
    ("quick_junit", &["report/junit.rs"]),
    ("rayon", &["commands/run.rs"]),
    ("indicatif", &["commands/"]),
    ("annotate_snippets", &["diagnostic"]),
    ("signal_hook", &["commands/"]),
];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] =
    &["imp", "util", "utils", "helper", "helpers", "base", "common_utils", "manager"];

struct Source {
    path: PathBuf,
    /// Path below `src`, with forward slashes.
    name: String,
    /// Lines before the tests at the bottom, comments left out.
    code: Vec<(usize, String)>,
    lines: Vec<String>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a readable source folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(source(&root, path));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 40, "the walk found only {} files", found.len());
    found
}

fn source(root: &Path, path: PathBuf) -> Source {
    let text = fs::read_to_string(&path).expect("a readable source file");
    let relative = path.strip_prefix(root).expect("below src").to_string_lossy();
    let name = relative.replace('\\', "/");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod tests {")
    });
    let code = lines[..tests.unwrap_or(lines.len())]
        .iter()
        .enumerate()
        .map(|(place, line)| (place + 1, line.split("//").next().unwrap_or("").to_owned()))
        .collect();
    Source { path, name, code, lines }
}

impl Source {
    fn module(&self) -> &str {
        self.name.split('/').next().expect("a first part").trim_end_matches(".rs")
    }

    fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.name.split('/').collect();
        parts.iter().any(|part| matches!(part.trim_end_matches(".rs"), "tests" | "oracle" | "laws"))
    }
}

fn report(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn arrows_only_go_down_the_map() {
    let map: BTreeMap<&str, &[&str]> = MAP.iter().copied().collect();
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let module = source.module();
        let Some(allowed) = map.get(module) else {
            problems.push(format!("{}: module `{module}` is not on the map", source.name));
            continue;
        };
        let ground = !GROUND.contains(&module) || module == "verdict" || module == "metric";
        for (line, code) in &source.code {
            for used in code.split("crate::").skip(1) {
                assert!(!used.starts_with('{'), "{}:{line}: name what is used", source.name);
                let used: String =
                    used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let fine = used == module
                    || allowed.contains(&used.as_str())
                    || (ground && GROUND.contains(&used.as_str()))
                    || !map.contains_key(used.as_str());
                if !fine {
                    problems.push(format!("{}:{line}: `{module}` uses `{used}`", source.name));
                }
            }
        }
    }
    report(problems);
}

#[test]
fn every_foreign_crate_has_one_door() {
    let mut problems = Vec::new();
    for source in sources() {
        for (line, code) in &source.code {
            for (name, doors) in DOORS {
                let named =
                    code.contains(&format!("{name}::")) && !code.contains(&format!("::{name}::"));
                let opened = doors.iter().any(|door| source.name.starts_with(door));
                if named && !opened && !is_longer_name(code, name) {
                    problems.push(format!("{}:{line}: `{name}` belongs in {doors:?}", source.name));
                }
            }
        }
    }
    report(problems);
}

/// Whether the name is only the tail of a longer one, as `polars::` in `my_polars::`.
fn is_longer_name(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::")).all(|(place, _)| {
        code[..place].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn only_commands_and_main_print_or_exit() {
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        if matches!(source.module(), "commands" | "main") {
            continue;
        }
        for (line, code) in &source.code {
            for word in ["println!", "eprintln!", "print!(", "process::exit", "dbg!"] {
                if code.contains(word) {
                    problems.push(format!("{}:{line}: {word}", source.name));
                }
            }
        }
    }
    report(problems);
}

#[test]
fn files_stay_small_and_are_named_for_what_they_hold() {
    let mut problems = Vec::new();
    for source in sources() {
        if source.lines.len() > 500 {
            problems.push(format!("{}: {} lines, split it", source.name, source.lines.len()));
        }
        let stem = source.path.file_stem().expect("a stem").to_string_lossy().into_owned();
        if EMPTY_NAMES.contains(&stem.as_str()) {
            problems.push(format!("{}: the name says nothing", source.name));
        }
        for (place, line) in source.lines.iter().enumerate() {
            if line.chars().count() > 100 {
                problems.push(format!("{}:{}: line of over 100 columns", source.name, place + 1));
            }
        }
    }
    report(problems);
}

#[test]
fn nothing_is_left_unfinished() {
    let words = ["todo!(", "unimplemented!(", "FIXME", "XXX", "#[ignore"];
    let mut problems = Vec::new();
    for source in sources() {
        for (place, line) in source.lines.iter().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                problems.push(format!("{}:{}: {}", source.name, place + 1, line.trim()));
            }
        }
    }
    report(problems);
}

#[test]
fn stats_is_pure() {
    let words = ["std::fs", "std::time", "SystemTime", "Instant", "arrow::", "polars", "rand::"];
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| source.module() == "stats" && !source.is_test())
    {
        for (line, code) in &source.code {
            if let Some(word) = words.iter().find(|word| code.contains(**word)) {
                problems.push(format!("{}:{line}: {word}", source.name));
            }
        }
    }
    report(problems);
}

#[test]
fn every_dependency_has_its_reason() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let text = text.expect("a readable manifest");
    let mut section = "";
    let mut before = "";
    let mut problems = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && line.chars().next().is_some_and(char::is_alphabetic)
            && !before.starts_with('#')
        {
            problems.push(format!("Cargo.toml: no reason above `{line}`"));
        }
        before = line;
    }
    report(problems);
}
