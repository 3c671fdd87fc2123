//! `--extract` and `--clean`: rows of the data written out by what became of them.
//!
//! A row fails a check when it breaks the check's rule and the check does not hold (it fails, warns
//! or is known to fail): what `mostly` lets pass has failed nothing.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::datasets::Opened;
use super::signals;
use super::suites::Suites;
use crate::cli::{ExtractFormat, Run};
use crate::engine::{Extracted, Extraction, RowFormat, Sink};
use crate::expectations::{Context, Kind};
use crate::metric::{Answers, RowRule, Side};
use crate::plan::Judged;
use crate::report::RowsFile;
use crate::suite::Suite;
use crate::verdict::{Status, Verdict};

/// Where rows go.
pub struct RowTargets {
    folder: Option<PathBuf>,
    format: RowFormat,
    clean: Option<(PathBuf, RowFormat)>,
}

/// What was judged of a suite.
pub struct Findings<'a, 'c, 's> {
    pub judged: &'a [Judged<'c, 's>],
    pub contexts: &'a [Context<'a>],
    pub verdicts: &'a [Verdict],
    pub answers: &'a Answers,
}

impl RowTargets {
    /// Reads the options.
    ///
    /// # Errors
    /// A file that can be no clean data, or several suites for one file.
    pub fn new(run: &Run, loaded: &Suites) -> Result<RowTargets, String> {
        let output = &run.output;
        let format = match output.extract_format {
            Some(ExtractFormat::Csv) => RowFormat::Csv,
            Some(ExtractFormat::Parquet) | None => RowFormat::Parquet,
        };
        let clean = output.clean.clone().map(|path| {
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            match ending.as_deref() {
                Some("parquet") => Ok((path, RowFormat::Parquet)),
                Some("csv") => Ok((path, RowFormat::Csv)),
                _ => Err(format!(
                    "`--clean {}`: the file ends in neither `.parquet` nor `.csv`",
                    path.display()
                )),
            }
        });
        let clean = clean.transpose()?;
        let names: Vec<&str> = loaded.suites.iter().map(|suite| suite.name.as_str()).collect();
        if clean.is_some() && names.len() > 1 {
            return Err(format!(
                "`--clean` writes the rows of one suite, but {} are run: {}\n\
                 help: name the file of one suite",
                names.len(),
                crate::prose::names(names.iter().copied(), 5)
            ));
        }
        let folder = output.extract.clone().filter(|_| !run.select.list);
        Ok(RowTargets { folder, format, clean: clean.filter(|_| !run.select.list) })
    }

    fn failing(&self, suite: &Suite) -> Option<PathBuf> {
        let ending = match self.format {
            RowFormat::Parquet => "parquet",
            RowFormat::Csv => "csv",
        };
        let name = suite.name.replace(['/', '\\'], "_");
        self.folder.as_ref().map(|folder| folder.join(format!("{name}.failed.{ending}")))
    }

    /// Every file that may be written.
    pub fn paths(&self, suites: &[Suite]) -> Vec<PathBuf> {
        let failing = suites.iter().filter_map(|suite| self.failing(suite));
        failing.chain(self.clean.iter().map(|(path, _)| path.clone())).collect()
    }

    /// Removes what an earlier run left, so that it never passes for this one's.
    pub fn discard(&self, suites: &[Suite]) {
        for path in self.paths(suites).iter().filter(|path| path.is_file()) {
            // The reason why it cannot be removed is told when it cannot be written.
            let _ = fs::remove_file(path);
        }
    }

    /// Writes the rows of one suite's data.
    ///
    /// # Errors
    /// What could not be written, and why; then nothing was.
    pub fn write(&self, opened: &Opened, findings: &Findings) -> Result<Vec<RowsFile>, String> {
        let failing = self.failing(opened.suite);
        let clean = self.clean.as_ref();
        let is_judged = |verdict: &Verdict| verdict.status != Status::Error;
        let nothing_wanted = failing.is_none() && clean.is_none();
        if nothing_wanted || !findings.verdicts.iter().any(is_judged) {
            return Ok(Vec::new());
        }
        if let Some(unjudged) = unjudged(findings).filter(|_| clean.is_some()) {
            return Err(format!(
                "no clean rows are written: `{unjudged}` could not be judged, so no row is known \
                 to be clean"
            ));
        }
        let rules = rules(findings);
        let failing = failing.map(|path| Staged::new(path, self.format)).transpose()?;
        let clean = clean.map(|(path, format)| Staged::new(path.clone(), *format)).transpose()?;
        let hides = |column: &str| opened.suite.sensitive.hides(column);
        let sink = |staged: &Option<Staged>| staged.as_ref().map(Staged::sink).transpose();
        let extraction = Extraction {
            rules: &rules,
            hides: &hides,
            failing: sink(&failing)?,
            clean: sink(&clean)?,
        };
        let extracted = opened.engine.extract(&Side::Data, extraction);
        let Extracted { failing: n_failing, clean: n_clean } =
            extracted.map_err(|reason| format!("rows cannot be written: {reason}"))?;
        let suite = &opened.suite.name;
        let files = [(failing, n_failing, "failed"), (clean, n_clean, "clean")];
        let mut written = Vec::new();
        for (staged, n_rows, kind) in files {
            if let (Some(staged), Some(rows)) = (staged, n_rows) {
                let path = staged.keep()?;
                written.push(RowsFile { suite: suite.clone(), kind: kind.into(), path, rows });
            }
        }
        Ok(written)
    }
}

/// A check of single rows that could not be judged.
fn unjudged<'a>(findings: &'a Findings) -> Option<&'a str> {
    let of_rows = findings.judged.iter().zip(findings.verdicts);
    let mut unjudged = of_rows.filter(|(judged, verdict)| {
        judged.check.spec.definition.kind == Kind::Row && verdict.status == Status::Error
    });
    unjudged.next().map(|(_, verdict)| verdict.id.as_str())
}

/// The rules of the checks that do not hold.
fn rules(findings: &Findings) -> Vec<(String, RowRule)> {
    let found = findings.judged.iter().zip(findings.contexts).zip(findings.verdicts);
    let broken = found.filter(|(_, verdict)| {
        matches!(verdict.status, Status::Fail | Status::Warn | Status::Known)
    });
    let rule = |((judged, context), verdict): ((&Judged, &Context), &Verdict)| {
        Some((verdict.id.clone(), judged.failing(context, findings.answers)?))
    };
    broken.filter_map(rule).collect()
}

/// A file that is written beside its target and takes its place when all is written.
struct Staged {
    path: PathBuf,
    format: RowFormat,
    file: NamedTempFile,
}

impl Staged {
    fn new(path: PathBuf, format: RowFormat) -> Result<Staged, String> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let staged = fs::create_dir_all(folder).and_then(|()| {
            let mut builder = tempfile::Builder::new();
            builder.prefix(".datacheck-").suffix(".tmp");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // As any other new file: what the process's mask leaves of it.
                builder.permissions(fs::Permissions::from_mode(0o666));
            }
            builder.tempfile_in(folder)
        });
        match staged {
            Ok(file) => {
                signals::remove_at_end(file.path());
                Ok(Staged { path, format, file })
            }
            Err(error) => Err(unwritten(&path, &error)),
        }
    }

    fn sink(&self) -> Result<Sink, String> {
        let file = self.file.as_file().try_clone();
        let file = file.map_err(|error| unwritten(&self.path, &error))?;
        Ok(Sink { format: self.format, out: Box::new(BufWriter::new(file)) })
    }

    /// Puts the file in its place.
    fn keep(self) -> Result<String, String> {
        let Staged { path, file, .. } = self;
        let synced = file.as_file().sync_all();
        let kept = synced.and_then(|()| {
            signals::uninterrupted(|| file.persist(&path)).map(drop).map_err(|error| error.error)
        });
        kept.map(|()| path.display().to_string()).map_err(|error| unwritten(&path, &error))
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> String {
    format!("cannot write `{}`: {error}", path.display())
}
