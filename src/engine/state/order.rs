//! All values of a column in order: what comparisons, quantiles and bins are read from.

use std::sync::Arc;

use super::State;
use super::form::OneForm;
use super::keys::Seen;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::order::{Ascending, Buckets, Deal, Number, Runs, key};
use crate::engine::tally::Tallied;

/// The values of a column, ascending, with what was left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    pub seen: Seen,
    pub values: Sorted,
}

/// Ascending values of one form, as keys whose order is that of the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Sorted {
    /// `None` where no value was there.
    pub form: Option<Form>,
    pub keys: SortedKeys,
}

/// SortedKeys, ascending.
#[derive(Clone, Debug, PartialEq)]
pub enum SortedKeys {
    Narrow(Ascending<u64>),
    /// The digits of decimals.
    Wide(Ascending<i128>),
}

/// Collects values.
#[derive(Clone, Debug)]
pub struct SortedValues {
    column: ColumnId,
    filter: Option<SqlId>,
    form: OneForm,
    seen: Seen,
    narrow: Narrow,
    wide: Runs<i128>,
}

/// Keys of 64 bits on their way to be sorted.
#[derive(Clone, Debug)]
enum Narrow {
    Runs(Runs<u64>),
    /// Where it is known about where they lie.
    Deal(Deal),
}

impl SortedValues {
    pub fn new(column: ColumnId, filter: Option<SqlId>) -> Self {
        SortedValues::by(column, filter, Narrow::Runs(Runs::default()))
    }

    /// The same for many values, which lie in about equal numbers in these buckets.
    pub fn dealt(column: ColumnId, filter: Option<SqlId>, buckets: Arc<Buckets>) -> Self {
        SortedValues::by(column, filter, Narrow::Deal(Deal::new(buckets)))
    }

    fn by(column: ColumnId, filter: Option<SqlId>, narrow: Narrow) -> Self {
        let (form, seen) = (OneForm::default(), Seen::default());
        SortedValues { column, filter, form, seen, narrow, wide: Runs::default() }
    }
}

impl Narrow {
    fn settle(&mut self) -> Result<(), String> {
        match self {
            Narrow::Runs(runs) => runs.settle(),
            Narrow::Deal(deal) => deal.settle(),
        }
    }

    fn merge(&mut self, other: Narrow) -> Result<(), String> {
        match (self, other) {
            (Narrow::Runs(own), Narrow::Runs(other)) => own.merge(other),
            (Narrow::Deal(own), Narrow::Deal(other)) => own.merge(other),
            _ => Err("states of different kinds cannot be merged".into()),
        }
    }

    fn finish(self) -> Ascending<u64> {
        match self {
            Narrow::Runs(runs) => runs.finish(),
            Narrow::Deal(deal) => deal.finish(),
        }
    }
}

impl State for SortedValues {
    type Answer = Ordered;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let column = batch.column(self.column)?;
        if let Some(form @ (Form::Bool | Form::Text | Form::Binary | Form::Nested)) = column.form()
        {
            return Err(format!("values of type {form} are not points on a line"));
        }
        self.form.see(column)?;
        let selected = batch.filter(self.filter)?;
        let count =
            |mask: &Option<_>| mask.as_ref().map_or(0, |mask| bits::count_selected(mask, selected));
        let judged = bits::both(selected, column.present.as_ref());
        let rows = judged.as_ref();
        let infinite = match &mut self.narrow {
            Narrow::Runs(runs) => key::for_each(column, rows, |key| runs.push(key)),
            Narrow::Deal(deal) => {
                deal.begin();
                key::for_each(column, rows, |key| deal.push(key))
            }
        };
        if let Cells::Decimal { unscaled, .. } = &column.cells {
            let wide = &mut self.wide;
            bits::for_each(judged.as_ref(), column.n_rows, |row| wide.push(unscaled[row]));
        }
        self.seen = self.seen.plus(Seen {
            rows: bits::count(selected, column.n_rows),
            nulls: count(&column.nulls),
            nans: count(&column.nans),
            infinite: infinite.unwrap_or(0),
        });
        self.narrow.settle()?;
        self.wide.settle()
    }

    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        let column = &tally.values;
        if let Some(Form::Text) = column.form() {
            return Err("values of type string are not points on a line".into());
        }
        self.form.see(column)?;
        let infinite = match &mut self.narrow {
            Narrow::Runs(runs) => tally.each_key(|key, count| runs.extend(key, count as usize)),
            Narrow::Deal(deal) => {
                deal.begin();
                tally.each_key(|key, count| deal.extend(key, count as usize))
            }
        };
        self.seen = self.seen.plus(Seen {
            rows: tally.rows(),
            nulls: tally.nulls,
            nans: tally.nans(),
            infinite: infinite.unwrap_or(0),
        });
        self.narrow.settle()
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.seen = self.seen.plus(other.seen);
        self.narrow.merge(other.narrow)?;
        self.wide.merge(other.wide)
    }

    fn finish(self) -> Result<Ordered, String> {
        let keys = match self.form.0 {
            Some(Form::Decimal { .. }) => SortedKeys::Wide(self.wide.finish()),
            _ => SortedKeys::Narrow(self.narrow.finish()),
        };
        Ok(Ordered { seen: self.seen, values: Sorted { form: self.form.0, keys } })
    }
}

impl Sorted {
    /// How many values there are.
    pub fn len(&self) -> u64 {
        match &self.keys {
            SortedKeys::Narrow(keys) => keys.len(),
            SortedKeys::Wide(keys) => keys.len(),
        }
    }

    /// The value of a narrow key.
    pub fn number(&self, key: u64) -> Number {
        key::number(self.form.unwrap_or(Form::Int), key)
    }

    /// The values of some ranks, counted from 0 and ascending.
    ///
    /// # Errors
    /// A temporary file cannot be read back.
    pub fn select(&self, ranks: &[u64]) -> Result<Vec<Number>, String> {
        let found = match &self.keys {
            SortedKeys::Narrow(keys) => {
                keys.select(ranks).into_iter().map(|key| self.number(key)).collect()
            }
            SortedKeys::Wide(keys) => keys.select(ranks).into_iter().map(Number::Whole).collect(),
        };
        self.check()?;
        Ok(found)
    }

    /// Says whether all that was asked for could be read.
    ///
    /// # Errors
    /// A temporary file could not be read back.
    pub fn check(&self) -> Result<(), String> {
        match &self.keys {
            SortedKeys::Narrow(keys) => keys.check(),
            SortedKeys::Wide(keys) => keys.check(),
        }
    }
}

#[cfg(test)]
impl Ordered {
    /// Values that a test names.
    pub fn of_narrow(form: Form, keys: impl IntoIterator<Item = u64>) -> Ordered {
        let mut runs = Runs::default();
        keys.into_iter().for_each(|key| runs.push(key));
        Ordered::of(form, SortedKeys::Narrow(runs.finish()))
    }

    pub fn of_ints(values: impl IntoIterator<Item = i64>) -> Ordered {
        Ordered::of_narrow(Form::Int, values.into_iter().map(key::of_signed))
    }

    pub fn of_floats(values: impl IntoIterator<Item = f64>) -> Ordered {
        Ordered::of_narrow(Form::Float, values.into_iter().map(key::of_float))
    }

    pub fn of_decimals(unscaled: impl IntoIterator<Item = i128>, scale: i8) -> Ordered {
        let mut runs = Runs::default();
        unscaled.into_iter().for_each(|key| runs.push(key));
        Ordered::of(Form::Decimal { scale }, SortedKeys::Wide(runs.finish()))
    }

    fn of(form: Form, keys: SortedKeys) -> Ordered {
        let values = Sorted { form: Some(form), keys };
        Ordered { seen: Seen { rows: values.len(), ..Seen::default() }, values }
    }
}
