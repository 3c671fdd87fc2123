//! Whether the values of several columns of a row are together one of some combinations.

use arrow::buffer::BooleanBuffer;
use hashbrown::{HashMap, HashSet};

use super::{Mask, one_of};
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column};
use crate::engine::layout::ColumnId;
use crate::metric::Value;

/// The number of a value that no combination has.
const UNKNOWN: u32 = u32::MAX;

#[derive(Debug)]
pub struct RowIn {
    columns: Vec<ColumnId>,
    /// The values that each column has in the combinations; a value's place is its number.
    values: Vec<Vec<Value>>,
    /// The combinations, as numbers of values.
    rows: HashSet<Vec<u32>>,
}

impl RowIn {
    pub fn new(columns: Vec<ColumnId>, rows: &[Vec<Value>]) -> Self {
        let mut values: Vec<Vec<Value>> = vec![Vec::new(); columns.len()];
        let mut number = |column: usize, value: &Value| {
            let known = &mut values[column];
            let place = known.iter().position(|other| other == value).unwrap_or_else(|| {
                known.push(value.clone());
                known.len() - 1
            });
            place as u32
        };
        let numbered = rows.iter().map(|row| {
            row.iter().enumerate().map(|(column, value)| number(column, value)).collect()
        });
        let rows = numbered.collect();
        RowIn { columns, values, rows }
    }

    /// A row whose values are all missing is not judged, unless that is one of the combinations.
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let n_rows = batch.n_rows();
        let mut numbers = Vec::with_capacity(self.columns.len());
        let mut absent = Some(BooleanBuffer::new_set(n_rows));
        for (&column, values) in self.columns.iter().zip(&self.values) {
            let column = batch.column(column)?;
            numbers.push(numbered(column, values)?);
            let missing = bits::either(column.nulls.as_ref(), column.nans.as_ref());
            absent = absent.zip(missing).map(|(absent, missing)| &absent & &missing);
        }
        let mut row_numbers = Vec::with_capacity(numbers.len());
        let holds = BooleanBuffer::collect_bool(n_rows, |row| {
            row_numbers.clear();
            row_numbers.extend(numbers.iter().map(|column: &Vec<u32>| column[row]));
            self.rows.contains(row_numbers.as_slice())
        });
        let nulls = absent.map(|absent| &absent & &!&holds);
        let nulls = nulls.filter(|nulls| nulls.count_set_bits() > 0);
        Ok(Mask { holds, nulls, nans: None })
    }
}

/// The number of each cell's value.
fn numbered(column: &Column, values: &[Value]) -> Result<Vec<u32>, String> {
    let mut numbers = match &column.cells {
        Cells::Text(texts) => {
            let known = by_text(values);
            (0..column.n_rows)
                .map(|row| known.get(texts.at(row)).copied())
                .map(or_unknown)
                .collect()
        }
        Cells::Category { keys, words } => {
            let known = by_text(values);
            let of_word: Vec<u32> = (0..words.count())
                .map(|word| or_unknown(known.get(words.at(word)).copied()))
                .collect();
            keys.iter().map(|&key| of_word[key as usize]).collect()
        }
        _ => {
            let mut numbers = vec![UNKNOWN; column.n_rows];
            for (number, value) in values.iter().enumerate().filter(|(_, v)| **v != Value::Null) {
                let found = one_of::among(column, std::slice::from_ref(value))?;
                found.set_indices().for_each(|row| numbers[row] = number as u32);
            }
            numbers
        }
    };
    if let Some(present) = &column.present {
        let null = values.iter().position(|value| *value == Value::Null);
        let number = or_unknown(null.map(|place| place as u32));
        (!present).set_indices().for_each(|row| numbers[row] = number);
    }
    Ok(numbers)
}

fn by_text(values: &[Value]) -> HashMap<&str, u32> {
    let numbered = values.iter().enumerate();
    numbered
        .filter_map(|(number, value)| match value {
            Value::Text(text) => Some((text.as_str(), number as u32)),
            _ => None,
        })
        .collect()
}

fn or_unknown(number: Option<u32>) -> u32 {
    number.unwrap_or(UNKNOWN)
}
