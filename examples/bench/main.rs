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
mod options;
mod process;
mod suites;

use std::process::{Command, ExitCode};

use contest::{Contender, Contest};
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
        let made = datacheck::fixtures::bench::write(&options.dir, shape);
        return made.map(drop).map_err(|error| error.to_string());
    }
    for (rows, csv) in [(1_000, false), (options.few, false), (options.rows, true)] {
        make(options, rows, csv)?;
    }
    println!("| work | contender | wall s | peak MB | wall ratio | memory ratio |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for contest in contests(options)? {
        if options.wants(contest.name) {
            contest.hold(options.runs)?;
        }
    }
    let size = std::fs::metadata(&options.datacheck).map_err(|error| error.to_string())?.len();
    println!("| binary, not stripped | datacheck | | {:.1} | | |", size as f64 / 1e6);
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

/// Every work with those who do it; the last one is what the others are compared with.
fn contests(options: &Options) -> Result<Vec<Contest>, String> {
    let (rows, few) = (options.rows, options.few);
    let many = suites::thousand(options)?;
    let all = |tools: &[&'static str], work: &str, rows: u64, form: &str| {
        tools.iter().filter_map(|tool| options.peer(tool, work, rows, form)).collect::<Vec<_>>()
    };
    let own = |name, suites: &[&str], rows, form, more: &[&str]| {
        options.datacheck(name, suites, rows, form, more)
    };
    let contest = |name, own: Vec<Contender>, peers: Vec<Contender>| Contest {
        name,
        contenders: own.into_iter().chain(peers).collect(),
    };
    let (fixed, tests) = ("deterministic.yaml", "statistical.yaml");
    Ok(vec![
        contest(
            "46 checks, many rows",
            vec![
                own("datacheck --trust-footer", &[fixed], rows, "parquet", &["--trust-footer"]),
                own("datacheck", &[fixed], rows, "parquet", &[]),
            ],
            all(&["duckdb", "polars"], "deterministic", rows, "parquet"),
        ),
        contest(
            "10 tests, many rows on both sides",
            vec![own("datacheck", &[tests], rows, "parquet", &[])],
            all(&["polars", "duckdb"], "statistical", rows, "parquet"),
        ),
        contest(
            "46 checks and 10 tests, many rows",
            vec![own("datacheck", &[fixed, tests], rows, "parquet", &[])],
            Vec::new(),
        ),
        contest(
            "1,000 checks against 46, few rows",
            vec![
                own("datacheck, 1,000 checks", &[&many], few, "parquet", &[]),
                own("datacheck, 46 checks", &[fixed], few, "parquet", &[]),
            ],
            Vec::new(),
        ),
        contest(
            "many rows against few",
            vec![
                own("datacheck, many rows", &[fixed], rows, "parquet", &[]),
                own("datacheck, few rows", &[fixed], few, "parquet", &[]),
            ],
            Vec::new(),
        ),
        contest(
            "46 checks, CSV, against polars' scan alone",
            vec![own("datacheck", &[fixed], rows, "csv", &[])],
            all(&["polars"], "scan", rows, "csv"),
        ),
        contest(
            "the checks that a tool has, few rows",
            vec![own("datacheck, all 46", &[fixed], few, "parquet", &[])],
            all(&["pointblank", "pandera", "great_expectations"], "deterministic", few, "parquet"),
        ),
        contest(
            "46 checks, 1,000 rows",
            vec![own("datacheck", &[fixed], 1_000, "parquet", &[])],
            Vec::new(),
        ),
    ])
}
