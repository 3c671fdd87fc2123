//! Measures what the tests promise: how often each alarms at a nominal 5 % when nothing changed,
//! how often a whole family does, and how often the effect that a test calls detectable is seen.
//!
//! `cargo run --release --example calibration -- 20000` simulates that many pairs for each number
//! and prints the tables of `docs/calibration.md`. `--part alarms`, `families`, `effects` or
//! `noise` prints one of its parts, `--only TEXT` what has TEXT in the name of its test or table,
//! and `--threads N` works on fewer cores.

mod alarms;
mod alternatives;
mod families;
mod laws;
mod noise;
mod pair;
mod promises;
mod table;
mod tests;

use std::process::ExitCode;

/// What the command line asks for.
pub struct Options {
    pub runs: u64,
    pub part: String,
    pub only: String,
    pub threads: u64,
}

const USAGE: &str = "usage: calibration [RUNS] [--part PART] [--only TEXT] [--threads N]";

/// Prints its tables.
type Part = fn(&Options);

const PARTS: [(&str, Part); 4] = [
    ("alarms", alarms::print),
    ("families", families::print),
    ("effects", promises::print),
    ("noise", noise::print),
];

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!("error: {mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let asked = |part: &str| options.part.is_empty() || options.part == part;
    PARTS.iter().filter(|(part, _)| asked(part)).for_each(|(_, print)| print(&options));
    ExitCode::SUCCESS
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let (part, only) = (String::new(), String::new());
    let mut options = Options { runs: 2000, part, only, threads: cores };
    while let Some(word) = words.next() {
        let number = |text: &str| match text.parse::<u64>() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(format!("`{text}` is no number above 0")),
        };
        let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
        match word.as_str() {
            "--part" => options.part = value()?,
            "--only" => options.only = value()?,
            "--threads" => options.threads = number(&value()?)?,
            runs => options.runs = number(runs)?,
        }
    }
    let known = |part: &str| PARTS.iter().any(|(name, _)| *name == part);
    if !options.part.is_empty() && !known(&options.part) {
        return Err(format!("`{}` is no part", options.part));
    }
    Ok(options)
}
