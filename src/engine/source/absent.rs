//! Values that a suite takes as missing: a cell that holds one is null for all that follows.
//!
//! Files of text are told the words before anything is read, so that `NA` does not make a column of
//! numbers text. Values are compared as the column holds them, in any file.

use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use arrow::compute::nullif;

use super::piece::batch;
use super::{Piece, Source};
use crate::engine::column::Column;
use crate::engine::footer::Facts;
use crate::engine::predicate::among;
use crate::engine::tally::Tally;
use crate::metric::{Identity, Schema, Unmeasured, Value};

/// Which texts of a file of text stand for a missing value.
#[derive(Clone, Default)]
pub struct Absent(Option<Arc<Find>>);

/// Finds the texts of a column by its name.
type Find = dyn Fn(&str) -> Vec<String> + Send + Sync;

impl Absent {
    /// Those that `find` gives; a suite may name columns by a pattern.
    pub fn by(find: impl Fn(&str) -> Vec<String> + Send + Sync + 'static) -> Self {
        Absent(Some(Arc::new(find)))
    }

    /// The texts that are missing values in a column.
    pub fn of(&self, column: &str) -> Vec<String> {
        self.0.as_ref().map(|find| find(column)).unwrap_or_default()
    }
}

impl fmt::Debug for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Absent(..)" } else { "Absent(none)" })
    }
}

/// A source in which some values are null.
pub struct WithMissing {
    source: Box<dyn Source>,
    /// By column, each value of the column's type class.
    values: Vec<(String, Vec<Value>)>,
}

impl WithMissing {
    /// The source itself where no column has such values.
    pub fn wrap(source: Box<dyn Source>, values: Vec<(String, Vec<Value>)>) -> Box<dyn Source> {
        if values.is_empty() { source } else { Box::new(WithMissing { source, values }) }
    }

    fn has_values(&self, column: &str) -> bool {
        self.values.iter().any(|(name, _)| name == column)
    }

    fn nulled(&self, piece: Piece) -> Result<Piece, Unmeasured> {
        let schema = piece.record.schema();
        let names = schema.fields().iter().map(|field| field.name());
        if !names.clone().any(|name| self.values.iter().any(|(column, _)| column == name)) {
            return Ok(piece);
        }
        let columns = names.zip(piece.record.columns()).map(|(name, array)| {
            let values = self.values.iter().find(|(column, _)| column == name);
            let array = values.map_or(Ok(array.clone()), |(_, values)| without(array, values));
            Ok((name.clone(), array?))
        });
        let columns = columns.collect::<Result<Vec<_>, String>>();
        let record: Result<RecordBatch, String> = columns.and_then(|columns| {
            batch(columns, piece.record.num_rows()).map_err(|error| error.to_string())
        });
        Ok(Piece { record: record.map_err(Unmeasured::Unreadable)?, unread: piece.unread })
    }
}

/// The array with null in place of the values.
fn without(array: &ArrayRef, values: &[Value]) -> Result<ArrayRef, String> {
    let found = among(&Column::new(array)?, values)?;
    if found.count_set_bits() == 0 {
        return Ok(array.clone());
    }
    nullif(array, &BooleanArray::new(found, None)).map_err(|error| error.to_string())
}

impl Source for WithMissing {
    fn schema(&self) -> &Schema {
        self.source.schema()
    }

    fn parts(&self) -> usize {
        self.source.parts()
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        self.source.read(part, columns, &mut |piece| each(self.nulled(piece)?))
    }

    fn has_tally(&self, column: &str) -> bool {
        !self.has_values(column) && self.source.has_tally(column)
    }

    fn tally(
        &self,
        part: usize,
        column: &str,
        each: &mut dyn FnMut(Tally) -> Result<(), Unmeasured>,
    ) -> Result<u64, Unmeasured> {
        self.source.tally(part, column, each)
    }

    /// What the file says of a column in which some values count as null is not true of it.
    fn facts(&self, column: &str) -> Facts {
        let facts = self.source.facts(column);
        if self.has_values(column) { Facts { nulls: None, ends: None, ..facts } } else { facts }
    }

    fn reading_bytes(&self) -> u64 {
        self.source.reading_bytes()
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        self.source.identity()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, DictionaryArray, Float64Array, Int64Array};
    use arrow::datatypes::Int32Type;

    use super::*;
    use crate::engine::table::Table;

    fn check(array: ArrayRef, values: Vec<Value>, expected: &[bool]) {
        let table = Table::new(vec![("a", array.clone()), ("b", array)]);
        let source = WithMissing::wrap(Box::new(table), vec![("a".into(), values)]);
        let mut seen = Vec::new();
        let read = source.read(0, &["b".into(), "a".into()], &mut |piece| {
            let nulls = |column: usize| {
                let column = piece.record.column(column).logical_nulls();
                (0..expected.len())
                    .map(|row| column.as_ref().is_some_and(|nulls| nulls.is_null(row)))
                    .collect::<Vec<bool>>()
            };
            seen.push((nulls(0), nulls(1)));
            Ok(())
        });
        read.expect("read");
        let (other, own) = &seen[0];
        assert_eq!(own, expected);
        assert_ne!(other, own, "another column keeps its values");
    }

    #[test]
    fn values_of_one_column_are_null() {
        let ints = Int64Array::from(vec![Some(1), Some(-999), None, Some(0)]);
        check(Arc::new(ints), vec![Value::Int(-999)], &[false, true, true, false]);
        let floats = Float64Array::from(vec![-999.0, -998.5, f64::NAN]);
        check(Arc::new(floats), vec![Value::Int(-999)], &[true, false, false]);
        let words: DictionaryArray<Int32Type> = vec!["NA", "a", "NA", "none"].into_iter().collect();
        let values = vec![Value::Text("NA".into()), Value::Text("none".into())];
        check(Arc::new(words), values, &[true, false, true, true]);
    }
}
