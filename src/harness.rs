//! Verdicts as test trials: the one door to libtest-mimic.
//!
//! Verdicts are complete before anything here runs; a trial only tells its own.

use std::io;
use std::path::Path;

use libtest_mimic::{Arguments, ColorSetting, Completion, Failed, FormatSetting, Trial};

use crate::verdict::{Severity, Status, Verdict};

/// How the trials are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// One character for each check instead of a line.
    pub terse: bool,
    pub color: bool,
    /// Whether a failed check of severity `warn` fails its trial.
    pub warn_fails: bool,
}

/// Lists names as test runners read them: `suite::column::check: test`.
pub fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("{name}: test\n")).collect()
}

/// Runs and prints the verdicts as trials and returns what was printed.
///
/// `details` gives the text under a failed trial.
///
/// # Errors
/// The temporary file that the text goes through cannot be written or read.
pub fn print(
    verdicts: &[Verdict],
    style: Style,
    details: impl Fn(&Verdict) -> String,
) -> io::Result<String> {
    let file = tempfile::NamedTempFile::new()?;
    let arguments = arguments(file.path(), style);
    let trials = verdicts.iter().map(|verdict| trial(verdict, style, details(verdict))).collect();
    let _ = libtest_mimic::run(&arguments, trials);
    std::fs::read_to_string(file.path())
}

/// Whether a verdict counts as failed for a test runner.
pub fn fails(verdict: &Verdict, warn_fails: bool) -> bool {
    match verdict.status {
        Status::Fail | Status::Error => true,
        Status::Warn => warn_fails && verdict.severity != Severity::Info,
        Status::Pass | Status::Skip | Status::Known => false,
    }
}

fn arguments(path: &Path, style: Style) -> Arguments {
    Arguments {
        test_threads: Some(1),
        logfile: Some(path.to_string_lossy().into_owned()),
        color: Some(if style.color { ColorSetting::Always } else { ColorSetting::Never }),
        format: Some(if style.terse { FormatSetting::Terse } else { FormatSetting::Pretty }),
        ..Arguments::default()
    }
}

fn trial(verdict: &Verdict, style: Style, details: String) -> Trial {
    let failed = fails(verdict, style.warn_fails);
    let skipped = (verdict.status == Status::Skip).then(|| verdict.message.clone());
    let trial = Trial::ignorable_test(verdict.id.clone(), move || match (failed, skipped) {
        (true, _) => Err(Failed::from(details)),
        (false, Some(reason)) => Ok(Completion::ignored_with(reason)),
        (false, None) => Ok(Completion::Completed),
    });
    match verdict.status {
        Status::Warn => trial.with_kind("warn"),
        Status::Error => trial.with_kind("not judged"),
        Status::Known => trial.with_kind("known failure"),
        Status::Pass | Status::Fail | Status::Skip => trial,
    }
}
