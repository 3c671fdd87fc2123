//! Files that an argument of a check names: their content stands in the path's place before the
//! check is decoded, so that no expectation ever sees a file.
//!
//! A path is relative to the suite. What is wrong with the file is told at the path.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::csv_column;
use super::decode::unexpected;
use super::paths::resolve;
use super::tree::{Content, Entry, Key, Node};
use crate::diagnostic::Diagnostic;
use crate::expectations::FileContent;

/// The largest file that an argument may name.
const LIMIT_BYTES: u64 = 16 << 20;

/// Values that a file may list.
const LIMIT_VALUES: usize = 1_000_000;

/// Reads the files that a check's own arguments name under `file:`, at the top or one level down.
pub fn fill(file: &str, content: FileContent, own: &mut Node, mistakes: &mut Vec<Diagnostic>) {
    mapping(file, content, own, mistakes);
    if let (FileContent::Values, Content::Map(entries)) = (content, &mut own.value) {
        entries.iter_mut().for_each(|entry| mapping(file, content, &mut entry.value, mistakes));
    }
}

fn mapping(file: &str, content: FileContent, node: &mut Node, mistakes: &mut Vec<Diagnostic>) {
    let column = node.entry("column").and_then(|entry| entry.value.text()).map(str::to_owned);
    let Content::Map(entries) = &mut node.value else { return };
    let Some(entry) = entries.iter_mut().find(|entry| entry.key.name == "file") else { return };
    let Some(path) = entry.value.text().map(str::to_owned) else {
        mistakes.extend(unexpected(file, &entry.value, &entry.key, "a path, as text"));
        entry.value.value = Content::Broken;
        return;
    };
    let resolved = resolve(file, &path);
    let read = match content {
        FileContent::Json => json(&resolved),
        FileContent::Values => values(&resolved, column.as_deref()),
    };
    let span = entry.value.span.clone();
    let node = |content| Node::new(content, span.clone());
    entry.value.value = match read {
        Ok(read) => {
            let line = |name: &str, content| Entry {
                key: Key { name: name.to_owned(), span: span.clone() },
                value: node(content),
            };
            let content = match read {
                Read::Text(text) => Content::Text(text),
                Read::List(texts) => {
                    Content::List(texts.into_iter().map(|text| node(Content::Text(text))).collect())
                }
            };
            Content::Map(vec![line("path", Content::Text(path)), line("content", content)])
        }
        Err(Reason { message, help }) => {
            let mistake = Diagnostic::error(message).at(file, span, "");
            mistakes.push(match help {
                Some(help) => mistake.help(help),
                None => mistake.help("the path is relative to this suite"),
            });
            Content::Broken
        }
    };
}

/// What a file holds.
enum Read {
    Text(String),
    List(Vec<String>),
}

/// Why a file cannot stand where it is named.
struct Reason {
    message: String,
    help: Option<String>,
}

impl Reason {
    fn of(path: &str, what: impl std::fmt::Display) -> Self {
        Reason { message: format!("`{path}` {what}"), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

fn json(path: &str) -> Result<Read, Reason> {
    let text = text(path)?;
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(Read::Text(text)),
        Err(error) => Err(Reason::of(path, format!("is not JSON: {error}"))
            .help("the file holds one JSON document")),
    }
}

fn values(path: &str, column: Option<&str>) -> Result<Read, Reason> {
    let text = text(path)?;
    let list = match column {
        Some(column) => csv_column::values(&text, column).map_err(|reason| {
            Reason::of(path, reason).help("`column` names a column of a CSV file")
        })?,
        None if path.to_lowercase().ends_with(".csv") => {
            return Err(Reason::of(path, "is a CSV file, and no column of it is named")
                .help("add `column` with the name of the column that holds the values"));
        }
        None => lines(&text),
    };
    match list.len() {
        0 => Err(Reason::of(path, "lists no value").help("one value stands on each line")),
        count if count > LIMIT_VALUES => {
            Err(Reason::of(path, format!("lists more than {LIMIT_VALUES} values"))
                .help("compare with a dataset instead"))
        }
        _ => Ok(Read::List(list)),
    }
}

/// One value on each line; empty lines say nothing.
fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn text(path: &str) -> Result<String, Reason> {
    if path.contains("://") {
        return Err(Reason::of(path, "is not a local file").help("copy it beside the suite"));
    }
    let unread = |error: std::io::Error| Reason::of(path, format!("cannot be read: {error}"));
    let metadata = Path::new(path).metadata().map_err(unread)?;
    if !metadata.is_file() {
        return Err(Reason::of(path, "is not a regular file"));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > LIMIT_BYTES {
        return Err(
            Reason::of(path, "is larger than 16 MiB").help("compare with a dataset instead")
        );
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Reason::of(path, format!("is not UTF-8, at byte {place}"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
