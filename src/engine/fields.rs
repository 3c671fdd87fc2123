//! Fields of structs as columns of their own.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::compute::nullif;
use arrow::datatypes::{Field, Schema as ArrowSchema};

use super::layout::{Layout, Origin};

/// The columns of a layout, from the columns that were read.
///
/// # Errors
/// A field is not where the schema said.
pub fn unpacked(record: &RecordBatch, layout: &Layout) -> Result<RecordBatch, String> {
    let arrays = layout.origins.iter().map(|origin| field(record, origin));
    let arrays = arrays.collect::<Result<Vec<ArrayRef>, String>>()?;
    let named = layout.names.iter().zip(&arrays);
    let fields: Vec<Field> =
        named.map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(record.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(ArrowSchema::new(fields)), arrays, &options)
        .map_err(|error| error.to_string())
}

/// A field is null where any of the structs around it is.
fn field(record: &RecordBatch, origin: &Origin) -> Result<ArrayRef, String> {
    let mut array = record.column(origin.root).clone();
    for name in &origin.fields {
        let outer = array.as_struct_opt();
        let inner = outer.and_then(|outer| outer.column_by_name(name));
        let inner = inner.ok_or_else(|| format!("the data has no field `{name}` where it was"))?;
        array = match array.nulls() {
            Some(nulls) if nulls.null_count() > 0 => {
                let missing = arrow::array::BooleanArray::new(!nulls.inner(), None);
                nullif(inner, &missing).map_err(|error| error.to_string())?
            }
            _ => inner.clone(),
        };
    }
    Ok(array)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::batch::{Batch, Place};
    use crate::engine::table::Table;
    use crate::metric::Value;
    use arrow::array::{Int64Array, StringArray, StructArray};
    use arrow::datatypes::{DataType, Fields};

    fn table() -> Table {
        let zip: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), Some(2), None]));
        let place = Fields::from(vec![Field::new("zip", DataType::Int64, true)]);
        let place: ArrayRef =
            Arc::new(StructArray::new(place, vec![zip], Some(vec![true, false, true].into())));
        let city: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "c"]));
        let address = Fields::from(vec![
            Field::new("place", place.data_type().clone(), true),
            Field::new("city", DataType::Utf8, true),
        ]);
        let present = Some(vec![true, true, false].into());
        Table::new(vec![(
            "address",
            Arc::new(StructArray::new(address, vec![place, city], present)),
        )])
    }

    fn check(name: &str, from: usize, expected: &[Value]) {
        let table = table();
        let mut layout = Layout::new(&table.schema);
        let id = layout.column(name).expect("a field");
        let piece = table.piece(layout.columns(), from, 3 - from);
        let batch = Batch::new(&layout, piece, Place { part: 0, row: 0 }).expect("a batch");
        let column = batch.column(id).expect("a column");
        let found: Vec<Value> = (0..batch.n_rows()).map(|row| column.value(row)).collect();
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn fields_are_null_where_a_struct_around_them_is() {
        let text = |text: &str| Value::Text(text.into());
        check("address.city", 0, &[text("a"), text("b"), Value::Null]);
        check("address.place.zip", 0, &[Value::Int(1), Value::Null, Value::Null]);
        check("address.city", 1, &[text("b"), Value::Null]);
    }
}
