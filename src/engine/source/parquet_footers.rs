//! The footers of a dataset's parquet files, of which only the last read stay decoded.
//!
//! A footer says some hundred bytes of each column of each row group, and a dataset may have
//! thousands of files: one is read again when its file's turn comes.

use std::sync::{Arc, Mutex, PoisonError};

use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::input::Input;
use super::parquet::{Chunks, guarded};
use crate::metric::Unmeasured;

/// Parts are read in their order, so that threads are in few files at once.
const MOST_DECODED: usize = 4;

/// The footers that were read last, the latest at the end, each with its file's number.
#[derive(Debug, Default)]
pub(super) struct Footers(Mutex<Vec<(usize, ArrowReaderMetadata)>>);

impl Footers {
    /// The footer of a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, number: usize, input: &Arc<Input>) -> Result<Footer, Unmeasured> {
        if let Some(known) = self.latest(number, None) {
            return Ok(known);
        }
        let load = || ArrowReaderMetadata::load(&Chunks(input.clone()), ArrowReaderOptions::new());
        let read = guarded(input, "the footer", load)?;
        Ok(self.latest(number, Some(read.clone())).unwrap_or(read))
    }

    /// Puts the footer of a file at the end, where it is known or given.
    fn latest(&self, number: usize, read: Option<Footer>) -> Option<Footer> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|(other, _)| *other == number);
        let footer = place.map(|place| known.remove(place).1).or(read)?;
        if known.len() == MOST_DECODED {
            known.remove(0);
        }
        known.push((number, footer.clone()));
        Some(footer)
    }
}

/// A decoded footer; cheap to clone.
pub(super) type Footer = ArrowReaderMetadata;
