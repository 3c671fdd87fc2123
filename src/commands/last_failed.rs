//! What failed last time: a small file beside the reports, which outlives a run that could not
//! start.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::verdict::{Status, Verdict};

/// Where the ids are kept.
fn file(folder: &Path) -> PathBuf {
    folder.join(".last_failed")
}

/// Remembers the checks that failed or could not be judged, one id on each line.
///
/// A run whose reports were written can always write this too; when it cannot, `--lf` says so.
pub fn keep(folder: &Path, verdicts: &[Verdict]) {
    let failed = |verdict: &&Verdict| matches!(verdict.status, Status::Fail | Status::Error);
    let lines = verdicts.iter().filter(failed).map(|verdict| format!("{}\n", verdict.id));
    let _ = fs::write(file(folder), lines.collect::<String>());
}

/// Ids of the checks that failed or could not be judged in the last run with reports.
///
/// # Errors
/// There was no such run.
pub fn read(folder: &Path) -> Result<BTreeSet<String>, String> {
    let text = fs::read_to_string(file(folder)).map_err(|_| {
        let folder = folder.display();
        format!(
            "`--lf` needs an earlier run, and `{folder}` remembers none\nhelp: run without it first"
        )
    })?;
    Ok(text.lines().map(str::to_owned).collect())
}
