//! From the lines under a column (or `table:`, or `rows:`) to checks: which expectation is meant,
//! and in which of its forms it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arguments::{self, Split, arguments, split};
use super::decode::{Subject, decode, suggestion, unexpected};
use super::model::{CheckSpec, Places, Target};
use super::parse::MAX_MISTAKES;
use super::properties::PROPERTIES;
use super::tree::{Content, Entry, Key, Node};
use super::warn;
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expectations::{self, Definition, Scope};

/// Arguments that label a check and do not change what it expects.
const LABELS: [&str; 6] = ["name", "severity", "tags", "reason", "skip", "known_failure"];

/// Reads the checks of one suite.
#[derive(Debug)]
pub struct CheckReader<'a> {
    pub file: &'a str,
    /// The line of each byte is found in here.
    pub line_starts: Vec<usize>,
    pub checks: Vec<CheckSpec>,
    pub mistakes: Vec<Diagnostic>,
}

/// The place in a suite whose checks are read.
#[derive(Clone, Debug)]
pub struct Section {
    pub target: Target,
    /// The key of a column.
    pub column: Option<Span>,
    /// Ids that are taken, with their places.
    taken: BTreeMap<String, Span>,
}

impl Section {
    /// A section without checks.
    pub fn new(target: Target, column: Option<Span>) -> Self {
        Section { target, column, taken: BTreeMap::new() }
    }
}

impl<'a> CheckReader<'a> {
    /// A reader for a file.
    pub fn new(file: &'a str, text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        CheckReader { file, line_starts, checks: Vec::new(), mistakes: Vec::new() }
    }

    /// Whether so much is wrong that reading on helps nobody.
    pub fn has_enough(&self) -> bool {
        self.mistakes.len() >= MAX_MISTAKES
    }

    fn line(&self, offset: usize) -> u32 {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// Reads the checks of `table:` or of a column.
    pub fn section(&mut self, mut section: Section, entries: &[Entry]) {
        for entry in entries {
            if self.has_enough() {
                return;
            }
            let is_column = matches!(section.target, Target::Column(_));
            if is_column && PROPERTIES.contains(&entry.key.name.as_str()) {
                continue;
            }
            if let Some(definition) = self.definition(&section.target, entry) {
                self.check(&mut section, definition, entry);
            }
        }
    }

    /// Reads the predicates of `rows:`, each under a name of its own.
    pub fn rows(&mut self, entries: &[Entry]) {
        let definition = expectations::ALL.iter().find(|known| known.scope == Scope::Rows);
        let definition = definition.expect("the registry has the expectation of `rows:`");
        let mut section = Section::new(Target::Rows, None);
        for entry in entries {
            if self.has_enough() {
                return;
            }
            let Entry { key, value } = entry;
            if let Some(reason) = arguments::unfit(&key.name) {
                let mistake = Diagnostic::error(format!("a name {reason}"));
                let help = "it is part of the check's id";
                self.mistakes.push(mistake.at(self.file, key.span.clone(), "").help(help));
            } else if matches!(value.value, Content::Text(_) | Content::Map(_)) {
                self.form(&mut section, definition, entry, Some(&key.name));
            } else {
                let form = "a predicate in SQL, or `{that: …}`";
                self.mistakes.extend(unexpected(self.file, value, key, form));
            }
        }
    }

    fn definition(&mut self, target: &Target, entry: &Entry) -> Option<&'static Definition> {
        let Entry { key, .. } = entry;
        let here = |definition: &&Definition| match target {
            Target::Table => matches!(definition.scope, Scope::Table | Scope::Both),
            Target::Column(_) => matches!(definition.scope, Scope::Column | Scope::Both),
            Target::Rows => definition.scope == Scope::Rows,
        };
        let found = expectations::find(&key.name).filter(|known| known.scope != Scope::Rows);
        if let Some(definition) = found.filter(|definition| here(definition)) {
            return Some(definition);
        }
        let mistake = match (found, target) {
            (Some(_), Target::Column(_)) => {
                Diagnostic::error(format!("`{}` is a check of the table", key.name))
                    .at(self.file, key.span.clone(), "not a check of a column")
                    .help("it belongs under `table:`")
            }
            (None, Target::Table) if PROPERTIES.contains(&key.name.as_str()) => {
                Diagnostic::error(format!("`{}` is a property of a column", key.name))
                    .at(self.file, key.span.clone(), "not a check of the table")
                    .help("it belongs under a column, in `columns:`")
            }
            (Some(_), _) => Diagnostic::error(format!("`{}` is a check of a column", key.name))
                .at(self.file, key.span.clone(), "not a check of the table")
                .help("it belongs under a column, in `columns:`"),
            (None, _) => {
                let names = expectations::ALL.iter().filter(here).map(|known| known.name);
                let is_column = matches!(target, Target::Column(_));
                let names = names.chain(PROPERTIES.into_iter().filter(|_| is_column));
                let mistake = Diagnostic::error(format!("unknown check `{}`", key.name))
                    .at(self.file, key.span.clone(), "no such check")
                    .note("`datacheck explain` lists all checks");
                let elsewhere = expectations::ALL.iter().map(|known| known.name);
                let near =
                    || nearest(&key.name, names).map(|near| format!("did you mean `{near}`?"));
                let far = || {
                    nearest(&key.name, elsewhere)
                        .map(|near| format!("`{near}` is a check, but of another place"))
                };
                match expectations::translated(&key.name).or_else(near).or_else(far) {
                    Some(help) => mistake.help(help),
                    None => mistake,
                }
            }
        };
        self.mistakes.push(mistake);
        None
    }

    /// Reads a check, or a list of checks of the same kind.
    fn check(&mut self, section: &mut Section, definition: &'static Definition, entry: &Entry) {
        match &entry.value.value {
            Content::List(items)
                if !items.is_empty()
                    && items.iter().all(|item| matches!(item.value, Content::Map(_))) =>
            {
                self.repeated(section, definition, entry, items);
            }
            _ => self.form(section, definition, entry, None),
        }
    }

    /// Reads the same check several times; from the second on each needs a name.
    fn repeated(
        &mut self,
        section: &mut Section,
        definition: &'static Definition,
        entry: &Entry,
        items: &[Node],
    ) {
        for (place, item) in items.iter().enumerate() {
            if place > 0 && item.entry("name").is_none() {
                let message = format!("a further `{}` needs a `name`", definition.name);
                let mistake = Diagnostic::error(message).at(self.file, item.span.clone(), "");
                self.mistakes.push(mistake.help("the name tells it apart in reports and filters"));
                continue;
            }
            // The place of an item is its own, not that of the key above the list.
            let key = Key { name: entry.key.name.clone(), span: item.span.clone() };
            self.form(section, definition, &Entry { key, value: item.clone() }, None);
        }
    }

    /// Reads one check in its short or long form; `name` when its key is a name of its own.
    fn form(
        &mut self,
        section: &mut Section,
        definition: &'static Definition,
        entry: &Entry,
        name: Option<&str>,
    ) {
        let Entry { key, value } = entry;
        let check = name.unwrap_or(definition.name);
        let whole = |entries| Node::new(Content::Map(entries), value.span.clone());
        match &value.value {
            Content::Broken => {}
            Content::Map(_) => self.long(section, definition, key, value, name),
            Content::Bool(true) if definition.bare => {
                self.long(section, definition, key, &whole(Vec::new()), name);
            }
            Content::Bool(false) => {
                let mistake = Diagnostic::error(format!("`{check}: false` says nothing")).at(
                    self.file,
                    value.span.clone(),
                    "",
                );
                self.mistakes.push(mistake.help("remove the check, or give `skip: reason`"));
            }
            Content::Null => {
                let mistake = Diagnostic::error(format!("`{check}` has no value")).at(
                    self.file,
                    key.span.clone(),
                    "nothing follows",
                );
                self.mistakes.push(mistake.help(how(definition)));
            }
            _ => match definition.short {
                Some(short) => {
                    let key_of_short = Key { name: short.to_owned(), span: key.span.clone() };
                    let line = Entry { key: key_of_short, value: value.clone() };
                    self.long(section, definition, key, &whole(vec![line]), name);
                }
                None => {
                    let found = format!("`{check}` takes a mapping, found {}", value.describe());
                    let mistake = Diagnostic::error(found).at(self.file, value.span.clone(), "");
                    self.mistakes.push(mistake.help(how(definition)));
                }
            },
        }
    }

    fn long(
        &mut self,
        section: &mut Section,
        definition: &'static Definition,
        key: &Key,
        node: &Node,
        name: Option<&str>,
    ) {
        let known = self.mistakes.len();
        let Split { mut own, common, warn, is_bare } =
            split(self.file, definition, node, &mut self.mistakes);
        if let Some(content) = definition.file {
            super::files::fill(self.file, content, &mut own, &mut self.mistakes);
        }
        let subject =
            Subject { file: self.file, name: name.unwrap_or(definition.name), key: &key.span };
        if let (Some(_), Some(entry)) = (name, common.entry("name")) {
            let mistake = Diagnostic::error("a predicate of `rows:` has its name already");
            let mistake = mistake.at(self.file, entry.key.span.clone(), "");
            self.mistakes.push(mistake.help("its key is its name"));
        }
        let common = arguments::read_common(&common, subject, &mut self.mistakes);
        let expectation = decode(&own, subject, &mut self.mistakes, |reader| {
            let mut reader = <dyn erased_serde::Deserializer>::erase(reader);
            (definition.decode)(&mut reader).map_err(|error| error.to_string())
        });
        if is_bare && !definition.bare && expectation.is_some() {
            let mistake = Diagnostic::error(format!("`{}` has no arguments", subject.name)).at(
                self.file,
                key.span.clone(),
                "",
            );
            self.mistakes.push(mistake.help(how(definition)));
        }
        let (Some(mut common), Some(expectation)) = (common, expectation) else { return };
        if let Some(name) = name {
            common.name = Some(name.to_owned());
        }
        let mut check = CheckSpec {
            target: section.target.clone(),
            definition,
            expectation: Arc::from(expectation),
            common,
            expected: expected(node),
            places: self.places(section, key, node),
            warn: None,
        };
        if let Some(entry) = warn {
            let warn = warn::read(&check, node, &entry, subject, &mut self.mistakes);
            check.warn = warn.map(Box::new);
        }
        self.claim(section, &check);
        if self.mistakes.len() == known {
            self.checks.push(check);
        }
    }

    /// Refuses a second check with the same id.
    fn claim(&mut self, section: &mut Section, check: &CheckSpec) {
        let (label, span) = (check.label().to_owned(), check.places.check.clone());
        if let Some(first) = section.taken.get(&label) {
            let mistake = Diagnostic::error(format!("two checks have the name `{label}`"))
                .at(self.file, span, "the second")
                .see(self.file, first.clone(), "the first")
                .help("give one of them another `name`");
            self.mistakes.push(mistake);
            return;
        }
        section.taken.insert(label, span);
    }

    fn places(&self, section: &Section, key: &Key, node: &Node) -> Places {
        let entries = node.entries().unwrap_or_default().iter();
        let arguments = entries.map(|entry| (entry.key.name.clone(), entry.value.span.clone()));
        Places {
            line: self.line(key.span.start),
            check: key.span.clone(),
            column: section.column.clone(),
            arguments: arguments.collect(),
        }
    }
}

/// What a check expects, as it is written.
fn expected(node: &Node) -> serde_json::Value {
    let entries = node.entries().unwrap_or_default().iter();
    let meant = entries.filter(|entry| !LABELS.contains(&entry.key.name.as_str()));
    let pairs = meant.map(|entry| (entry.key.name.clone(), entry.value.to_json()));
    serde_json::Value::Object(pairs.collect())
}

/// How a check is written, where nothing usable stands.
fn how(definition: &Definition) -> String {
    match definition.bare {
        true => format!("write `{}: true`", definition.name),
        false => arguments(definition),
    }
}

/// Tells of a key of a section, with the mend when it is the name of a check.
pub fn unknown_section(file: &str, key: &Key, known: &[&str]) -> Diagnostic {
    let mistake = Diagnostic::error(format!("unknown key `{}` of a suite", key.name)).at(
        file,
        key.span.clone(),
        "not known here",
    );
    let check = expectations::find(&key.name).map(|definition| definition.scope);
    match check {
        Some(Scope::Table) => mistake.help("it is a check and belongs under `table:`"),
        Some(Scope::Column) => {
            mistake.help("it is a check and belongs under a column, in `columns:`")
        }
        Some(Scope::Both) => mistake.help("it is a check: put it under `table:` or under a column"),
        Some(Scope::Rows) | None => {
            mistake.help(suggestion(&key.name, known.iter().copied(), "the keys are"))
        }
    }
}
