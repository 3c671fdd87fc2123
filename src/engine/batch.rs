//! Some consecutive rows during a scan, with everything that was computed about them so far.

use std::cell::OnceCell;

use arrow::array::{Array, BooleanArray, RecordBatch, StringArray};
use arrow::buffer::BooleanBuffer;

use super::bits;
use super::column::Column;
use super::layout::{ColumnId, Layout, PredicateId, SqlId};
use super::predicate::Mask;
use super::source::Piece;
use crate::metric::Value;

/// The place of a row: the part of the dataset, and the row within it, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub part: usize,
    pub row: u64,
}

/// Rows of one part with the caches that all states share.
pub struct Batch<'a> {
    layout: &'a Layout<'a>,
    record: RecordBatch,
    unread: Vec<(String, StringArray)>,
    /// The place of the first row.
    pub start: Place,
    columns: Vec<OnceCell<Result<Column, String>>>,
    sql: Vec<OnceCell<Result<BooleanArray, String>>>,
    filters: Vec<OnceCell<Result<BooleanBuffer, String>>>,
    masks: Vec<OnceCell<Result<Mask, String>>>,
}

impl<'a> Batch<'a> {
    /// Rows whose columns are those of the layout, in its order.
    ///
    /// # Errors
    /// The columns are not those of the layout.
    pub fn new(layout: &'a Layout<'a>, piece: Piece, start: Place) -> Result<Self, String> {
        let (got, wanted) = (piece.record.num_columns(), layout.columns.len());
        if got != wanted {
            return Err(format!("the reader gave {got} columns where {wanted} were asked for"));
        }
        Ok(Batch {
            layout,
            record: piece.record,
            unread: piece.unread,
            start,
            columns: blank(layout.columns.len()),
            sql: blank(layout.sql.len()),
            filters: blank(layout.sql.len()),
            masks: blank(layout.predicates.len()),
        })
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.record.num_rows()
    }

    /// The place of a row of this batch.
    pub fn place(&self, row: usize) -> Place {
        Place { part: self.start.part, row: self.start.row + row as u64 }
    }

    /// A column in typed form.
    pub fn column(&self, id: ColumnId) -> Result<&Column, String> {
        let cell = self.columns[id.0].get_or_init(|| Column::new(self.record.column(id.0)));
        cell.as_ref().map_err(String::clone)
    }

    /// The answer of an SQL expression, with nulls where it is unknown.
    pub fn sql(&self, id: SqlId) -> Result<&BooleanArray, String> {
        let answer = self.sql[id.0].get_or_init(|| {
            let answer = self.layout.sql[id.0].evaluate(&self.record)?;
            if answer.len() == self.n_rows() {
                return Ok(answer);
            }
            Err(format!("SQL gave {} answers for {} rows", answer.len(), self.n_rows()))
        });
        answer.as_ref().map_err(String::clone)
    }

    /// The rows that a filter selects; a row for which it is unknown is left out, as SQL does.
    pub fn filter(&self, id: Option<SqlId>) -> Result<Option<&BooleanBuffer>, String> {
        let Some(id) = id else { return Ok(None) };
        let selected = self.filters[id.0].get_or_init(|| {
            let answer = self.sql(id)?;
            Ok(match answer.nulls() {
                Some(known) => answer.values() & known.inner(),
                None => answer.values().clone(),
            })
        });
        selected.as_ref().map(Some).map_err(String::clone)
    }

    /// How many rows a filter selects.
    pub fn n_selected(&self, id: Option<SqlId>) -> Result<u64, String> {
        Ok(bits::count(self.filter(id)?, self.n_rows()))
    }

    /// The answers of a predicate.
    pub fn mask(&self, id: PredicateId) -> Result<&Mask, String> {
        let mask = self.masks[id.0].get_or_init(|| self.layout.predicates[id.0].evaluate(self));
        mask.as_ref().map_err(String::clone)
    }

    /// The text of cells of a column that do not read as its declared type, null elsewhere.
    pub fn unread(&self, column: &str) -> Option<&StringArray> {
        self.unread.iter().find(|(name, _)| name == column).map(|(_, texts)| texts)
    }

    /// A cell as it should be shown: a cell that does not read as its type keeps its text.
    pub fn show(&self, id: ColumnId, row: usize) -> Result<Value, String> {
        match self.unread(&self.layout.columns[id.0]) {
            Some(texts) if texts.is_valid(row) => Ok(Value::Text(texts.value(row).to_owned())),
            _ => Ok(self.column(id)?.value(row)),
        }
    }
}

fn blank<T>(length: usize) -> Vec<OnceCell<T>> {
    std::iter::repeat_with(OnceCell::new).take(length).collect()
}
