//! Measures datacheck beside what else a user can install, and prints the table of
//! `docs/performance.md`.
//!
//! ```text
//! cargo build --release && cargo run --release --example bench -- --python /tmp/peers/bin/python
//! ```
//!
//! Every contender is a process of its own; its wall time and its peak memory are those of the
//! whole process. The contenders of one work take turns, so that a busy machine disturbs them alike, and
//! the median of the turns counts. Without `--python` datacheck runs alone.

mod contest;
mod goals;
mod options;
mod process;
mod suites;
mod works;

use std::process::{Command, ExitCode};

use datacheck::fixtures::bench as tables;
use options::Options;
use process::measure;

fn main() -> ExitCode {
    match options::read(std::env::args().skip(1)).and_then(|options| bench(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: &Options) -> Result<(), String> {
    if let Some(shape) = options.make {
        let made = match options.files {
            Some(files) => tables::write_files(&options.dir, shape, files).map(drop),
            None => tables::write(&options.dir, shape).map(drop),
        };
        return made.map_err(|error| error.to_string());
    }
    for (rows, csv) in [(1_000, false), (options.few, false), (options.rows, true)] {
        make(options, rows, csv)?;
    }
    println!(
        "| work | contender | wall s | CPU s | peak MB | wall ratio | CPU ratio | memory ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut scores = Vec::new();
    for contest in works::all(options)? {
        if options.wants(contest.name) {
            scores.extend(contest.hold(options.runs)?);
        }
    }
    let (name, size) = size(options)?;
    println!("| {name} | datacheck | | | {size:.1} | | | |");
    goals::print(&scores, options);
    Ok(())
}

/// Makes the tables of so many rows, unless they are there. Another process makes them: the peak
/// memory of a process is never below that of the one that started it.
fn make(options: &Options, rows: u64, csv: bool) -> Result<(), String> {
    let there = |form: &str| options.table("current", rows, form).exists();
    if there("parquet") && (!csv || there("csv")) {
        return Ok(());
    }
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(own);
    command.args(["--dir", &options.dir.to_string_lossy(), "--make", &rows.to_string()]);
    command.args(csv.then_some("--csv"));
    measure(&mut command).map(drop)
}

/// The size of the binary in MB, without symbols where `strip` is installed.
fn size(options: &Options) -> Result<(&'static str, f64), String> {
    let stripped = options.dir.join("stripped");
    let mut command = Command::new("strip");
    command.arg("-o").arg(&stripped).arg(&options.datacheck);
    let (name, path) = match command.status() {
        Ok(status) if status.success() => ("binary, stripped", stripped.as_path()),
        _ => ("binary, not stripped", options.datacheck.as_path()),
    };
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    // It may not be there.
    let _ = std::fs::remove_file(&stripped);
    Ok((name, size as f64 / 1e6))
}
