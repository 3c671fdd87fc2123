//! Paths that a file names, relative to that file.

use std::path::{Component, Path, PathBuf};

/// A path as seen from where the program runs. URLs and absolute paths stay as they are.
pub fn resolve(file: &str, path: &str) -> String {
    if path.contains("://") || Path::new(path).is_absolute() {
        return path.to_owned();
    }
    let mut resolved = Path::new(file).parent().map(Path::to_path_buf).unwrap_or_default();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            // `folder/..` is nothing, unless the folder is a link to somewhere else.
            Component::ParentDir if ends_in_folder(&resolved) && !resolved.is_symlink() => {
                resolved.pop();
            }
            other => resolved.push(other),
        }
    }
    shown(&resolved)
}

fn ends_in_folder(path: &Path) -> bool {
    matches!(path.components().next_back(), Some(Component::Normal(_)))
}

/// A path as messages name it: with `/`, without `./` at its beginning.
pub fn shown(path: &Path) -> String {
    let parts: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    let text = parts.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    if text.is_empty() { ".".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, path: &str, resolved: &str) {
        assert_eq!(resolve(file, path), resolved);
    }

    #[test]
    fn paths_are_relative_to_the_file_that_names_them() {
        check("expectations/a.yaml", "../fixtures/a.parquet", "fixtures/a.parquet");
        check("a.yaml", "../b.csv", "../b.csv");
        check("../a.yaml", "../b.csv", "../../b.csv");
        check("x/a.yaml", "./part-*.csv", "x/part-*.csv");
        check("x/a.yaml", "/data/b.csv", "/data/b.csv");
        check("x/a.yaml", "https://example.org/b.csv", "https://example.org/b.csv");
        check("x/a.yaml", "..", ".");
    }
}
