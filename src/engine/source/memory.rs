//! Record batches that are already in memory.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;

use super::piece::{batch, select};
use super::{Piece, Source, kind_of};
use crate::metric::{Column, Identity, Schema, Unmeasured};

/// A dataset that a program holds, one part for each batch.
pub struct MemorySource {
    name: String,
    batches: Vec<RecordBatch>,
    schema: Schema,
}

impl MemorySource {
    /// Takes batches that all have the given schema; `name` stands in reports where a path would.
    pub fn new(
        name: impl Into<String>,
        schema: &SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<Self, Unmeasured> {
        let name = name.into();
        if batches.iter().any(|batch| batch.schema().fields() != schema.fields()) {
            return Err(Unmeasured::Unreadable(format!("`{name}`: its batches differ in schema")));
        }
        let rows = batches.iter().map(|batch| batch.num_rows() as u64).sum();
        let schema = Schema { columns: columns(schema), rows: Some(rows), untyped: false };
        Ok(MemorySource { name, batches, schema })
    }
}

/// The columns of an Arrow schema.
pub(super) fn columns(schema: &SchemaRef) -> Vec<Column> {
    let fields = schema.fields().iter();
    fields
        .map(|field| Column { name: field.name().clone(), kind: kind_of(field.data_type()) })
        .collect()
}

/// The columns of a batch at these places, in this order.
pub(super) fn project(record: &RecordBatch, wanted: &[usize]) -> Result<RecordBatch, ArrowError> {
    let schema = record.schema();
    let column =
        |index: &usize| (schema.field(*index).name().clone(), record.column(*index).clone());
    batch(wanted.iter().map(column).collect(), record.num_rows())
}

impl Source for MemorySource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.batches.len()
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let wanted = select(&self.schema, columns)?;
        let record = project(&self.batches[part], &wanted)
            .map_err(|error| Unmeasured::Unreadable(format!("`{}`: {error}", self.name)))?;
        each(Piece { record, unread: Vec::new() })
    }

    /// Its size is that of its buffers; there is no file to take a hash of.
    fn identity(&self) -> Result<Identity, Unmeasured> {
        let bytes = self.batches.iter().map(|batch| batch.get_array_memory_size() as u64).sum();
        Ok(Identity {
            path: self.name.clone(),
            format: "memory".into(),
            rows: self.schema.rows,
            columns: self.schema.columns.len() as u64,
            bytes,
            ..Identity::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::Int32Array;
    use arrow::datatypes::{DataType, Field, Schema as ArrowSchema};
    use std::sync::Arc;

    fn source(names: &[&str]) -> MemorySource {
        let fields: Vec<_> =
            names.iter().map(|name| Field::new(*name, DataType::Int32, true)).collect();
        let schema = Arc::new(ArrowSchema::new(fields));
        let column = |index: usize| Arc::new(Int32Array::from(vec![index as i32])) as _;
        let record = RecordBatch::try_new(schema.clone(), (0..names.len()).map(column).collect());
        MemorySource::new("frame", &schema, vec![record.expect("a batch")]).expect("a source")
    }

    fn check(names: &[&str], wanted: &[&str], expected: Result<usize, &str>) {
        let wanted: Vec<String> = wanted.iter().map(|name| name.to_string()).collect();
        let mut columns = 0;
        let read = source(names).read(0, &wanted, &mut |piece| {
            columns = piece.record.num_columns();
            assert_eq!(piece.record.num_rows(), 1);
            Ok(())
        });
        assert_eq!(
            read.map(|()| columns).map_err(|error| error.to_string()),
            expected.map_err(str::to_owned)
        );
    }

    #[test]
    fn columns_are_read_by_name() {
        check(&["a", "b"], &["b", "a", "b"], Ok(3));
        check(&["a", "b"], &[], Ok(0));
        check(&["price"], &["prize"], Err("there is no column `prize`; did you mean `price`"));
        check(&["a", "a"], &["a"], Err("2 columns are named `a`"));
    }
}
