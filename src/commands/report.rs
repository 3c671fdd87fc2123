//! Renders the reports of an earlier run again.

use std::path::Path;

use super::console::Console;
use super::outputs;
use crate::exit::Exit;
use crate::report::Results;

/// Reads a results.json and writes the reports that follow from it.
pub fn again(file: &Path, folder: &Path, console: &Console) -> Exit {
    let name = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            console.complain(&format!("error: `{name}` cannot be read: {error}\n"));
            return Exit::Mistake;
        }
    };
    let results = match Results::from_json(&text) {
        Ok(results) => results,
        Err(error) => {
            console.complain(&format!("error: `{name}`: {error}\n"));
            return Exit::Mistake;
        }
    };
    match outputs::rendered(&results, folder) {
        Ok(outputs) => {
            let written = outputs::write(&outputs, console);
            if written == Exit::Held {
                console.print(&format!("report: {}\n", folder.join("index.html").display()));
            }
            written
        }
        Err(reason) => {
            console.complain(&format!("error: a report cannot be rendered: {reason}\n"));
            Exit::Bug
        }
    }
}
