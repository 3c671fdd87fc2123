//! Predicates over the rows of a batch, one file for each family.
//!
//! A predicate is prepared once for a scan (patterns compiled, sets built) and answers with masks.

mod alike;
mod all;
mod automaton;
mod balance;
mod bound;
mod cell;
mod compare;
mod difference;
mod each;
mod exact;
mod filled;
mod glance;
mod in_groups;
mod key_in;
mod list_length;
mod lists;
mod one_of;
mod place_in;
mod present;
mod reads;
mod row_in;
mod sql;
mod text;
mod verdicts;
mod with_nan;
mod within;

pub use exact::{Number, compare as compare_numbers, decimal_of};
pub use glance::Glance;
pub use one_of::among;

use arrow::buffer::BooleanBuffer;

use super::batch::Batch;
use super::bits::Rows;
use super::layout::Layout;
use crate::metric::{Bound, BoundValue, Nan, Predicate, Value};

/// The answer of a predicate for each row: yes, no, or neither because of a missing value.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Rows that were judged and hold; never a row that was not judged.
    pub holds: BooleanBuffer,
    /// Rows that were not judged because a value is null.
    pub nulls: Rows,
    /// Rows that were not judged because a value is NaN.
    pub nans: Rows,
}

impl Mask {
    /// The answers for some of the rows.
    pub fn of(&self, rows: &[u32]) -> Mask {
        let some = |mask: &BooleanBuffer| {
            BooleanBuffer::collect_bool(rows.len(), |row| mask.value(rows[row] as usize))
        };
        Mask {
            holds: some(&self.holds),
            nulls: self.nulls.as_ref().map(some),
            nans: self.nans.as_ref().map(some),
        }
    }

    /// The same where null is one of the values that are asked for: it holds, or, negated, does
    /// not.
    fn judging_null(self, negated: bool) -> Mask {
        match self.nulls {
            Some(nulls) if !negated => {
                Mask { holds: &self.holds | &nulls, nulls: None, nans: self.nans }
            }
            _ => Mask { nulls: None, ..self },
        }
    }
}

/// A predicate made ready for a scan.
#[derive(Debug)]
pub enum Prepared {
    Present(present::Present),
    Cell(cell::Cell),
    Within(within::Within),
    OneOf(one_of::OneOf),
    RowIn(row_in::RowIn),
    Text(Box<text::Text>),
    Compare(compare::Compare),
    Balance(balance::Balance),
    Alike(alike::Alike),
    Filled(filled::Filled),
    ListLength(list_length::ListLength),
    Each(Box<each::Each>),
    Sql(sql::Sql),
    Reads(reads::Reads),
    KeyIn(key_in::KeyIn),
    PlaceIn(place_in::PlaceIn),
    WithNan(with_nan::WithNan),
    All(all::All),
    InGroups(in_groups::InGroups),
}

impl Prepared {
    /// Makes a predicate ready: finds its columns, compiles its pattern, builds its set.
    ///
    /// # Errors
    /// The predicate can never be judged: an unknown column, a pattern that does not compile.
    pub fn new(predicate: &Predicate, layout: &mut Layout) -> Result<Prepared, String> {
        Ok(match predicate {
            Predicate::Present { column } => Prepared::Present(present::Present {
                column: layout.column(column)?,
                name: column.clone(),
            }),
            Predicate::Cell { column, test } => Prepared::Cell(cell::Cell {
                present: present::Present { column: layout.column(column)?, name: column.clone() },
                test: *test,
            }),
            Predicate::Within { column, min, max, negated } => {
                let ends = [min.clone(), max.clone()];
                Prepared::Within(within::Within::new(column, ends, *negated, layout)?)
            }
            Predicate::OneOf { column, values, negated } => {
                Prepared::OneOf(one_of::OneOf::new(layout.column(column)?, values, *negated))
            }
            Predicate::RowIn { columns, rows } => {
                Prepared::RowIn(row_in::RowIn::new(layout.all(columns)?, rows))
            }
            Predicate::Text { column, test, negated } => {
                Prepared::Text(Box::new(text::Text::new(layout.column(column)?, test, *negated)?))
            }
            Predicate::Compare { left, op, right } => Prepared::Compare(compare::Compare {
                left: layout.column(left)?,
                op: *op,
                right: layout.column(right)?,
            }),
            Predicate::Balance { terms, op, total, tolerance } => {
                Prepared::Balance(balance::Balance::new(terms, *op, total, *tolerance, layout)?)
            }
            Predicate::Alike { columns, likeness } => {
                Prepared::Alike(alike::Alike { columns: layout.all(columns)?, likeness: *likeness })
            }
            Predicate::Filled { columns, min, max } => {
                Prepared::Filled(filled::Filled::new(columns, *min, *max, layout)?)
            }
            Predicate::ListLength { column, min, max } => {
                let column = layout.column(column)?;
                Prepared::ListLength(list_length::ListLength { column, min: *min, max: *max })
            }
            Predicate::Each { column, item } => {
                Prepared::Each(Box::new(each::Each::new(column, item, layout)?))
            }
            Predicate::Sql { text } => Prepared::Sql(sql::Sql { predicate: layout.sql(text)? }),
            Predicate::Reads { column } => Prepared::Reads(reads::Reads {
                column: layout.column(column)?,
                name: column.clone(),
            }),
            Predicate::KeyIn { columns, keys, negated } => {
                Prepared::KeyIn(key_in::KeyIn::new(layout.all(columns)?, keys, *negated))
            }
            Predicate::WithNan { predicate, nan } => Prepared::WithNan(with_nan::WithNan {
                predicate: Box::new(Prepared::new(predicate, layout)?),
                keeps: *nan == Nan::Value && predicate.holds_for_nan(),
            }),
            Predicate::All { rules } => {
                let rules = rules.iter().map(|rule| Prepared::new(rule, layout));
                Prepared::All(all::All { rules: rules.collect::<Result<_, String>>()? })
            }
            Predicate::InGroups { by, groups, rules } => {
                let prepared = rules.iter().map(|rule| Prepared::new(rule, layout));
                let prepared = prepared.collect::<Result<Vec<_>, String>>()?;
                // With a single rule every group has the first.
                let last = prepared.len().saturating_sub(1);
                let places = groups.iter().enumerate();
                let rules = places.map(|(place, group)| (*group, place.min(last))).collect();
                let by = layout.all(by)?;
                Prepared::InGroups(in_groups::InGroups { by, rules, prepared })
            }
            Predicate::PlaceIn { places, negated } => {
                Prepared::PlaceIn(place_in::PlaceIn { places: places.clone(), negated: *negated })
            }
        })
    }

    /// Judges every row of a batch.
    ///
    /// # Errors
    /// The column's type does not suit the predicate, or SQL fails on a value.
    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        match self {
            Prepared::Present(predicate) => predicate.evaluate(batch),
            Prepared::Cell(predicate) => predicate.evaluate(batch),
            Prepared::Within(predicate) => predicate.evaluate(batch),
            Prepared::OneOf(predicate) => predicate.evaluate(batch),
            Prepared::RowIn(predicate) => predicate.evaluate(batch),
            Prepared::Text(predicate) => predicate.evaluate(batch),
            Prepared::Compare(predicate) => predicate.evaluate(batch),
            Prepared::Balance(predicate) => predicate.evaluate(batch),
            Prepared::Alike(predicate) => predicate.evaluate(batch),
            Prepared::Filled(predicate) => predicate.evaluate(batch),
            Prepared::ListLength(predicate) => predicate.evaluate(batch),
            Prepared::Each(predicate) => predicate.evaluate(batch),
            Prepared::Sql(predicate) => predicate.evaluate(batch),
            Prepared::Reads(predicate) => predicate.evaluate(batch),
            Prepared::KeyIn(predicate) => predicate.evaluate(batch),
            Prepared::PlaceIn(predicate) => predicate.evaluate(batch),
            Prepared::WithNan(predicate) => predicate.evaluate(batch),
            Prepared::All(predicate) => predicate.evaluate(batch),
            Prepared::InGroups(predicate) => predicate.evaluate(batch),
        }
    }
}

impl Prepared {
    /// The answer for all rows of a batch at once; `None` where they have to be judged one by one.
    pub fn glance(&self, batch: &Batch) -> Option<Glance> {
        match self {
            Prepared::Within(predicate) => predicate.glance(batch),
            Prepared::OneOf(predicate) => predicate.glance(batch),
            Prepared::Text(predicate) => predicate.glance(batch),
            _ => None,
        }
    }
}

/// The integers inside a range, where its ends are values and there are any.
pub fn integers_inside(
    min: Option<&Bound>,
    max: Option<&Bound>,
) -> Option<std::ops::RangeInclusive<i128>> {
    let is_column =
        |end: Option<&Bound>| end.is_some_and(|end| matches!(end.value, BoundValue::Column(_)));
    if is_column(min) || is_column(max) {
        return None;
    }
    bound::inside(min, max, bound::Steps::Integers).ok().flatten()
}

impl Prepared {
    /// The first item of a list that breaks the rule, where it is one about items.
    pub fn offending(&self, batch: &Batch, row: usize) -> Result<Option<Value>, String> {
        match self {
            Prepared::Each(predicate) => predicate.offending(batch, row),
            _ => Ok(None),
        }
    }
}

/// The mask of a predicate over one column that does not judge missing cells.
fn over_present(holds: BooleanBuffer, column: &super::column::Column) -> Mask {
    let holds = match &column.present {
        Some(present) => &holds & present,
        None => holds,
    };
    Mask { holds, nulls: column.nulls.clone(), nans: column.nans.clone() }
}

#[cfg(test)]
mod tests;
