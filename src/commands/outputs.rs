//! The end of a run: reports on disk, trials on the terminal, the exit code.

use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};

use super::Caller;
use super::commit;
use super::console::Console;
use super::datasets::Opened;
use super::last_failed;
use super::run::Told;
use super::signals;
use super::suites::Suites;
use crate::cli::{FailOn, Format, Run};
use crate::exit::Exit;
use crate::harness::{self, Style};
use crate::metric::{Answers, Identity, Metric, Side};
use crate::project::{self, ReportDefaults};
use crate::report::{self, DatasetInfo, Output, Paint, Results, Role, RunInfo, WriteError};
use crate::verdict::{Severity, Status, Verdict};

/// When the run began.
pub struct Started {
    pub at: DateTime<Utc>,
    pub clock: Instant,
}

/// Where reports go: the options of a run over the defaults of its project.
pub struct Targets {
    /// The folder of index.html, results.json and junit.xml.
    pub folder: Option<PathBuf>,
    json: Option<PathBuf>,
    junit: Option<PathBuf>,
    sarif: Option<PathBuf>,
    markdown: Option<PathBuf>,
    fail_on_warn: bool,
}

impl Targets {
    /// A test runner writes no folder unless it is asked to.
    pub fn new(run: &Run, defaults: &ReportDefaults, caller: Caller) -> Targets {
        let output = &run.output;
        let default = defaults.dir.as_ref().map_or_else(|| PathBuf::from("reports"), PathBuf::from);
        let folder = match caller {
            _ if output.no_report || run.select.list => None,
            Caller::TestRunner => output.report.clone(),
            Caller::Person => Some(output.report.clone().unwrap_or(default)),
        };
        let either = |option: &Option<PathBuf>, default: &Option<String>| {
            let default = default.as_ref().filter(|_| caller == Caller::Person);
            let path = option.clone().or_else(|| default.map(PathBuf::from));
            path.filter(|_| !run.select.list)
        };
        Targets {
            folder,
            json: either(&output.json, &defaults.json),
            junit: either(&output.junit, &defaults.junit),
            sarif: either(&output.sarif, &defaults.sarif),
            markdown: either(&output.markdown, &defaults.markdown),
            fail_on_warn: match output.fail_on {
                Some(fail_on) => fail_on == FailOn::Warn,
                None => defaults.fail_on == Some(project::FailOn::Warn),
            },
        }
    }

    /// Whether the run tells the hashes of its inputs to anybody.
    pub fn tell_inputs(&self, run: &Run) -> bool {
        let files = [&self.folder, &self.json, &self.junit, &self.sarif, &self.markdown];
        run.output.format == Format::Json || files.into_iter().any(Option::is_some)
    }

    /// Refuses to write over what the run reads, or over a file of somebody else's in the folder.
    ///
    /// # Errors
    /// The first such file, with the mend.
    pub fn refuse_overwriting(&self, inputs: &[String], further: &[PathBuf]) -> Result<(), String> {
        let real = |path: &Path| path.canonicalize().ok();
        let matched = |input: &String| glob::glob(input).into_iter().flatten().flatten();
        let inputs: Vec<PathBuf> = inputs
            .iter()
            .flat_map(|input| matched(input).chain([PathBuf::from(input)]))
            .filter_map(|path| real(&path))
            .collect();
        let is_read = |path: PathBuf| {
            inputs.iter().any(|input| path == *input || (input.is_dir() && path.starts_with(input)))
        };
        for path in self.single_paths().chain(further.iter().cloned()) {
            if real(&path).is_some_and(is_read) {
                return Err(format!(
                    "`{}` is read by this run and would be overwritten; name another output",
                    path.display()
                ));
            }
        }
        let foreign = self.folder_paths().find(|path| path.is_file() && !report::is_ours(path));
        foreign.map_or(Ok(()), |path| {
            Err(format!(
                "`{}` was not written by datacheck; name another folder with `--report`",
                path.display()
            ))
        })
    }

    /// Removes what an earlier run left, so that it never passes for this one's.
    pub fn discard(&self) {
        let ours: Vec<PathBuf> =
            self.paths().into_iter().filter(|path| report::is_ours(path)).collect();
        report::discard(ours.iter().map(PathBuf::as_path));
    }

    fn folder_paths(&self) -> impl Iterator<Item = PathBuf> {
        let names = ["index.html", "results.json", "junit.xml"];
        self.folder.iter().flat_map(move |folder| names.map(|name| folder.join(name)))
    }

    fn single_paths(&self) -> impl Iterator<Item = PathBuf> {
        [&self.json, &self.junit, &self.sarif, &self.markdown].into_iter().flatten().cloned()
    }

    fn paths(&self) -> Vec<PathBuf> {
        self.folder_paths().chain(self.single_paths()).collect()
    }

    fn outputs(&self, results: &Results) -> Result<Vec<Output>, String> {
        let mut outputs = match &self.folder {
            Some(folder) => rendered(results, folder)?,
            None => Vec::new(),
        };
        let mut add = |path: &Option<PathBuf>, content: String| {
            outputs.extend(path.clone().map(|path| Output { path, content }));
        };
        add(&self.json, json(results)?);
        add(&self.junit, junit(results)?);
        add(&self.sarif, report::sarif(results));
        add(&self.markdown, report::markdown(results));
        Ok(outputs)
    }
}

/// The three reports of a folder.
pub fn rendered(results: &Results, folder: &Path) -> Result<Vec<Output>, String> {
    let html = report::html(results).map_err(|error| error.to_string())?;
    let files =
        [("index.html", html), ("results.json", json(results)?), ("junit.xml", junit(results)?)];
    Ok(files.map(|(name, content)| Output { path: folder.join(name), content }).into())
}

fn json(results: &Results) -> Result<String, String> {
    results.to_json().map_err(|error| error.to_string())
}

fn junit(results: &Results) -> Result<String, String> {
    report::junit(results).map_err(|error| error.to_string())
}

fn paint(console: &Console) -> Paint {
    if console.colors_stdout() { Paint::Colour } else { Paint::Plain }
}

/// Writes reports as a whole, or says why not.
pub fn write(outputs: &[Output], console: &Console) -> Exit {
    match signals::uninterrupted(|| report::write(outputs)) {
        Ok(()) => Exit::Held,
        Err(error) => unwritten(&error, console),
    }
}

fn unwritten(error: &WriteError, console: &Console) -> Exit {
    console.complain(&format!("error: {error}\n"));
    Exit::Unwritten
}

/// Writes the reports, prints the verdicts and says how the run ends.
pub fn tell(
    run: &Run,
    targets: &Targets,
    loaded: &Suites,
    started: &Started,
    told: Told,
    console: &Console,
) -> Exit {
    let verdict = outcome(&told.verdicts, targets.fail_on_warn);
    let info = info(loaded, started, verdict);
    let mut results = Results::new(info, told.datasets, &told.families, &told.verdicts);
    results.files = told.files;
    let written = match targets.outputs(&results) {
        Ok(outputs) => write(&outputs, console),
        Err(reason) => {
            console.complain(&format!("error: a report cannot be rendered: {reason}\n"));
            Exit::Bug
        }
    };
    if let Some(folder) = targets.folder.as_deref().filter(|_| written == Exit::Held) {
        last_failed::keep(folder, &told.verdicts);
    }
    print(run, targets, &told.verdicts, &results, written, console);
    Exit::strongest([verdict, written, told.rows_written])
}

/// What the verdicts come to.
fn outcome(verdicts: &[Verdict], fail_on_warn: bool) -> Exit {
    let exit = |verdict: &Verdict| match verdict.status {
        Status::Fail => Exit::Failed,
        Status::Warn if fail_on_warn && verdict.severity != Severity::Info => Exit::Failed,
        Status::Error => Exit::Unjudged,
        _ => Exit::Held,
    };
    let checked = |verdict: &Verdict| verdict.status != Status::Skip;
    match verdicts.iter().any(checked) {
        true => Exit::strongest(verdicts.iter().map(exit)),
        false => Exit::Nothing,
    }
}

fn info(loaded: &Suites, started: &Started, exit: Exit) -> RunInfo {
    let at = started.at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut params = serde_json::Map::new();
    for suite in &loaded.suites {
        for (name, value) in &suite.params {
            params.insert(format!("{}::{name}", suite.name), value.clone());
        }
    }
    let words = std::env::args_os().skip(1);
    let words = words.map(|word| crate::prose::shell_word(&word.to_string_lossy()));
    RunInfo {
        id: format!("{}-{:x}", started.at.format("%Y%m%dT%H%M%S%3fZ"), std::process::id()),
        started_at: at,
        duration_ms: u64::try_from(started.clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        exit_code: exit.code(),
        command: std::iter::once("datacheck".to_owned()).chain(words).collect::<Vec<_>>().join(" "),
        params,
        git_commit: commit::current(),
    }
}

fn print(
    run: &Run,
    targets: &Targets,
    verdicts: &[Verdict],
    results: &Results,
    written: Exit,
    console: &Console,
) {
    match run.output.format {
        Format::Json => {
            console.print(&json(results).unwrap_or_default());
            return;
        }
        Format::Github => {
            console.print(&report::github(results));
        }
        Format::Pretty | Format::Terse => {
            console.print(&trials(run, targets, verdicts, results, console));
        }
    }
    if verdicts.is_empty() {
        return;
    }
    let index = targets.folder.as_ref().filter(|_| written == Exit::Held);
    let index = index.map(|folder| folder.join("index.html").display().to_string());
    let paint = paint(console);
    console.print(&format!("{}\n", report::closing(results, index.as_deref(), paint)));
}

/// The verdicts as trials, or only the failures of a quiet run.
fn trials(
    run: &Run,
    targets: &Targets,
    verdicts: &[Verdict],
    results: &Results,
    console: &Console,
) -> String {
    let color = console.colors_stdout();
    let details = |verdict: &Verdict| {
        // What cannot be read is told once, not once for each check.
        let first = verdicts.iter().find(|other| other.message == verdict.message);
        if let Some(first) = first.filter(|_| verdict.status == Status::Error)
            && first.id != verdict.id
        {
            return format!("as `{}`\n", first.id);
        }
        let check = results.checks.iter().find(|check| check.id == verdict.id);
        check.map(|check| report::failure(check, paint(console))).unwrap_or_default()
    };
    let block = |verdict: &Verdict| format!("---- {} ----\n{}\n", verdict.id, details(verdict));
    let warn_fails = targets.fail_on_warn;
    let limit = run.select.max_fail.or(run.select.fail_fast.then_some(1));
    let verdicts = up_to(verdicts, limit, warn_fails);
    if run.output.quiet {
        let failed = verdicts.iter().filter(|verdict| harness::fails(verdict, warn_fails));
        return failed.map(block).collect();
    }
    let style = Style { terse: run.output.format == Format::Terse, color, warn_fails };
    let trials = harness::print(verdicts, style, details)
        .unwrap_or_else(|error| format!("error: the verdicts cannot be printed: {error}\n"));
    let warned =
        |verdict: &&Verdict| verdict.status == Status::Warn && !harness::fails(verdict, warn_fails);
    let warnings = verdicts.iter().filter(warned).map(block);
    let warnings: String = warnings.collect();
    if warnings.is_empty() { trials } else { format!("{trials}warnings:\n\n{warnings}") }
}

/// The verdicts up to the last failure that is to be shown.
fn up_to(verdicts: &[Verdict], limit: Option<u32>, warn_fails: bool) -> &[Verdict] {
    let mut left = limit.unwrap_or(u32::MAX);
    let last = verdicts.iter().position(|verdict| {
        left -= u32::from(harness::fails(verdict, warn_fails));
        left == 0
    });
    last.map_or(verdicts, |last| &verdicts[..=last])
}

/// What the datasets of a suite were when they were read; of one that could not be, the reason.
pub fn datasets(opened: &Opened, answers: &Answers) -> Vec<DatasetInfo> {
    let info = |(on, path): &(Side, String)| {
        let (role, name) = match on {
            Side::Data => (Role::Data, None),
            Side::Reference => (Role::Reference, None),
            Side::Named(name) => (Role::Named, Some(name.as_str())),
        };
        let identity = answers.identity(&Metric::Identity { on: on.clone() });
        let identity = identity.cloned().unwrap_or_else(|_| {
            let warnings = opened.unreadable(on).into_iter().collect();
            Identity { path: path.clone(), warnings, ..Identity::default() }
        });
        DatasetInfo::new(&opened.suite.name, role, name, &identity)
    };
    opened.paths.iter().map(info).collect()
}
