//! From a tree to a suite: its sections in turn, all mistakes collected.

use std::collections::BTreeSet;
use std::path::Path;

use regex::RegexBuilder;

use super::arguments::unfit;
use super::check::{CheckReader, Section, unknown_section};
use super::decode::unexpected;
use super::model::{CheckSpec, ColumnKey, Encodings, Suite, Target};
use super::params::{Param, declare, is_name, override_with};
use super::properties;
use super::sections::{self, Settings};
use super::substitute::Filler;
use super::tree::{Content, Entry, Key, Node};
use crate::diagnostic::{Diagnostic, Span};
use crate::expectations::{Sensitive, unknown_dataset};

/// The largest program that a regular expression may compile to.
const MAX_REGEX_BYTES: usize = 10 * 1024 * 1024;

/// The sections of a suite, in the order of the documentation.
pub const SECTIONS: [&str; 11] = [
    "suite",
    "data",
    "reference",
    "params",
    "statistics",
    "datasets",
    "missing_values",
    "encoding",
    "table",
    "columns",
    "rows",
];

/// What a suite inherits.
#[derive(Clone, Debug, Default)]
pub struct Inherited<'a> {
    pub params: &'a [Param],
    pub datasets: &'a [(String, String)],
    pub statistics: Settings,
    /// `name=value` of the command line.
    pub overrides: &'a [(String, String)],
}

/// What a file came to.
#[derive(Debug, Default)]
pub struct Read {
    pub suite: Option<Suite>,
    /// Where the suite's name is written.
    pub name: Option<Key>,
    /// The parameters that the suite itself declares.
    pub declared: Vec<String>,
    pub mistakes: Vec<Diagnostic>,
}

/// Reads a suite.
pub fn read(file: &str, text: &str, root: Node, inherited: &Inherited) -> Read {
    let Content::Map(mut entries) = root.value else {
        let found = format!("a suite is a mapping, found {}", root.describe());
        let mistake = Diagnostic::error(found).at(file, root.span, "");
        let help = "write `table:`, `columns:` or `rows:`; a colon is followed by a space";
        return Read { mistakes: vec![mistake.help(help)], ..Read::default() };
    };
    let mut mistakes = Vec::new();
    let (params, declared) = params(file, &mut entries, inherited, &mut mistakes);
    let mut body = SuiteReader {
        file,
        checks: CheckReader::new(file, text),
        suite: blank(file, &params, inherited),
        settings: Settings::default(),
        encoded: Vec::new(),
        name: None,
        has_section: false,
    };
    for entry in &entries {
        if !body.checks.has_enough() {
            body.section(entry);
        }
    }
    mistakes.append(&mut body.checks.mistakes);
    if !body.has_section && mistakes.is_empty() {
        let mistake = Diagnostic::error("the suite has no checks").in_file(file);
        mistakes.push(mistake.help("write `table:`, `columns:` or `rows:` with a check in it"));
    }
    body.refuse_unknown_datasets();
    mistakes.append(&mut body.checks.mistakes);
    let suite = Suite {
        statistics: body.settings.over(inherited.statistics.clone()).complete(),
        keys: keys(&body.checks.checks),
        sensitive: properties::sensitive(&body.suite.sensitive_keys),
        checks: body.checks.checks,
        ..body.suite
    };
    Read { suite: Some(suite), name: body.name, declared, mistakes }
}

/// The columns by which a person finds a row again: those that a check of the whole data makes
/// unique, a primary key before any other.
fn keys(checks: &[CheckSpec]) -> Vec<String> {
    let key = |spec: &CheckSpec| match &spec.target {
        Target::Column(ColumnKey::Name(name)) => spec.expectation.identifies(Some(name)),
        Target::Column(ColumnKey::Pattern { .. }) | Target::Rows => None,
        Target::Table => spec.expectation.identifies(None),
    };
    let whole = checks.iter().filter(|spec| spec.common.r#where.is_none());
    let mut found: Vec<(&str, Vec<String>)> =
        whole.filter_map(|spec| Some((spec.definition.name, key(spec)?))).collect();
    found.sort_by_key(|(name, _)| *name != "primary_key");
    found.into_iter().next().map(|(_, columns)| columns).unwrap_or_default()
}

/// A suite of which only the inherited part is known.
fn blank(file: &str, params: &[Param], inherited: &Inherited) -> Suite {
    let value = |param: &Param| Some((param.name.clone(), param.value.as_ref()?.to_json()));
    Suite {
        name: stem(file),
        file: file.to_owned(),
        data: None,
        reference: None,
        statistics: Settings::default().complete(),
        datasets: inherited.datasets.to_vec(),
        encodings: Encodings::default(),
        checks: Vec::new(),
        keys: Vec::new(),
        sensitive: Sensitive::default(),
        sensitive_keys: Vec::new(),
        missing_values: Vec::new(),
        params: params.iter().filter_map(value).collect(),
    }
}

/// The name of a suite that gives itself none: that of its file.
fn stem(file: &str) -> String {
    Path::new(file).file_stem().map_or("suite".into(), |stem| stem.to_string_lossy().into_owned())
}

/// Takes `params:` out of the tree and fills the rest in. The answer: parameters that are used, and
/// the names that the suite itself declares.
fn params(
    file: &str,
    entries: &mut Vec<Entry>,
    inherited: &Inherited,
    mistakes: &mut Vec<Diagnostic>,
) -> (Vec<Param>, Vec<String>) {
    let place = entries.iter().position(|entry| entry.key.name == "params");
    let section = place.map(|place| entries.remove(place));
    let mut own = section.map(|section| declare(file, &section, mistakes)).unwrap_or_default();
    let names: BTreeSet<String> = own.iter().map(|param| param.name.clone()).collect();
    let further = inherited.params.iter().filter(|param| !names.contains(&param.name));
    own.extend(further.cloned());
    override_with(&mut own, inherited.overrides, mistakes);
    let mut filler = Filler { file, params: &own, used: BTreeSet::new(), mistakes: Vec::new() };
    entries.iter_mut().for_each(|entry| filler.fill(&mut entry.value));
    let Filler { used, mistakes: undefined, .. } = filler;
    mistakes.extend(undefined);
    let unused = own.iter().filter(|param| !used.contains(&param.name) && is_name(&param.name));
    for param in unused.filter(|param| names.contains(&param.name)) {
        let mistake = Diagnostic::error(format!("the parameter `{}` is not used", param.name));
        let help = format!("write `${}` where its value belongs, or remove it", param.name);
        mistakes.push(mistake.at(file, param.span.clone(), "").help(help));
    }
    own.retain(|param| used.contains(&param.name));
    (own, names.into_iter().collect())
}

struct SuiteReader<'a> {
    file: &'a str,
    checks: CheckReader<'a>,
    suite: Suite,
    settings: Settings,
    /// The datasets of which `encoding:` speaks.
    encoded: Vec<Key>,
    name: Option<Key>,
    has_section: bool,
}

impl SuiteReader<'_> {
    fn section(&mut self, entry: &Entry) {
        let Entry { key, value } = entry;
        let (file, mistakes) = (self.file, &mut self.checks.mistakes);
        match key.name.as_str() {
            "suite" => self.named(entry),
            "data" => self.suite.data = sections::path(file, entry, mistakes),
            "reference" => self.suite.reference = sections::path(file, entry, mistakes),
            "statistics" => self.settings = sections::statistics(file, entry, mistakes),
            "datasets" => {
                let own = sections::datasets(file, entry, mistakes);
                self.suite.datasets.retain(|(name, _)| own.iter().all(|(known, _)| known != name));
                self.suite.datasets.splice(0..0, own);
            }
            "missing_values" => {
                let values = properties::missing_values(file, entry, None, mistakes);
                self.suite.missing_values.extend(values);
            }
            "encoding" => {
                self.suite.encodings = sections::encodings(file, entry, mistakes);
                let named = value.entries().unwrap_or_default().iter();
                self.encoded = named.map(|entry| entry.key.clone()).collect();
            }
            "table" => {
                if let Some(entries) = self.entries(entry, "a mapping of checks") {
                    self.checks.section(Section::new(Target::Table, None), entries);
                }
            }
            "columns" => {
                for column in self.entries(entry, "a mapping of columns").unwrap_or_default() {
                    if !self.checks.has_enough() {
                        self.column(column);
                    }
                }
            }
            "rows" => {
                if let Some(entries) = self.entries(entry, "a mapping of names to predicates") {
                    self.checks.rows(entries);
                }
            }
            _ if value.value == Content::Broken => {}
            _ => mistakes.push(unknown_section(file, key, &SECTIONS)),
        }
    }

    /// Tells of checks that refer to a dataset which neither the suite nor its project declares.
    fn refuse_unknown_datasets(&mut self) {
        let known = self.suite.datasets.iter().map(|(name, _)| name.as_str());
        let is_known =
            |name: &str| matches!(name, "data" | "reference") || known.clone().any(|k| k == name);
        for key in self.encoded.iter().filter(|key| !is_known(&key.name)) {
            let mistake = unknown_dataset(&key.name, known.clone());
            let told = Diagnostic::error(mistake.message).at(self.file, key.span.clone(), "");
            self.checks.mistakes.push(told.help(mistake.help.unwrap_or_default()));
        }
        for spec in &self.checks.checks {
            let named = spec.expectation.datasets();
            for name in named.iter().filter(|name| !is_known(name)) {
                let mistake = unknown_dataset(name, known.clone());
                let span = spec.places.first_argument(&["dataset", "to", "query"]);
                let told = Diagnostic::error(mistake.message).at(self.file, span, "");
                self.checks.mistakes.push(told.help(mistake.help.unwrap_or_default()));
            }
        }
    }

    fn named(&mut self, entry: &Entry) {
        let Some(name) = entry.value.text() else {
            let mistake = unexpected(self.file, &entry.value, &entry.key, "text");
            self.checks.mistakes.extend(mistake);
            return;
        };
        if let Some(reason) = unfit(name) {
            let mistake = Diagnostic::error(format!("a name {reason}"));
            let mistake = mistake.at(self.file, entry.value.span.clone(), "");
            self.checks.mistakes.push(mistake.help("it is the first part of each check's id"));
            return;
        }
        name.clone_into(&mut self.suite.name);
        self.name = Some(Key { name: name.to_owned(), span: entry.value.span.clone() });
    }

    /// The lines of a section that must have some.
    fn entries<'e>(&mut self, entry: &'e Entry, words: &str) -> Option<&'e [Entry]> {
        self.has_section = true;
        let Some(entries) = entry.value.entries() else {
            self.checks.mistakes.extend(unexpected(self.file, &entry.value, &entry.key, words));
            return None;
        };
        if entries.is_empty() {
            let mistake = Diagnostic::error(format!("`{}` is empty", entry.key.name));
            let mistake = mistake.at(self.file, entry.key.span.clone(), "no checks");
            self.checks.mistakes.push(mistake.help("give it a check, or remove it"));
        }
        Some(entries)
    }

    fn column(&mut self, entry: &Entry) {
        let Some(key) = self.column_key(&entry.key) else { return };
        let is_check = crate::expectations::find(&entry.key.name).is_some();
        if is_check && !matches!(entry.value.value, Content::Map(_) | Content::Broken) {
            let name = &entry.key.name;
            let mistake = Diagnostic::error(format!("`{name}` is a check, not a column"))
                .at(self.file, entry.key.span.clone(), "")
                .help(format!("a check stands under its column: `price: {{{name}: …}}`"));
            self.checks.mistakes.push(mistake);
        } else if let Some(entries) = self.entries(entry, "a mapping of checks") {
            self.properties(&key, &entry.key.span, entries);
            let section = Section::new(Target::Column(key), Some(entry.key.span.clone()));
            self.checks.section(section, entries);
        }
    }

    /// Reads what stands under a column beside its checks.
    fn properties(&mut self, column: &ColumnKey, span: &Span, entries: &[Entry]) {
        let mistakes = &mut self.checks.mistakes;
        for entry in entries {
            match entry.key.name.as_str() {
                "sensitive" if properties::is_sensitive(self.file, entry, mistakes) => {
                    self.suite.sensitive_keys.push((column.clone(), span.clone()));
                }
                "missing_values" => {
                    let of = Some(column.clone());
                    let values = properties::missing_values(self.file, entry, of, mistakes);
                    self.suite.missing_values.extend(values);
                }
                _ => {}
            }
        }
    }

    fn column_key(&mut self, key: &Key) -> Option<ColumnKey> {
        let pattern = key.name.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        let Some(pattern) = pattern else {
            return Some(ColumnKey::Name(key.name.clone()));
        };
        if pattern.is_empty() {
            let mistake = Diagnostic::error("the pattern is empty");
            let mistake = mistake.at(self.file, key.span.clone(), "");
            self.checks.mistakes.push(mistake.help("`/./` means every column"));
            return None;
        }
        match RegexBuilder::new(pattern).size_limit(MAX_REGEX_BYTES).build() {
            Ok(regex) => Some(ColumnKey::Pattern { regex, text: key.name.clone() }),
            Err(error) => {
                let reason = error.to_string();
                let reason =
                    reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
                let mistake = Diagnostic::error(format!("not a regular expression: {reason}"));
                self.checks.mistakes.push(mistake.at(self.file, key.span.clone(), ""));
                None
            }
        }
    }
}
