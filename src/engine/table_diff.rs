//! Two tables compared row by row: paired by their keys, then cell by cell, by exact values.

use std::collections::HashMap;

use super::column::{Cells, Column};
use super::dataset::Table;
use super::predicate::{Number, compare_numbers};
use super::state::hashed;
use crate::metric::{DiffRule, Difference, DifferenceKind, TableDiff, Value};

/// Differences that an answer shows.
pub const SHOWN: usize = 20;
/// Cells of a row that a difference shows.
const CELLS: usize = 5;

/// One side, every piece in typed form: the columns of the key, then those that are compared.
struct Viewed<'a> {
    table: &'a Table,
    pieces: Vec<Vec<Column>>,
}

impl<'a> Viewed<'a> {
    fn new(table: &'a Table) -> Result<Self, String> {
        let pieces = table.rows.pieces.iter();
        let views = pieces.map(|piece| piece.record.columns().iter().map(Column::new).collect());
        let pieces = views.collect::<Result<Vec<Vec<Column>>, String>>()?;
        Ok(Viewed { table, pieces })
    }

    /// Every row: its piece, its number there, and the fingerprint of its key.
    fn rows(&self, n_keys: usize) -> impl Iterator<Item = (usize, usize, u128)> + '_ {
        let mut bytes = Vec::new();
        self.pieces.iter().enumerate().flat_map(move |(piece, columns)| {
            let n_rows = columns.first().map_or(0, |column| column.n_rows);
            let keys: Vec<&Column> = columns.iter().take(n_keys).collect();
            let of_row = |row| (piece, row, hashed(&keys, row, &mut bytes));
            (0..n_rows).map(of_row).collect::<Vec<_>>()
        })
    }

    fn number(&self, (piece, row): (usize, usize)) -> u64 {
        self.table.number(self.table.rows.pieces[piece].place(row))
    }

    fn key(&self, (piece, row): (usize, usize), n_keys: usize) -> Vec<Value> {
        self.pieces[piece].iter().take(n_keys).map(|column| column.value(row)).collect()
    }
}

/// Compares the data with another table; both hold the columns of the rule in its order.
///
/// # Errors
/// The columns of a pair are of types that do not compare.
pub fn diff(data: &Table, other: &Table, rule: &DiffRule) -> Result<TableDiff, String> {
    let (data, other) = (Viewed::new(data)?, Viewed::new(other)?);
    let n_keys = rule.keys.len();
    let mut found = TableDiff {
        rows: [data.table.rows.n_rows(), other.table.rows.n_rows()],
        cells: vec![0; rule.columns.len()],
        ..TableDiff::default()
    };
    let mut places: HashMap<u128, (usize, usize)> = HashMap::new();
    for (piece, row, key) in other.rows(n_keys) {
        if places.insert(key, (piece, row)).is_some() {
            found.repeated[1] += 1;
        }
    }
    let mut paired: HashMap<u128, ()> = HashMap::new();
    let mut broken: Vec<(usize, usize)> = Vec::new();
    for (piece, row, key) in data.rows(n_keys) {
        if paired.insert(key, ()).is_some() {
            found.repeated[0] += 1;
            continue;
        }
        let here = (piece, row);
        let Some(there) = places.get(&key).copied() else {
            found.extra += 1;
            broken.push(here);
            found.show(DifferenceKind::Extra, data.number(here), data.key(here, n_keys));
            continue;
        };
        let differing = differing(&data, here, &other, there, rule)?;
        if differing.is_empty() {
            found.same += 1;
            continue;
        }
        found.changed += 1;
        broken.push(here);
        differing.iter().for_each(|at| found.cells[*at] += 1);
        if found.examples.len() < SHOWN {
            let cells = differing.iter().take(CELLS).map(|at| {
                let (own, their) =
                    (&data.pieces[here.0][n_keys + at], &other.pieces[there.0][n_keys + at]);
                (rule.columns[*at].clone(), own.value(here.1), their.value(there.1))
            });
            let cells = cells.collect();
            found.show(DifferenceKind::Changed, data.number(here), data.key(here, n_keys));
            found.examples.last_mut().expect("one was just shown").cells = cells;
        }
    }
    for (piece, row, key) in other.rows(n_keys) {
        if !paired.contains_key(&key) {
            let there = (piece, row);
            found.missing += 1;
            found.show(DifferenceKind::Missing, other.number(there), other.key(there, n_keys));
        }
    }
    let place = |(piece, row): (usize, usize)| {
        let place = data.table.rows.pieces[piece].place(row);
        (u32::try_from(place.part).unwrap_or(u32::MAX), place.row)
    };
    found.places = broken.into_iter().map(place).collect();
    Ok(found)
}

impl TableDiff {
    fn show(&mut self, kind: DifferenceKind, row: u64, key: Vec<Value>) {
        if self.examples.len() < SHOWN {
            self.examples.push(Difference { kind, row, key, cells: Vec::new() });
        }
    }
}

/// The places of the compared columns in which two rows differ.
fn differing(
    data: &Viewed,
    here: (usize, usize),
    other: &Viewed,
    there: (usize, usize),
    rule: &DiffRule,
) -> Result<Vec<usize>, String> {
    let n_keys = rule.keys.len();
    let own = &data.pieces[here.0][n_keys..];
    let their = &other.pieces[there.0][n_keys..];
    let mut differing = Vec::new();
    for (at, (own, their)) in own.iter().zip(their).enumerate() {
        let is_same = same(own, here.1, their, there.1, rule)
            .map_err(|reason| format!("`{}`: {reason}", rule.columns[at]))?;
        if !is_same {
            differing.push(at);
        }
    }
    Ok(differing)
}

/// Whether two cells hold the same value; a missing one is the same as a missing one.
fn same(
    own: &Column,
    here: usize,
    their: &Column,
    there: usize,
    rule: &DiffRule,
) -> Result<bool, String> {
    match (own.is_missing(here), their.is_missing(there)) {
        (true, true) => return Ok(true),
        (true, false) | (false, true) => return Ok(false),
        (false, false) => {}
    }
    if let (Some(one), Some(other)) = (number(own, here), number(their, there)) {
        let tolerance = Tolerance { absolute: rule.absolute.0, relative: rule.relative.0 };
        return Ok(are_same(one, other, tolerance));
    }
    Ok(match (&own.cells, &their.cells) {
        (Cells::Bool(one), Cells::Bool(other)) => one.value(here) == other.value(there),
        (Cells::Text(_) | Cells::Category { .. }, Cells::Text(_) | Cells::Category { .. }) => {
            own.text(here) == their.text(there)
        }
        (Cells::Ticks { ticks: one, clock }, Cells::Ticks { ticks: other, clock: unit })
            if clock.kind == unit.kind =>
        {
            let nanos = |ticks: i64, tick_ns: i64| i128::from(ticks) * i128::from(tick_ns);
            nanos(one[here], clock.tick_ns) == nanos(other[there], unit.tick_ns)
        }
        (Cells::Binary(one), Cells::Binary(other)) => one.value(here) == other.value(there),
        (Cells::Nested(_), Cells::Nested(_)) => own.value(here) == their.value(there),
        _ => {
            let (own, their) = (own.describe(), their.describe());
            return Err(format!("the data holds {own}, the other dataset {their}"));
        }
    })
}

fn number(column: &Column, row: usize) -> Option<Number> {
    Some(match &column.cells {
        Cells::Int(values) => Number::Int(values[row].into()),
        Cells::Unsigned(values) => Number::Int(values[row].into()),
        Cells::Float(values) => Number::Float(values[row]),
        Cells::Decimal { unscaled, scale } => {
            Number::Decimal { unscaled: unscaled[row], scale: *scale }
        }
        _ => return None,
    })
}

/// How far apart two numbers may lie: a distance, and a share of the second.
#[derive(Clone, Copy)]
pub struct Tolerance {
    pub absolute: f64,
    pub relative: f64,
}

/// Whether two numbers are equal or within the tolerance.
pub fn are_same(one: Number, other: Number, tolerance: Tolerance) -> bool {
    if compare_numbers(one, other).is_some_and(|order| order.is_eq()) {
        return true;
    }
    if tolerance.absolute == 0.0 && tolerance.relative == 0.0 {
        return false;
    }
    let apart = match (one, other) {
        (Number::Int(one), Number::Int(other)) => one.abs_diff(other) as f64,
        (one, other) => (double(one) - double(other)).abs(),
    };
    apart <= tolerance.absolute + tolerance.relative * double(other).abs()
}

fn double(number: Number) -> f64 {
    match number {
        Number::Int(value) => value as f64,
        Number::Float(value) => value,
        Number::Decimal { unscaled, scale } => unscaled as f64 / 10f64.powi(scale.into()),
    }
}
