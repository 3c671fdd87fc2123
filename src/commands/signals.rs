//! Ctrl-C and a request to end: exit codes of their own, and never in the middle of writing a
//! report.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::exit::Exit;

/// Held while report files are being put in place.
static WRITING: Mutex<()> = Mutex::new(());

/// Files that are being written and must not outlive an interrupted process.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Ends the process on SIGINT and SIGTERM, once no report is half in place.
pub fn watch() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _written = WRITING.lock();
            let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
            // One that is in its place by now, or cannot be removed, stays.
            unfinished.iter().for_each(|path| drop(std::fs::remove_file(path)));
            let exit = if signal == SIGINT { Exit::Interrupted } else { Exit::Terminated };
            let _ = std::io::Write::write_all(&mut std::io::stderr(), b"interrupted\n");
            std::process::exit(exit.code().into());
        }
    });
}

/// Has a temporary file removed if the process is interrupted before it is in its place.
pub fn remove_at_end(path: &Path) {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
}

/// Runs `write` so that a signal waits for its end.
pub fn uninterrupted<T>(write: impl FnOnce() -> T) -> T {
    let _guard = WRITING.lock();
    write()
}
