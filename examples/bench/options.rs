//! What the benchmark is asked for.

use std::path::{Path, PathBuf};
use std::process::Command;

use datacheck::fixtures::bench::{ROW_GROUP_ROWS, Shape};

use super::contest::Contender;

/// The command line, read.
pub struct Options {
    /// Where the tables are.
    pub dir: PathBuf,
    /// Rows where there are many, and where there are few.
    pub rows: u64,
    pub few: u64,
    pub runs: usize,
    /// The binary that is measured.
    pub datacheck: PathBuf,
    /// An interpreter that has what `benches/peers/requirements.txt` lists.
    python: Option<PathBuf>,
    /// One that has what `benches/peers/evidently.txt` lists.
    evidently: Option<PathBuf>,
    /// Only works whose name contains this.
    only: Option<String>,
    /// Makes tables and ends.
    pub make: Option<Shape>,
    /// So many files of one table instead of both tables.
    pub files: Option<u64>,
}

const USAGE: &str = "bench [--dir DIR] [--rows N] [--few N] [--runs N] [--only TEXT] \
                     [--datacheck BINARY] [--python PYTHON] [--evidently PYTHON] \
                     [--make ROWS [--csv | --files N]]";

/// Reads the command line.
pub fn read(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let target = std::env::current_exe().map_err(|error| error.to_string())?;
    let release = target.parent().and_then(Path::parent).unwrap_or(Path::new("target/release"));
    let mut options = Options {
        dir: release.with_file_name("bench"),
        rows: 10_000_000,
        few: 1_000_000,
        runs: 5,
        datacheck: release.join("datacheck"),
        python: None,
        evidently: None,
        only: None,
        make: None,
        files: None,
    };
    let (mut csv, mut make) = (false, None);
    let mut words = arguments;
    while let Some(word) = words.next() {
        if word == "--csv" {
            csv = true;
            continue;
        }
        let value = words.next().ok_or(USAGE)?;
        let number = || value.parse::<u64>().map_err(|_| format!("`{value}` is no number"));
        match word.as_str() {
            "--dir" => options.dir = value.into(),
            "--rows" => options.rows = number()?,
            "--few" => options.few = number()?,
            "--runs" => options.runs = number()?.max(1) as usize,
            "--only" => options.only = Some(value),
            "--datacheck" => options.datacheck = value.into(),
            "--python" => options.python = Some(value.into()),
            "--evidently" => options.evidently = Some(value.into()),
            "--files" => options.files = Some(number()?),
            "--make" => make = Some(number()?),
            _ => return Err(USAGE.into()),
        }
    }
    options.make = make.map(|rows| Shape { rows, row_group_rows: ROW_GROUP_ROWS, csv });
    Ok(options)
}

impl Options {
    /// Whether a work is to be measured.
    pub fn wants(&self, work: &str) -> bool {
        self.only.as_ref().is_none_or(|only| work.contains(only.as_str()))
    }

    /// A table's file.
    pub fn table(&self, name: &str, rows: u64, form: &str) -> PathBuf {
        self.dir.join(format!("{name}_{rows}.{form}"))
    }

    /// datacheck over some suites; a path in them is taken as it stands, a name from `benches/`.
    pub fn datacheck(
        &self,
        name: &str,
        suites: &[&str],
        rows: u64,
        form: &str,
        more: &[&str],
    ) -> Contender {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
        let mut command = Command::new(&self.datacheck);
        command.args(suites.iter().map(|suite| benches.join(suite)));
        command.arg("--data").arg(self.table("current", rows, form));
        command.arg("--reference").arg(self.table("reference", rows, "parquet"));
        command.args(["--no-report", "--quiet"]).args(more);
        Contender { name: name.into(), command }
    }

    /// Another tool, where there is an interpreter to run it.
    pub fn peer(&self, tool: &str, work: &str, rows: u64, form: &str) -> Option<Contender> {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
        let python = if tool == "evidently" { &self.evidently } else { &self.python };
        let mut command = Command::new(python.as_ref()?);
        command.arg(benches.join("peers/peers.py")).args([tool, work]);
        command.arg(self.table("current", rows, form));
        command.arg(self.table("reference", rows, "parquet"));
        Some(Contender { name: tool.into(), command })
    }
}
