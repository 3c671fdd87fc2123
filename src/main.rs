//! The `datacheck` command.

use std::process::ExitCode;

use datacheck::commands::{Caller, main as run};

fn main() -> ExitCode {
    ExitCode::from(run(std::env::args_os(), Caller::Person))
}
