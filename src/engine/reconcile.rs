//! The totals of two datasets compared group by group.

use super::predicate::Number;
use super::state::{GroupTotals, Totals};
use super::table_diff::{SHOWN, Tolerance, are_same};
use crate::metric::{Difference, DifferenceKind, TableDiff, TotalsRule, Value};

/// What the number of rows is called among the totals.
const ROWS: &str = "rows";

/// Compares the totals of the data with those of another dataset.
pub fn reconcile(data: &GroupTotals, other: &GroupTotals, rule: &TotalsRule) -> TableDiff {
    let names =
        || rule.count.then_some(ROWS).into_iter().chain(rule.sums.iter().map(String::as_str));
    let mut found = TableDiff {
        rows: [data.rows, other.rows],
        cells: vec![0; names().count()],
        ..TableDiff::default()
    };
    let tolerance = Tolerance { absolute: rule.absolute.0, relative: rule.relative.0 };
    let missing = other.groups.keys().filter(|key| !data.groups.contains_key(*key));
    let mut all: Vec<(Option<&Totals>, Option<&Totals>)> = data
        .groups
        .iter()
        .map(|(key, group)| (Some(group), other.groups.get(key)))
        .chain(missing.map(|key| (None, other.groups.get(key))))
        .collect();
    all.sort_by(|one, other| key(one).cmp(key(other)));
    for (number, (own, their)) in (1..).zip(all) {
        let (kind, cells) = match (own, their) {
            (Some(own), Some(their)) => {
                let pairs = names().zip(totals(own, rule).zip(totals(their, rule)));
                let mut cells = Vec::new();
                for (at, (name, (own, their))) in pairs.enumerate() {
                    if !is_same(&own, &their, tolerance) {
                        found.cells[at] += 1;
                        cells.push((name.to_owned(), own, their));
                    }
                }
                if cells.is_empty() {
                    found.same += 1;
                    continue;
                }
                found.changed += 1;
                (DifferenceKind::Changed, cells)
            }
            (Some(_), None) => {
                found.extra += 1;
                (DifferenceKind::Extra, Vec::new())
            }
            _ => {
                found.missing += 1;
                (DifferenceKind::Missing, Vec::new())
            }
        };
        if found.examples.len() < SHOWN {
            let key = key(&(own, their)).to_vec();
            found.examples.push(Difference { kind, row: number, key, cells });
        }
    }
    found
}

fn key<'a>(pair: &(Option<&'a Totals>, Option<&'a Totals>)) -> &'a [Value] {
    pair.0.or(pair.1).map_or(&[], |totals| &totals.key)
}

fn totals<'a>(totals: &'a Totals, rule: &TotalsRule) -> impl Iterator<Item = Value> + 'a {
    let rows = rule.count.then(|| Value::Int(totals.rows.into()));
    rows.into_iter().chain(totals.sums.iter().cloned())
}

fn is_same(own: &Value, their: &Value, tolerance: Tolerance) -> bool {
    match (number(own), number(their)) {
        (Some(own), Some(their)) => are_same(own, their, tolerance),
        (None, None) => true,
        _ => false,
    }
}

fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Int(value) => Some(Number::Int(*value)),
        Value::Float(value) => Some(Number::Float(value.0)),
        Value::Decimal { unscaled, scale } => {
            Some(Number::Decimal { unscaled: *unscaled, scale: *scale })
        }
        _ => None,
    }
}
