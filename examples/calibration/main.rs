//! Measures what the tests promise: how often each alarms at a nominal 5 % when nothing changed, how
//! often a whole family does, and how often the effect that a test calls detectable is seen.
//!
//! `cargo run --release --example calibration -- 20000` simulates that many pairs for each line and
//! prints the tables of `docs/calibration.md`. A second word picks the tests whose name contains it,
//! a third the number of threads.

mod alarms;
mod alternatives;
mod families;
mod laws;
mod noise;
mod pair;
mod promises;
mod table;
mod tests;

/// What the command line asks for.
pub struct Options {
    pub runs: u64,
    pub only: String,
    pub threads: u64,
}

fn main() {
    let mut words = std::env::args().skip(1);
    let runs = words.next().and_then(|text| text.parse().ok()).unwrap_or(2000);
    let only = words.next().unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let threads = words.next().and_then(|text| text.parse().ok()).unwrap_or(cores);
    let options = Options { runs, only, threads };
    println!("{INTRODUCTION}");
    alarms::print(&options);
    families::print(&options);
    promises::print(&options);
    noise::print(&options);
}

const INTRODUCTION: &str = "\
# Calibration

Printed by `cargo run --release --example calibration -- 20000`: 20,000 simulated pairs for each
line, seeds fixed. Intervals are Clopper and Pearson's at 99.9 %; `high` and `low` mark a rate
whose interval leaves the nominal one on that side.
";
