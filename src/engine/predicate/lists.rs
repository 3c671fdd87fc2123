//! The lists of a column in one layout, whichever of Arrow's it has.

use arrow::array::{Array, ArrayRef, AsArray, LargeListArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::engine::column::{Cells, Column};

/// The lists of a column; `None` where all of them are null.
///
/// # Errors
/// The cells are no lists.
pub fn lists(column: &Column) -> Result<Option<LargeListArray>, String> {
    let array = match &column.cells {
        Cells::Null => return Ok(None),
        Cells::Nested(array) => array,
        _ => return Err(no_lists(column)),
    };
    let item = match array.data_type() {
        DataType::LargeList(_) => return Ok(Some(array.as_list::<i64>().clone())),
        DataType::List(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => item.clone(),
        _ => return Err(no_lists(column)),
    };
    let large: ArrayRef =
        cast(array, &DataType::LargeList(item)).map_err(|error| error.to_string())?;
    Ok(Some(large.as_list::<i64>().clone()))
}

fn no_lists(column: &Column) -> String {
    format!("values of type {} are no lists", column.describe())
}
