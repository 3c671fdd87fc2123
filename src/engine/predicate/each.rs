//! Every item of a list keeps a rule.

use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{Field, Schema as ArrowSchema};

use super::lists::lists;
use super::{Mask, over_present};
use crate::engine::batch::{Batch, Place};
use crate::engine::layout::{ColumnId, Layout, PredicateId};
use crate::engine::source::Piece;
use crate::metric::{self, Predicate, Schema, Type, Value};

#[derive(Debug)]
pub struct Each {
    column: ColumnId,
    name: String,
    /// A layout of the items alone, as a table of one column.
    items: Layout<'static>,
    rule: PredicateId,
}

/// The items that break the rule, by their place among all items, and the items of each row.
struct Broken {
    items: BooleanBuffer,
    /// First item of each row, and after the last.
    offsets: Vec<usize>,
    batch: RecordBatch,
}

impl Each {
    pub fn new(column: &str, item: &Predicate, layout: &mut Layout) -> Result<Self, String> {
        let id = layout.column(column)?;
        let kind = match layout.kind(id) {
            Some(Type::List(item)) => (**item).clone(),
            // A column of nothing but nulls holds no list, and no item that breaks the rule.
            Some(Type::Null) => Type::Null,
            _ => return Err(format!("the values of `{column}` are no lists")),
        };
        let columns = vec![metric::Column { name: column.to_owned(), kind }];
        let mut items = Layout::owning(Schema { columns, ..Schema::default() });
        let rule = items.predicate(item)?;
        Ok(Each { column: id, name: column.to_owned(), items, rule })
    }

    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let holds = match self.broken(batch)? {
            None => BooleanBuffer::new_unset(column.n_rows),
            Some(Broken { items, offsets, .. }) => {
                let is_any = items.count_set_bits() > 0;
                BooleanBuffer::collect_bool(column.n_rows, |row| {
                    !is_any || !(offsets[row]..offsets[row + 1]).any(|item| items.value(item))
                })
            }
        };
        Ok(over_present(holds, column))
    }

    /// The first item of a row that breaks the rule.
    pub fn offending(&self, batch: &Batch, row: usize) -> Result<Option<Value>, String> {
        let Some(Broken { items, offsets, batch: record }) = self.broken(batch)? else {
            return Ok(None);
        };
        let (start, end) = (offsets[row], offsets[row + 1]);
        let Some(item) = (start..end).find(|item| items.value(*item)) else { return Ok(None) };
        let column = crate::engine::column::Column::new(record.column(0))?;
        Ok(Some(column.value(item)))
    }

    fn broken(&self, batch: &Batch) -> Result<Option<Broken>, String> {
        let Some(lists) = lists(batch.column(self.column)?)? else { return Ok(None) };
        let offsets = lists.value_offsets();
        let (first, last) = (offsets[0] as usize, offsets[lists.len()] as usize);
        let values = lists.values().slice(first, last - first);
        let field = Field::new(&self.name, values.data_type().clone(), true);
        let schema = Arc::new(ArrowSchema::new(vec![field]));
        let record =
            RecordBatch::try_new(schema, vec![values]).map_err(|error| error.to_string())?;
        // A rule that reads no column by its number still reads the items.
        let piece = Piece { record: record.clone(), unread: Vec::new() };
        let inner = Batch::new(&self.items, piece, Place { part: 0, row: 0 })?;
        let mask = inner.mask(self.rule)?;
        let mut items = !&mask.holds;
        for left_out in [&mask.nulls, &mask.nans].into_iter().flatten() {
            items = &items & &!left_out;
        }
        let offsets = offsets.iter().map(|offset| *offset as usize - first).collect();
        Ok(Some(Broken { items, offsets, batch: record }))
    }
}
