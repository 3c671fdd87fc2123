//! The command line: parsed into plain data here, acted on in `commands`.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::verdict::Severity;

/// What `--help` says of the exit codes.
const EXIT_CODES: &str = "\
Exit codes: 0 held, 1 a check failed, 2 usage or suite mistake, 3 data unreadable or a check could \
not be judged, 4 nothing was checked, 5 a report could not be written, 70 a bug of datacheck, \
130 and 143 interrupted.";

/// Checks data against suites of expectations and gates a pipeline with its exit code.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "datacheck",
    version,
    args_conflicts_with_subcommands = true,
    after_help = EXIT_CODES
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub run: Run,
}

impl Cli {
    /// Reads the arguments of the process, the program's name first.
    ///
    /// # Errors
    /// They are mistaken, or ask for help or the version.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Told> {
        Cli::try_parse_from(arguments).map_err(Told)
    }
}

/// What the command line answers by itself: a mistake, help, the version.
pub struct Told(clap::Error);

impl Told {
    /// Whether the arguments were mistaken.
    pub fn is_mistake(&self) -> bool {
        self.0.use_stderr()
    }

    /// Shows it on the stream where it belongs; a closed one is no reason to fail.
    pub fn print(&self) {
        let _ = self.0.print();
    }
}

/// Everything but a run.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Drafts a suite from data; prints it, or writes it to a new file.
    Init(Init),
    /// Says what a check means, from its own documentation; without a name lists all checks.
    Explain {
        /// The name of a check: `between`.
        check: Option<String>,
    },
    /// Prints the JSON Schema of suites, for editors.
    Schema,
    /// Renders the reports again from a results.json.
    Report {
        results: PathBuf,
        /// Folder to write to.
        #[arg(long, value_name = "DIR", default_value = "reports")]
        report: PathBuf,
    },
    /// Says how many rows a suite's tests need to see an effect, and what they see with the rows
    /// there are.
    Power(Power),
    /// Measures how often a suite's statistical checks alarm when nothing changed, on random halves
    /// of its reference.
    Calibrate(Calibrate),
    /// Prints a completion script.
    Completions { shell: clap_complete::Shell },
    /// Prints the manual page.
    Man,
    /// Prints the documentation page of all checks.
    #[command(hide = true)]
    Docs,
    /// Writes the project's own fixtures.
    #[command(hide = true)]
    Fixtures {
        dir: PathBuf,
        /// Rows of the full-size tables.
        #[arg(long, default_value_t = 20_000)]
        rows: u64,
    },
}

/// A draft of a suite.
#[derive(Clone, Debug, Args)]
pub struct Init {
    /// The data to draft from: a file, a pattern, a folder.
    pub data: String,
    /// Adds tests that compare the data with this reference.
    #[arg(long, value_name = "PATH")]
    pub reference: Option<String>,
    /// A column whose values must not stand in the draft; may be repeated.
    #[arg(long, value_name = "COLUMN")]
    pub sensitive: Vec<String>,
    /// The file to write; it must not exist yet.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The name of the suite; default that of its file, else that of the data.
    #[arg(long, value_name = "NAME")]
    pub suite: Option<String>,
}

/// Which suites are looked at, for commands that judge no data.
#[derive(Clone, Debug, Default, Args)]
pub struct SuiteChoice {
    /// Suites, folders of suites (default: expectations/), or texts that a check's name contains.
    #[arg(value_name = "SUITE_OR_FILTER")]
    pub targets: Vec<String>,
    /// The reference, for all suites or for the named one.
    #[arg(long, value_name = "[SUITE=]PATH")]
    pub reference: Vec<String>,
    /// The data, for all suites or for the named one; only its size and types are looked at.
    #[arg(long, value_name = "[SUITE=]PATH")]
    pub data: Vec<String>,
    /// Sets a parameter.
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    pub param: Vec<String>,
    /// Threads to use, at most 256; 0 is one for each core.
    #[arg(long, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(0..=256))]
    pub threads: u16,
}

impl SuiteChoice {
    /// The same choice as a run would say it.
    pub fn run(&self) -> Run {
        Run {
            targets: self.targets.clone(),
            reference: self.reference.clone(),
            data: self.data.clone(),
            param: self.param.clone(),
            threads: self.threads,
            ..Run::default()
        }
    }
}

/// What `power` plans for.
#[derive(Clone, Debug, Args)]
pub struct Power {
    #[command(flatten)]
    pub suites: SuiteChoice,
    /// The effect to be seen, on each test's own scale: g, D, Cramér's V, difference of rates.
    #[arg(long, value_name = "SIZE", default_value_t = 0.2)]
    pub effect: f64,
    /// Rows on each side; default the sizes of data and reference.
    #[arg(long, value_name = "N")]
    pub rows: Option<u64>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
}

/// How `calibrate` measures.
#[derive(Clone, Debug, Args)]
pub struct Calibrate {
    #[command(flatten)]
    pub suites: SuiteChoice,
    /// How many times the reference is split.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub runs: u64,
    /// Decides the sample and the splits.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Rows of the reference that are held in memory at most; more are sampled at random.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub max_rows: usize,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
}

/// Form of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    #[default]
    Pretty,
    Json,
}

/// A run of suites.
#[derive(Clone, Debug, Default, Args)]
pub struct Run {
    /// Suites, folders of suites (default: expectations/), or texts that a check's name contains.
    #[arg(value_name = "SUITE_OR_FILTER")]
    pub targets: Vec<String>,
    /// The data to check, for all suites or for the named one.
    #[arg(long, value_name = "[SUITE=]PATH", help_heading = "Data")]
    pub data: Vec<String>,
    /// The reference to compare with, for all suites or for the named one.
    #[arg(long, value_name = "[SUITE=]PATH", help_heading = "Data")]
    pub reference: Vec<String>,
    /// Sets a parameter.
    #[arg(short, long = "param", value_name = "NAME=VALUE", help_heading = "Data")]
    pub param: Vec<String>,
    #[command(flatten)]
    pub select: Select,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub libtest: Libtest,
    /// Threads that read and judge, at most 256; 0 is one for each core.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Running",
          value_parser = clap::value_parser!(u16).range(0..=256))]
    pub threads: u16,
    /// Memory the scan may hold: 512MB, 2GiB; default half of what the machine has.
    #[arg(long, value_name = "SIZE", help_heading = "Running")]
    pub memory_limit: Option<String>,
    /// Takes counts of rows and nulls and the ends of integers from parquet footers, where they are
    /// certain, instead of reading the rows; the report says for which checks.
    #[arg(long, help_heading = "Running")]
    pub trust_footer: bool,
    /// The moment that checks of time take as now, with its zone: 2024-01-31T13:45:00Z.
    #[arg(long, value_name = "RFC3339", help_heading = "Running", value_parser = moment)]
    pub now: Option<DateTime<Utc>>,
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let moment = DateTime::parse_from_rfc3339(text);
    let moment = moment.map_err(|_| "write a moment with its zone, as 2024-01-31T13:45:00Z")?;
    Ok(moment.to_utc())
}

/// Which checks run.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub struct Select {
    /// Only checks whose name contains TEXT; may be repeated.
    #[arg(short = 'k', long, value_name = "TEXT")]
    pub filter: Vec<String>,
    /// Filters match the whole name.
    #[arg(long)]
    pub exact: bool,
    /// Leaves out checks whose name contains TEXT.
    #[arg(long, value_name = "TEXT")]
    pub skip: Vec<String>,
    /// Only checks with this tag.
    #[arg(long, value_name = "T")]
    pub tag: Vec<String>,
    /// Only checks of this column.
    #[arg(long, value_name = "C")]
    pub column: Vec<String>,
    /// Only checks of this kind: `between`.
    #[arg(long, value_name = "KIND")]
    pub check: Vec<String>,
    /// Only checks of this severity.
    #[arg(long, value_name = "S")]
    pub severity: Vec<SeverityName>,
    /// Lists the checks and ends.
    #[arg(long)]
    pub list: bool,
    /// Only checks that failed or could not be judged in the last report.
    #[arg(long, visible_alias = "last-failed")]
    pub lf: bool,
    /// Ends the listing after the first failure; same as --max-fail 1.
    #[arg(short = 'x', long)]
    pub fail_fast: bool,
    /// Ends the listing after N failures.
    #[arg(long, value_name = "N", conflicts_with = "fail_fast",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_fail: Option<u32>,
}

/// What is told, and where.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Form of the terminal's output.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Folder for index.html, results.json and junit.xml.
    #[arg(long, value_name = "DIR")]
    pub report: Option<PathBuf>,
    /// Writes no report folder.
    #[arg(long, conflicts_with = "report")]
    pub no_report: bool,
    /// Writes the results as JSON to a further file.
    #[arg(long, value_name = "F")]
    pub json: Option<PathBuf>,
    /// Writes JUnit XML to a further file.
    #[arg(long, value_name = "F")]
    pub junit: Option<PathBuf>,
    /// Writes SARIF for code scanning.
    #[arg(long, value_name = "F")]
    pub sarif: Option<PathBuf>,
    /// Writes a summary in Markdown.
    #[arg(long, value_name = "F")]
    pub markdown: Option<PathBuf>,
    /// Writes all rows that failed a check to DIR, one file for each suite, with a column
    /// `failed_checks`.
    #[arg(long, value_name = "DIR")]
    pub extract: Option<PathBuf>,
    /// Form of the files of --extract.
    #[arg(long, value_enum, requires = "extract")]
    pub extract_format: Option<ExtractFormat>,
    /// Writes the rows that failed no check to a .parquet or .csv file.
    #[arg(long, value_name = "FILE")]
    pub clean: Option<PathBuf>,
    /// The mildest status that fails the run.
    #[arg(long, value_enum)]
    pub fail_on: Option<FailOn>,
    /// Colours on the terminal.
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
    /// Says less: only failures and the summary.
    #[arg(short, long)]
    pub quiet: bool,
    /// Says more: the plan and the scans.
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// Options that test runners pass to a test binary.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Test runners")]
pub struct Libtest {
    /// Runs only checks that the suites leave out.
    #[arg(long, hide = true)]
    pub ignored: bool,
    /// Runs checks that the suites leave out as well.
    #[arg(long, hide = true)]
    pub include_ignored: bool,
    /// Accepted for test runners; output is never captured.
    #[arg(long, hide = true)]
    pub nocapture: bool,
    /// Accepted for test runners; output is never captured.
    #[arg(long, hide = true)]
    pub no_capture: bool,
    /// Accepted for test runners; output is always shown.
    #[arg(long, hide = true)]
    pub show_output: bool,
    /// Threads, as test runners say it.
    #[arg(long, hide = true, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub test_threads: Option<u16>,
    /// Accepted for test runners.
    #[arg(long, hide = true)]
    pub test: bool,
    /// Accepted for test runners; there are no benchmarks among checks.
    #[arg(long, hide = true)]
    pub bench: bool,
    /// Accepted for test runners.
    #[arg(short = 'Z', hide = true)]
    pub unstable: Option<String>,
}

/// Form of the terminal's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Pretty,
    Terse,
    Json,
    Github,
}

/// Form of files of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExtractFormat {
    Parquet,
    Csv,
}

/// The mildest status that fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Error,
    Warn,
}

/// Colours on the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// A severity on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SeverityName {
    Error,
    Warn,
    Info,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Severity {
        match name {
            SeverityName::Error => Severity::Error,
            SeverityName::Warn => Severity::Warn,
            SeverityName::Info => Severity::Info,
        }
    }
}

/// The definition of the command line, for completions and the manual page.
pub fn definition() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn a_test_runner_is_understood() {
        let check = |words: &[&str]| Cli::try_parse_from(words).expect("parses").run;
        let run = check(&["t", "--list", "--format", "terse", "--ignored"]);
        assert!(run.select.list && run.libtest.ignored && run.output.format == Format::Terse);
        let run = check(&["t", "a::b::c", "--exact", "--nocapture", "--test-threads", "1"]);
        assert!(run.select.exact && run.targets == ["a::b::c"]);
    }
}
