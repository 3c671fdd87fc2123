//! Rows and exact sums of each group of rows.

use hashbrown::HashMap;

use super::State;
use super::fingerprint::hashed;
use super::form::OneForm;
use crate::engine::batch::Batch;
use crate::engine::bits;
use crate::engine::column::{Cells, Column};
use crate::engine::layout::{ColumnId, SqlId};
use crate::metric::Value;
use crate::stats::exact_sum::ExactSum;

/// What the rows of each group come to, by the fingerprint of the group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTotals {
    pub rows: u64,
    pub groups: HashMap<u128, Totals>,
}

/// What the rows of one group come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// The values that the rows share; a missing one is null.
    pub key: Vec<Value>,
    pub rows: u64,
    /// One for each summed column; null where every value is missing.
    pub sums: Vec<Value>,
}

#[derive(Clone, Debug)]
pub struct TotalSums {
    by: Vec<ColumnId>,
    sums: Vec<ColumnId>,
    filter: Option<SqlId>,
    /// Most groups that fit into memory.
    room: u64,
    forms: Vec<OneForm>,
    rows: u64,
    groups: HashMap<u128, Group>,
}

#[derive(Clone, Debug)]
struct Group {
    key: Vec<Value>,
    rows: u64,
    sums: Vec<Sum>,
}

/// A sum that is never rounded before its end.
#[derive(Clone, Debug, Default)]
enum Sum {
    #[default]
    Empty,
    /// In steps of `10^-scale`; `None` beyond 128 bits.
    Whole(Option<i128>, i8),
    Float(Box<FloatSum>),
}

/// Finite values, and what the others come to.
#[derive(Clone, Debug, Default)]
struct FloatSum {
    finite: ExactSum,
    beyond: f64,
}

impl TotalSums {
    pub fn new(by: Vec<ColumnId>, sums: Vec<ColumnId>, filter: Option<SqlId>, room: u64) -> Self {
        let (forms, groups) = (vec![OneForm::default(); sums.len()], HashMap::new());
        TotalSums { by, sums, filter, room, forms, rows: 0, groups }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.groups.len() as u64 <= self.room {
            return Ok(());
        }
        Err(format!("more than {} groups do not fit into the memory limit", self.room))
    }
}

impl State for TotalSums {
    type Answer = GroupTotals;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let columns = |ids: &[ColumnId]| {
            ids.iter().map(|id| batch.column(*id)).collect::<Result<Vec<&Column>, String>>()
        };
        let (by, sums) = (columns(&self.by)?, columns(&self.sums)?);
        for (form, column) in self.forms.iter_mut().zip(&sums) {
            form.see(column)?;
            check_number(column)?;
        }
        let selected = batch.filter(self.filter)?;
        self.rows += bits::count(selected, batch.n_rows());
        let mut bytes = Vec::new();
        let n_sums = sums.len();
        bits::for_each(selected, batch.n_rows(), |row| {
            let key = hashed(&by, row, &mut bytes);
            let group = self.groups.entry(key).or_insert_with(|| Group {
                key: by.iter().map(|column| shown(column, row)).collect(),
                rows: 0,
                sums: vec![Sum::default(); n_sums],
            });
            group.rows += 1;
            group.sums.iter_mut().zip(&sums).for_each(|(sum, column)| sum.add(column, row));
        });
        self.check_room()
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        for (form, new) in self.forms.iter_mut().zip(other.forms) {
            form.join(new)?;
        }
        self.rows += other.rows;
        for (key, group) in other.groups {
            match self.groups.get_mut(&key) {
                Some(own) => {
                    own.rows += group.rows;
                    own.sums.iter_mut().zip(group.sums).for_each(|(own, sum)| own.merge(sum));
                }
                None => {
                    self.groups.insert(key, group);
                }
            }
        }
        self.check_room()
    }

    fn finish(self) -> Result<GroupTotals, String> {
        let groups = self.groups.into_iter().map(|(fingerprint, group)| {
            let sums = group.sums.into_iter().map(Sum::value).collect::<Result<_, String>>()?;
            Ok::<_, String>((fingerprint, Totals { key: group.key, rows: group.rows, sums }))
        });
        Ok(GroupTotals { rows: self.rows, groups: groups.collect::<Result<_, String>>()? })
    }
}

fn check_number(column: &Column) -> Result<(), String> {
    match &column.cells {
        Cells::Null
        | Cells::Int(_)
        | Cells::Unsigned(_)
        | Cells::Float(_)
        | Cells::Decimal { .. } => Ok(()),
        _ => Err(format!("values of type {} have no sum", column.describe())),
    }
}

/// NaN is missing, like null.
fn shown(column: &Column, row: usize) -> Value {
    if column.is_missing(row) { Value::Null } else { column.value(row) }
}

impl Sum {
    fn add(&mut self, column: &Column, row: usize) {
        if column.is_missing(row) {
            return;
        }
        match &column.cells {
            Cells::Int(values) => self.add_whole(values[row].into(), 0),
            Cells::Unsigned(values) => self.add_whole(values[row].into(), 0),
            Cells::Decimal { unscaled, scale } => self.add_whole(unscaled[row], *scale),
            Cells::Float(values) => {
                if !matches!(self, Sum::Float(_)) {
                    *self = Sum::Float(Box::default());
                }
                if let Sum::Float(sum) = self {
                    match values[row] {
                        value if value.is_finite() => sum.finite.add(value),
                        value => sum.beyond += value,
                    }
                }
            }
            _ => {}
        }
    }

    fn add_whole(&mut self, value: i128, scale: i8) {
        *self = match std::mem::take(self) {
            Sum::Whole(sum, _) => Sum::Whole(sum.and_then(|sum| sum.checked_add(value)), scale),
            _ => Sum::Whole(Some(value), scale),
        };
    }

    fn merge(&mut self, other: Sum) {
        *self = match (std::mem::take(self), other) {
            (Sum::Empty, only) | (only, Sum::Empty) => only,
            (Sum::Whole(one, scale), Sum::Whole(other, _)) => {
                Sum::Whole(one.zip(other).and_then(|(one, other)| one.checked_add(other)), scale)
            }
            (Sum::Float(mut one), Sum::Float(other)) => {
                one.finite.merge(&other.finite);
                one.beyond += other.beyond;
                Sum::Float(one)
            }
            // A column keeps its form within a dataset.
            (one, _) => one,
        };
    }

    fn value(self) -> Result<Value, String> {
        match self {
            Sum::Empty => Ok(Value::Null),
            Sum::Whole(Some(sum), 0) => Ok(Value::Int(sum)),
            Sum::Whole(Some(unscaled), scale) => Ok(Value::Decimal { unscaled, scale }),
            Sum::Whole(None, _) => Err("a sum has more than 128 bits".into()),
            Sum::Float(sum) if sum.beyond == 0.0 => Ok(Value::float(sum.finite.to_f64())),
            Sum::Float(sum) => Ok(Value::float(sum.beyond)),
        }
    }
}
