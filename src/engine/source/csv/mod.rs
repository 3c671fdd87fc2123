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

use self::header::Header;
use self::index::{Index, Shape};
use super::cells::Built;
use super::format::Format;
use super::input::Input;
use super::open::Options;
use super::parts::{self, Layout, PART_BYTES, Start};
use super::piece::{Columns, deliver, select};
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
    /// For each column, whether the suite says something about its type.
    declared: Vec<bool>,
    /// For each column, the texts that stand for a missing value.
    absent: Vec<Vec<String>>,
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
        let scan = |bytes: &[u8], last| split::scan(bytes, head.delimiter, last);
        let layout = match parts::cut_lines(input, start, options.threads)? {
            Some(layout) => layout,
            None => parts::cut(input, start, scan)?,
        };
        let declared = head.names.iter().map(|name| options.declared.of(name).is_some()).collect();
        let absent = head.names.iter().map(|name| options.absent.of(name)).collect();
        Ok(Table { input: input.clone(), format: options.format, head, layout, declared, absent })
    }

    /// Finds the fields of a part.
    fn index(&self, part: usize) -> Result<Index, Unmeasured> {
        let part = self.layout.parts[part];
        let bytes = self.input.bytes_at(part.offset, part.bytes)?;
        let shape = Shape { delimiter: self.head.delimiter, columns: self.head.names.len() };
        let index = Index::new(bytes, part.offset, shape)
            .map_err(|fault| fault.of(&self.input, part.line))?;
        self.input.unchanged()?;
        Ok(index)
    }

    fn source(self, kinds: Arc<[DataType]>) -> CsvSource {
        let names = self.head.names.iter().zip(kinds.iter());
        let columns = names.map(|(name, kind)| Column { name: name.clone(), kind: kind_of(kind) });
        let schema =
            Schema { columns: columns.collect(), rows: Some(self.layout.rows), untyped: true };
        CsvSource { table: self, kinds, schema }
    }
}

fn kinds(tables: &[Table], options: &Options) -> Result<Vec<DataType>, Unmeasured> {
    let names = tables.first().map_or(&[][..], |table| &table.head.names);
    let unsure: Vec<usize> = (0..names.len())
        .filter(|column| cells::needs_evidence(options.declared.of(&names[*column]).as_ref()))
        .collect();
    let mut evidence = vec![cells::Evidence::default(); names.len()];
    if !unsure.is_empty() {
        let found = infer::infer(tables, &unsure, options.threads)?;
        unsure.iter().zip(found).for_each(|(column, found)| evidence[*column] = found);
    }
    let columns = names.iter().zip(&evidence);
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
        let index = self.table.index(part)?;
        let mut read = Columns::default();
        for (column, name) in wanted.into_iter().zip(columns) {
            let built = build(&index, column, &self.kinds[column], &self.table.absent[column]);
            read.add(name, built.values, built.unread);
        }
        let rows = index.rows();
        drop(index);
        deliver(read, rows, each).map_err(|error| self.table.input.fault(error))?
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        let (input, layout) = (&self.table.input, &self.table.layout);
        let mut warnings = self.table.head.warnings.clone();
        warnings.extend(layout.warnings());
        let identity = super::piece::identity(input, self.table.format.name(), &self.schema)?;
        Ok(Identity { warnings, ..identity })
    }
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
mod tests;
