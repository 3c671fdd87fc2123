//! How often each value of a column occurs.

use hashbrown::HashMap;

use super::State;
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::metric::{Frequencies, Value};

/// Most distinct values that are counted, STATISTICS section 8.
pub const DISTINCT_LIMIT: usize = 1_000_000;

#[derive(Clone, Debug)]
pub struct FrequencyTable {
    column: ColumnId,
    filter: Option<SqlId>,
    form: OneForm,
    rows: u64,
    nulls: u64,
    nans: u64,
    table: Table,
}

/// Counts by value, in the form that the column has.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Everything of 64 bits: integers, ticks, bits of doubles, booleans.
    narrow: HashMap<u64, u64>,
    wide: HashMap<i128, u64>,
    texts: HashMap<String, u64>,
    bytes: HashMap<Vec<u8>, u64>,
}

impl FrequencyTable {
    pub fn new(column: ColumnId, filter: Option<SqlId>) -> Self {
        let (form, table) = (OneForm::default(), Table::default());
        FrequencyTable { column, filter, form, rows: 0, nulls: 0, nans: 0, table }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.table.len() <= DISTINCT_LIMIT {
            return Ok(());
        }
        Err(format!("the column has more than {DISTINCT_LIMIT} distinct values"))
    }
}

impl State for FrequencyTable {
    type Answer = Frequencies;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let column = batch.column(self.column)?;
        self.form.see(column)?;
        let selected = batch.filter(self.filter)?;
        let count =
            |mask: &Option<_>| mask.as_ref().map_or(0, |mask| bits::count_selected(mask, selected));
        self.rows += bits::count(selected, column.n_rows);
        self.nulls += count(&column.nulls);
        self.nans += count(&column.nans);
        let counted = bits::both(selected, column.present.as_ref());
        self.table.count(column, counted.as_ref());
        self.check_room()
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.rows += other.rows;
        self.nulls += other.nulls;
        self.nans += other.nans;
        self.table.merge(other.table);
        self.check_room()
    }

    fn finish(self) -> Result<Frequencies, String> {
        let mut counts = self.form.0.map(|form| self.table.values(form)).unwrap_or_default();
        counts.sort_unstable();
        Ok(Frequencies { rows: self.rows, nulls: self.nulls, nans: self.nans, counts })
    }
}

impl Table {
    fn len(&self) -> usize {
        self.narrow.len() + self.wide.len() + self.texts.len() + self.bytes.len()
    }

    fn count(&mut self, column: &Column, counted: Option<&arrow::buffer::BooleanBuffer>) {
        let rows = |each: &mut dyn FnMut(usize)| bits::for_each(counted, column.n_rows, each);
        let narrow = &mut self.narrow;
        match &column.cells {
            Cells::Null => {}
            Cells::Bool(values) => {
                let all = bits::count(counted, column.n_rows);
                let yes = bits::count_selected(values, counted);
                for (value, count) in [(0, all - yes), (1, yes)] {
                    if count > 0 {
                        *narrow.entry(value).or_default() += count;
                    }
                }
            }
            Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
                bits::for_each(counted, column.n_rows, |row| {
                    *narrow.entry(values[row] as u64).or_default() += 1;
                });
            }
            Cells::Unsigned(values) => {
                rows(&mut |row| *narrow.entry(values[row]).or_default() += 1)
            }
            Cells::Float(values) => bits::for_each(counted, column.n_rows, |row| {
                *narrow.entry((values[row] + 0.0).to_bits()).or_default() += 1;
            }),
            Cells::Decimal { unscaled, .. } => {
                rows(&mut |row| *self.wide.entry(unscaled[row]).or_default() += 1);
            }
            Cells::Text(texts) => bits::for_each(counted, column.n_rows, |row| {
                *self.texts.entry_ref(texts.at(row)).or_default() += 1;
            }),
            Cells::Category { keys, words } => {
                let mut counts = vec![0u64; words.count()];
                rows(&mut |row| counts[keys[row] as usize] += 1);
                for (word, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0)
                {
                    *self.texts.entry_ref(words.at(word)).or_default() += count;
                }
            }
            Cells::Binary(values) => {
                rows(&mut |row| *self.bytes.entry_ref(values.value(row)).or_default() += 1);
            }
            Cells::Nested(_) => rows(&mut |row| {
                let text = column.value(row).to_string();
                *self.texts.entry(text).or_default() += 1;
            }),
        }
    }

    fn merge(&mut self, other: Table) {
        other.narrow.into_iter().for_each(|(key, n)| *self.narrow.entry(key).or_default() += n);
        other.wide.into_iter().for_each(|(key, n)| *self.wide.entry(key).or_default() += n);
        other.texts.into_iter().for_each(|(key, n)| *self.texts.entry(key).or_default() += n);
        other.bytes.into_iter().for_each(|(key, n)| *self.bytes.entry(key).or_default() += n);
    }

    /// The values that the keys stand for, in any order.
    fn values(self, form: Form) -> Vec<(Value, u64)> {
        let narrow = |key: u64| match form {
            Form::Bool => Value::Bool(key == 1),
            Form::Unsigned => Value::Int(key.into()),
            Form::Float => Value::float(f64::from_bits(key)),
            Form::Ticks(clock) => clock.value(key as i64),
            _ => Value::Int((key as i64).into()),
        };
        let scale = if let Form::Decimal { scale } = form { scale } else { 0 };
        let text = |text: String| match form {
            Form::Nested => Value::Nested(text),
            _ => Value::Text(text),
        };
        let mut counts: Vec<(Value, u64)> = Vec::with_capacity(self.len());
        counts.extend(self.narrow.into_iter().map(|(key, count)| (narrow(key), count)));
        let decimal = |unscaled| Value::Decimal { unscaled, scale };
        counts.extend(self.wide.into_iter().map(|(key, count)| (decimal(key), count)));
        counts.extend(self.texts.into_iter().map(|(key, count)| (text(key), count)));
        counts.extend(self.bytes.into_iter().map(|(key, count)| (Value::Binary(key), count)));
        counts
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;
    use crate::engine::batch::Place;
    use crate::engine::layout::Layout;
    use crate::engine::table::Table;

    fn count(n_distinct: usize) -> Result<Frequencies, String> {
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..n_distinct as i64));
        let table = Table::new(vec![("a", values)]);
        let mut layout = Layout::new(&table.schema);
        let mut halves = [
            FrequencyTable::new(layout.column("a")?, None),
            FrequencyTable::new(layout.column("a")?, None),
        ];
        let middle = n_distinct / 2;
        for (half, (start, end)) in halves.iter_mut().zip([(0, middle), (middle, n_distinct)]) {
            let piece = table.piece(layout.columns(), start, end - start);
            half.update(&Batch::new(&layout, piece, Place { part: 0, row: start as u64 })?)?;
        }
        let [mut own, other] = halves;
        own.merge(other)?;
        own.finish()
    }

    #[test]
    fn too_many_distinct_values_are_refused_however_they_are_dealt() {
        assert_eq!(count(DISTINCT_LIMIT).map(|found| found.counts.len()), Ok(DISTINCT_LIMIT));
        let reason = count(DISTINCT_LIMIT + 1).expect_err("too many");
        assert_eq!(reason, "the column has more than 1000000 distinct values");
    }
}
