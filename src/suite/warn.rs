//! `warn`: a second threshold beside the failing one, decoded as an expectation of its own.

use std::sync::Arc;

use super::arguments::{own_arguments, read_common};
use super::decode::{Subject, decode, unexpected};
use super::fault::listed;
use super::files;
use super::model::{CheckSpec, Warn};
use super::tree::{Content, Entry, Node};
use crate::diagnostic::Diagnostic;
use crate::expectations::{Definition, Kind};
use crate::verdict::Severity;

/// Arguments that `warn` may override for a check of this definition.
pub fn overridable(definition: &Definition) -> Vec<&'static str> {
    let mut names = own_arguments(definition).to_vec();
    if definition.kind == Kind::Row {
        names.push("mostly");
    }
    names
}

/// Reads the threshold of a check whose own arguments and other lines are these.
pub fn read(
    check: &CheckSpec,
    node: &Node,
    entry: &Entry,
    subject: Subject,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<Warn> {
    let known = mistakes.len();
    let lines = lines(check, node, entry, subject, mistakes);
    if mistakes.len() > known {
        return None;
    }
    let is_own =
        |entry: &&Entry| own_arguments(check.definition).contains(&entry.key.name.as_str());
    let own = node.entries().unwrap_or_default().iter().filter(is_own);
    let kept = own.filter(|entry| lines.iter().all(|line| line.key.name != entry.key.name));
    let merged = kept.chain(lines.iter().filter(is_own)).cloned().collect();
    let mut merged = Node::new(Content::Map(merged), entry.value.span.clone());
    if let Some(content) = check.definition.file {
        files::fill(subject.file, content, &mut merged, mistakes);
    }
    let expectation = decode(&merged, subject, mistakes, |reader| {
        let mut reader = <dyn erased_serde::Deserializer>::erase(reader);
        (check.definition.decode)(&mut reader).map_err(|error| error.to_string())
    })?;
    let further = lines.iter().filter(|line| !is_own(line)).cloned().collect();
    let further = Node::new(Content::Map(further), entry.value.span.clone());
    let mostly = read_common(&further, subject, mistakes)?.mostly;
    let mut places = check.places.clone();
    places.arguments.retain(|(name, _)| lines.iter().all(|line| line.key.name != *name));
    let written = lines.iter().map(|line| (line.key.name.clone(), line.value.span.clone()));
    places.arguments.extend(written);
    let mut common = check.common.clone();
    common.mostly = mostly.or(common.mostly);
    (mistakes.len() == known).then(|| Warn { expectation: Arc::from(expectation), common, places })
}

/// The lines of `warn`, as far as they can be meant.
fn lines(
    check: &CheckSpec,
    node: &Node,
    entry: &Entry,
    subject: Subject,
    mistakes: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let allowed = overridable(check.definition);
    let form = "a mapping of arguments that differ, such as `{mostly: 0.99}`";
    let Some(lines) = entry.value.entries() else {
        mistakes.extend(unexpected(subject.file, &entry.value, &entry.key, form));
        return Vec::new();
    };
    if lines.is_empty() {
        let mistake = Diagnostic::error("`warn` is empty");
        let mistake = mistake.at(subject.file, entry.value.span.clone(), "no arguments");
        mistakes.push(mistake.help("write the arguments that differ, such as `{mostly: 0.99}`"));
        return Vec::new();
    }
    let mut refuse = |span: &crate::diagnostic::Span, message: String, help: String| {
        mistakes.push(Diagnostic::error(message).at(subject.file, span.clone(), "").help(help));
    };
    if check.common.severity != Severity::Error {
        let message = "a check whose failure is no error needs no `warn`".to_owned();
        refuse(&entry.key.span, message, "remove its `severity`, or the `warn`".to_owned());
    }
    for line in lines.iter().filter(|line| !allowed.contains(&line.key.name.as_str())) {
        let message =
            format!("`{}` cannot differ in the `warn` of `{}`", line.key.name, subject.name);
        let help = format!("it takes {}", listed(allowed.iter().copied()));
        refuse(&line.key.span, message, help);
    }
    let same = |line: &Entry| match node.entry(&line.key.name) {
        Some(own) => own.value.to_json() == line.value.to_json(),
        None => line.key.name == "mostly" && line.value.to_json().as_f64() == Some(1.0),
    };
    if lines.iter().all(same) {
        let message = "`warn` says what the check says, so it never warns".to_owned();
        let help = "give it a stricter value than the check's own".to_owned();
        refuse(&entry.value.span, message, help);
    }
    lines.to_vec()
}
