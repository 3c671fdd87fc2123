//! Ctrl-C and a request to end: exit codes of their own, and never in the middle of writing a
//! report.

use std::sync::Mutex;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::exit::Exit;

/// Held while report files are being put in place.
static WRITING: Mutex<()> = Mutex::new(());

/// Ends the process on SIGINT and SIGTERM, once no report is half in place.
pub fn watch() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _written = WRITING.lock();
            let exit = if signal == SIGINT { Exit::Interrupted } else { Exit::Terminated };
            let _ = std::io::Write::write_all(&mut std::io::stderr(), b"interrupted\n");
            std::process::exit(exit.code().into());
        }
    });
}

/// Runs `write` so that a signal waits for its end.
pub fn uninterrupted<T>(write: impl FnOnce() -> T) -> T {
    let _guard = WRITING.lock();
    write()
}
