//! The project's own data checks, run and listed like tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    datacheck::test_main()
}
