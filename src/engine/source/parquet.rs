//! Parquet by row group, with Arrow's reader; checksums of pages are verified where there are any.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::column::page::PageReader;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use super::input::{Cursor, Input};
use super::memory::{columns, project};
use super::parquet_footers::{Footer, Footers};
use super::parquet_tally::Counter;
use super::piece::{identity, select};
use super::{Facts, Piece, Source};
use super::{parquet_facts, parquet_tally, parquet_types};
use crate::engine::tally::Tally;
use crate::metric::{Identity, Schema, Unmeasured};

const BATCH_ROWS: usize = 1 << 14;
/// Row groups are read together until they have this many rows.
const PART_ROWS: u64 = 1 << 16;

/// One file.
pub(super) struct ParquetSource {
    input: Arc<Input>,
    /// Those of all files, and the number of this one.
    footers: Arc<Footers>,
    number: usize,
    schema: Schema,
    /// Row groups of each part.
    groups: Vec<Vec<usize>>,
    /// Columns that can be tallied, with their leaves.
    tallied: Vec<(String, usize)>,
    reading_bytes: u64,
}

impl ParquetSource {
    /// Reads the footer.
    pub fn open(
        input: Arc<Input>,
        footers: Arc<Footers>,
        number: usize,
    ) -> Result<Self, Unmeasured> {
        let footer = footers.read(number, &input)?;
        let (known, metadata) = (footer.schema(), footer.metadata());
        let sizes: Vec<u64> = metadata
            .row_groups()
            .iter()
            .map(|group| u64::try_from(group.num_rows()))
            .collect::<Result<_, _>>()
            .map_err(|_| input.fault("a row group has a negative number of rows"))?;
        let rows = sizes.iter().try_fold(0u64, |sum, rows| sum.checked_add(*rows));
        let rows =
            rows.filter(|rows| i64::try_from(*rows) == Ok(metadata.file_metadata().num_rows()));
        let rows = rows.ok_or_else(|| input.fault("its row groups do not add up to its rows"))?;
        let schema = Schema { columns: columns(known), rows: Some(rows), untyped: false };
        let leaf =
            |name: &str| Some((name.to_owned(), parquet_tally::leaf(known, metadata, name)?));
        let tallied = schema.names().filter_map(leaf).collect();
        let (groups, reading_bytes) = (groups(&sizes), parquet_facts::reading_bytes(metadata));
        Ok(ParquetSource { input, footers, number, schema, groups, tallied, reading_bytes })
    }

    /// The footer, as it was when the file was opened.
    fn footer(&self) -> Result<Footer, Unmeasured> {
        let footer = self.footers.read(self.number, &self.input)?;
        let n_groups: usize = self.groups.iter().map(Vec::len).sum();
        if footer.metadata().num_row_groups() != n_groups {
            self.input.unchanged()?;
            return Err(self.input.fault("its footer has changed"));
        }
        Ok(footer)
    }

    fn leaf(&self, column: &str) -> Option<usize> {
        self.tallied.iter().find(|(name, _)| name == column).map(|(_, leaf)| *leaf)
    }

    /// Tallies one column of a row group; returns its rows.
    fn tally_chunk(
        &self,
        footer: &Footer,
        (group, leaf): (usize, usize),
        each: &mut dyn FnMut(Tally) -> Result<(), Unmeasured>,
    ) -> Result<u64, Unmeasured> {
        let (input, place) = (&self.input, format!("row group {group}"));
        let metadata = footer.metadata().row_group(group);
        let (chunk, promised) = (metadata.column(leaf), metadata.num_rows() as u64);
        let mut counter = guarded(input, &place, || Counter::new(footer.schema(), chunk))?;
        let mut pages = guarded(input, &place, || {
            let chunks = Arc::new(Chunks(input.clone()));
            SerializedPageReader::new(chunks, chunk, promised as usize, None)
        })?;
        while let Some(page) = guarded(input, &place, || pages.get_next_page())? {
            if let Some(tally) = guarded(input, &place, || counter.page(page))? {
                each(tally)?;
            }
        }
        let rows = counter.cells;
        check_rows(input, &place, rows, promised)?;
        each(guarded(input, &place, || counter.finish())?)?;
        Ok(rows)
    }
}

/// A footer with the types in which these row groups are best read.
fn typed(footer: &Footer, groups: &[usize]) -> Footer {
    let metadata = footer.metadata();
    let schema = parquet_types::schema(footer.schema(), metadata, groups);
    let options = ArrowReaderOptions::new().with_schema(schema);
    // Types that cannot be had are no reason not to read.
    ArrowReaderMetadata::try_new(metadata.clone(), options).unwrap_or_else(|_| footer.clone())
}

/// A file must have the rows that its footer promises.
fn check_rows(input: &Input, place: &str, rows: u64, promised: u64) -> Result<(), Unmeasured> {
    if rows == promised {
        return Ok(());
    }
    Err(input.fault(format!("{place}: {rows} rows, expected {promised} by its footer")))
}

/// Puts small row groups together.
fn groups(sizes: &[u64]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut filled = u64::MAX;
    for (index, rows) in sizes.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if filled.saturating_add(*rows) <= PART_ROWS => {
                group.push(index);
                filled += rows;
            }
            _ => {
                groups.push(vec![index]);
                filled = *rows;
            }
        }
    }
    groups
}

impl Source for ParquetSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.groups.len()
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let wanted = select(&self.schema, columns)?;
        let footer = self.footer()?;
        let groups = &self.groups[part];
        let place = match groups[..] {
            [first, .., last] => format!("row groups {first} to {last}"),
            _ => format!("row group {}", groups[0]),
        };
        let mut roots = wanted.clone();
        roots.sort_unstable();
        roots.dedup();
        // The reader gives the columns in the order of the file, each once.
        let order: Vec<usize> =
            wanted.iter().filter_map(|column| roots.binary_search(column).ok()).collect();
        let mut reader = guarded(&self.input, &place, || {
            let mask = ProjectionMask::roots(footer.parquet_schema(), roots.iter().copied());
            let chunks = Chunks(self.input.clone());
            ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, typed(&footer, groups))
                .with_row_groups(groups.clone())
                .with_projection(mask)
                .with_batch_size(BATCH_ROWS)
                .build()
        })?;
        let rows_of = |group: &usize| footer.metadata().row_group(*group).num_rows() as u64;
        let promised = groups.iter().map(rows_of).sum();
        let mut rows = 0;
        while let Some(record) = guarded(&self.input, &place, || reader.next().transpose())? {
            rows += record.num_rows() as u64;
            let record = project(&record, &order).map_err(|error| self.input.fault(error))?;
            each(Piece { record, unread: Vec::new() })?;
        }
        check_rows(&self.input, &place, rows, promised)?;
        self.input.unchanged()
    }

    fn has_tally(&self, column: &str) -> bool {
        self.leaf(column).is_some()
    }

    fn tally(
        &self,
        part: usize,
        column: &str,
        each: &mut dyn FnMut(Tally) -> Result<(), Unmeasured>,
    ) -> Result<u64, Unmeasured> {
        let leaf =
            self.leaf(column).ok_or_else(|| self.input.fault("a column cannot be tallied"))?;
        let footer = self.footer()?;
        let mut rows = 0;
        for group in &self.groups[part] {
            rows += self.tally_chunk(&footer, (*group, leaf), each)?;
        }
        self.input.unchanged()?;
        Ok(rows)
    }

    fn facts(&self, column: &str) -> Facts {
        let facts = |footer: Footer| parquet_facts::facts(footer.metadata(), column);
        self.footer().map(facts).unwrap_or_default()
    }

    fn reading_bytes(&self) -> u64 {
        self.reading_bytes
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        identity(&self.input, "parquet", &self.schema)
    }
}

/// Runs a decoder; an error or a panic of it says that the file is broken there.
pub(super) fn guarded<T, E: std::fmt::Display>(
    input: &Input,
    place: &str,
    decode: impl FnOnce() -> Result<T, E>,
) -> Result<T, Unmeasured> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            input.unchanged()?;
            let cause = cause(&error.to_string());
            Err(input.fault(format_args!("{place}: it is damaged or cut off: {cause}")))
        }
        Err(_) => {
            input.unchanged()?;
            Err(input.fault(format_args!("{place}: it is damaged: the decoder gave up")))
        }
    }
}

/// A decoder's message as a fragment, without the names of the layers that it passed through.
fn cause(message: &str) -> String {
    let layers = ["Parquet argument error: ", "Parquet error: ", "External: ", "EOF: "];
    let mut rest = message.trim();
    while let Some(inner) = layers.iter().find_map(|layer| rest.strip_prefix(layer)) {
        rest = inner;
    }
    let mut letters = rest.chars();
    match (letters.next(), letters.next()) {
        // An acronym stays.
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(rest.chars().skip(1)).collect()
        }
        _ => rest.to_owned(),
    }
}

/// The file as parquet's reader wants it, by position, safe for many threads.
pub(super) struct Chunks(pub Arc<Input>);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.bytes
    }
}

impl ChunkReader for Chunks {
    type T = std::io::BufReader<Cursor>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(std::io::BufReader::new(Cursor::new(self.0.clone(), start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.0.bytes) {
            let reason = format!("bytes {start} to {start}+{length} lie beyond the end");
            return Err(ParquetError::EOF(reason));
        }
        let bytes = self.0.bytes_at(start, length);
        bytes.map(Bytes::from).map_err(|error| ParquetError::General(error.to_string()))
    }
}

#[cfg(test)]
mod tallies;
#[cfg(test)]
mod tests;
