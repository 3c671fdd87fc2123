//! A draft suite from data: look, ask once, write down.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use super::console::Console;
use super::progress::Progress;
use super::{memory, signals, suites};
use crate::cli::{Init, Run};
use crate::draft::{self, Origin};
use crate::engine::source::{self, SourceSpec};
use crate::engine::{EmbeddedEngine, Engine, Options};
use crate::exit::Exit;
use crate::metric::{Answers, Schema, Side, Unmeasured};
use crate::prose::shell_word;
use crate::suite::{self, Defaults};

/// The JSON Schema of suites, at the root of a project.
const SCHEMA: &str = "suite.schema.json";

/// Drafts a suite from data and prints it, or writes it to a new file.
pub fn init(init: &Init, run: &Run, console: &Console) -> Exit {
    drafted(init, run, console).unwrap_or_else(|exit| exit)
}

fn drafted(init: &Init, run: &Run, console: &Console) -> Result<Exit, Exit> {
    let mistake = |reason: String| told(console, &reason, Exit::Mistake);
    if let Some(output) = init.output.as_deref().filter(|path| path.symlink_metadata().is_ok()) {
        return Err(taken(output, console));
    }
    let origin = origin(init).map_err(mistake)?;
    let limit = memory::limit(None).map_err(mistake)?;

    let progress = Progress::new(run, console);
    let measured = measure(init, &progress, limit);
    progress.clear();
    let unreadable = |reason: Unmeasured| told(console, &reason.to_string(), Exit::Unjudged);
    let Measured { data, reference, answers } = measured.map_err(unreadable)?;
    known_columns(&init.sensitive, &data).map_err(mistake)?;
    let text = draft::draft(&origin, &data, reference.as_ref(), &answers).map_err(unreadable)?;
    check(&text, console)?;
    match &init.output {
        None => Ok(console.print(&text)),
        Some(path) => write(path, &text, console),
    }
}

/// A misspelt name would hide nothing.
fn known_columns(names: &[String], data: &Schema) -> Result<(), String> {
    let unknown = names.iter().find(|name| data.column(name).is_none());
    unknown.map_or(Ok(()), |name| {
        let near = crate::diagnostic::nearest(name, data.names());
        let help = near.map(|near| format!("\nhelp: did you mean `{near}`?")).unwrap_or_default();
        Err(format!("`--sensitive {name}`: the data has no such column{help}"))
    })
}

fn told(console: &Console, reason: &str, exit: Exit) -> Exit {
    console.complain(&format!("error: {reason}\n"));
    exit
}

fn taken(output: &Path, console: &Console) -> Exit {
    console.complain(&format!(
        "error: `{}` exists, and a draft never replaces a file\n\
         help: name another file with `-o`, or move that one away first\n",
        output.display()
    ));
    Exit::Mistake
}

/// What was found out about both sides.
struct Measured {
    data: Schema,
    reference: Option<Schema>,
    answers: Answers,
}

fn measure(init: &Init, progress: &Progress, limit: u64) -> Result<Measured, Unmeasured> {
    let options = Options {
        memory_limit_bytes: Some(limit),
        progress: progress.hook(),
        ..Options::default()
    };
    let mut sources = vec![(Side::Data, source::open(&SourceSpec::new(&init.data))?)];
    if let Some(path) = &init.reference {
        sources.push((Side::Reference, source::open(&SourceSpec::new(path))?));
    }
    let engine = EmbeddedEngine::new(sources, options);
    let data = engine.schema(&Side::Data)?;
    let reference = init.reference.as_ref().map(|_| engine.schema(&Side::Reference)).transpose()?;
    let metrics = draft::questions(&data, reference.as_ref());
    let answers = engine.measure(&metrics);
    let unreadable = answers.iter().find_map(|answer| match answer {
        Err(reason @ Unmeasured::Unreadable(_)) => Some(reason.clone()),
        _ => None,
    });
    match unreadable {
        Some(reason) => Err(reason),
        None => {
            Ok(Measured { data, reference, answers: metrics.into_iter().zip(answers).collect() })
        }
    }
}

/// A draft that does not read back is a bug, and better told here than found later.
fn check(text: &str, console: &Console) -> Result<(), Exit> {
    let file = ("draft.yaml".to_owned(), Ok(text.as_bytes().to_vec()));
    let loaded = suite::load_contents([file], &Defaults::default(), &[]);
    if loaded.diagnostics.is_empty() {
        return Ok(());
    }
    suites::tell(&loaded.diagnostics, &loaded.sources, console);
    Err(told(console, "a bug of datacheck: the draft is no suite", Exit::Bug))
}

fn write(path: &Path, text: &str, console: &Console) -> Result<Exit, Exit> {
    let written = signals::uninterrupted(|| {
        fs::create_dir_all(folder(path))?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        written.inspect_err(|_| {
            // Half a draft is worse than none; the reason is told already.
            let _ = fs::remove_file(path);
        })
    });
    match written {
        Ok(()) => {
            let name = path.display();
            let command = shell_word(&path.to_string_lossy());
            let hint = match Path::new(SCHEMA).exists() {
                true => String::new(),
                false => format!("note: `datacheck schema > {SCHEMA}` lets editors complete it\n"),
            };
            Ok(console.print(&format!("wrote {name}; check with: datacheck {command}\n{hint}")))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(taken(path, console)),
        Err(error) => {
            let reason = format!("cannot write `{}`: {error}", path.display());
            Err(told(console, &reason, Exit::Unwritten))
        }
    }
}

fn origin(init: &Init) -> Result<Origin, String> {
    let mut command = format!("datacheck init {}", shell_word(&init.data));
    if let Some(reference) = &init.reference {
        command.push_str(&format!(" --reference {}", shell_word(reference)));
    }
    for column in &init.sensitive {
        command.push_str(&format!(" --sensitive {}", shell_word(column)));
    }
    let home = init.output.as_deref().map_or(Path::new(""), folder);
    Ok(Origin {
        command,
        schema: seen_from(home, SCHEMA),
        suite: name(init)?,
        data: seen_from(home, &init.data),
        reference: init.reference.as_deref().map(|path| seen_from(home, path)),
        sensitive: init.sensitive.clone(),
    })
}

/// The suite's name: as asked, else that of its file, else that of the data.
fn name(init: &Init) -> Result<String, String> {
    if let Some(name) = &init.suite {
        return match suite::unfit(name) {
            Some(reason) => Err(format!("the name of a suite {reason}: `--suite '{name}'`")),
            None => Ok(name.clone()),
        };
    }
    let path = init.output.as_deref().unwrap_or(Path::new(&init.data));
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.split('.').next().unwrap_or_default();
    let plain = |c: char| if c.is_alphanumeric() || "_-".contains(c) { c } else { '_' };
    let name: String = stem.chars().map(plain).collect();
    let name = name.trim_matches('_');
    Ok(if name.is_empty() { "data".to_owned() } else { name.to_owned() })
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// A path of this folder as a file in another folder names it. URLs and absolute paths stay.
fn seen_from(folder: &Path, path: &str) -> String {
    if folder == Path::new("") || path.contains("://") || Path::new(path).is_absolute() {
        return path.to_owned();
    }
    let (Some(folder), Some(path)) = (whole(folder), whole(Path::new(path))) else {
        return path.to_owned();
    };
    let (from, to): (Vec<_>, Vec<_>) = (folder.components().collect(), path.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    let relative: PathBuf = up.chain(to[shared..].iter().copied()).collect();
    relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// The path from the root on, links in its folders followed as far as they exist.
fn whole(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let mut existing = absolute.parent()?;
    let resolved = loop {
        match fs::canonicalize(existing) {
            Ok(resolved) => break resolved,
            Err(_) => existing = existing.parent()?,
        }
    };
    let mut whole = resolved;
    for part in absolute.strip_prefix(existing).ok()?.components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &str, path: &str, seen: &str) {
        assert_eq!(seen_from(Path::new(folder), path), seen);
    }

    #[test]
    fn paths_are_seen_from_the_draft() {
        check("", "data/a.csv", "data/a.csv");
        check("expectations", "data/a.csv", "../data/a.csv");
        check("a/b", "a/part-*.csv", "../part-*.csv");
        check("a", "/data/a.csv", "/data/a.csv");
        check("a", "https://example.org/a.csv", "https://example.org/a.csv");
        check("./a/../b", "a.csv", "../a.csv");
    }
}
