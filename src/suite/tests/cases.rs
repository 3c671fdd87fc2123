//! Runs the cases in `tests/cases/language/`: files and what reading them says.
//!
//! A case is one or more blocks of YAML, each with the name of its file after the word `yaml`
//! (`escaped` behind the name reads `\xNN` as a byte), perhaps a block of `args` (`-p name=value`),
//! and a block of `text` with what is shown: the diagnostics, or the checks of the suites. With
//! `UPDATE_CASES=1` the expected text is written instead of compared.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::diagnostic::render;
use crate::project::{FILE, Project};
use crate::suite::parse::parse;
use crate::suite::text::decode;
use crate::suite::{Loaded, Suite, Target, load_contents};

/// A fenced block of a Markdown file.
struct Block {
    info: String,
    content: String,
    /// Bytes of the content in the file.
    place: std::ops::Range<usize>,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = 0;
    while let Some(open) = markdown[rest..].find("```").map(|at| at + rest) {
        let line_end = markdown[open..].find('\n').map_or(markdown.len(), |at| at + open);
        let start = (line_end + 1).min(markdown.len());
        let end = match markdown[start..].starts_with("```") {
            true => start,
            false => markdown[start..].find("\n```").map_or(markdown.len(), |at| at + start + 1),
        };
        blocks.push(Block {
            info: markdown[open + 3..line_end].trim().to_owned(),
            content: markdown[start..end].to_owned(),
            place: start..end,
        });
        rest = (end + 3).min(markdown.len());
    }
    blocks
}

#[derive(Default)]
struct Case {
    files: Vec<(String, Vec<u8>)>,
    overrides: Vec<(String, String)>,
}

impl Case {
    fn take(&mut self, block: &Block) {
        let mut words = block.info.split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some("yaml"), Some(file), Some("escaped")) => {
                self.files.push((file.to_owned(), unescape(&block.content)));
            }
            (Some("yaml"), Some(file), None) => {
                self.files.push((file.to_owned(), block.content.clone().into_bytes()));
            }
            (Some("args"), None, None) => {
                let lines = block.content.lines().filter_map(|line| line.strip_prefix("-p "));
                let pairs = lines.filter_map(|line| line.split_once('='));
                self.overrides
                    .extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            _ => panic!("unknown block `{}`", block.info),
        }
    }

    fn load(&self) -> Loaded {
        let project = self.files.iter().find(|(file, _)| file == FILE);
        let project = project.map(|(file, bytes)| Project::from_bytes(file, bytes));
        let suites = self.files.iter().filter(|(file, _)| file != FILE);
        let contents = suites.map(|(file, bytes)| (file.clone(), Ok(bytes.clone())));
        load_contents(contents, &project.unwrap_or_default().defaults, &self.overrides)
    }

    fn output(&self) -> String {
        let loaded = self.load();
        if loaded.diagnostics.is_empty() {
            return loaded.suites.iter().map(listing).collect();
        }
        render(&loaded.diagnostics, &loaded.sources, false)
    }
}

/// Reads `\xNN` as bytes.
fn unescape(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes
            .push(u8::from_str_radix(&part[..2], 16).expect("two hexadecimal digits follow `\\x`"));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

/// A suite that loads, one line for each check.
fn listing(suite: &Suite) -> String {
    let mut text = format!("suite {}\n", suite.name);
    let datasets = suite.datasets.iter().map(|(name, path)| (name.as_str(), path));
    let sides = [("data", &suite.data), ("reference", &suite.reference)];
    let sides = sides.into_iter().filter_map(|(name, path)| Some((name, path.as_ref()?)));
    for (name, path) in sides.chain(datasets) {
        writeln!(text, "  {name}: {path}").expect("a string takes any text");
    }
    for check in &suite.checks {
        let target = match &check.target {
            Target::Table => "table".to_owned(),
            Target::Column(key) => key.to_string(),
            Target::Rows => "rows".to_owned(),
        };
        let (line, label, expected) = (check.line(), check.label(), &check.expected);
        writeln!(text, "  {line}: {target}::{label} {expected}").expect("a string takes any text");
    }
    text
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/language")
}

fn case_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the folder of cases is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it lists").path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "md"));
    files.sort();
    files
}

/// Every case with its file and its block of expected text.
fn for_each_case(mut visit: impl FnMut(&Path, &Case, &Block)) {
    for file in case_files() {
        let markdown = std::fs::read_to_string(&file).expect("a case is text");
        let mut case = Case::default();
        for block in blocks(&markdown) {
            if block.info == "text" {
                visit(&file, &std::mem::take(&mut case), &block);
            } else {
                case.take(&block);
            }
        }
    }
}

#[test]
fn cases_say_what_is_shown() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut failures = String::new();
    let mut edits: Vec<(PathBuf, std::ops::Range<usize>, String)> = Vec::new();
    let mut count = 0;
    for_each_case(|file, case, expected| {
        count += 1;
        let output = case.output();
        if output == expected.content {
            return;
        }
        if update {
            edits.push((file.to_owned(), expected.place.clone(), output));
        } else {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let wanted = &expected.content;
            write!(failures, "\n{name}: expected\n{wanted}\n{name}: shown\n{output}")
                .expect("text");
        }
    });
    // From the last to the first, so that places stay where they are.
    for (file, place, output) in edits.into_iter().rev() {
        let mut markdown = std::fs::read_to_string(&file).expect("a case is text");
        markdown.replace_range(place, &output);
        std::fs::write(&file, markdown).expect("a case can be written");
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(count >= 40, "only {count} cases were found");
}

/// Every suite of the cases that loads, with its text.
pub fn loading_suites() -> Vec<(String, String)> {
    let mut suites = Vec::new();
    for_each_case(|file, case, _| {
        if case.load().diagnostics.is_empty() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let texts = case.files.iter().filter(|(file, _)| file != FILE);
            suites.extend(texts.map(|(file, bytes)| {
                (format!("{name}: {file}"), decode(file, bytes).text.expect("it loads"))
            }));
        }
    });
    suites
}

/// Every suite that loads, read by another parser, has the same values.
#[test]
fn another_reader_reads_the_same() {
    let suites = loading_suites();
    assert!(suites.len() >= 10, "only {} suites load", suites.len());
    for (name, text) in suites {
        let ours = parse(&name, &text).root.expect("it loads").to_json();
        let theirs: serde_yaml::Value =
            serde_yaml::from_str(&text).expect("another reader reads it");
        assert_eq!(ours, json(&theirs), "{name}");
    }
}

fn json(value: &serde_yaml::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Bool(*value),
        serde_yaml::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => value.into(),
            (None, Some(value)) => serde_json::Number::from_f64(value)
                .map_or_else(|| Value::String(crate::prose::number(value)), Value::Number),
            (None, None) => Value::String(number.to_string()),
        },
        serde_yaml::Value::String(text) => Value::String(text.clone()),
        serde_yaml::Value::Sequence(items) => Value::Array(items.iter().map(json).collect()),
        serde_yaml::Value::Mapping(entries) => {
            let pairs = entries.iter().map(|(key, value)| {
                (key.as_str().expect("our keys are text").to_owned(), json(value))
            });
            Value::Object(pairs.collect())
        }
        serde_yaml::Value::Tagged(tagged) => json(&tagged.value),
    }
}
