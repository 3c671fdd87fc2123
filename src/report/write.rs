//! Reports on disk: all of them new, or none.
//!
//! Everything is first written beside its target under a temporary name and synced; only then is it
//! renamed. When anything fails, what was there before is removed, so that an old report never
//! passes for a new one.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A report and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub path: PathBuf,
    pub content: String,
}

/// A report that could not be written.
#[derive(Debug)]
pub struct WriteError {
    pub path: PathBuf,
    pub cause: io::Error,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        write!(f, "cannot write `{}`: {}", super::visible::visible(&path), self.cause)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Writes all outputs, or removes what stood in their places and says why.
pub fn write(outputs: &[Output]) -> Result<(), WriteError> {
    let result = write_all(outputs);
    if result.is_err() {
        discard(outputs.iter().map(|output| output.path.as_path()));
    }
    result
}

/// Whether a file looks like a report that this program wrote.
pub fn is_ours(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(START_BYTES).read_to_end(&mut start));
    read.is_ok() && String::from_utf8_lossy(&start).contains("datacheck")
}

/// How far into a file its maker's name stands.
const START_BYTES: u64 = 4096;

/// Removes reports of an earlier run; what cannot be removed stays.
pub fn discard<'a>(paths: impl IntoIterator<Item = &'a Path>) {
    for path in paths {
        if is_replaceable(path) {
            // The reason why it cannot be removed is the reason that is told already.
            let _ = fs::remove_file(path);
        }
    }
}

fn write_all(outputs: &[Output]) -> Result<(), WriteError> {
    let mut staged = Vec::with_capacity(outputs.len());
    for output in outputs {
        staged.push(stage(output).map_err(|cause| failed(&output.path, cause))?);
    }
    for (output, file) in outputs.iter().zip(staged) {
        let renamed = match file {
            Some((file, target)) => file.persist(target).map(drop).map_err(|error| error.error),
            // A pipe or a device has no name to replace.
            None => pour(output),
        };
        renamed.map_err(|cause| failed(&output.path, cause))?;
    }
    for output in outputs {
        sync_folder(&output.path);
    }
    Ok(())
}

fn failed(path: &Path, cause: io::Error) -> WriteError {
    WriteError { path: path.to_owned(), cause }
}

/// The synced temporary file and the name it will take; nothing for what cannot be replaced.
fn stage(output: &Output) -> io::Result<Option<(NamedTempFile, PathBuf)>> {
    if output.path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if output.path.exists() && !is_replaceable(&output.path) {
        return Ok(None);
    }
    // A link is kept: what it points to is replaced.
    let target = fs::canonicalize(&output.path).unwrap_or_else(|_| output.path.clone());
    let folder = folder(&target);
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".datacheck-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other new file: what the process's mask leaves of it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(output.content.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(Some((file, target)))
}

fn pour(output: &Output) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).open(&output.path)?;
    file.write_all(output.content.as_bytes())
}

fn is_replaceable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Makes the new name last; not every system can, and the content is safe without it.
fn sync_folder(path: &Path) {
    if let Ok(folder) = File::open(folder(path)) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(path: PathBuf, content: &str) -> Output {
        Output { path, content: content.into() }
    }

    #[test]
    fn folders_are_made_and_old_reports_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a/b/results.json");
        for content in ["old", "new"] {
            write(&[output(path.clone(), content)]).expect("it can be written");
            assert_eq!(fs::read_to_string(&path).expect("it is there"), content);
        }
        let names = fs::read_dir(folder.path().join("a/b")).expect("it is a folder").count();
        assert_eq!(names, 1, "no temporary file is left");
    }

    #[test]
    fn one_that_fails_takes_the_old_ones_with_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let old = folder.path().join("results.json");
        fs::write(&old, "old").expect("it can be written");
        let blocked = folder.path().join("results.json/index.html");
        let outputs = [output(old.clone(), "new"), output(blocked.clone(), "page")];
        let error = write(&outputs).expect_err("a file is no folder");
        assert_eq!(error.path, blocked);
        assert!(error.to_string().starts_with("cannot write `"));
        assert!(!old.exists(), "an old report must not pass for a new one");
        assert_eq!(fs::read_dir(folder.path()).expect("it is a folder").count(), 0);
    }

    #[test]
    fn a_folder_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = write(&[output(folder.path().to_owned(), "x")]).expect_err("it is a folder");
        assert!(error.to_string().ends_with("it is a folder"));
        assert!(folder.path().exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (target, link) = (folder.path().join("real.xml"), folder.path().join("link.xml"));
        fs::write(&target, "old").expect("it can be written");
        std::os::unix::fs::symlink(&target, &link).expect("it can be linked");
        write(&[output(link.clone(), "new")]).expect("it can be written");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&target).expect("it is there"), "new");
    }
}
