//! CSV and TSV by RFC 4180, strictly: whatever else is an error with its line.
//!
//! Only the empty unquoted field is null. Types are those that the suite declares, else those that
//! all cells of the whole file agree on. Nothing is guessed from the first rows. A file without a
//! comma in its header but with a semicolon or a tab is split at that, with a warning.

mod header;
mod index;
mod infer;
mod split;

use std::borrow::Cow;
use std::sync::Arc;

use arrow::datatypes::DataType;
use memchr::{memchr, memchr_iter, memrchr};

use self::header::Header;
use self::index::{Index, Room, Shape};
use self::infer::Unsure;
use super::cells::Built;
use super::format::Format;
use super::input::Input;
use super::open::Options;
use super::parts::{self, Fault, Layout, PART_BYTES, Part, Start};
use super::piece::{Columns, deliver, select};
use super::spare::Spare;
use super::{Piece, Source, cells, kind_of, parallel};
use crate::metric::{Column, Identity, Schema, Unmeasured};

/// Opens files with the same header; the types of their columns are decided over all of them.
pub(super) fn open(
    inputs: &[Arc<Input>],
    options: &Options,
) -> Result<Vec<Box<dyn Source>>, Unmeasured> {
    open_by(inputs, options, PART_BYTES)
}

fn open_by(
    inputs: &[Arc<Input>],
    options: &Options,
    part_bytes: usize,
) -> Result<Vec<Box<dyn Source>>, Unmeasured> {
    let mut tables = Vec::with_capacity(inputs.len());
    for input in inputs {
        tables.push(Table::open(input, options, part_bytes)?);
    }
    let Some(first) = tables.first() else { return Ok(Vec::new()) };
    if let Some(other) = tables.iter().find(|table| table.head.names != first.head.names) {
        return Err(other.input.fault(format_args!(
            "its header differs from that of `{}`: {}",
            first.input.name,
            super::many::different_names(&first.head.names, &other.head.names)
        )));
    }
    let kinds: Arc<[DataType]> = kinds(&tables, options)?.into();
    let source = |table: Table| -> Box<dyn Source> { Box::new(table.source(kinds.clone())) };
    Ok(tables.into_iter().map(source).collect())
}

/// A file whose records are found but whose columns have no types yet.
#[derive(Debug)]
struct Table {
    input: Arc<Input>,
    format: Format,
    head: Header,
    layout: Layout,
    block_bytes: usize,
    /// The columns whose type their cells decide.
    unsure: Vec<Unsure>,
    /// What these cells look like, where that was seen while the file was cut.
    seen: Option<Vec<cells::Evidence>>,
    /// For each column, the texts that stand for a missing value.
    absent: Vec<Vec<String>>,
    /// Memory for a block and its index.
    spare: Spare<(Vec<u8>, Room)>,
}

impl Table {
    fn open(input: &Arc<Input>, options: &Options, part_bytes: usize) -> Result<Self, Unmeasured> {
        let head = Header::read(input, options.format)?;
        let start = Start {
            offset: head.bytes,
            line: head.lines + 1,
            part_bytes,
            blank_is_row: head.names.len() == 1,
        };
        let absent: Vec<_> = head.names.iter().map(|name| options.absent.of(name)).collect();
        let unsure = Unsure::all(&head.names, options);
        let rooms = Spare::<Room>::default();
        let look = |bytes: &[u8]| {
            if unsure.is_empty() {
                return Some(Vec::new());
            }
            // What is wrong is told with its line by whoever reads the parts in order.
            rooms.with(|room| {
                let index = head.index(bytes, start.offset, room).ok()?;
                Some(infer::look(&index, &unsure))
            })
        };
        let scan = |bytes: &[u8], last| split::scan(bytes, head.delimiter, last);
        let (layout, seen) = match parts::cut_lines(input, start, options.threads, look)? {
            Some((layout, seen)) => (layout, infer::merged(seen, unsure.len())),
            None => (parts::cut(input, start, scan)?, None),
        };
        let (input, format, block_bytes) = (input.clone(), options.format, start.block_bytes());
        let spare = Spare::default();
        Ok(Table { input, format, head, layout, block_bytes, unsure, seen, absent, spare })
    }

    /// Shows the fields of a part, block by block.
    fn each_block(&self, part: usize, each: impl FnMut(&Index)) -> Result<(), Unmeasured> {
        let part = self.layout.parts[part];
        self.spare.with(|(bytes, room)| self.each_block_in(part, bytes, room, each))?;
        self.input.unchanged()
    }

    fn each_block_in(
        &self,
        part: Part,
        bytes: &mut Vec<u8>,
        room: &mut Room,
        mut each: impl FnMut(&Index),
    ) -> Result<(), Unmeasured> {
        let (mut done, mut line) = (0, part.line);
        while done < part.bytes {
            let (offset, rest) = (part.offset + done as u64, part.bytes - done);
            bytes.resize(rest.min(self.block_bytes), 0);
            self.input.fill(bytes, offset)?;
            let mut end = bytes.len();
            if end < rest {
                end = last_line_end(bytes).unwrap_or(rest);
                if end > bytes.len() {
                    bytes.resize(rest, 0);
                    self.input.fill(bytes, offset)?;
                }
            }
            let text = &bytes[..end];
            let index = self.head.index(text, offset, room);
            each(&index.map_err(|fault| fault.of(&self.input, line))?);
            done += end;
            line += memchr_iter(b'\n', text).count() as u64;
        }
        Ok(())
    }

    fn source(self, kinds: Arc<[DataType]>) -> CsvSource {
        let names = self.head.names.iter().zip(kinds.iter());
        let columns = names.map(|(name, kind)| Column { name: name.clone(), kind: kind_of(kind) });
        let schema =
            Schema { columns: columns.collect(), rows: Some(self.layout.rows), untyped: true };
        CsvSource { table: self, kinds, schema }
    }
}

impl Header {
    /// Finds the fields of whole records, the first of which stands at `offset` of the file.
    fn index<'a>(
        &self,
        bytes: &'a [u8],
        offset: u64,
        room: &'a mut Room,
    ) -> Result<Index<'a>, Fault> {
        let shape = Shape { delimiter: self.delimiter, columns: self.names.len() };
        Index::new(bytes, offset, shape, room)
    }
}

fn kinds(tables: &[Table], options: &Options) -> Result<Vec<DataType>, Unmeasured> {
    let Some(Table { head, unsure, .. }) = tables.first() else { return Ok(Vec::new()) };
    let mut evidence = vec![cells::Evidence::default(); head.names.len()];
    let found = infer::infer(tables, options.threads)?;
    unsure.iter().zip(found).for_each(|(unsure, found)| evidence[unsure.column] = found);
    let columns = head.names.iter().zip(&evidence);
    columns
        .map(|(name, found)| cells::kind(name, options.declared.of(name).as_ref(), found))
        .collect()
}

/// One file.
#[derive(Debug)]
struct CsvSource {
    table: Table,
    kinds: Arc<[DataType]>,
    schema: Schema,
}

impl Source for CsvSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.table.layout.parts.len()
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let wanted = select(&self.schema, columns)?;
        let mut blocks: Vec<Vec<Built>> = vec![Vec::new(); wanted.len()];
        let mut rows = 0;
        self.table.each_block(part, |index| {
            for (column, built) in wanted.iter().zip(&mut blocks) {
                let (kind, absent) = (&self.kinds[*column], &self.table.absent[*column]);
                built.push(build(index, *column, kind, absent));
            }
            rows += index.rows();
        })?;
        let fault = |error| self.table.input.fault(error);
        let mut read = Columns::default();
        for (blocks, name) in blocks.into_iter().zip(columns) {
            let built = Built::joined(blocks).map_err(fault)?;
            read.add(name, built.values, built.unread);
        }
        deliver(read, rows, each).map_err(fault)?
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        let (input, layout) = (&self.table.input, &self.table.layout);
        let mut warnings = self.table.head.warnings.clone();
        warnings.extend(layout.warnings());
        let identity = super::piece::identity(input, self.table.format.name(), &self.schema)?;
        Ok(Identity { warnings, ..identity })
    }
}

/// Where the last line ends of a text without quotes.
fn last_line_end(bytes: &[u8]) -> Option<usize> {
    let is_plain = memchr(b'"', bytes).is_none();
    memrchr(b'\n', bytes).filter(|_| is_plain).map(|at| at + 1)
}

fn build(index: &Index, column: usize, kind: &DataType, absent: &[String]) -> Built {
    let fields = index.column(column);
    if !absent.is_empty() {
        let there = |text: &Cow<str>| !absent.iter().any(|word| word == text);
        let cell = |field| Some(unquote(field)).filter(there);
        cells::build(kind, fields.map(|field| (!field.is_empty()).then(|| cell(field)).flatten()))
    } else if index.has_quotes() {
        cells::build(kind, fields.map(|field| (!field.is_empty()).then(|| unquote(field))))
    } else {
        cells::build(kind, fields.map(|field| (!field.is_empty()).then_some(field)))
    }
}

/// The value of a raw field.
fn unquote(field: &str) -> Cow<'_, str> {
    match field.strip_prefix('"') {
        Some(inner) => unescape(inner.strip_suffix('"').unwrap_or(inner)),
        None => Cow::Borrowed(field),
    }
}

/// Makes one quote of two.
fn unescape(inner: &str) -> Cow<'_, str> {
    if inner.contains('"') { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) }
}

#[cfg(test)]
mod law;
#[cfg(test)]
mod tests;
