//! What was set out to be reached, beside what was measured.

use super::contest::Score;
use super::options::Options;
use super::process::Took;
use super::works;

/// A ratio or a size that is to stay below a limit, or above it.
struct Goal {
    text: String,
    measured: f64,
    limit: f64,
    /// Whether more is better.
    at_least: bool,
}

impl Goal {
    fn below(text: &str, measured: f64, limit: f64) -> Goal {
        Goal { text: text.into(), measured, limit, at_least: false }
    }

    fn above(text: &str, measured: f64, limit: f64) -> Goal {
        Goal { text: text.into(), measured, limit, at_least: true }
    }
}

/// Prints every goal whose contenders were measured.
pub fn print(scores: &[Score], options: &Options) {
    let took = |work: &str, contender: &str| {
        let of = |score: &&Score| score.work == work && score.contender == contender;
        scores.iter().find(of).map(|score| score.took)
    };
    let goals: Vec<Goal> = [
        against_polars(&took),
        tests(&took),
        both(&took),
        many_checks(&took),
        scale(&took, options),
        csv(&took),
        tools(&took),
        small(&took),
    ]
    .into_iter()
    .flatten()
    .flatten()
    .collect();
    println!("\n| goal | limit | measured | |");
    println!("| --- | --- | --- | --- |");
    for Goal { text, measured, limit, at_least } in goals {
        let (bound, met) = match at_least {
            true => ("at least", measured >= limit),
            false => ("at most", measured <= limit),
        };
        let met = if met { "met" } else { "not met" };
        println!("| {text} | {bound} {limit} | {measured:.3} | {met} |");
    }
}

/// What a contender took for a work.
type Look<'a> = dyn Fn(&str, &str) -> Option<Took> + 'a;

fn against_polars(took: &Look) -> Option<Vec<Goal>> {
    let polars = took(works::FIXED, "polars")?;
    let footer = took(works::FIXED, "datacheck --trust-footer")?;
    let own = took(works::FIXED, "datacheck")?;
    let memory = footer.peak_bytes / polars.peak_bytes;
    Some(vec![
        Goal::below("46 checks: wall against polars", footer.wall_s / polars.wall_s, 0.5),
        Goal::below("46 checks: peak memory against polars", memory, 0.25),
        Goal::below("46 checks, no footer answers: wall", own.wall_s / polars.wall_s, 0.7),
    ])
}

fn tests(took: &Look) -> Option<Vec<Goal>> {
    let (polars, duckdb) = (took(works::TESTS, "polars")?, took(works::TESTS, "duckdb")?);
    let own = took(works::TESTS, "datacheck")?;
    let wall = own.wall_s / polars.wall_s.min(duckdb.wall_s);
    Some(vec![
        Goal::below("10 tests: wall against the faster of polars and DuckDB", wall, 0.15),
        Goal::below("10 tests: peak MB", own.peak_bytes / 1e6, 100.0),
    ])
}

fn both(took: &Look) -> Option<Vec<Goal>> {
    let own = |work| took(work, "datacheck").map(|took| took.wall_s);
    let sum = own(works::FIXED)? + own(works::TESTS)?;
    Some(vec![Goal::below("both in one run: wall against the sum", own(works::BOTH)? / sum, 1.1)])
}

fn many_checks(took: &Look) -> Option<Vec<Goal>> {
    let thousand = took(works::THOUSAND, "datacheck, 1,000 checks")?;
    let few = took(works::THOUSAND, "datacheck, 46 checks")?;
    Some(vec![Goal::below("1,000 checks: wall against 46", thousand.wall_s / few.wall_s, 4.0)])
}

fn scale(took: &Look, options: &Options) -> Option<Vec<Goal>> {
    let many = took(works::SCALE, "datacheck, many rows")?;
    let few = took(works::SCALE, "datacheck, few rows")?;
    let rows = options.rows as f64 / options.few as f64;
    let text = format!("{} to {} rows", options.few, options.rows);
    let exponent = (many.wall_s / few.wall_s).ln() / rows.ln();
    let mut goals = vec![Goal::below(&format!("{text}: exponent of the time"), exponent, 1.03)];
    // Below this what every run needs hides what the rows need.
    if options.few >= 10_000_000 {
        let memory = many.peak_bytes / few.peak_bytes;
        goals.push(Goal::below(&format!("{text}: peak memory"), memory, 1.3));
        goals.push(Goal::below(&format!("{text}: peak MB"), many.peak_bytes / 1e6, 1073.7));
    }
    Some(goals)
}

fn csv(took: &Look) -> Option<Vec<Goal>> {
    let (own, polars) = (took(works::CSV, "datacheck")?, took(works::CSV, "polars")?);
    let wall = own.wall_s / polars.wall_s;
    Some(vec![Goal::below("46 checks, CSV: wall against polars' scan", wall, 1.1)])
}

fn tools(took: &Look) -> Option<Vec<Goal>> {
    let mut goals = Vec::new();
    let other = took(works::TOOLS, "great_expectations");
    if let (Some(own), Some(other)) = (took(works::TOOLS, "datacheck"), other) {
        let times = other.wall_s / own.wall_s;
        goals.push(Goal::above("Great Expectations' checks: times faster", times, 30.0));
    }
    let other = took(works::FEW_TESTS, "evidently");
    if let (Some(own), Some(other)) = (took(works::FEW_TESTS, "datacheck"), other) {
        let times = other.wall_s / own.wall_s;
        goals.push(Goal::above("Evidently's tests: times faster", times, 50.0));
    }
    Some(goals)
}

fn small(took: &Look) -> Option<Vec<Goal>> {
    let own = took(works::SMALL, "datacheck")?;
    Some(vec![
        Goal::below("1,000 rows: process time in ms", own.cpu_s * 1e3, 40.0),
        Goal::below("1,000 rows: peak MB", own.peak_bytes / 1e6, 60.0),
    ])
}
