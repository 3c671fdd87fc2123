//! How often each value of a column occurs.

use hashbrown::HashMap;
use hashbrown::hash_map::EntryRef;

use super::State;
use super::form::OneForm;
use super::spilled_counts::SpilledCounts;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::memory::Room;
use crate::engine::tally::Tallied;
use crate::metric::{Frequencies, Value};
use crate::prose;

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
    spilled: SpilledCounts,
    /// What the table may take before it is written out.
    room_bytes: u64,
    /// What the answer may take.
    answer_bytes: u64,
}

/// Counts by value, in the form that the column has.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Everything of 64 bits: integers, ticks, bits of doubles, booleans.
    narrow: HashMap<u64, u64>,
    wide: HashMap<i128, u64>,
    texts: HashMap<String, u64>,
    bytes: HashMap<Vec<u8>, u64>,
    /// What the keys of the last two take outside of the tables.
    key_bytes: u64,
}

impl FrequencyTable {
    pub fn new(column: ColumnId, filter: Option<SqlId>, room: Room) -> Self {
        FrequencyTable {
            column,
            filter,
            form: OneForm::default(),
            rows: 0,
            nulls: 0,
            nans: 0,
            table: Table::default(),
            spilled: SpilledCounts::default(),
            room_bytes: room.bytes,
            answer_bytes: room.answer_bytes,
        }
    }

    fn keep_within_room(&mut self) -> Result<(), String> {
        refuse_too_many(self.table.len())?;
        if self.table.size_bytes() > self.room_bytes { self.spill() } else { Ok(()) }
    }

    /// Writes the table out.
    fn spill(&mut self) -> Result<(), String> {
        let table = std::mem::take(&mut self.table);
        let mut counts = self.spilled.writer()?;
        table.for_each(|key, count| counts.add(key, count))?;
        counts.finish()
    }

    fn counts(mut self) -> Result<Vec<(Value, u64)>, String> {
        let Some(form) = self.form.0 else { return Ok(Vec::new()) };
        if self.spilled.is_empty() {
            return Ok(self.table.values(form));
        }
        self.spill()?;
        let (mut all, mut size_bytes) = (Vec::new(), 0);
        for part in 0..self.spilled.n_parts() {
            let mut table = Table::default();
            self.spilled.read(part, |key, count| table.add(form, key, count))?;
            refuse_too_many(all.len() + table.len())?;
            size_bytes += table.len() as u64 * ANSWER_BYTES + table.key_bytes;
            if size_bytes > self.answer_bytes {
                let (needed, left) = (prose::size(size_bytes), prose::size(self.answer_bytes));
                return Err(format!(
                    "its distinct values need more than {needed} of memory; {left} of the limit \
                     are left"
                ));
            }
            all.extend(table.values(form));
        }
        Ok(all)
    }
}

/// What a value and its count take in an answer.
const ANSWER_BYTES: u64 = size_of::<(Value, u64)>() as u64;

fn refuse_too_many(n_distinct: usize) -> Result<(), String> {
    if n_distinct <= DISTINCT_LIMIT {
        return Ok(());
    }
    Err(format!("the column has more than {DISTINCT_LIMIT} distinct values"))
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
        self.keep_within_room()
    }

    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        let column = &tally.values;
        self.form.see(column)?;
        self.rows += tally.rows();
        self.nulls += tally.nulls;
        self.nans += tally.nans();
        self.table.tally(tally)?;
        self.keep_within_room()
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.rows += other.rows;
        self.nulls += other.nulls;
        self.nans += other.nans;
        self.table.merge(other.table);
        self.spilled.join(other.spilled);
        // Each of the two had this room before.
        self.room_bytes = self.room_bytes.saturating_add(other.room_bytes);
        self.keep_within_room()
    }

    fn finish(self) -> Result<Frequencies, String> {
        let (rows, nulls, nans) = (self.rows, self.nulls, self.nans);
        let mut counts = self.counts()?;
        counts.sort_unstable();
        Ok(Frequencies { rows, nulls, nans, counts })
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
            Cells::Text(texts) => {
                bits::for_each(counted, column.n_rows, |row| self.text(texts.at(row), 1));
            }
            Cells::Category { keys, words } => {
                let mut counts = vec![0u64; words.count()];
                rows(&mut |row| counts[keys[row] as usize] += 1);
                let used = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
                used.for_each(|(word, count)| self.text(words.at(word), count));
            }
            Cells::Binary(values) => rows(&mut |row| self.binary(values.value(row), 1)),
            Cells::Nested(_) => rows(&mut |row| self.text(&column.value(row).to_string(), 1)),
        }
    }

    fn text(&mut self, text: &str, count: u64) {
        match self.texts.entry_ref(text) {
            EntryRef::Occupied(mut known) => *known.get_mut() += count,
            EntryRef::Vacant(new) => {
                self.key_bytes += allocated(text.len());
                new.insert(count);
            }
        }
    }

    fn binary(&mut self, bytes: &[u8], count: u64) {
        match self.bytes.entry_ref(bytes) {
            EntryRef::Occupied(mut known) => *known.get_mut() += count,
            EntryRef::Vacant(new) => {
                self.key_bytes += allocated(bytes.len());
                new.insert(count);
            }
        }
    }

    /// What the tables take.
    fn size_bytes(&self) -> u64 {
        fn table<K>(table: &HashMap<K, u64>) -> u64 {
            (table.capacity() * (size_of::<(K, u64)>() + 1)) as u64
        }
        let tables = table(&self.narrow) + table(&self.wide);
        tables + table(&self.texts) + table(&self.bytes) + self.key_bytes
    }

    /// Shows every key, as bytes, with its count.
    fn for_each(
        &self,
        mut each: impl FnMut(&[u8], u64) -> Result<(), String>,
    ) -> Result<(), String> {
        self.narrow.iter().try_for_each(|(key, count)| each(&key.to_le_bytes(), *count))?;
        self.wide.iter().try_for_each(|(key, count)| each(&key.to_le_bytes(), *count))?;
        self.texts.iter().try_for_each(|(key, count)| each(key.as_bytes(), *count))?;
        self.bytes.iter().try_for_each(|(key, count)| each(key, *count))
    }

    /// Takes a key of this form that stood as bytes.
    fn add(&mut self, form: Form, key: &[u8], count: u64) -> Result<(), String> {
        let broken = || "a file for what exceeds the memory limit was changed".to_owned();
        match form {
            Form::Text | Form::Nested => {
                self.text(std::str::from_utf8(key).map_err(|_| broken())?, count);
            }
            Form::Binary => self.binary(key, count),
            Form::Decimal { .. } => {
                let key = key.try_into().map_err(|_| broken())?;
                *self.wide.entry(i128::from_le_bytes(key)).or_default() += count;
            }
            _ => {
                let key = key.try_into().map_err(|_| broken())?;
                *self.narrow.entry(u64::from_le_bytes(key)).or_default() += count;
            }
        }
        Ok(())
    }

    /// Counts the values of a tally.
    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        let column = &tally.values;
        let n = |value: usize| u64::from(tally.count(value));
        let narrow = |values: &mut dyn FnMut(usize) -> u64, own: &mut HashMap<u64, u64>| {
            bits::for_each(column.present.as_ref(), column.n_rows, |value| {
                *own.entry(values(value)).or_default() += n(value);
            });
        };
        let own = &mut self.narrow;
        match &column.cells {
            Cells::Float(values) => narrow(&mut |value| (values[value] + 0.0).to_bits(), own),
            Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
                narrow(&mut |value| values[value] as u64, own);
            }
            Cells::Text(texts) => {
                (0..column.n_rows).for_each(|value| self.text(texts.at(value), n(value)));
            }
            Cells::Null => {}
            _ => return Err(format!("values of type {} have no tally", column.describe())),
        }
        Ok(())
    }

    fn merge(&mut self, other: Table) {
        other.narrow.into_iter().for_each(|(key, n)| *self.narrow.entry(key).or_default() += n);
        other.wide.into_iter().for_each(|(key, n)| *self.wide.entry(key).or_default() += n);
        other.texts.iter().for_each(|(key, n)| self.text(key, *n));
        other.bytes.iter().for_each(|(key, n)| self.binary(key, *n));
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

/// What the heap takes for so many bytes.
fn allocated(bytes: usize) -> u64 {
    (bytes.max(8).next_multiple_of(16) + 16) as u64
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;
    use crate::engine::batch::Place;
    use crate::engine::layout::Layout;
    use crate::engine::table::Table;

    fn count(n_distinct: usize, room: Room) -> Result<Frequencies, String> {
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..n_distinct as i64));
        let table = Table::new(vec![("a", values)]);
        let mut layout = Layout::new(&table.schema);
        let mut halves = [
            FrequencyTable::new(layout.column("a")?, None, room),
            FrequencyTable::new(layout.column("a")?, None, room),
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
        let spilling = Room { bytes: 40 << 20, ..Room::endless(2) };
        for room in [Room::endless(2), spilling] {
            let found = count(DISTINCT_LIMIT, room).map(|found| found.counts.len());
            assert_eq!(found, Ok(DISTINCT_LIMIT));
            let reason = count(DISTINCT_LIMIT + 1, room).expect_err("too many");
            assert_eq!(reason, "the column has more than 1000000 distinct values");
        }
    }

    #[test]
    fn an_answer_beyond_the_limit_is_refused() {
        let room = Room { bytes: 1 << 15, answer_bytes: 1 << 16, ..Room::endless(2) };
        let reason = count(10_000, room).expect_err("full");
        assert!(reason.ends_with("of memory; 65.5 kB of the limit are left"), "{reason}");
    }
}
