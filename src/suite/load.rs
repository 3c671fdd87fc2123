//! From files to suites: all mistakes of all files at once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::model::Suite;
use super::params::{Param, unknown_overrides};
use super::parse::parse;
use super::paths::shown;
use super::read::{Inherited, Read, read};
use super::sections::Settings;
use super::text::{MAX_BYTES, decode};
use crate::diagnostic::{self, Diagnostic, Sources, Span};

/// Checks that one run takes.
pub const MAX_CHECKS: usize = 10_000;

/// Suites that were read, and everything that is wrong with them.
#[derive(Debug, Default)]
pub struct Loaded {
    /// In the order of the files. Not to be run while there are mistakes.
    pub suites: Vec<Suite>,
    /// Sorted by file and place; those of the project are among them.
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
}

/// What suites inherit from their project, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    pub params: Vec<Param>,
    /// Further datasets by name, their paths resolved.
    pub datasets: Vec<(String, String)>,
    pub statistics: Settings,
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
}

/// Reads suites from files. `overrides` are the `name=value` of the command line.
pub fn load(files: &[PathBuf], defaults: &Defaults, overrides: &[(String, String)]) -> Loaded {
    let contents = files.iter().map(|path| (shown(path), contents(path)));
    load_contents(contents, defaults, overrides)
}

/// Reads suites from what was read of files: their names and bytes.
pub fn load_contents(
    files: impl IntoIterator<Item = (String, Result<Vec<u8>, Box<Diagnostic>>)>,
    defaults: &Defaults,
    overrides: &[(String, String)],
) -> Loaded {
    let mut loader = Loader {
        loaded: Loaded {
            suites: Vec::new(),
            diagnostics: defaults.diagnostics.clone(),
            sources: defaults.sources.clone(),
        },
        declared: defaults.params.iter().map(|param| param.name.clone()).collect(),
        names: BTreeMap::new(),
        n_checks: 0,
    };
    let inherited = Inherited {
        params: &defaults.params,
        datasets: &defaults.datasets,
        statistics: defaults.statistics.clone(),
        overrides,
    };
    let mut n_files = 0;
    for (file, bytes) in files {
        n_files += 1;
        match bytes {
            Ok(bytes) => loader.file(&file, &bytes, &inherited),
            Err(mistake) => loader.loaded.diagnostics.push(*mistake),
        }
    }
    let Loader { mut loaded, mut declared, .. } = loader;
    declared.sort();
    declared.dedup();
    // A file that cannot be read may declare anything.
    let is_project_read = defaults.diagnostics.is_empty() || !defaults.params.is_empty();
    if is_project_read && n_files > 0 && loaded.suites.len() == n_files {
        unknown_overrides(overrides, &declared, &mut loaded.diagnostics);
    }
    diagnostic::sort(&mut loaded.diagnostics);
    loaded
}

struct Loader {
    loaded: Loaded,
    /// Parameters of all suites and of the project.
    declared: Vec<String>,
    /// Where each suite's name was first given.
    names: BTreeMap<String, (String, Span)>,
    n_checks: usize,
}

impl Loader {
    fn file(&mut self, file: &str, bytes: &[u8], inherited: &Inherited) {
        let Some(text) = text(file, bytes, &mut self.loaded.sources, &mut self.loaded.diagnostics)
        else {
            return;
        };
        let parsed = parse(file, &text);
        self.loaded.diagnostics.extend(parsed.mistakes);
        let Some(root) = parsed.root else { return };
        let Read { suite, name, declared, mistakes } = read(file, &text, root, inherited);
        self.loaded.diagnostics.extend(mistakes);
        self.declared.extend(declared);
        let Some(suite) = suite else { return };
        let span = name.map_or(0..0, |name| name.span);
        if let Some((other, first)) = self.names.get(&suite.name) {
            let message = format!("two suites have the name `{}`", suite.name);
            let mistake = Diagnostic::error(message).at(file, span, "the second");
            let help = "give one of them another name with `suite:`";
            self.loaded.diagnostics.push(mistake.see(other, first.clone(), "the first").help(help));
        } else {
            self.names.insert(suite.name.clone(), (file.to_owned(), span));
        }
        let before = self.n_checks;
        self.n_checks += suite.checks.len();
        if before <= MAX_CHECKS && self.n_checks > MAX_CHECKS {
            let message = format!("more than {MAX_CHECKS} checks in one run");
            let mistake = Diagnostic::error(message).in_file(file);
            self.loaded.diagnostics.push(mistake.help("run the suites one by one"));
        }
        self.loaded.suites.push(suite);
    }
}

/// Text that the parser may see; remembers it for messages.
pub fn text(
    file: &str,
    bytes: &[u8],
    sources: &mut Sources,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<String> {
    let decoded = decode(file, bytes);
    if let Some(text) = &decoded.text {
        sources.insert(file, text.as_str());
    }
    let is_clean = decoded.mistake.is_none();
    mistakes.extend(decoded.mistake);
    decoded.text.filter(|_| is_clean)
}

/// The bytes of a regular file; of a larger one than is accepted only as many as show that.
pub fn contents(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    let unreadable = |reason: String| {
        let message = format!("the file cannot be read: {reason}");
        Box::new(Diagnostic::error(message).in_file(&shown(path)))
    };
    let metadata = path.metadata().map_err(|error| unreadable(error.to_string()))?;
    if !metadata.is_file() {
        return Err(unreadable("it is not a regular file".into()));
    }
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    Ok(bytes)
}
