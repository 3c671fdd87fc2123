//! Which files a path means: one file, those that a pattern matches, or all data files of a folder.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::format::Format;
use super::hive::{self, Keys};
use crate::metric::Unmeasured;

/// Folders deeper than this are taken for a loop of links.
const DEEPEST: usize = 32;
/// A name is a suggestion if this share of it is right.
const ALIKE: f64 = 0.6;

/// The files of a dataset, in the order of their rows.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub files: Vec<DataFile>,
    pub warnings: Vec<String>,
}

/// A file of a dataset.
#[derive(Debug)]
pub(super) struct DataFile {
    pub path: PathBuf,
    /// Its name within the dataset: the same on every machine.
    pub relative: String,
    /// Values that its folders give to all its rows.
    pub keys: Keys,
}

/// Finds the files that `path` means.
pub(super) fn find(path: &str) -> Result<Found, Unmeasured> {
    let fault = |reason: String| Unmeasured::Unreadable(format!("`{path}`: {reason}"));
    if path.is_empty() {
        return Err(Unmeasured::Unreadable("the path of the data is empty".into()));
    }
    if let Some((scheme, _)) = path.split_once("://") {
        let mend = if scheme == "file" { "write the plain path" } else { "download it first" };
        return Err(fault(format!("`{scheme}://` cannot be read yet; {mend}")));
    }
    let plain = Path::new(path);
    match fs::metadata(plain) {
        Ok(metadata) if metadata.is_dir() => folder(plain).map_err(fault),
        Ok(_) => {
            let name = plain.file_name().unwrap_or(plain.as_os_str());
            let relative = name.to_string_lossy().into_owned();
            let file = DataFile { path: plain.into(), relative, keys: Keys::new() };
            Ok(Found { files: vec![file], warnings: Vec::new() })
        }
        Err(_) if path.contains(['*', '?', '[']) => pattern(path).map_err(fault),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(fault(missing(plain))),
        Err(error) => Err(fault(error.to_string().to_lowercase())),
    }
}

fn folder(root: &Path) -> Result<Found, String> {
    let mut found = Found::default();
    let (mut paths, mut skipped) = (Vec::new(), 0);
    walk(root, 0, &mut paths, &mut skipped)?;
    if paths.is_empty() {
        return Err("the folder has no data files".into());
    }
    if skipped > 0 {
        found.warnings.push(format!("{skipped} files in the folder are not data files"));
    }
    found.files = within(root, paths)?;
    Ok(found)
}

fn walk(
    folder: &Path,
    depth: usize,
    paths: &mut Vec<PathBuf>,
    skipped: &mut u64,
) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(format!("folders are nested deeper than {DEEPEST}"));
    }
    let place = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(place)? {
        let path = entry.map_err(place)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "_delta_log" {
            return Err("it is a delta table, whose files hold deleted rows too; \
                        write its current rows as parquet first"
                .into());
        }
        // `_year=2024` is a partition, `_SUCCESS` and `_metadata` are not data.
        if name.starts_with('.') || (name.starts_with('_') && !name.contains('=')) {
            continue;
        }
        let metadata = fs::metadata(&path).map_err(place)?;
        if metadata.is_dir() {
            walk(&path, depth + 1, paths, skipped)?;
        } else if Format::of_name(&path).is_some() {
            paths.push(path);
        } else {
            *skipped += 1;
        }
    }
    Ok(())
}

fn pattern(pattern: &str) -> Result<Found, String> {
    let matches = glob::glob(pattern).map_err(|error| format!("the pattern: {error}"))?;
    let mut paths = Vec::new();
    for path in matches {
        let path = path.map_err(|error| error.to_string())?;
        if !path.is_dir() {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err("no file matches".into());
    }
    let fixed = Path::new(pattern).components();
    let root: PathBuf = fixed.take_while(|component| !is_wild(component)).collect();
    Ok(Found { files: within(&root, paths)?, warnings: Vec::new() })
}

fn is_wild(component: &Component) -> bool {
    component.as_os_str().to_string_lossy().contains(['*', '?', '['])
}

/// Names the files relative to the root, in the order of these names.
fn within(root: &Path, paths: Vec<PathBuf>) -> Result<Vec<DataFile>, String> {
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let inner = path.strip_prefix(root).unwrap_or(&path);
        let parts: Vec<_> = inner.components().map(|part| part.as_os_str()).collect();
        let Some(parts) = parts.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>() else {
            return Err(format!("the name {} is not UTF-8", path.display()));
        };
        let folders = parts.split_last().map_or(&[][..], |(_, folders)| folders);
        let keys = hive::keys(folders)?;
        files.push(DataFile { relative: parts.join("/"), keys, path });
    }
    files.sort_by(|a, b| a.relative.cmp(&b.relative));
    hive::same_keys(&files)?;
    Ok(files)
}

/// Says that a path does not exist, and which name beside it was probably meant.
fn missing(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Ok(entries) = fs::read_dir(parent) else {
        return format!("it does not exist; the folder `{}` does not either", parent.display());
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    match nearest(&name, names.iter().map(String::as_str)) {
        Some(near) => format!("it does not exist; did you mean `{near}`"),
        None => "it does not exist".into(),
    }
}

/// The name most like `name`, if any is alike enough.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.map(|other| (strsim::normalized_damerau_levenshtein(name, other), other));
    let alike = scored.filter(|(score, _)| *score >= ALIKE);
    // Of equals, the first in the alphabet: the order of a folder's entries is not fixed.
    alike.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Result<&[&str], &str>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let names = ["b.csv", "a.csv", "n.txt", ".h.csv", "_s.csv", "y/k=2/p.csv", "y/k=1/p.csv"];
        for name in names {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().expect("a parent")).expect("made");
            fs::write(file, "x\n1\n").expect("written");
        }
        let path = folder.path().join(path);
        match (find(&path.to_string_lossy()), expected) {
            (Ok(found), Ok(names)) => {
                let relative: Vec<_> =
                    found.files.iter().map(|file| file.relative.as_str()).collect();
                assert_eq!(relative, names);
            }
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn paths_patterns_and_folders() {
        check("a.csv", Ok(&["a.csv"]));
        check("?.csv", Ok(&["a.csv", "b.csv"]));
        check("y", Ok(&["k=1/p.csv", "k=2/p.csv"]));
        check("y/k=*/p.csv", Ok(&["k=1/p.csv", "k=2/p.csv"]));
        check("z*.csv", Err("no file matches"));
        check("c/d.csv", Err("does not either"));
        check("aa.csv", Err("did you mean `a.csv`"));
        check(".", Err("do not have the same folders"));
    }

    #[test]
    fn remote_data_is_refused_with_its_mend() {
        let message = find("s3://bucket/key.parquet").expect_err("refused").to_string();
        assert!(message.ends_with("`s3://` cannot be read yet; download it first"), "{message}");
    }
}
