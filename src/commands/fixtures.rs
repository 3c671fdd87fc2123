//! The project's own fixtures, written again.

use std::path::Path;

use super::console::Console;
use crate::exit::Exit;

/// Writes the fixtures into a folder and lists them.
pub fn write(dir: &Path, rows: u64, console: &Console) -> Exit {
    match crate::fixtures::write(dir, rows) {
        Ok(files) => {
            let lines = files.iter().map(|file| format!("{}\n", file.display()));
            console.print(&lines.collect::<String>())
        }
        Err(error) => {
            console.complain(&format!("error: the fixtures cannot be written: {error}\n"));
            Exit::Unwritten
        }
    }
}
