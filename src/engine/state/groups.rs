//! The values of a column by those of another.

use hashbrown::HashMap;

use super::State;
use super::pairs::number;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::layout::{ColumnId, SqlId};
use crate::metric::{Groups, Value};

/// Collects the values of each group.
#[derive(Clone, Debug)]
pub struct GroupedValues {
    column: ColumnId,
    by: ColumnId,
    filter: Option<SqlId>,
    /// Most values that fit into memory.
    room: u64,
    rows: u64,
    kept: u64,
    groups: HashMap<Value, Vec<f64>>,
}

impl GroupedValues {
    pub fn new(column: ColumnId, by: ColumnId, filter: Option<SqlId>, room: u64) -> Self {
        GroupedValues { column, by, filter, room, rows: 0, kept: 0, groups: HashMap::new() }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.kept <= self.room {
            return Ok(());
        }
        Err(format!("more than {} values do not fit into the memory limit", self.room))
    }
}

impl State for GroupedValues {
    type Answer = Groups;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let (column, by) = (batch.column(self.column)?, batch.column(self.by)?);
        let selected = batch.filter(self.filter)?;
        self.rows += bits::count(selected, column.n_rows);
        let present = bits::both(selected, column.present.as_ref());
        let judged = bits::both(present.as_ref(), by.present.as_ref());
        let mut all_numbers = true;
        bits::for_each(judged.as_ref(), column.n_rows, |row| match number(column, row) {
            Some(value) => {
                self.kept += 1;
                self.groups.entry(by.value(row)).or_default().push(value);
            }
            None => all_numbers = false,
        });
        if !all_numbers {
            return Err(format!("values of type {} are no numbers", column.describe()));
        }
        self.check_room()
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.rows += other.rows;
        self.kept += other.kept;
        for (key, mut values) in other.groups {
            self.groups.entry(key).or_default().append(&mut values);
        }
        self.check_room()
    }

    fn finish(self) -> Result<Groups, String> {
        let mut groups: Vec<(Value, Vec<f64>)> = self.groups.into_iter().collect();
        groups.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        groups.iter_mut().for_each(|(_, values)| values.sort_unstable_by(f64::total_cmp));
        Ok(Groups { rows: self.rows, missing: self.rows - self.kept, groups })
    }
}
