//! Files that an argument of a check names: their content stands in the path's place before the
//! check is decoded, so that no expectation ever sees a file.
//!
//! A path is relative to the suite. What is wrong with the file is told at the path.

use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use super::csv_column;
use super::decode::unexpected;
use super::paths::resolve;
use super::tree::{Content, Entry, Key, Node};
use crate::diagnostic::Diagnostic;
use crate::expectations::{self, FileContent};

/// The largest file that an argument may name.
const LIMIT_BYTES: u64 = 16 << 20;

/// Values that a file may list.
const LIMIT_VALUES: usize = 1_000_000;

/// Reads the files that a check's own arguments name under `file:`, at the top or one level down.
pub fn fill(file: &str, content: FileContent, own: &mut Node, mistakes: &mut Vec<Diagnostic>) {
    mapping(file, content, own, mistakes);
    let Content::Map(entries) = &mut own.value else { return };
    for entry in entries {
        match content {
            FileContent::Values => mapping(file, content, &mut entry.value, mistakes),
            FileContent::Inner => {
                let inner = expectations::find(&entry.key.name).and_then(|inner| inner.file);
                if let Some(inner) = inner {
                    fill(file, inner, &mut entry.value, mistakes);
                }
            }
            FileContent::Json | FileContent::Rows => {}
        }
    }
}

fn mapping(file: &str, content: FileContent, node: &mut Node, mistakes: &mut Vec<Diagnostic>) {
    let columns: Vec<String> = match content {
        FileContent::Json => Vec::new(),
        FileContent::Inner => return,
        FileContent::Values => texts(node, "column"),
        FileContent::Rows if node.entry("file_columns").is_some() => texts(node, "file_columns"),
        FileContent::Rows => texts(node, "columns"),
    };
    let Content::Map(entries) = &mut node.value else { return };
    let Some(entry) = entries.iter_mut().find(|entry| entry.key.name == "file") else { return };
    let Some(path) = entry.value.text().map(str::to_owned) else {
        mistakes.extend(unexpected(file, &entry.value, &entry.key, "a path, as text"));
        entry.value.value = Content::Broken;
        return;
    };
    let span = entry.value.span.clone();
    entry.value.value = match read(&resolve(file, &path), content, &columns) {
        Ok(read) => {
            let line = |name: &str, content| Entry {
                key: Key { name: name.to_owned(), span: span.clone() },
                value: Node::new(content, span.clone()),
            };
            let content = read.content(&span);
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

/// The texts of an argument: one, or a list of them.
fn texts(node: &Node, argument: &str) -> Vec<String> {
    let Some(entry) = node.entry(argument) else { return Vec::new() };
    let items = match &entry.value.value {
        Content::List(items) => items.iter().collect(),
        _ => vec![&entry.value],
    };
    items.into_iter().filter_map(|item| item.text().map(str::to_owned)).collect()
}

fn read(path: &str, content: FileContent, columns: &[String]) -> Result<Read, Reason> {
    match content {
        FileContent::Values => values(path, columns.first().map(String::as_str)),
        FileContent::Rows => rows(path, columns),
        FileContent::Json | FileContent::Inner => json(path),
    }
}

/// What a file holds.
enum Read {
    Text(String),
    List(Vec<String>),
    Rows(Vec<Vec<Option<String>>>),
}

impl Read {
    /// It as a suite would have written it, at the place of the path.
    fn content(self, span: &Range<usize>) -> Content {
        let list = |contents: Vec<Content>| {
            let nodes = contents.into_iter().map(|content| Node::new(content, span.clone()));
            Content::List(nodes.collect())
        };
        let cell = |cell: Option<String>| cell.map_or(Content::Null, Content::Text);
        match self {
            Read::Text(text) => Content::Text(text),
            Read::List(texts) => list(texts.into_iter().map(Content::Text).collect()),
            Read::Rows(rows) => {
                let row = |row: Vec<Option<String>>| list(row.into_iter().map(cell).collect());
                list(rows.into_iter().map(row).collect())
            }
        }
    }
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
        count if count > LIMIT_VALUES => Err(too_many(path)),
        _ => Ok(Read::List(list)),
    }
}

fn rows(path: &str, columns: &[String]) -> Result<Read, Reason> {
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let rows = csv_column::rows(&text(path)?, &columns)
        .map_err(|reason| Reason::of(path, reason).help(OF_ROWS))?;
    match rows.len() {
        0 => Err(Reason::of(path, "lists no combination").help("one stands in each row")),
        count if count > LIMIT_VALUES => Err(too_many(path)),
        _ => Ok(Read::Rows(rows)),
    }
}

const OF_ROWS: &str = "it is a CSV file with the columns that `columns` names, or `file_columns` \
                       where they have other names there";

fn too_many(path: &str) -> Reason {
    Reason::of(path, format!("lists more than {LIMIT_VALUES} values"))
        .help("compare with a dataset instead")
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
