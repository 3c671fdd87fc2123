//! The works and who does them.

use super::contest::{Contender, Contest};
use super::options::Options;
use super::suites;

pub const FIXED: &str = "46 checks, many rows";
pub const TESTS: &str = "10 tests, many rows on both sides";
pub const BOTH: &str = "46 checks and 10 tests, many rows";
pub const THOUSAND: &str = "1,000 checks against 46, few rows";
pub const SCALE: &str = "many rows against few";
pub const CSV: &str = "46 checks, CSV, against polars' scan alone";
pub const TOOLS: &str = "the checks that a tool has, few rows";
pub const FEW_TESTS: &str = "10 tests, few rows on both sides";
pub const SMALL: &str = "46 checks, 1,000 rows";

/// Every work with those who do it; the last one is what the others are compared with.
pub fn all(options: &Options) -> Result<Vec<Contest>, String> {
    let (rows, few) = (options.rows, options.few);
    let many = suites::thousand(options)?;
    let peers = |tools: &[&'static str], work: &str, rows: u64, form: &str| {
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
    let simple = |name, suites: &[&str], rows, form, peers| {
        contest(name, vec![own("datacheck", suites, rows, form, &[])], peers)
    };
    let tools = ["pointblank", "pandera", "great_expectations"];
    Ok(vec![
        contest(
            FIXED,
            vec![
                own("datacheck --trust-footer", &[fixed], rows, "parquet", &["--trust-footer"]),
                own("datacheck", &[fixed], rows, "parquet", &[]),
            ],
            peers(&["duckdb", "polars"], "deterministic", rows, "parquet"),
        ),
        simple(
            TESTS,
            &[tests],
            rows,
            "parquet",
            peers(&["polars", "duckdb"], "statistical", rows, "parquet"),
        ),
        simple(BOTH, &[fixed, tests], rows, "parquet", Vec::new()),
        contest(
            THOUSAND,
            vec![
                own("datacheck, 1,000 checks", &[&many], few, "parquet", &[]),
                own("datacheck, 46 checks", &[fixed], few, "parquet", &[]),
            ],
            Vec::new(),
        ),
        contest(
            SCALE,
            vec![
                own("datacheck, many rows", &[fixed], rows, "parquet", &[]),
                own("datacheck, few rows", &[fixed], few, "parquet", &[]),
            ],
            Vec::new(),
        ),
        simple(CSV, &[fixed], rows, "csv", peers(&["polars"], "scan", rows, "csv")),
        simple(TOOLS, &[fixed], few, "parquet", peers(&tools, "deterministic", few, "parquet")),
        simple(
            FEW_TESTS,
            &[tests],
            few,
            "parquet",
            peers(&["evidently"], "statistical", few, "parquet"),
        ),
        simple(SMALL, &[fixed], 1_000, "parquet", Vec::new()),
    ])
}
