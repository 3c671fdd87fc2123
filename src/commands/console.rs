//! The terminal: results on stdout, everything else on stderr, and a closed pipe that is no panic.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::{Color, Output};
use crate::exit::Exit;

/// The process' two streams, and whether they may be coloured.
pub struct Console {
    color: Color,
    broken: AtomicBool,
}

impl Console {
    /// The console that the options ask for.
    pub fn new(output: &Output) -> Self {
        Console { color: output.color, broken: AtomicBool::new(false) }
    }

    /// Writes to stdout. A reader that closed the pipe is told once, on stderr.
    pub fn print(&self, text: &str) -> Exit {
        if !self.broken.load(Ordering::Relaxed)
            && let Err(error) = write(io::stdout().lock(), text)
        {
            self.broken.store(true, Ordering::Relaxed);
            let reason = match error.kind() {
                ErrorKind::BrokenPipe => {
                    "standard output was closed before everything was printed".into()
                }
                _ => format!("standard output cannot be written: {error}"),
            };
            self.complain(&format!("error: {reason}\n"));
        }
        self.exit()
    }

    /// Writes to stderr; nothing can be done when that fails.
    pub fn complain(&self, text: &str) {
        let _ = write(io::stderr().lock(), text);
    }

    /// `Unwritten` once stdout failed.
    pub fn exit(&self) -> Exit {
        if self.broken.load(Ordering::Relaxed) { Exit::Unwritten } else { Exit::Held }
    }

    /// Whether stdout may be coloured.
    pub fn colors_stdout(&self) -> bool {
        self.colors(io::stdout().is_terminal())
    }

    /// Whether stderr may be coloured.
    pub fn colors_stderr(&self) -> bool {
        self.colors(io::stderr().is_terminal())
    }

    /// Whether a person watches stderr, so that a progress bar has a reader.
    pub fn is_watched(&self) -> bool {
        io::stderr().is_terminal() && !set("CI")
    }

    fn colors(&self, terminal: bool) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR") => false,
            Color::Auto => terminal || set("CLICOLOR_FORCE"),
        }
    }
}

fn write(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Whether a variable is set to something other than nothing and `0`.
fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
