//! The git commit that the working folder is at, read from `.git` without git.

use std::fs;
use std::path::{Path, PathBuf};

/// The commit's hash; `None` outside a repository.
pub fn current() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let git = here.ancestors().map(|folder| folder.join(".git")).find(|path| path.exists())?;
    head(&folder(&git)?)
}

/// The repository's folder; a worktree's `.git` is a file that names it.
fn folder(git: &Path) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git.to_owned());
    }
    let text = fs::read_to_string(git).ok()?;
    let named = Path::new(text.strip_prefix("gitdir:")?.trim());
    Some(git.parent()?.join(named))
}

fn head(git: &Path) -> Option<String> {
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(name) = head.strip_prefix("ref:").map(str::trim) else {
        return hash(head.trim());
    };
    let common = fs::read_to_string(git.join("commondir"));
    let common = common.map_or_else(|_| git.to_owned(), |path| git.join(path.trim()));
    let loose = fs::read_to_string(common.join(name)).ok();
    loose.and_then(|text| hash(text.trim())).or_else(|| packed(&common, name))
}

fn packed(git: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(git.join("packed-refs")).ok()?;
    let line = text.lines().find(|line| line.split(' ').nth(1) == Some(name))?;
    hash(line.split(' ').next()?)
}

fn hash(text: &str) -> Option<String> {
    let is_hash =
        matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}
