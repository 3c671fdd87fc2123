//! Every example in the documentation of a check is run: the passing pass, the failing fail.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// An example: a suite's body and its data.
struct Example {
    yaml: String,
    data: String,
    /// How the data's file is called, or where the fixture is.
    file: String,
    reference: Option<String>,
    /// Further datasets, by name.
    named: Vec<(String, String)>,
}

impl Example {
    fn new(yaml: String) -> Self {
        Example {
            yaml,
            data: String::new(),
            file: "data.csv".into(),
            reference: None,
            named: Vec::new(),
        }
    }

    /// The suite, with its further datasets declared.
    fn suite(&self) -> String {
        let lines = self.named.iter().map(|(name, _)| format!("  {name}: {name}.csv\n"));
        let datasets: String = lines.collect();
        let head = if datasets.is_empty() { "" } else { "datasets:\n" };
        format!("{head}{datasets}{}", self.yaml)
    }
}

fn datacheck(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_datacheck"))
        .args(words)
        .current_dir(folder)
        .output()
        .expect("datacheck starts")
}

/// The names of all checks, as `datacheck explain` lists them.
fn names() -> Vec<String> {
    let output = datacheck(Path::new("."), &["explain"]);
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text.lines().take_while(|line| !line.is_empty());
    lines.map(|line| line.split(' ').next().expect("a name").to_owned()).collect()
}

/// The examples under a heading of a check's documentation.
fn examples(documentation: &str, heading: &str) -> Vec<Example> {
    let start = documentation.find(&format!("\n### {heading}\n"));
    let start = start.unwrap_or_else(|| panic!("no heading `{heading}` in:\n{documentation}"));
    let section = &documentation[start + 5..];
    let section = section.split("\n### ").next().expect("a section");
    let mut found = Vec::new();
    for block in section.split("```").skip(1).step_by(2) {
        let (kind, text) = block.split_once('\n').expect("a fence with a kind");
        let text = text.to_owned();
        match kind {
            "yaml" => found.push(Example::new(text)),
            "csv" | "ndjson" => {
                let example = found.last_mut().expect("a suite before its data");
                example.data = text;
                example.file = format!("data.{kind}");
            }
            "fixture" => {
                let file = format!("{}/fixtures/{}", env!("CARGO_MANIFEST_DIR"), text.trim());
                found.last_mut().expect("a suite before its data").file = file;
            }
            "csv reference" => {
                found.last_mut().expect("a suite before its reference").reference = Some(text);
            }
            other => {
                let name = other.strip_prefix("csv ");
                let name = name.unwrap_or_else(|| panic!("a block of kind `{other}`")).to_owned();
                found.last_mut().expect("a suite before its datasets").named.push((name, text));
            }
        }
    }
    found
}

/// Writes the files of an example with a suite; what comes back are the words that run it.
fn laid_out(example: &Example, suite: &str, folder: &Path) -> Vec<String> {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("written");
    write("suite.yaml", suite);
    if !Path::new(&example.file).is_absolute() {
        write(&example.file, &example.data);
    }
    for (name, text) in &example.named {
        write(&format!("{name}.csv"), text);
    }
    let mut words = vec!["suite.yaml", "--data", &example.file];
    if let Some(reference) = &example.reference {
        write("reference.csv", reference);
        words.extend(["--reference", "reference.csv"]);
    }
    words.into_iter().map(str::to_owned).collect()
}

fn run(example: &Example) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let words = laid_out(example, &example.suite(), folder.path());
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["--no-report"]).collect();
    let output = datacheck(folder.path(), &words);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn documented_examples_do_what_they_say() {
    let names = names();
    assert!(names.len() >= 20, "only {} checks are listed", names.len());
    let mut problems = Vec::new();
    for name in names {
        let output = datacheck(Path::new("."), &["explain", &name]);
        let documentation = String::from_utf8(output.stdout).expect("text");
        for (heading, wanted) in [("Passes", 0), ("Fails", 1)] {
            let examples = examples(&documentation, heading);
            assert!(!examples.is_empty(), "{name} has no example under {heading}");
            for example in examples {
                let (code, text) = run(&example);
                if code != wanted {
                    problems
                        .push(format!("{name}, {heading}: exit {code}\n{}{text}", example.yaml));
                }
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n\n"));
}

#[test]
fn the_generated_pages_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (command, file) in [("docs", "docs/expectations.md"), ("schema", "suite.schema.json")] {
        let output = datacheck(root, &[command]);
        let fresh = String::from_utf8(output.stdout).expect("text");
        let path = root.join(file);
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::write(&path, &fresh).expect("written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == fresh, "`{file}` is stale: run the tests once with UPDATE_CASES=1");
    }
}

/// The example with every column sensitive.
fn hidden(suite: &str) -> String {
    let every = "  /./: {sensitive: true}\n";
    match suite.split_once("columns:\n") {
        Some((before, after)) if before.is_empty() || before.ends_with('\n') => {
            format!("{before}columns:\n{every}{after}")
        }
        _ => format!("{suite}columns:\n{every}"),
    }
}

/// Words in the cells of an example that neither the suite nor the report's own page say. Numbers
/// are left out: what is computed over many rows may equal one of them.
fn secrets(example: &Example, page: &str) -> Vec<String> {
    let data = Some(&example.data).filter(|_| example.file.ends_with(".csv"));
    let sides = [data, example.reference.as_ref()].into_iter().flatten();
    let tables: Vec<&String> = sides.chain(example.named.iter().map(|(_, text)| text)).collect();
    let rows = tables.iter().flat_map(|table| table.lines().skip(1));
    let heads: Vec<&str> = tables.iter().filter_map(|table| table.lines().next()).collect();
    let cells = rows.flat_map(|row| row.split(',')).map(|cell| cell.trim_matches('"').to_owned());
    let mut secrets: Vec<String> = cells
        .filter(|cell| cell.chars().count() >= 3 && cell.parse::<f64>().is_err())
        .filter(|cell| cell != "true" && cell != "false")
        .filter(|cell| !example.suite().contains(cell.as_str()))
        .filter(|cell| !is_word(page, cell))
        // What the suite's own `now` comes to in its zone is no secret.
        .filter(|cell| !(cell.starts_with("20") && example.yaml.contains("now: ")))
        .filter(|cell| !heads.iter().any(|head| head.contains(cell.as_str())))
        .collect();
    secrets.sort();
    secrets.dedup();
    secrets
}

/// What stands in every report.
fn template() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/html");
    let files = fs::read_dir(folder).expect("the folder of templates");
    let text = |file: std::io::Result<fs::DirEntry>| {
        fs::read_to_string(file.expect("a file").path()).expect("text")
    };
    files.map(text).collect()
}

/// Whether the text has the word, not only as a part of a longer one.
fn is_word(text: &str, word: &str) -> bool {
    let is_end = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| {
        is_end(text[..at].chars().next_back()) && is_end(text[at + word.len()..].chars().next())
    })
}

/// Everything that a run of the example shows and writes while its columns are sensitive.
fn told(example: &Example) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let words = laid_out(example, &hidden(&example.suite()), folder.path());
    let further = "--report out --sarif out/sarif --markdown out/md --extract out/rows \
                   --extract-format csv --clean out/clean.csv";
    let words: Vec<&str> =
        words.iter().map(String::as_str).chain(further.split_whitespace()).collect();
    let mut text = String::new();
    let mut add = |bytes: &[u8]| text.push_str(&String::from_utf8_lossy(bytes));
    for format in ["pretty", "github", "json"] {
        let output = datacheck(folder.path(), &[&words[..], &["--format", format]].concat());
        add(&output.stdout);
        add(&output.stderr);
    }
    let mut folders = vec![folder.path().join("out")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => add(&fs::read(path).expect("a report")),
            }
        }
    }
    assert!(text.contains("\"checks\": ["), "{}\ndoes not run:\n{text}", example.yaml);
    text
}

#[test]
fn no_check_shows_a_cell_of_a_sensitive_column() {
    let (mut problems, mut n_secrets) = (Vec::new(), 0);
    let page = template();
    for name in names() {
        let output = datacheck(Path::new("."), &["explain", &name]);
        let documentation = String::from_utf8(output.stdout).expect("text");
        for heading in ["Passes", "Fails"] {
            for example in examples(&documentation, heading) {
                let secrets = secrets(&example, &page);
                if secrets.is_empty() {
                    continue;
                }
                n_secrets += secrets.len();
                let text = told(&example);
                let shown: Vec<&String> =
                    secrets.iter().filter(|secret| is_word(&text, secret)).collect();
                if !shown.is_empty() {
                    problems.push(format!("{name}, {heading}: {shown:?}\n{}", example.yaml));
                }
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n\n"));
    assert!(n_secrets > 20, "only {n_secrets} cells were looked for");
}
