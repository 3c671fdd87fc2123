//! The suites of a run: which files, which filters, and all their mistakes at once.

use std::path::{Path, PathBuf};

use super::console::Console;
use crate::cli::Run;
use crate::diagnostic::{self, Diagnostic, Sources};
use crate::exit::Exit;
use crate::project::{Project, discover};
use crate::suite::{self, Suite};

/// Suites that were read without a mistake.
pub struct Suites {
    pub suites: Vec<Suite>,
    pub sources: Sources,
    pub project: Project,
    /// Positional arguments that are no files: texts that a check's name contains.
    pub filters: Vec<String>,
}

/// Reads every suite of the run.
///
/// # Errors
/// Any mistake in any of them, all told on the console.
pub fn load(run: &Run, console: &Console) -> Result<Suites, Exit> {
    let root = Path::new("");
    let (paths, filters) = split(&run.targets);
    let overrides = overrides(&run.param, console)?;
    no_data(&paths, console)?;
    let project = Project::load(root);
    let found = discover(root, &paths);
    let loaded = suite::load(&found.files, &project.defaults, &overrides);
    let mistakes: Vec<Diagnostic> =
        found.diagnostics.into_iter().chain(loaded.diagnostics).collect();
    if !mistakes.is_empty() {
        tell(&mistakes, &loaded.sources, console);
        return Err(Exit::Mistake);
    }
    Ok(Suites { suites: loaded.suites, sources: loaded.sources, project, filters })
}

/// Shows mistakes, in the order of files and lines.
pub fn tell(mistakes: &[Diagnostic], sources: &Sources, console: &Console) {
    console.complain(&diagnostic::render(mistakes, sources, console.colors_stderr()));
}

/// A positional that exists or ends like a suite is a path; any other is a filter.
fn split(targets: &[String]) -> (Vec<PathBuf>, Vec<String>) {
    let is_path = |target: &&String| {
        target.ends_with(".yaml") || target.ends_with(".yml") || Path::new(target).exists()
    };
    let (paths, filters): (Vec<&String>, Vec<&String>) = targets.iter().partition(is_path);
    (paths.into_iter().map(PathBuf::from).collect(), filters.into_iter().cloned().collect())
}

/// Refuses data where a suite belongs.
fn no_data(paths: &[PathBuf], console: &Console) -> Result<(), Exit> {
    let endings = ["parquet", "pq", "csv", "tsv", "ndjson", "jsonl", "arrow", "feather", "ipc"];
    let is_data = |path: &&PathBuf| {
        let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned());
        path.is_file() && ending.is_some_and(|ending| endings.contains(&ending.as_str()))
    };
    let Some(path) = paths.iter().find(is_data) else { return Ok(()) };
    let path = path.display();
    console.complain(&format!("error: `{path}` is no suite\nhelp: write `--data {path}`\n"));
    Err(Exit::Mistake)
}

fn overrides(params: &[String], console: &Console) -> Result<Vec<(String, String)>, Exit> {
    let pair = |text: &String| {
        let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        pair.ok_or_else(|| {
            console.complain(&format!(
                "error: `-p {text}` has no value\nhelp: write `-p {text}=VALUE`\n"
            ));
            Exit::Mistake
        })
    };
    let pairs = params.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    for (place, (name, _)) in pairs.iter().enumerate() {
        if pairs[..place].iter().any(|(other, _)| other == name) {
            console.complain(&format!("error: `-p {name}` is given twice\n"));
            return Err(Exit::Mistake);
        }
    }
    Ok(pairs)
}
