//! What the program does: one file for each command. Only here and in `main` is anything printed.

mod calibrate;
mod clock;
mod commit;
mod console;
mod datasets;
mod explain;
mod extract;
mod fixtures;
mod init;
mod last_failed;
mod listing;
mod memory;
mod null_suites;
mod outputs;
mod power;
mod progress;
mod report;
mod run;
mod signals;
mod suites;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use console::Console;

/// Who started the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A person or a pipeline: reports are written to `reports/`.
    Person,
    /// `cargo test` or nextest: no reports unless asked for, and failures exit with libtest's 101.
    TestRunner,
}

/// Parses the arguments, runs the command and returns the exit code. Never panics.
pub fn main(arguments: impl IntoIterator<Item = OsString>, caller: Caller) -> u8 {
    let cli = match Cli::read(arguments) {
        Ok(cli) => cli,
        Err(told) => {
            told.print();
            return if told.is_mistake() { Exit::Mistake.code() } else { Exit::Held.code() };
        }
    };
    signals::watch();
    let console = Console::new(&cli.run.output);
    let exit = guarded(&console, || command(&cli, caller, &console));
    let exit = Exit::strongest([exit, console.exit()]);
    match (caller, exit) {
        (Caller::TestRunner, Exit::Failed | Exit::Unjudged) => 101,
        // A test runner passes its filter to every test binary; matching nothing is no news there.
        (Caller::TestRunner, Exit::Nothing) => Exit::Held.code(),
        _ => exit.code(),
    }
}

fn command(cli: &Cli, caller: Caller, console: &Console) -> Exit {
    match &cli.command {
        None => run::run(&cli.run, caller, console),
        Some(Command::Init(draft)) => init::init(draft, &cli.run, console),
        Some(Command::Explain { check }) => explain::explain(check.as_deref(), console),
        Some(Command::Docs) => console.print(&explain::page()),
        Some(Command::Schema) => console.print(&schema()),
        Some(Command::Report { results, report }) => report::again(results, report, console),
        Some(Command::Power(options)) => power::power(options, console),
        Some(Command::Calibrate(options)) => calibrate::calibrate(options, console),
        Some(Command::Completions { shell }) => console.print(&completions(*shell)),
        Some(Command::Man) => console.print(&manual()),
        Some(Command::Fixtures { dir, rows }) => fixtures::write(dir, *rows, console),
    }
}

/// Runs the command inside a boundary: a panic is one line and exit 70, never a backtrace.
fn guarded(console: &Console, command: impl FnOnce() -> Exit) -> Exit {
    let place = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&place);
    std::panic::set_hook(Box::new(move |panic| {
        if let (Some(location), Ok(mut place)) = (panic.location(), noted.lock()) {
            *place = format!("{}:{}", location.file(), location.line());
        }
    }));
    let result = catch_unwind(AssertUnwindSafe(command));
    let _ = std::panic::take_hook();
    result.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        let place = place.lock().map(|place| place.clone()).unwrap_or_default();
        console.complain(&format!("error: a bug of datacheck: {text} ({place})\n"));
        Exit::Bug
    })
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut crate::cli::definition(), "datacheck", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn schema() -> String {
    let schema = crate::suite::schema::schema();
    format!("{:#}\n", schema)
}

fn manual() -> String {
    let mut bytes = Vec::new();
    match clap_mangen::Man::new(crate::cli::definition()).render(&mut bytes) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => format!("{error}\n"),
    }
}
