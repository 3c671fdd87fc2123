//! NDJSON: one object on each line. Its keys are the columns, in the order of their first use.
//!
//! Numbers keep their digits and get their type as CSV cells do, from all lines of all files; text
//! stays text unless the suite declares a type. Lists and objects are read by Arrow's reader.

mod infer;
mod lines;
mod nested;

use std::sync::Arc;

use arrow::datatypes::DataType;

use self::infer::Found;
use self::lines::Table;
use super::input::Input;
use super::open::Options;
use super::parts::{self, Fault, Layout, PART_BYTES, Start};
use super::piece::{Columns, deliver, identity, select};
use super::{Piece, Source, cells, kind_of};
use crate::metric::{Column, Identity, Schema, Unmeasured};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Opens files whose columns and types are found out over all of them.
pub(super) fn open(
    inputs: &[Arc<Input>],
    options: &Options,
) -> Result<Vec<Box<dyn Source>>, Unmeasured> {
    let files = inputs.iter().map(Lines::open).collect::<Result<Vec<_>, _>>()?;
    let found = infer::infer(&files, options)?;
    let mut columns = Vec::with_capacity(found.len());
    for Found { name, evidence, nested, .. } in found {
        let declared = options.declared.of(&name);
        let kind = match (declared, nested) {
            (None, Some(kind)) => kind,
            (declared, _) => cells::kind(&name, declared.as_ref(), &evidence)?,
        };
        let absent = options.absent.of(&name);
        columns.push(Known { name, kind, absent });
    }
    let columns: Arc<[Known]> = columns.into();
    let source = |lines: Lines| -> Box<dyn Source> { Box::new(lines.source(columns.clone())) };
    Ok(files.into_iter().map(source).collect())
}

/// A file whose lines are found.
#[derive(Debug)]
struct Lines {
    input: Arc<Input>,
    layout: Layout,
}

impl Lines {
    fn open(input: &Arc<Input>) -> Result<Self, Unmeasured> {
        if input.bytes == 0 {
            return Err(input.fault("it is empty, expected an object on each line"));
        }
        let head = input.head(BOM.len())?;
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(input.fault("it is UTF-16; save it as UTF-8"));
        }
        let offset = if head == BOM { BOM.len() as u64 } else { 0 };
        let start = Start { offset, line: 1, part_bytes: PART_BYTES, blank_is_row: false };
        let layout = parts::cut(input, start, |bytes, _| Ok(parts::lines(bytes)))?;
        Ok(Lines { input: input.clone(), layout })
    }

    /// Reads the text of a part and hands it to `take`; mistakes get their line.
    fn with<T>(
        &self,
        part: usize,
        take: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Result<T, Unmeasured> {
        let part = self.layout.parts[part];
        let bytes = self.input.bytes_at(part.offset, part.bytes)?;
        self.input.unchanged()?;
        let taken = match std::str::from_utf8(&bytes) {
            Ok(text) => take(text),
            Err(error) => {
                let at = error.valid_up_to();
                let byte = part.offset + at as u64;
                Err(Fault::at(&bytes, at, format!("byte {byte} is not UTF-8; save it as UTF-8")))
            }
        };
        taken.map_err(|fault| fault.of(&self.input, part.line))
    }

    fn source(self, columns: Arc<[Known]>) -> NdjsonSource {
        let shown = columns
            .iter()
            .map(|known| Column { name: known.name.clone(), kind: kind_of(&known.kind) });
        let schema =
            Schema { columns: shown.collect(), rows: Some(self.layout.rows), untyped: true };
        NdjsonSource { lines: self, columns, schema }
    }
}

/// One file.
#[derive(Debug)]
struct NdjsonSource {
    lines: Lines,
    columns: Arc<[Known]>,
    schema: Schema,
}

/// A column of which all is known.
#[derive(Debug)]
struct Known {
    name: String,
    kind: DataType,
    /// Texts that stand for a missing value.
    absent: Vec<String>,
}

impl Source for NdjsonSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.lines.layout.parts.len()
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let wanted = select(&self.schema, columns)?;
        let (read, rows) = self.lines.with(part, |text| {
            let table = Table::of(text, columns.to_vec())?;
            let mut read = Columns::default();
            for (column, name) in wanted.iter().zip(columns) {
                let Known { kind, absent, .. } = &self.columns[*column];
                // A name asked for twice has its cells in its first place.
                let place = columns.iter().position(|other| other == name).unwrap_or_default();
                let cells = &table.columns[place];
                if kind.is_nested() {
                    read.add(name, nested::build(kind, cells)?, None);
                } else {
                    let there = |cell: &&lines::Cell| !cell.is_one_of(absent);
                    let cells = cells.iter().map(|cell| cell.as_ref().filter(there));
                    let built = cells::build(kind, cells);
                    read.add(name, built.values, built.unread);
                }
            }
            Ok((read, table.rows))
        })?;
        deliver(read, rows, each).map_err(|error| self.lines.input.fault(error))?
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        let identity = identity(&self.lines.input, "ndjson", &self.schema)?;
        Ok(Identity { warnings: self.lines.layout.warnings(), ..identity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::source::shown::Shown;
    use crate::engine::source::{self, Declared, DeclaredType, SourceSpec};
    use crate::metric::Type;

    fn read(content: &str, declared: Declared) -> Result<Shown, String> {
        let file = tempfile::Builder::new().suffix(".jsonl").tempfile().expect("a temporary file");
        std::fs::write(file.path(), content).expect("written");
        let path = file.path().to_string_lossy().into_owned();
        let text = |error: Unmeasured| error.to_string().replace(&format!("`{path}`: "), "");
        let source =
            source::open(&SourceSpec { path: path.clone(), declared, ..SourceSpec::default() })
                .map_err(text)?;
        Shown::of(&*source).map_err(text)
    }

    fn check(content: &str, columns: &str, rows: &str) {
        let shown = read(content, Declared::Nothing).expect("read");
        assert_eq!((shown.columns.join(", ").as_str(), shown.text().as_str()), (columns, rows));
    }

    #[test]
    fn keys_are_columns_and_numbers_are_exact() {
        check(
            "{\"a\":1,\"b\":\"1\"}\n{\"b\":\"x\",\"c\":true}",
            "a int64, b string, c boolean",
            "1|1|null null|x|true",
        );
        check("{\"a\":18446744073709551615}\n", "a uint64", "18446744073709551615");
        check("{\"a\":1}\n{\"a\":1.5}\n", "a float64", "1.0 1.5");
        check("{\"a\":1}\n{\"a\":\"x\"}\n", "a string", "1 x");
        check("{\"a\":null}\n", "a null", "null");
        check("{}\n\n{}\n", "", " ");
    }

    #[test]
    fn lists_and_objects_are_nested_columns() {
        check(
            "{\"a\":[1,2],\"b\":{\"c\":\"x\"}}\n{\"b\":null}\n",
            "a list[int64], b struct{c: string}",
            "[1, 2]|{c: x} null|null",
        );
        check("{\"a\":[1]}\n{\"a\":3}\n", "a string", "[1] 3");
    }

    #[test]
    fn declared_types_are_read_from_text_too() {
        let declared = Declared::from_iter([
            ("d".into(), DeclaredType::Exactly(Type::Date)),
            ("n".into(), DeclaredType::Number),
        ]);
        let text = "{\"d\":\"2020-01-05\",\"n\":\"7\"}\n{\"d\":\"x\",\"n\":2}\n";
        let shown = read(text, declared).expect("read");
        assert_eq!(shown.columns, ["d date", "n int64"]);
        assert_eq!(shown.text(), "2020-01-05|7 null|2");
        assert_eq!(shown.unread, ["d=x"]);
    }

    #[test]
    fn mistakes_have_a_line() {
        let error = read("{\"a\":1}\n\n{\"a\":1", Declared::Nothing).expect_err("refused");
        assert_eq!(error, "line 3: column 6: EOF while parsing an object");
    }
}
