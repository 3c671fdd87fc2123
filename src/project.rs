//! The project: `datacheck.yaml`, its defaults, and where suites are found.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, nearest};
use crate::suite::decode::unknown_key;
use crate::suite::params::declare;
use crate::suite::parse::parse;
use crate::suite::paths::{resolve, shown};
use crate::suite::sections;
use crate::suite::tree::Node;
use crate::suite::{Defaults, contents, text};

/// The name of a project's own file.
pub const FILE: &str = "datacheck.yaml";

/// The folder of suites when none is named.
pub const SUITES: &str = "expectations";

const KEYS: [&str; 4] = ["params", "datasets", "statistics", "report"];

/// What suites inherit, and what the reports of a project default to.
#[derive(Clone, Debug, Default)]
pub struct Project {
    pub defaults: Defaults,
    pub report: ReportDefaults,
}

/// Where reports go unless the command line says otherwise. Paths are resolved.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ReportDefaults {
    /// The folder of the report.
    pub dir: Option<String>,
    pub json: Option<String>,
    pub junit: Option<String>,
    pub sarif: Option<String>,
    pub markdown: Option<String>,
    pub fail_on: Option<FailOn>,
}

/// The lightest failure that fails a run.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    #[default]
    Error,
    Warn,
}

impl Project {
    /// Reads `datacheck.yaml` in a folder; a project without one has only defaults.
    pub fn load(root: &Path) -> Project {
        let path = root.join(FILE);
        let mut project = Project::default();
        if path.symlink_metadata().is_err() {
            return project;
        }
        match contents(&path) {
            Ok(bytes) => project.read(&shown(&path), &bytes),
            Err(mistake) => project.defaults.diagnostics.push(*mistake),
        }
        project
    }

    /// A project from the bytes of its file.
    pub fn from_bytes(file: &str, bytes: &[u8]) -> Project {
        let mut project = Project::default();
        project.read(file, bytes);
        project
    }

    fn read(&mut self, file: &str, bytes: &[u8]) {
        let Defaults { sources, diagnostics, .. } = &mut self.defaults;
        let Some(text) = text(file, bytes, sources, diagnostics) else { return };
        let parsed = parse(file, &text);
        diagnostics.extend(parsed.mistakes);
        if let Some(root) = parsed.root {
            self.sections(file, &root);
        }
    }

    fn sections(&mut self, file: &str, root: &Node) {
        let Defaults { params, datasets, statistics, diagnostics: mistakes, .. } =
            &mut self.defaults;
        let Some(entries) = root.entries() else {
            let found = format!("expected a mapping, found {}", root.describe());
            mistakes.push(Diagnostic::error(found).at(file, root.span.clone(), ""));
            return;
        };
        for entry in entries {
            match entry.key.name.as_str() {
                "params" => *params = declare(file, entry, mistakes),
                "datasets" => *datasets = sections::datasets(file, entry, mistakes),
                "statistics" => *statistics = sections::statistics(file, entry, mistakes),
                "report" => {
                    let report = sections::decode_section(file, entry, mistakes);
                    self.report = report.unwrap_or_default();
                    self.report.resolve(file);
                }
                _ => mistakes.push(unknown_key(file, &entry.key, FILE, &KEYS)),
            }
        }
    }
}

impl ReportDefaults {
    fn resolve(&mut self, file: &str) {
        let ReportDefaults { dir, json, junit, sarif, markdown, fail_on: _ } = self;
        for path in [dir, json, junit, sarif, markdown].into_iter().flatten() {
            *path = resolve(file, path);
        }
    }
}

/// Suites that were found, in the order in which they run.
#[derive(Clone, Debug, Default)]
pub struct Discovered {
    pub files: Vec<PathBuf>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Finds suites: those named, or else those of the project's `expectations/`.
///
/// A folder means every `.yaml` and `.yml` below it, sorted by path; hidden ones and
/// `datacheck.yaml` are left out, and links to folders are not followed.
pub fn discover(root: &Path, named: &[PathBuf]) -> Discovered {
    let mut discovered = Discovered::default();
    let default = [root.join(SUITES)];
    let paths = if named.is_empty() { &default } else { named };
    for path in paths {
        if path.is_dir() {
            discovered.folder(path);
        } else if path.exists() {
            discovered.files.push(path.clone());
        } else if named.is_empty() {
            discovered.nothing(path);
        } else {
            discovered.diagnostics.push(missing(path));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    discovered
        .files
        .retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    discovered
}

impl Discovered {
    fn folder(&mut self, folder: &Path) {
        let known = (self.files.len(), self.diagnostics.len());
        self.walk(folder);
        if known == (self.files.len(), self.diagnostics.len()) {
            self.nothing(folder);
        }
    }

    fn walk(&mut self, folder: &Path) {
        let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut paths: Vec<PathBuf> = match entries {
            Ok(entries) => entries.iter().map(std::fs::DirEntry::path).collect(),
            Err(error) => {
                let message = format!("the folder `{}` cannot be read: {error}", shown(folder));
                self.diagnostics.push(Diagnostic::error(message));
                return;
            }
        };
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_yaml =
                path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
            if name.starts_with('.') || name == FILE {
                continue;
            }
            if path.is_dir() && !path.is_symlink() {
                self.walk(&path);
            } else if is_yaml && path.is_file() {
                self.files.push(path);
            }
        }
    }

    fn nothing(&mut self, folder: &Path) {
        let folder = shown(folder);
        let mistake = Diagnostic::error("no suites found")
            .help(format!("looked for `{folder}/**/*.yaml` and `{folder}/**/*.yml`"))
            .note("`datacheck init DATA` drafts a suite from data");
        self.diagnostics.push(mistake);
    }
}

/// Tells of a path that is not there, with the nearest one that is.
fn missing(path: &Path) -> Diagnostic {
    let mistake = Diagnostic::error(format!("no such file or folder: `{}`", shown(path)));
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => mistake.help(format!("did you mean `{}`?", shown(&parent.join(near)))),
        None => mistake,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn found(root: &Path, named: &[&str]) -> Vec<String> {
        let named: Vec<PathBuf> = named.iter().map(|name| root.join(name)).collect();
        let discovered = discover(root, &named);
        let relative = |file: &PathBuf| shown(file.strip_prefix(root).unwrap_or(file));
        let messages = discovered.diagnostics.into_iter().map(|mistake| mistake.message);
        discovered.files.iter().map(relative).chain(messages).collect()
    }

    #[test]
    fn suites_are_found_below_their_folder() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path();
        assert_eq!(found(root, &[]), ["no suites found"]);
        let missing = format!("no such file or folder: `{}`", shown(&root.join("expectation")));
        assert_eq!(found(root, &["expectation"]), [missing]);
        for name in
            ["b.yaml", "a/z.yml", ".hidden/x.yaml", ".x.yaml", "notes.txt", "datacheck.yaml"]
        {
            let path = root.join(SUITES).join(name);
            fs::create_dir_all(path.parent().expect("it has one")).expect("a folder can be made");
            fs::write(path, "table: {row_count: 1}\n").expect("a file can be written");
        }
        let all = ["expectations/a/z.yml", "expectations/b.yaml"];
        assert_eq!(found(root, &[]), all);
        assert_eq!(found(root, &["expectations"]), all);
        assert_eq!(found(root, &["expectations/b.yaml", "expectations"]), [all[1], all[0]]);
        assert_eq!(found(root, &["expectations/notes.txt"]), ["expectations/notes.txt"]);
    }

    #[test]
    fn what_is_no_file_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir(folder.path().join(FILE)).expect("a folder can be made");
        let project = Project::load(folder.path());
        assert!(project.defaults.diagnostics[0].message.contains("not a regular file"));
        let loaded = crate::suite::load(&[folder.path().join("a.yaml")], &Defaults::default(), &[]);
        assert!(loaded.diagnostics[0].message.contains("cannot be read"));
    }

    #[test]
    fn paths_of_a_project_are_relative_to_it() {
        let text = b"datasets: {hosts: data/hosts.csv}
report: {json: ../r.json, fail_on: warn}
";
        let project = Project::from_bytes("sub/datacheck.yaml", text);
        assert_eq!(project.defaults.diagnostics, []);
        assert_eq!(
            project.defaults.datasets,
            [("hosts".to_owned(), "sub/data/hosts.csv".to_owned())]
        );
        assert_eq!(project.report.json.as_deref(), Some("r.json"));
        assert_eq!(project.report.fail_on, Some(FailOn::Warn));
    }
}
