//! A temporary file for what does not fit into memory.
//!
//! It has no name and vanishes with the process, however that ends. It lies in the system's folder
//! for temporary files, which `TMPDIR` moves.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// Bytes that are appended and read back.
#[derive(Debug)]
pub struct Spill {
    /// The file and where it ends.
    file: Mutex<(File, u64)>,
}

/// Some bytes of a spill.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    start: u64,
    pub length: usize,
}

impl Extent {
    /// The bytes of one of the pieces of so many bytes that it consists of.
    pub fn piece(self, number: usize, bytes: usize) -> Extent {
        let before = number.saturating_mul(bytes).min(self.length);
        Extent { start: self.start + before as u64, length: bytes.min(self.length - before) }
    }
}

impl Spill {
    /// An empty file.
    ///
    /// # Errors
    /// The temporary folder takes no file.
    pub fn new() -> Result<Self, String> {
        let file = tempfile::tempfile().map_err(|error| refusal("made", &error))?;
        Ok(Spill { file: Mutex::new((file, 0)) })
    }

    /// Writes at the end.
    ///
    /// # Errors
    /// The folder is full or fails.
    pub fn append(&self, bytes: &[u8]) -> Result<Extent, String> {
        let mut guard = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, end) = &mut *guard;
        let written = file.seek(SeekFrom::Start(*end)).and_then(|_| file.write_all(bytes));
        written.map_err(|error| refusal("written", &error))?;
        let extent = Extent { start: *end, length: bytes.len() };
        *end += bytes.len() as u64;
        Ok(extent)
    }

    /// Reads what was written, in place of what `bytes` held.
    ///
    /// # Errors
    /// The folder fails.
    pub fn read_into(&self, extent: Extent, bytes: &mut Vec<u8>) -> Result<(), String> {
        bytes.clear();
        bytes.resize(extent.length, 0);
        let mut guard = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = &mut guard.0;
        let read = file.seek(SeekFrom::Start(extent.start)).and_then(|_| file.read_exact(bytes));
        read.map_err(|error| refusal("read", &error))
    }
}

fn refusal(done: &str, error: &std::io::Error) -> String {
    let folder = std::env::temp_dir();
    let folder = folder.display();
    format!("a file for what exceeds the memory limit cannot be {done} in `{folder}`: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let spill = Spill::new().expect("a file");
        let first = spill.append(b"abc").expect("written");
        let second = spill.append(b"de").expect("written");
        let mut bytes = Vec::new();
        for (extent, expected) in [(second, "de"), (first, "abc")] {
            spill.read_into(extent, &mut bytes).expect("read");
            assert_eq!(bytes, expected.as_bytes());
        }
    }
}
