//! Values that do not follow the one before them, in the order of the rows.
//!
//! Batches come in any order. Each is a run of rows with a first and a last value; the runs are put
//! in order at the end, and only then do the values at their seams meet.

use super::State;
use super::form::OneForm;
use crate::engine::batch::{Batch, Place};
use crate::engine::bits;
use crate::engine::column::{Cells, Column, Form};
use crate::engine::layout::{ColumnId, SqlId};
use crate::engine::predicate::{Number, compare_numbers};
use crate::metric::{Sequence, SequenceRule, Value};

/// Most places that an answer carries; the first ones stay.
const PLACES_LIMIT: usize = 1 << 22;

#[derive(Clone, Debug)]
pub struct SequenceBreaks {
    column: ColumnId,
    rule: SequenceRule,
    filter: Option<SqlId>,
    form: OneForm,
    rows: u64,
    nulls: u64,
    nans: u64,
    breaks: u64,
    runs: Vec<Run>,
    places: Vec<Place>,
    first: Option<Break>,
}

/// The ends of consecutive rows that were seen together.
#[derive(Clone, Debug)]
struct Run {
    first: (Place, Value),
    last: Value,
}

/// A value that does not follow the one before it.
#[derive(Clone, Debug)]
struct Break {
    place: Place,
    before: Value,
    value: Value,
}

/// A value as a point of its column's line: numbers in their own unit, times in nanoseconds.
#[derive(Clone, Copy, Debug)]
enum Point<'a> {
    Whole(i128),
    Decimal { unscaled: i128, scale: i8 },
    Float(f64),
    Text(&'a str),
}

impl SequenceBreaks {
    pub fn new(column: ColumnId, rule: SequenceRule, filter: Option<SqlId>) -> Self {
        SequenceBreaks {
            column,
            rule,
            filter,
            form: OneForm::default(),
            rows: 0,
            nulls: 0,
            nans: 0,
            breaks: 0,
            runs: Vec::new(),
            places: Vec::new(),
            first: None,
        }
    }

    fn note(&mut self, broken: Break) {
        self.breaks += 1;
        self.places.push(broken.place);
        if self.places.len() > 2 * PLACES_LIMIT {
            self.prune();
        }
        if self.first.as_ref().is_none_or(|first| broken.place < first.place) {
            self.first = Some(broken);
        }
    }

    fn prune(&mut self) {
        self.places.sort_unstable();
        self.places.truncate(PLACES_LIMIT);
    }
}

impl State for SequenceBreaks {
    type Answer = Sequence;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        let column = batch.column(self.column)?;
        if let Some(form @ (Form::Bool | Form::Binary | Form::Nested)) = column.form() {
            return Err(format!("values of type {form} have no order"));
        }
        self.form.see(column)?;
        let selected = batch.filter(self.filter)?;
        let count =
            |mask: &bits::Rows| mask.as_ref().map_or(0, |m| bits::count_selected(m, selected));
        self.rows += bits::count(selected, column.n_rows);
        self.nulls += count(&column.nulls);
        self.nans += count(&column.nans);
        let judged = bits::both(selected, column.present.as_ref());
        let (mut first, mut before) = (None, None);
        let mut broken = Vec::new();
        bits::for_each(judged.as_ref(), column.n_rows, |row| {
            let Some(point) = point_at(column, row) else { return };
            if let Some((other, previous)) = before
                && breaks(&self.rule, previous, point)
            {
                broken.push((other, row));
            }
            first.get_or_insert(row);
            before = Some((row, point));
        });
        for (other, row) in broken {
            let (before, value) = (column.value(other), column.value(row));
            self.note(Break { place: batch.place(row), before, value });
        }
        if let (Some(first), Some((last, _))) = (first, before) {
            let first = (batch.place(first), column.value(first));
            self.runs.push(Run { first, last: column.value(last) });
        }
        Ok(())
    }

    fn merge(&mut self, mut other: Self) -> Result<(), String> {
        self.form.join(other.form)?;
        self.rows += other.rows;
        self.nulls += other.nulls;
        self.nans += other.nans;
        self.breaks += other.breaks;
        self.runs.append(&mut other.runs);
        self.places.append(&mut other.places);
        if self.places.len() > 2 * PLACES_LIMIT {
            self.prune();
        }
        let firsts = [self.first.take(), other.first].into_iter().flatten();
        self.first = firsts.min_by_key(|first| first.place);
        Ok(())
    }

    fn finish(mut self) -> Result<Sequence, String> {
        let mut runs = std::mem::take(&mut self.runs);
        runs.sort_unstable_by_key(|run| run.first.0);
        for pair in runs.windows(2) {
            let (before, (place, value)) = (&pair[0].last, &pair[1].first);
            let points = point_of(before).zip(point_of(value));
            if points.is_some_and(|(before, value)| breaks(&self.rule, before, value)) {
                let (before, value) = (before.clone(), value.clone());
                self.note(Break { place: *place, before, value });
            }
        }
        self.prune();
        let place = |place: Place| (u32::try_from(place.part).unwrap_or(u32::MAX), place.row);
        Ok(Sequence {
            rows: self.rows,
            nulls: self.nulls,
            nans: self.nans,
            breaks: self.breaks,
            places: self.places.into_iter().map(place).collect(),
            first: self.first.map(|first| (first.before, first.value)),
        })
    }
}

fn point_at(column: &Column, row: usize) -> Option<Point<'_>> {
    Some(match &column.cells {
        Cells::Int(values) => Point::Whole(values[row].into()),
        Cells::Unsigned(values) => Point::Whole(values[row].into()),
        Cells::Ticks { ticks, clock } => {
            Point::Whole(i128::from(ticks[row]) * i128::from(clock.tick_ns))
        }
        Cells::Decimal { unscaled, scale } => {
            Point::Decimal { unscaled: unscaled[row], scale: *scale }
        }
        Cells::Float(values) => Point::Float(values[row]),
        Cells::Text(_) | Cells::Category { .. } => Point::Text(column.text(row)),
        _ => return None,
    })
}

fn point_of(value: &Value) -> Option<Point<'_>> {
    Some(match value {
        Value::Int(value) => Point::Whole(*value),
        Value::Date(days) => Point::Whole(i128::from(*days) * 86_400_000_000_000),
        Value::Time(nanos) => Point::Whole((*nanos).into()),
        Value::DateTime { nanos, .. } | Value::Duration(nanos) => Point::Whole(*nanos),
        Value::Decimal { unscaled, scale } => Point::Decimal { unscaled: *unscaled, scale: *scale },
        Value::Float(value) => Point::Float(value.0),
        Value::Text(text) => Point::Text(text),
        _ => return None,
    })
}

/// Whether a value may not follow another.
fn breaks(rule: &SequenceRule, before: Point, value: Point) -> bool {
    let (high, low) = if rule.falls { (value, before) } else { (before, value) };
    if rule.strict {
        return !is_above(low, high);
    }
    match &rule.tolerance {
        None => is_above(high, low),
        Some(tolerance) => is_apart(high, low, tolerance),
    }
}

fn is_above(one: Point, other: Point) -> bool {
    match (one, other) {
        (Point::Whole(one), Point::Whole(other))
        | (Point::Decimal { unscaled: one, .. }, Point::Decimal { unscaled: other, .. }) => {
            one > other
        }
        (Point::Float(one), Point::Float(other)) => one > other,
        (Point::Text(one), Point::Text(other)) => one > other,
        _ => false,
    }
}

/// Whether `high` lies above `low` by more than the tolerance.
fn is_apart(high: Point, low: Point, tolerance: &Value) -> bool {
    let above = match (high, low) {
        (Point::Whole(high), Point::Whole(low)) => high.checked_sub(low).map(Number::Int),
        (Point::Decimal { unscaled: high, scale }, Point::Decimal { unscaled: low, .. }) => {
            high.checked_sub(low).map(|unscaled| Number::Decimal { unscaled, scale })
        }
        (Point::Float(high), Point::Float(low)) => Some(Number::Float(high - low)),
        _ => return is_above(high, low),
    };
    let tolerance = match tolerance {
        Value::Int(value) | Value::Duration(value) => Number::Int(*value),
        Value::Decimal { unscaled, scale } => {
            Number::Decimal { unscaled: *unscaled, scale: *scale }
        }
        Value::Float(value) => Number::Float(value.0),
        _ => return is_above(high, low),
    };
    // A difference beyond 128 bits is beyond every tolerance, if it points upward.
    above.map_or_else(
        || is_above(high, low),
        |above| compare_numbers(above, tolerance).is_some_and(std::cmp::Ordering::is_gt),
    )
}
