//! datacheck checks data against declarative suites of expectations, as a test harness checks code.

#![forbid(unsafe_op_in_unsafe_fn)]

pub mod cli;
pub mod commands;
pub mod diagnostic;
pub mod engine;
pub mod exit;
pub mod expectations;
pub mod fixtures;
pub mod harness;
pub mod metric;
pub mod plan;
pub mod project;
pub mod prose;
pub mod report;
pub mod stats;
pub mod suite;
pub mod verdict;

use std::process::ExitCode;

/// Runs the suites of the current package's `expectations/` as the body of a test target without
/// harness.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     datacheck::test_main()
/// }
/// ```
pub fn test_main() -> ExitCode {
    ExitCode::from(commands::main(std::env::args_os(), commands::Caller::TestRunner))
}
