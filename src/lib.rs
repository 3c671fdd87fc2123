//! datacheck checks data against declarative suites of expectations, as a test harness checks code.
//!
//! A suite says in YAML what must hold:
//!
//! ```yaml
//! suite: rooms
//! data: rooms.csv
//! columns:
//!   id: {unique: true}
//!   price: {between: {min: 10, max: 350}}
//! ```
//!
//! and `datacheck suite.yaml` tells whether it does:
//!
//! ```text
//! running 2 tests
//! test rooms::id::unique     ... ok
//! test rooms::price::between ... FAILED
//!
//! ---- rooms::price::between ----
//! 2 of 3 values of `price` do not lie in [10, 350] (66.7 %)
//! ```
//!
//! A Rust project gets the same checks into `cargo test` with one line, [`test_main`].
//!
//! # The house, in reading order
//!
//! [`commands::main`] parses the command line ([`cli`]) and runs the steps of `commands/run.rs`:
//! suites are read with every mistake at its place ([`suite`], [`project`], [`diagnostic`]); their
//! [`expectations`] ask for metrics ([`metric`]); an [`engine`] answers all of them in one scan;
//! the expectations judge the answers with the help of [`stats`], and [`plan`] corrects the
//! p-values of a suite together; the [`verdict`]s are told by the [`harness`] and by [`report`];
//! [`exit`] says how the process ends.

#![forbid(unsafe_op_in_unsafe_fn)]

pub mod cli;
pub mod commands;
pub mod diagnostic;
pub mod draft;
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
pub mod text;
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
