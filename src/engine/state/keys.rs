//! What a scan remembers about the keys of a column, without holding them all.

use super::State;
use super::form::OneForm;
use super::key_counts::{BucketCounts, KeyList, PartCount, PartCounts};
use super::key_table::KeyTable;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::order::key;
use crate::engine::tally::Tallied;

/// How many rows a column has, and how many were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Rows that the filter selects.
    pub rows: u64,
    pub nulls: u64,
    pub nans: u64,
    /// Infinities among the values.
    pub infinite: u64,
}

impl Seen {
    pub fn plus(self, other: Seen) -> Seen {
        Seen {
            rows: self.rows + other.rows,
            nulls: self.nulls + other.nulls,
            nans: self.nans + other.nans,
            infinite: self.infinite + other.infinite,
        }
    }
}

/// What the keys of a column came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyed {
    /// `None` where no cell has a type.
    pub form: Option<Form>,
    pub seen: Seen,
    pub found: Found,
}

/// What was remembered of the keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Distinct keys with how often each occurs, ascending.
    Keys(Vec<(u64, u64)>),
    /// There are more distinct keys than are kept.
    TooMany,
    /// Keys of each bucket.
    Counts(Vec<u64>),
    /// Keys of each part of a selection.
    Parts(Vec<PartCount>),
}

/// Takes keys in.
#[derive(Clone, Debug)]
pub enum Sink {
    Table(KeyTable),
    Counts(BucketCounts),
    Parts(PartCounts),
    List(KeyList),
}

/// Shows the keys of a column to a sink.
#[derive(Clone, Debug)]
pub struct KeyState {
    column: ColumnId,
    filter: Option<SqlId>,
    form: OneForm,
    seen: Seen,
    sink: Sink,
}

impl KeyState {
    pub fn new(column: ColumnId, filter: Option<SqlId>, sink: Sink) -> Self {
        KeyState { column, filter, form: OneForm::default(), seen: Seen::default(), sink }
    }
}

fn no_points(column: &Column) -> String {
    format!("values of type {} are not points on a line", column.describe())
}

impl State for KeyState {
    type Answer = Keyed;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let column = batch.column(self.column)?;
        self.form.see(column)?;
        let selected = batch.filter(self.filter)?;
        let judged = bits::both(selected, column.present.as_ref());
        let rows = judged.as_ref();
        // The choice is made once for a batch, not for each key.
        let infinite = match &mut self.sink {
            Sink::Table(table) => key::for_each(column, rows, |key| table.add(key)),
            Sink::Counts(counts) => {
                counts.begin();
                key::for_each(column, rows, |key| counts.add(key))
            }
            Sink::Parts(parts) => key::for_each(column, rows, |key| parts.add(key)),
            Sink::List(list) => key::for_each(column, rows, |key| list.add(key)),
        };
        let count =
            |mask: &Option<_>| mask.as_ref().map_or(0, |mask| bits::count_selected(mask, selected));
        self.seen = self.seen.plus(Seen {
            rows: bits::count(selected, column.n_rows),
            nulls: count(&column.nulls),
            nans: count(&column.nans),
            infinite: infinite.ok_or_else(|| no_points(column))?,
        });
        Ok(())
    }

    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        let column = &tally.values;
        self.form.see(column)?;
        let rows = column.present.as_ref();
        let infinite = match (&mut self.sink, &tally.counts) {
            (Sink::Table(table), _) => tally.each_key(|key, count| table.count(key, count.into())),
            (Sink::Counts(counts), None) => {
                counts.begin();
                key::for_each(column, rows, |key| counts.add(key))
            }
            (Sink::Counts(counts), _) => {
                counts.begin();
                tally.each_key(|key, count| counts.count(key, count))
            }
            (Sink::Parts(parts), _) => tally.each_key(|key, count| parts.count(key, count.into())),
            (Sink::List(list), None) => key::for_each(column, rows, |key| list.add(key)),
            (Sink::List(list), _) => tally.each_key(|key, count| list.count(key, count)),
        };
        self.seen = self.seen.plus(Seen {
            rows: tally.rows(),
            nulls: tally.nulls,
            nans: tally.nans(),
            infinite: infinite.ok_or_else(|| no_points(column))?,
        });
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.seen = self.seen.plus(other.seen);
        match (&mut self.sink, other.sink) {
            (Sink::Table(own), Sink::Table(other)) => own.merge(other),
            (Sink::Counts(own), Sink::Counts(other)) => own.merge(other),
            (Sink::Parts(own), Sink::Parts(other)) => own.merge(other),
            (Sink::List(own), Sink::List(other)) => own.merge(other),
            _ => return Err("states of different kinds cannot be merged".into()),
        }
        Ok(())
    }

    fn finish(self) -> Result<Keyed, String> {
        let found = match self.sink {
            Sink::Table(table) => table.finish().map_or(Found::TooMany, Found::Keys),
            Sink::Counts(counts) => Found::Counts(counts.finish()),
            Sink::Parts(parts) => Found::Parts(parts.finish()),
            Sink::List(list) => Found::Keys(list.finish()),
        };
        Ok(Keyed { form: self.form.0, seen: self.seen, found })
    }
}
