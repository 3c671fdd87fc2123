//! Ranges of rows that overlap: all of them, sorted by their start at the end.

use super::State;
use super::form::OneForm;
use crate::engine::batch::{Batch, Place};
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::metric::{Overlaps, RangeRule};

#[derive(Clone, Debug)]
pub struct RangeSet {
    start: ColumnId,
    end: ColumnId,
    rule: RangeRule,
    filter: Option<SqlId>,
    /// Most ranges that fit into memory.
    room: u64,
    forms: [OneForm; 2],
    rows: u64,
    ranges: Vec<Range>,
}

/// A range with its row; sorts by start, then end, then row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    start: i128,
    end: i128,
    place: Place,
}

impl RangeSet {
    pub fn new(
        [start, end]: [ColumnId; 2],
        rule: RangeRule,
        filter: Option<SqlId>,
        room: u64,
    ) -> Self {
        let (forms, ranges) = (Default::default(), Vec::new());
        RangeSet { start, end, rule, filter, room, forms, rows: 0, ranges }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.ranges.len() as u64 <= self.room {
            return Ok(());
        }
        Err(format!("more than {} ranges do not fit into the memory limit", self.room))
    }

    /// Whether a range that starts here meets one that ends there.
    fn meets(&self, start: i128, end: i128) -> bool {
        if self.rule.closed { start <= end } else { start < end }
    }
}

impl State for RangeSet {
    type Answer = Overlaps;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let (start, end) = (batch.column(self.start)?, batch.column(self.end)?);
        self.forms[0].see(start)?;
        self.forms[1].see(end)?;
        let selected = batch.filter(self.filter)?;
        self.rows += bits::count(selected, batch.n_rows());
        let judged = match self.rule.open {
            true => selected.cloned(),
            false => {
                let start = bits::both(selected, start.present.as_ref());
                bits::both(start.as_ref(), end.present.as_ref())
            }
        };
        let (start, end) = (points(start, i128::MIN)?, points(end, i128::MAX)?);
        bits::for_each(judged.as_ref(), batch.n_rows(), |row| {
            let place = batch.place(row);
            self.ranges.push(Range { start: start(row), end: end(row), place });
        });
        self.check_room()
    }

    fn merge(&mut self, mut other: Self) -> Result<(), String> {
        for (form, new) in self.forms.iter_mut().zip(other.forms) {
            form.join(new)?;
        }
        self.rows += other.rows;
        self.ranges.append(&mut other.ranges);
        self.check_room()
    }

    fn finish(mut self) -> Result<Overlaps, String> {
        if let [Some(start), Some(end)] = [self.forms[0].0, self.forms[1].0]
            && !is_one_line(start, end)
        {
            return Err(format!("the ranges start as {start} and end as {end}"));
        }
        self.ranges.sort_unstable();
        let mut broken = Vec::new();
        let mut inverted = 0;
        let upright = |range: &Range| range.start <= range.end;
        let ranges: Vec<Range> = self.ranges.iter().copied().filter(upright).collect();
        for range in self.ranges.iter().filter(|range| !upright(range)) {
            inverted += 1;
            broken.push(range.place);
        }
        let mut reach: Option<i128> = None;
        let mut overlapping = 0;
        for (at, range) in ranges.iter().enumerate() {
            let meets_earlier = reach.is_some_and(|reach| self.meets(range.start, reach));
            let next = ranges.get(at + 1);
            let meets_later = next.is_some_and(|next| self.meets(next.start, range.end));
            if meets_earlier || meets_later {
                overlapping += 1;
                broken.push(range.place);
            }
            reach = Some(reach.map_or(range.end, |reach| reach.max(range.end)));
        }
        broken.sort_unstable();
        let place = |place: Place| (u32::try_from(place.part).unwrap_or(u32::MAX), place.row);
        Ok(Overlaps {
            rows: self.rows,
            examined: self.ranges.len() as u64,
            overlapping,
            inverted,
            places: broken.into_iter().map(place).collect(),
        })
    }
}

/// Starts and ends lie on one line; units of time are all counted in nanoseconds.
fn is_one_line(start: Form, end: Form) -> bool {
    match (start, end) {
        (Form::Ticks(start), Form::Ticks(end)) => start.kind == end.kind,
        (Form::Int | Form::Unsigned, Form::Int | Form::Unsigned) => true,
        (start, end) => start == end,
    }
}

/// Each cell as a whole number in the order of the values; `missing` stands for a missing cell.
fn points(column: &Column, missing: i128) -> Result<Box<dyn Fn(usize) -> i128 + '_>, String> {
    let point: Box<dyn Fn(usize) -> i128 + '_> = match &column.cells {
        Cells::Null => return Ok(Box::new(move |_| missing)),
        Cells::Int(values) => Box::new(|row| values[row].into()),
        Cells::Unsigned(values) => Box::new(|row| values[row].into()),
        Cells::Decimal { unscaled, .. } => Box::new(|row| unscaled[row]),
        Cells::Float(values) => {
            Box::new(|row| crate::engine::order::key::of_float(values[row]).into())
        }
        Cells::Ticks { ticks, clock } => {
            let tick_ns = i128::from(clock.tick_ns);
            Box::new(move |row| i128::from(ticks[row]) * tick_ns)
        }
        _ => return Err(format!("values of type {} are not points on a line", column.describe())),
    };
    Ok(Box::new(move |row| if column.is_missing(row) { missing } else { point(row) }))
}
