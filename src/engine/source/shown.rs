//! Sources as text, for the tests of this folder.

use arrow::array::Array;
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{Piece, Source};
use crate::metric::Unmeasured;

/// All that a source gives, as text.
#[derive(Debug, Default, PartialEq)]
pub struct Shown {
    /// Names and types: `a int64`.
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<String>>>,
    /// Cells that do not read as declared: `a=x`.
    pub unread: Vec<String>,
    pub warnings: Vec<String>,
}

impl Shown {
    /// Reads everything.
    pub fn of(source: &dyn Source) -> Result<Self, Unmeasured> {
        let columns = &source.schema().columns;
        let kinds = columns.iter().map(|column| format!("{} {}", column.name, column.kind));
        let mut shown = Shown { columns: kinds.collect(), ..Shown::default() };
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        for part in 0..source.parts() {
            source.read(part, &names, &mut |piece| {
                shown.add(&piece);
                Ok(())
            })?;
        }
        shown.warnings = source.identity()?.warnings;
        if let Some(rows) = source.schema().rows {
            assert_eq!(rows, shown.rows.len() as u64, "the schema knows the number of rows");
        }
        Ok(shown)
    }

    /// Rows with `|` between the cells and a blank between the rows.
    pub fn text(&self) -> String {
        let cell = |cell: &Option<String>| cell.clone().unwrap_or("null".into());
        let row = |row: &Vec<Option<String>>| row.iter().map(cell).collect::<Vec<_>>().join("|");
        self.rows.iter().map(row).collect::<Vec<_>>().join(" ")
    }

    fn add(&mut self, piece: &Piece) {
        let options = FormatOptions::default();
        let columns: Vec<_> = piece
            .record
            .columns()
            .iter()
            .map(|column| (column, ArrayFormatter::try_new(column, &options).expect("a formatter")))
            .collect();
        for row in 0..piece.record.num_rows() {
            let cells = columns.iter().map(|(column, format)| {
                let there = column.data_type() != &DataType::Null && column.is_valid(row);
                there.then(|| format.value(row).to_string())
            });
            self.rows.push(cells.collect());
        }
        for (name, texts) in &piece.unread {
            self.unread.extend(texts.iter().flatten().map(|text| format!("{name}={text}")));
        }
    }
}
