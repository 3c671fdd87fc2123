//! One file that is opened once and read by position, so that threads do not disturb each other.
//!
//! It knows nothing of formats. It never reopens a file by its name.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

use crate::metric::Unmeasured;

const HASH_BLOCK_BYTES: usize = 1 << 20;

/// An open regular file.
#[derive(Debug)]
pub(super) struct Input {
    /// The path as messages show it.
    pub name: String,
    path: PathBuf,
    file: File,
    /// What the file holds, where it is packed: a file without a name.
    unpacked: Option<File>,
    /// Size of the content.
    pub bytes: u64,
    /// Size of the file.
    pub stored_bytes: u64,
    is_hashed: bool,
    modified: Option<SystemTime>,
}

impl Input {
    /// Opens a regular file; everything else is refused before it could block.
    pub fn open(path: &Path) -> Result<Arc<Self>, Unmeasured> {
        Self::open_as(path, true)
    }

    /// The same, without a hash of its bytes.
    pub fn open_unhashed(path: &Path) -> Result<Arc<Self>, Unmeasured> {
        Self::open_as(path, false)
    }

    fn open_as(path: &Path, is_hashed: bool) -> Result<Arc<Self>, Unmeasured> {
        let name = path.display().to_string();
        let fault = |reason: String| Unmeasured::Unreadable(format!("`{name}`: {reason}"));
        let before = std::fs::metadata(path).map_err(|error| fault(reason(&error)))?;
        regular(&before).map_err(fault)?;
        let file = File::open(path).map_err(|error| fault(reason(&error)))?;
        let opened = file.metadata().map_err(|error| fault(reason(&error)))?;
        regular(&opened).map_err(fault)?;
        let (bytes, modified) = (opened.len(), opened.modified().ok());
        let (path, unpacked, stored_bytes) = (path.to_owned(), None, bytes);
        let input = Input { name, path, file, unpacked, bytes, stored_bytes, is_hashed, modified };
        Ok(Arc::new(input))
    }

    /// The same file, read through what was unpacked from it.
    pub fn with_content(&self, content: File, bytes: u64) -> Result<Arc<Self>, Unmeasured> {
        let file = self.file.try_clone().map_err(|error| self.fault(reason(&error)))?;
        let (name, path) = (self.name.clone(), self.path.clone());
        let (unpacked, stored_bytes, modified) = (Some(content), self.stored_bytes, self.modified);
        let is_hashed = self.is_hashed;
        let input = Input { name, path, file, unpacked, bytes, stored_bytes, is_hashed, modified };
        Ok(Arc::new(input))
    }

    /// An error about this file.
    pub fn fault(&self, reason: impl std::fmt::Display) -> Unmeasured {
        Unmeasured::Unreadable(format!("`{}`: {reason}", self.name))
    }

    /// Reads `length` bytes at `offset`; the file is at least that long.
    pub fn bytes_at(&self, offset: u64, length: usize) -> Result<Vec<u8>, Unmeasured> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes, offset)?;
        Ok(bytes)
    }

    /// The same into memory that is there.
    pub fn fill(&self, bytes: &mut [u8], offset: u64) -> Result<(), Unmeasured> {
        self.read(self.unpacked.as_ref().unwrap_or(&self.file), bytes, offset)
    }

    fn read(&self, file: &File, bytes: &mut [u8], offset: u64) -> Result<(), Unmeasured> {
        let mut filled = 0;
        while filled < bytes.len() {
            match read_at(file, &mut bytes[filled..], offset + filled as u64) {
                Ok(0) => return Err(self.changed()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fault(reason(&error))),
            }
        }
        Ok(())
    }

    /// The first bytes, at most `length` of them.
    pub fn head(&self, length: usize) -> Result<Vec<u8>, Unmeasured> {
        let length = self.bytes.min(length as u64) as usize;
        self.bytes_at(0, length)
    }

    /// Fails if the file is no longer what it was when it was opened.
    pub fn unchanged(&self) -> Result<(), Unmeasured> {
        let same = |now: io::Result<Metadata>| {
            now.is_ok_and(|now| {
                now.len() == self.stored_bytes && now.modified().ok() == self.modified
            })
        };
        let here = same(self.file.metadata()) && same(std::fs::metadata(&self.path));
        if here { Ok(()) } else { Err(self.changed()) }
    }

    /// SHA-256 of the file, in hexadecimal; empty where nobody is told.
    pub fn sha256(&self) -> Result<String, Unmeasured> {
        if !self.is_hashed {
            return Ok(String::new());
        }
        let mut hasher = Sha256::new();
        let mut offset = 0;
        let mut block = vec![0; HASH_BLOCK_BYTES];
        while offset < self.stored_bytes {
            let length = (self.stored_bytes - offset).min(HASH_BLOCK_BYTES as u64);
            let block = &mut block[..length as usize];
            self.read(&self.file, block, offset)?;
            hasher.update(block);
            offset += length;
        }
        Ok(hex(&hasher.finalize()))
    }

    /// Time of the last change, RFC 3339 in UTC.
    pub fn modified(&self) -> Option<String> {
        let modified = DateTime::<Utc>::from(self.modified?);
        Some(modified.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    fn changed(&self) -> Unmeasured {
        self.fault("it changed while it was read; run again when nothing writes to it")
    }
}

/// SHA-256 of a text, in hexadecimal.
pub(super) fn sha256_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn regular(metadata: &Metadata) -> Result<(), String> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "it is a folder" } else { "it is a pipe or a device" };
    Err(format!("{what}, expected a regular file"))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string().to_lowercase(),
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// A reader with a position of its own over a shared file.
#[derive(Debug)]
pub(super) struct Cursor {
    input: Arc<Input>,
    position: u64,
}

impl Cursor {
    /// A reader that starts at `position`.
    pub fn new(input: Arc<Input>, position: u64) -> Self {
        Cursor { input, position }
    }
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = self.input.unpacked.as_ref().unwrap_or(&self.input.file);
        let count = read_at(file, buffer, self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.input.bytes.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_file_that_grew_is_noticed() {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(b"abc").expect("written");
        let input = Input::open(file.path()).expect("opened");
        assert_eq!(input.unchanged(), Ok(()));
        assert_eq!(
            input.sha256().expect("read"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        file.write_all(b"d").expect("written");
        let message = input.unchanged().expect_err("changed").to_string();
        assert!(message.contains("changed while it was read"), "{message}");
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let message = Input::open(folder.path()).expect_err("refused").to_string();
        assert!(message.ends_with("it is a folder, expected a regular file"), "{message}");
    }
}
