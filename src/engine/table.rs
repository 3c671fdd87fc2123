//! A small table in memory, for tests: cut as the test likes, and unreadable where it likes.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{Field, Schema as ArrowSchema};

use super::source::{Piece, Source, kind_of};
use crate::metric::{Column, Identity, Schema, Unmeasured};

/// A table in parts.
#[derive(Clone, Debug)]
pub struct Table {
    pub schema: Schema,
    pub record: RecordBatch,
    pub unread: Vec<(String, StringArray)>,
    /// First row of each part, and after the last.
    pub cuts: Vec<usize>,
    pub batch_rows: usize,
    /// Parts that cannot be read, and those on which the reader panics.
    pub broken: Vec<usize>,
    pub panics: Vec<usize>,
    /// Parts that wait some milliseconds before they are read.
    pub late_ms: Vec<(usize, u64)>,
}

impl Table {
    /// One part of the given columns.
    pub fn new(columns: Vec<(&str, ArrayRef)>) -> Self {
        let rows = columns.first().map_or(0, |(_, array)| array.len());
        let named = columns.iter();
        let schema = Schema {
            columns: named
                .clone()
                .map(|(name, array)| Column {
                    name: (*name).into(),
                    kind: kind_of(array.data_type()),
                })
                .collect(),
            rows: Some(rows as u64),
            ..Schema::default()
        };
        let fields: Vec<Field> =
            named.map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let arrow = Arc::new(ArrowSchema::new(fields));
        let record = RecordBatch::try_new_with_options(arrow, arrays, &options).expect("a table");
        Table {
            schema,
            record,
            unread: Vec::new(),
            cuts: vec![0, rows],
            batch_rows: usize::MAX,
            broken: Vec::new(),
            panics: Vec::new(),
            late_ms: Vec::new(),
        }
    }

    /// The same in parts and batches of so many rows.
    pub fn cut(mut self, part_rows: usize, batch_rows: usize) -> Self {
        let rows = self.record.num_rows();
        self.cuts = (0..rows).step_by(part_rows).chain([rows]).collect();
        if rows == 0 {
            self.cuts = vec![0, 0];
        }
        self.batch_rows = batch_rows;
        self
    }

    /// Some rows of some columns.
    pub fn piece(&self, columns: &[String], start: usize, length: usize) -> Piece {
        let arrow = self.record.schema();
        let places: Vec<usize> =
            columns.iter().map(|name| arrow.index_of(name).expect("a column")).collect();
        let unread =
            self.unread.iter().map(|(name, texts)| (name.clone(), texts.slice(start, length)));
        Piece {
            record: self.record.project(&places).expect("columns").slice(start, length),
            unread: unread.collect(),
        }
    }
}

impl Source for Table {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.cuts.len() - 1
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        assert!(!self.panics.contains(&part), "part {part} panics");
        for (_, late_ms) in self.late_ms.iter().filter(|(late, _)| *late == part) {
            std::thread::sleep(std::time::Duration::from_millis(*late_ms));
        }
        if self.broken.contains(&part) {
            return Err(Unmeasured::Unreadable(format!("part {part} is broken")));
        }
        let mut start = self.cuts[part];
        while start < self.cuts[part + 1] {
            let length = self.batch_rows.min(self.cuts[part + 1] - start);
            each(self.piece(columns, start, length))?;
            start += length;
        }
        Ok(())
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        Ok(Identity { path: "table".into(), ..Identity::default() })
    }
}
