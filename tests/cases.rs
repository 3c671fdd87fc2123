//! Behaviours as Markdown: a suite, its data, a command, what it prints and how it ends.
//!
//! A case is a file in a folder of `tests/cases/`; those of `language/` and `samples/` have
//! runners of their own.
//! A fenced block `yaml suite.yaml` (any kind, then a file name) is a file of the case; a block
//! `console exit=1` holds a command after `$ ` and what it prints, standard output first. Commands
//! run in a shell in a folder of their own, with `$FIXTURES` naming the project's fixtures.
//! `UPDATE_CASES=1` writes what was printed into the cases.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of cases with a runner of their own.
const OTHERS: [&str; 2] = ["language", "samples"];

/// The pieces of a case, in order.
enum Piece {
    Prose(String),
    File { head: String, name: String, text: String },
    Console { exit: i32, command: String, output: String },
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("```") {
        pieces.push(Piece::Prose(rest[..start].to_owned()));
        let block = &rest[start + 3..];
        let (head, body) = block.split_once('\n').expect("a fence ends its line");
        let end = match body.starts_with("```") {
            true => 0,
            false => body.find("\n```").expect("a fence is closed") + 1,
        };
        pieces.push(piece(head, &body[..end]));
        rest = &body[end + 3..];
    }
    pieces.push(Piece::Prose(rest.to_owned()));
    pieces
}

fn piece(head: &str, body: &str) -> Piece {
    let (kind, argument) = head.split_once(' ').unwrap_or((head, ""));
    if kind != "console" {
        let (head, name) = (head.to_owned(), argument.to_owned());
        return Piece::File { head, name, text: body.to_owned() };
    }
    let exit = argument.strip_prefix("exit=").expect("a console block says its exit code");
    let (command, output) = body.split_once('\n').expect("a command ends its line");
    Piece::Console {
        exit: exit.parse().expect("a number"),
        command: command.strip_prefix("$ ").expect("a command after `$ `").to_owned(),
        output: output.to_owned(),
    }
}

fn written(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Prose(text) => text.clone(),
            Piece::File { head, text, .. } => format!("```{head}\n{text}```"),
            Piece::Console { exit, command, output } => {
                format!("```console exit={exit}\n$ {command}\n{output}```")
            }
        })
        .collect()
}

/// Runs the commands of a case; the second value is the case as it came out.
fn run(text: &str) -> (String, Vec<Piece>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pieces = pieces(text);
    for piece in &mut pieces {
        match piece {
            Piece::Prose(_) => {}
            Piece::File { name, text, .. } => {
                let path = folder.path().join(name);
                fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
                fs::write(path, text).expect("a file");
            }
            Piece::Console { exit, command, output } => {
                (*exit, *output) = shell(folder.path(), command);
            }
        }
    }
    (written(&pieces), pieces)
}

fn shell(folder: &Path, command: &str) -> (i32, String) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let program = Path::new(env!("CARGO_BIN_EXE_datacheck"));
    let programs = program.parent().expect("a folder").display();
    let path = std::env::var("PATH").unwrap_or_default();
    let result = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", format!("{programs}:{path}"))
        .env("FIXTURES", &fixtures)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("a shell");
    let text = [result.stdout, result.stderr].concat();
    let text = String::from_utf8_lossy(&text).replace(&*fixtures.to_string_lossy(), "$FIXTURES");
    (result.status.code().unwrap_or(-1), redacted(&text))
}

/// Without times, and ending its last line.
fn redacted(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        match line.split_once("finished in ") {
            Some((before, _)) => out.push_str(&format!("{before}finished in [TIME]")),
            None => out.push_str(line.trim_end()),
        }
        out.push('\n');
    }
    out
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of cases");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

fn cases() -> Vec<PathBuf> {
    let folders = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"));
    let run_here =
        folders.iter().filter(|folder| !OTHERS.iter().any(|other| folder.ends_with(other)));
    let mut paths: Vec<PathBuf> = run_here.flat_map(|folder| entries(folder)).collect();
    paths.sort();
    assert!(paths.len() >= 15, "only {} cases were found", paths.len());
    paths
}

#[test]
fn commands_do_what_their_cases_say() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut problems = Vec::new();
    for path in cases() {
        let text = fs::read_to_string(&path).expect("a readable case");
        let (came_out, pieces) = run(&text);
        assert!(
            pieces.iter().any(|piece| matches!(piece, Piece::Console { .. })),
            "{} runs nothing",
            path.display()
        );
        if came_out == text {
            continue;
        }
        if update {
            fs::write(&path, &came_out).expect("written");
        } else {
            problems.push(format!("{}\n{}", path.display(), difference(&text, &came_out)));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// The lines that differ, from the first that does.
fn difference(wanted: &str, found: &str) -> String {
    let pairs = wanted.lines().zip(found.lines());
    let same = pairs.take_while(|(wanted, found)| wanted == found).count();
    let show = |sign: &str, text: &str| -> String {
        text.lines().skip(same).take(25).map(|line| format!("{sign} {line}\n")).collect()
    };
    format!("line {}:\n{}{}", same + 1, show("-", wanted), show("+", found))
}

/// `docs/semantics.md` names a case for every one of its 84 rows, and every case of that folder.
#[test]
fn every_convention_has_its_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/semantics.md")).expect("the page");
    let folder = "../tests/cases/semantics/";
    let links = |text: &str| -> Vec<String> {
        let ends = text.split(folder).skip(1);
        ends.filter_map(|rest| rest.split(')').next().map(str::to_owned)).collect()
    };
    let rows = page.lines().filter_map(|line| {
        let number = line.strip_prefix("| ")?.split(' ').next()?.parse::<u32>().ok()?;
        Some((number, links(line)))
    });
    let rows: Vec<(u32, Vec<String>)> = rows.collect();
    assert!(rows.iter().map(|(number, _)| *number).eq(1..=84), "the rows are not 1 to 84");
    for (number, links) in &rows {
        let begins = format!("{number:02}_");
        let is_its = |link: &String| link.starts_with(&begins);
        assert!(!links.is_empty() && links.iter().all(is_its), "row {number}: {links:?}");
    }
    let mut linked = links(&page);
    linked.sort();
    let mut files: Vec<String> = entries(&root.join("tests/cases/semantics"))
        .iter()
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(linked, files, "the links and the files of tests/cases/semantics");
}

/// The check of an id as a run prints it: `suite::column::check`, `suite::rows::name`.
fn check_of(id: &str) -> Option<String> {
    let parts: Vec<&str> = id.split("::").collect();
    let [_, scope, check, ..] = parts.as_slice() else { return None };
    Some(if *scope == "rows" { "rows" } else { *check }.to_owned())
}

/// The checks that a case shows: those that its runs name, and those of a table of outcomes.
fn shown(case: &str) -> Vec<String> {
    let mut ids = BTreeSet::new();
    for line in case.lines() {
        if line.starts_with("test ") || line.starts_with("---- ") {
            ids.extend(line.split(' ').filter(|word| word.contains("::")).map(str::to_owned));
        }
        let mut words = line.split_whitespace();
        let outcomes = ["pass", "fail", "warn", "error", "mistake", "inconclusive"];
        if let (Some(check), Some(outcome)) = (words.next(), words.next())
            && outcomes.contains(&outcome)
        {
            let (check, name) = check.split_once("::").unwrap_or((check, ""));
            ids.insert(format!("sample::x::{check}::{name}"));
        }
    }
    ids.iter().filter_map(|id| check_of(id)).collect()
}

/// How many cases and documented examples each check has, which
/// `cargo test --release --test cases every_check -- --nocapture` prints.
#[test]
fn every_check_stands_in_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for folder in entries(&root.join("tests/cases")) {
        for path in entries(&folder) {
            let case = fs::read_to_string(path).expect("a readable case");
            shown(&case).into_iter().for_each(|check| *counts.entry(check).or_default() += 1);
        }
    }
    let page = fs::read_to_string(root.join("docs/expectations.md")).expect("the page");
    let mut lacking = Vec::new();
    println!("{:24}{:>7}{:>10}", "check", "cases", "examples");
    for section in page.split("\n## ").skip(1) {
        let (check, text) = section.split_once('\n').expect("a name");
        let examples = text.matches("```yaml").count();
        let cases = counts.get(check).copied().unwrap_or_default();
        println!("{check:24}{cases:>7}{examples:>10}");
        if cases == 0 || examples < 2 {
            lacking.push(check);
        }
    }
    assert!(lacking.is_empty(), "without a case, or without both examples: {lacking:?}");
}
