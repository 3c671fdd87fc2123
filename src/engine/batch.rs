//! Some consecutive rows during a scan, with everything that was computed about them so far.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, StringArray,
    UInt32Array, new_null_array,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{filter_record_batch, take};
use arrow::datatypes::{DataType, Field, Schema};

use super::bits;
use super::column::Column;
use super::fields;
use super::layout::{ColumnId, Layout, PredicateId, SqlId};
use super::predicate::{Glance, Mask};
use super::source::Piece;
use super::state;
use crate::metric::{Type, Value};

/// The place of a row: the part of the dataset, and the row within it, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub part: usize,
    pub row: u64,
}

/// Rows of one part with the caches that all states share.
pub struct Batch<'a> {
    layout: &'a Layout<'a>,
    rows: Rows<'a>,
    unread: Vec<(String, StringArray)>,
    /// The place of the first row.
    pub start: Place,
    columns: Vec<OnceCell<Result<Column, String>>>,
    sql: Vec<OnceCell<Result<BooleanArray, String>>>,
    filters: Vec<OnceCell<Result<BooleanBuffer, String>>>,
    masks: Vec<OnceCell<Result<Mask, String>>>,
    groups: RefCell<Vec<(Vec<ColumnId>, Groups)>>,
}

/// The rows of each group under its fingerprint.
pub type Groups = Rc<Vec<(u128, Vec<u32>)>>;

/// Where the rows of a batch are.
enum Rows<'a> {
    Own(RecordBatch),
    /// Some rows of another batch, in its order; what is known of that one is known of them.
    Some {
        whole: &'a Batch<'a>,
        rows: &'a [u32],
    },
    /// The values of the only column, from a tally.
    Values(&'a Column),
}

impl<'a> Batch<'a> {
    /// Rows whose columns are those of the layout, in its order.
    ///
    /// # Errors
    /// The columns are not those of the layout.
    pub fn new(layout: &'a Layout<'a>, piece: Piece, start: Place) -> Result<Self, String> {
        let (got, wanted) = (piece.record.num_columns(), layout.columns().len());
        if got != wanted {
            return Err(format!("the reader gave {got} columns where {wanted} were asked for"));
        }
        let record = match layout.has_fields() {
            true => fields::unpacked(&piece.record, layout)?,
            false => piece.record,
        };
        Ok(Batch::of(layout, Rows::Own(record), piece.unread, start))
    }

    /// Values of the only column of a layout as rows.
    pub fn of_values(layout: &'a Layout<'a>, values: &'a Column) -> Self {
        Batch::of(layout, Rows::Values(values), Vec::new(), Place { part: 0, row: 0 })
    }

    /// One row of nothing but nulls.
    ///
    /// # Errors
    /// As for [`Batch::new`].
    pub fn of_null(layout: &'a Layout<'a>) -> Result<Self, String> {
        let names = layout.columns().iter();
        let fields = names.map(|name| Field::new(name, DataType::Null, true));
        let fields: Vec<Field> = fields.collect();
        let arrays = fields.iter().map(|_| new_null_array(&DataType::Null, 1)).collect();
        let record = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays);
        let record = record.map_err(|error| error.to_string())?;
        let start = Place { part: 0, row: 0 };
        Batch::new(layout, Piece { record, unread: Vec::new() }, start)
    }

    fn of(
        layout: &'a Layout<'a>,
        rows: Rows<'a>,
        unread: Vec<(String, StringArray)>,
        start: Place,
    ) -> Self {
        Batch {
            layout,
            rows,
            unread,
            start,
            columns: blank(layout.names.len()),
            sql: blank(layout.sql.len()),
            filters: blank(layout.sql.len()),
            masks: blank(layout.predicates.len()),
            groups: RefCell::default(),
        }
    }

    /// Some rows of this batch, in its order, as a batch of their own that keeps their places.
    ///
    /// # Errors
    /// The rows cannot be taken out.
    pub fn select<'s>(&'s self, rows: &'s [u32]) -> Result<Batch<'s>, String> {
        let start = rows.first().map_or(self.start, |row| self.place(*row as usize));
        let unread = self.unread.iter().map(|(name, texts)| {
            let taken = taken(texts, rows)?;
            Ok((name.clone(), taken.as_string::<i32>().clone()))
        });
        let unread = unread.collect::<Result<Vec<_>, String>>()?;
        Ok(Batch::of(self.layout, Rows::Some { whole: self, rows }, unread, start))
    }

    /// The rows of each group that agrees in the columns, found once for all who ask.
    ///
    /// # Errors
    /// A column cannot be read.
    pub fn groups(&self, columns: &[ColumnId]) -> Result<Groups, String> {
        let known = self.groups.borrow().iter().find(|(by, _)| by == columns).cloned();
        if let Some((_, groups)) = known {
            return Ok(groups);
        }
        let groups = Rc::new(state::groups(self, columns)?);
        self.groups.borrow_mut().push((columns.to_vec(), groups.clone()));
        Ok(groups)
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        match &self.rows {
            Rows::Own(record) => record.num_rows(),
            Rows::Some { rows, .. } => rows.len(),
            Rows::Values(column) => column.n_rows,
        }
    }

    /// The selected rows of some columns, as they were read.
    ///
    /// # Errors
    /// Arrow cannot take the rows.
    pub fn rows(
        &self,
        columns: &[ColumnId],
        selected: Option<&BooleanBuffer>,
    ) -> Result<RecordBatch, String> {
        let arrays = columns.iter().map(|column| self.array(*column));
        let arrays = arrays.collect::<Result<Vec<ArrayRef>, String>>()?;
        let fields = columns.iter().zip(&arrays).map(|(column, array)| {
            Field::new(&self.layout.names[column.0], array.data_type().clone(), true)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<Field>>()));
        let options = RecordBatchOptions::new().with_row_count(Some(self.n_rows()));
        let record = RecordBatch::try_new_with_options(schema, arrays, &options);
        let record = record.map_err(|error| error.to_string())?;
        let Some(selected) = selected else { return Ok(record) };
        let selected = BooleanArray::new(selected.clone(), None);
        filter_record_batch(&record, &selected).map_err(|error| error.to_string())
    }

    /// The place of a row of this batch.
    pub fn place(&self, row: usize) -> Place {
        match &self.rows {
            Rows::Own(_) | Rows::Values(_) => {
                Place { part: self.start.part, row: self.start.row + row as u64 }
            }
            Rows::Some { whole, rows } => whole.place(rows[row] as usize),
        }
    }

    fn array(&self, id: ColumnId) -> Result<ArrayRef, String> {
        match &self.rows {
            Rows::Own(record) => Ok(record.column(id.0).clone()),
            Rows::Some { whole, rows } => taken(&whole.array(id)?, rows),
            Rows::Values(_) => Err(NO_ROWS.into()),
        }
    }

    /// A column in typed form.
    pub fn column(&self, id: ColumnId) -> Result<&Column, String> {
        if let Rows::Values(column) = &self.rows {
            return Ok(column);
        }
        let cell = self.columns[id.0].get_or_init(|| Column::new(&self.array(id)?));
        cell.as_ref().map_err(String::clone)
    }

    /// The type that the schema gives a column.
    pub fn kind(&self, id: ColumnId) -> Option<&Type> {
        self.layout.kind(id)
    }

    /// The answer of an SQL expression, with nulls where it is unknown.
    pub fn sql(&self, id: SqlId) -> Result<&BooleanArray, String> {
        let answer = self.sql[id.0].get_or_init(|| {
            let answer = match &self.rows {
                Rows::Own(record) => self.layout.sql[id.0].evaluate(record)?,
                Rows::Some { whole, rows } => taken(whole.sql(id)?, rows)?.as_boolean().clone(),
                Rows::Values(_) => return Err(NO_ROWS.into()),
            };
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
        let mask = self.masks[id.0].get_or_init(|| match &self.rows {
            Rows::Own(_) | Rows::Values(_) => self.layout.predicates[id.0].evaluate(self),
            Rows::Some { whole, rows } => Ok(whole.mask(id)?.of(rows)),
        });
        mask.as_ref().map_err(String::clone)
    }

    /// The answer of a predicate for all rows at once, where a look at its column tells it.
    pub fn glance(&self, id: PredicateId) -> Option<Glance> {
        match &self.rows {
            Rows::Own(_) | Rows::Values(_) => self.layout.predicates[id.0].glance(self),
            // What was judged of the whole is taken over.
            Rows::Some { .. } => None,
        }
    }

    /// The first item of a list that breaks a rule about the items.
    pub fn offending(&self, rule: PredicateId, row: usize) -> Result<Option<Value>, String> {
        self.layout.predicates[rule.0].offending(self, row)
    }

    /// The text of cells of a column that do not read as its declared type, null elsewhere.
    pub fn unread(&self, column: &str) -> Option<&StringArray> {
        self.unread.iter().find(|(name, _)| name == column).map(|(_, texts)| texts)
    }

    /// A cell as it should be shown: a cell that does not read as its type keeps its text.
    pub fn show(&self, id: ColumnId, row: usize) -> Result<Value, String> {
        match self.unread(&self.layout.names[id.0]) {
            Some(texts) if texts.is_valid(row) => Ok(Value::Text(texts.value(row).to_owned())),
            _ => Ok(self.column(id)?.value(row)),
        }
    }
}

/// Why values that stand for rows cannot be shown as rows.
const NO_ROWS: &str = "a bug of datacheck: a tally was asked for rows";

/// Some rows of an array.
fn taken(array: &dyn Array, rows: &[u32]) -> Result<ArrayRef, String> {
    let rows = UInt32Array::from(rows.to_vec());
    take(array, &rows, None).map_err(|error| error.to_string())
}

fn blank<T>(length: usize) -> Vec<OnceCell<T>> {
    std::iter::repeat_with(OnceCell::new).take(length).collect()
}
