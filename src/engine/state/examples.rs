//! The first rows that break a rule.

use arrow::buffer::BooleanBuffer;

use super::State;
use crate::engine::batch::{Batch, Place};
use crate::engine::bits;
use crate::engine::layout::{ColumnId, PredicateId, SqlId};
use crate::metric::{Missing, Value};

/// A row that was found, with its cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub place: Place,
    pub cells: Vec<Value>,
}

/// The first rows of those that were offered, whatever the order of the offers.
#[derive(Clone, Debug)]
pub struct First {
    limit: usize,
    columns: Vec<ColumnId>,
    /// The rule about the items of a list whose first offending item is shown as well.
    items_of: Option<PredicateId>,
    found: Vec<Found>,
}

impl First {
    pub fn new(limit: usize, columns: Vec<ColumnId>) -> Self {
        First { limit, columns, items_of: None, found: Vec::new() }
    }

    /// The same with the first item of a list that breaks a rule behind the other cells.
    pub fn with_items_of(mut self, rule: Option<PredicateId>) -> Self {
        self.items_of = rule;
        self
    }

    /// Whether a row at this place would be among the first.
    pub fn wants(&self, place: Place) -> bool {
        self.found.len() < self.limit || self.found.last().is_some_and(|last| place < last.place)
    }

    /// Keeps a row if it is among the first.
    pub fn offer(&mut self, batch: &Batch, row: usize) -> Result<(), String> {
        let place = batch.place(row);
        if self.limit == 0 || !self.wants(place) {
            return Ok(());
        }
        let cells = self.columns.iter().map(|&column| batch.show(column, row));
        let mut cells = cells.collect::<Result<Vec<Value>, String>>()?;
        if let Some(rule) = self.items_of {
            cells.push(batch.offending(rule, row)?.unwrap_or(Value::Null));
        }
        let found = Found { place, cells };
        self.insert(found);
        Ok(())
    }

    fn insert(&mut self, found: Found) {
        let at = self.found.partition_point(|other| other.place < found.place);
        self.found.insert(at, found);
        self.found.truncate(self.limit);
    }

    /// Takes the rows that another has kept.
    pub fn merge(&mut self, other: First) {
        other.found.into_iter().for_each(|found| self.insert(found));
    }

    /// The rows, in order.
    pub fn into_rows(self) -> Vec<Found> {
        self.found
    }
}

/// The rows of a batch that break a rule.
///
/// # Errors
/// The rule cannot be judged.
pub fn broken(
    batch: &Batch,
    predicate: PredicateId,
    missing: Missing,
    filter: Option<SqlId>,
) -> Result<BooleanBuffer, String> {
    let selected = batch.filter(filter)?;
    let mask = batch.mask(predicate)?;
    let mut broken = !&mask.holds;
    let left_out = [&mask.nulls, &mask.nans].into_iter().flatten();
    for left_out in left_out.filter(|_| missing == Missing::Skip) {
        broken = &broken & &!left_out;
    }
    Ok(bits::both(Some(&broken), selected).unwrap_or(broken))
}

#[derive(Clone, Debug)]
pub struct Examples {
    predicate: PredicateId,
    missing: Missing,
    filter: Option<SqlId>,
    first: First,
}

impl Examples {
    pub fn new(
        predicate: PredicateId,
        missing: Missing,
        filter: Option<SqlId>,
        first: First,
    ) -> Self {
        Examples { predicate, missing, filter, first }
    }
}

impl State for Examples {
    type Answer = Vec<Found>;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        if !self.first.wants(batch.start) {
            return Ok(());
        }
        broken(batch, self.predicate, self.missing, self.filter)?
            .set_indices()
            .take(self.first.limit)
            .collect::<Vec<usize>>()
            .into_iter()
            .try_for_each(|row| self.first.offer(batch, row))
    }

    fn is_done(&self, from: Place) -> bool {
        !self.first.wants(from)
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        self.first.merge(other.first);
        Ok(())
    }

    fn finish(self) -> Result<Vec<Found>, String> {
        Ok(self.first.into_rows())
    }
}
