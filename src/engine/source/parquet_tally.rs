//! Tallies of the column chunks of a parquet file, from its pages.
//!
//! A page of numbers that refer to a dictionary is counted number by number, and nothing is said of
//! the order of the rows. What a page may look like:
//! <https://parquet.apache.org/docs/file-format/>.

use std::sync::Arc;

use arrow::array::{ArrayData, ArrayRef, BooleanArray, LargeStringArray, make_array};
use arrow::buffer::{Buffer, OffsetBuffer};
use arrow::compute::filter;
use arrow::datatypes::{DataType, Schema as ArrowSchema};
use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::Page;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::hybrid::{self, Occurrences};
use super::parquet_types;
use crate::engine::column::Column;
use crate::engine::tally::Tally;

/// The leaf of a column of which every chunk can be tallied.
pub(super) fn leaf(known: &ArrowSchema, metadata: &ParquetMetaData, column: &str) -> Option<usize> {
    let schema = metadata.file_metadata().schema_descr();
    let mut leaves =
        (0..schema.num_columns()).filter(|leaf| schema.get_column_root(*leaf).name() == column);
    let (Some(leaf), None) = (leaves.next(), leaves.next()) else { return None };
    let descriptor = schema.column(leaf);
    let is_flat = descriptor.path().parts().len() == 1
        && descriptor.max_rep_level() == 0
        && descriptor.max_def_level() <= 1;
    let kind = known.field_with_name(column).ok()?.data_type();
    let is_known = width(kind, descriptor.physical_type()).is_some();
    let mut chunks = metadata.row_groups().iter().map(|group| group.column(leaf));
    let mut all = |can: fn(&ColumnChunkMetaData) -> bool| chunks.all(can);
    let is_tallied = match parquet_types::text(kind) {
        Some(_) => all(|chunk| parquet_types::is_by_number(chunk) && is_counted(chunk)),
        None => is_known && all(is_counted),
    };
    // Numbers are taken as they stand in the file.
    (is_flat && is_tallied && cfg!(target_endian = "little")).then_some(leaf)
}

/// Whether pages of these encodings can be counted, and the counters hold what they come to.
fn is_counted(chunk: &ColumnChunkMetaData) -> bool {
    let known =
        [Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY];
    chunk.encodings().all(|encoding| known.contains(&encoding))
        && u32::try_from(chunk.num_values()).is_ok()
}

/// Bytes of a number, where the file holds it as Arrow does.
fn width(kind: &DataType, stored: Type) -> Option<usize> {
    match (kind, stored) {
        (DataType::Float64, Type::DOUBLE) => Some(8),
        (DataType::Int64, Type::INT64) => Some(8),
        (DataType::Float32, Type::FLOAT) => Some(4),
        (DataType::Int32 | DataType::Date32, Type::INT32) => Some(4),
        _ => None,
    }
}

/// Counts the pages of a chunk, in their order.
pub(super) struct Counter {
    kind: DataType,
    stored: Type,
    can_be_null: bool,
    words: Option<(ArrayRef, Occurrences)>,
    nulls: u64,
    /// Cells of all pages so far.
    pub cells: u64,
}

impl Counter {
    pub fn new(known: &ArrowSchema, chunk: &ColumnChunkMetaData) -> Result<Self, String> {
        let descriptor = chunk.column_descr();
        let field = known.field_with_name(descriptor.name()).map_err(|error| error.to_string())?;
        Ok(Counter {
            kind: field.data_type().clone(),
            stored: descriptor.physical_type(),
            can_be_null: descriptor.max_def_level() > 0,
            words: None,
            nulls: 0,
            cells: 0,
        })
    }

    /// Takes a page in. Values that refer to no dictionary are handed out at once.
    ///
    /// # Errors
    /// The page is not what it says.
    pub fn page(&mut self, page: Page) -> Result<Option<Tally>, String> {
        let (encoding, bytes, n_values) = match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                if self.words.is_some() {
                    return Err("a column has two dictionaries".into());
                }
                let words = self.array(buf, num_values as usize)?;
                let counts = Occurrences::new(words.len());
                self.words = Some((words, counts));
                return Ok(None);
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                let n_cells = num_values as usize;
                let (n_values, bytes) = match self.can_be_null {
                    true => self.levels(buf, def_level_encoding, n_cells)?,
                    false => (n_cells, buf),
                };
                self.count(n_cells, n_values)?;
                (encoding, bytes, n_values)
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let start = rep_levels_byte_len as usize;
                let end = start.saturating_add(def_levels_byte_len as usize);
                let levels = buf.get(start..end).ok_or(SHORT)?;
                let n_cells = num_values as usize;
                let n_values = match self.can_be_null {
                    true => hybrid::ones(levels, n_cells)?,
                    false => n_cells,
                };
                self.count(n_cells, n_values)?;
                (encoding, buf.slice(end..), n_values)
            }
        };
        match encoding {
            Encoding::PLAIN if n_values > 0 => {
                let values = Column::new(&self.array(bytes, n_values)?)?;
                Ok(Some(Tally { values, counts: None, nulls: 0 }))
            }
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY if n_values > 0 => {
                let (_, counts) = self.words.as_mut().ok_or("a column lacks its dictionary")?;
                let (width, numbers) = bytes.split_first().ok_or(SHORT)?;
                counts.add(numbers, (*width).into(), n_values)?;
                Ok(None)
            }
            _ if n_values == 0 => Ok(None),
            other => Err(format!("a page is encoded as {other}, which the footer does not say")),
        }
    }

    /// How many values a page has, and where they begin.
    fn levels(
        &self,
        buf: Bytes,
        encoding: Encoding,
        n_cells: usize,
    ) -> Result<(usize, Bytes), String> {
        if encoding != Encoding::RLE {
            return Err(format!("levels are encoded as {encoding}, which the footer does not say"));
        }
        let length = buf.first_chunk().map(|length| u32::from_le_bytes(*length)).ok_or(SHORT)?;
        let end = (length as usize).saturating_add(4);
        let levels = buf.get(4..end).ok_or(SHORT)?;
        Ok((hybrid::ones(levels, n_cells)?, buf.slice(end..)))
    }

    fn count(&mut self, n_cells: usize, n_values: usize) -> Result<(), String> {
        self.cells += n_cells as u64;
        self.nulls += (n_cells - n_values) as u64;
        // Counters are no wider.
        if self.cells > u32::MAX.into() {
            return Err("a column has more values than its footer says".into());
        }
        Ok(())
    }

    /// Values that stand one after the other.
    fn array(&self, bytes: Bytes, n: usize) -> Result<ArrayRef, String> {
        if self.stored == Type::BYTE_ARRAY {
            return texts(&bytes, n);
        }
        let width = width(&self.kind, self.stored).ok_or("its type cannot be tallied")?;
        let end = n.checked_mul(width).filter(|end| *end <= bytes.len()).ok_or(SHORT)?;
        let bytes = bytes.slice(..end);
        // What is not aligned as numbers must be is copied.
        let is_aligned = bytes.as_ptr().addr().is_multiple_of(width);
        let values = if is_aligned { Buffer::from(bytes) } else { Buffer::from_slice_ref(&bytes) };
        let data = ArrayData::builder(self.kind.clone()).len(n).add_buffer(values).build();
        data.map(make_array).map_err(|error| error.to_string())
    }

    /// What is left to say: the words of the dictionary with their counts, and the nulls.
    pub fn finish(self) -> Result<Tally, String> {
        let Counter { words, nulls, .. } = self;
        let Some((words, counts)) = words else {
            let nothing = Column::new(&arrow::array::new_null_array(&DataType::Null, 0))?;
            return Ok(Tally { values: nothing, counts: None, nulls });
        };
        let (mut words, mut counts) = (words, counts.finish());
        if counts.contains(&0) {
            let used: BooleanArray = counts.iter().map(|count| Some(*count > 0)).collect();
            words = filter(&words, &used).map_err(|error| error.to_string())?;
            counts.retain(|count| *count > 0);
        }
        let once = counts.iter().all(|count| *count == 1);
        let counts = (!once).then_some(counts);
        Ok(Tally { values: Column::new(&words)?, counts, nulls })
    }
}

const SHORT: &str = "a page ends before its values do";

/// Texts, each after its length.
fn texts(bytes: &[u8], n: usize) -> Result<ArrayRef, String> {
    let (mut rest, mut all) = (bytes, Vec::with_capacity(bytes.len()));
    let mut lengths = Vec::with_capacity(n.min(bytes.len()));
    for _ in 0..n {
        let (length, behind) = rest.split_first_chunk().ok_or(SHORT)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (own, behind) = behind.split_at_checked(length).ok_or(SHORT)?;
        all.extend_from_slice(own);
        lengths.push(length);
        rest = behind;
    }
    let offsets = OffsetBuffer::<i64>::from_lengths(lengths);
    let texts = LargeStringArray::try_new(offsets, Buffer::from_vec(all), None);
    texts.map(|texts| Arc::new(texts) as ArrayRef).map_err(|error| error.to_string())
}
