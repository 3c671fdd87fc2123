//! Example rows as a table with one list of columns.

use super::results::Example;
use super::visible::{shortened, visible};
use crate::verdict::MASKED;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    Text,
    Empty,
    Null,
    /// A value of a sensitive column.
    Masked,
    /// The row does not have this column.
    Absent,
}

/// A cell ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub kind: CellKind,
    pub text: String,
}

/// Rows by columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<String>,
    /// Number of the row, and its cells in the order of `columns`.
    pub rows: Vec<(u64, Vec<Cell>)>,
    /// Rows that were left out.
    pub more: usize,
}

const CELL_CHARACTERS: usize = 160;

impl Table {
    /// The first `limit` examples.
    pub fn of(examples: &[Example], limit: usize) -> Table {
        let shown = examples.get(..limit).unwrap_or(examples);
        let mut columns: Vec<String> = Vec::new();
        for example in shown {
            for (place, (column, _)) in example.cells.0.iter().enumerate() {
                if columns.get(place) != Some(column) && !columns.contains(column) {
                    columns.push(column.clone());
                }
            }
        }
        if let Some(first) = shown.first()
            && shown.iter().all(|example| names(example).eq(names(first)))
        {
            columns = names(first).cloned().collect();
        }
        let rows = shown.iter().map(|example| (example.row, row(example, &columns))).collect();
        Table { columns, rows, more: examples.len() - shown.len() }
    }
}

fn names(example: &Example) -> impl Iterator<Item = &String> {
    example.cells.0.iter().map(|(column, _)| column)
}

/// The cells by place where the names agree, else by name.
fn row(example: &Example, columns: &[String]) -> Vec<Cell> {
    let by_name = |column: &String| example.cells.0.iter().find(|(name, _)| name == column);
    let by_place = |place: usize, column: &String| {
        example.cells.0.get(place).filter(|(name, _)| name == column)
    };
    columns
        .iter()
        .enumerate()
        .map(|(place, column)| match by_place(place, column).or_else(|| by_name(column)) {
            None => Cell { kind: CellKind::Absent, text: String::new() },
            Some((_, value)) => cell(value.as_deref()),
        })
        .collect()
}

fn cell(value: Option<&str>) -> Cell {
    let (kind, text) = match value {
        None => (CellKind::Null, "null".into()),
        Some("") => (CellKind::Empty, "\"\"".into()),
        Some(MASKED) => (CellKind::Masked, "masked".into()),
        Some(text) => (CellKind::Text, shortened(&visible(text), CELL_CHARACTERS).into_owned()),
    };
    Cell { kind, text }
}

#[cfg(test)]
mod tests {
    use super::super::cells::Cells;
    use super::*;

    fn example(row: u64, cells: &[(&str, Option<&str>)]) -> Example {
        let cells =
            cells.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)));
        Example { row, cells: Cells(cells.collect()) }
    }

    #[test]
    fn names_that_stand_twice_keep_their_values() {
        let table = Table::of(&[example(1, &[("a", Some("x")), ("a", None)])], 5);
        assert_eq!(table.columns, ["a", "a"]);
        let kinds: Vec<CellKind> = table.rows[0].1.iter().map(|cell| cell.kind).collect();
        assert_eq!(kinds, [CellKind::Text, CellKind::Null]);
    }

    #[test]
    fn rows_of_different_columns_share_one_table() {
        let examples =
            [example(1, &[("a", Some("x"))]), example(2, &[("b", Some(MASKED))]), example(3, &[])];
        let table = Table::of(&examples, 2);
        assert_eq!((table.columns.len(), table.rows.len(), table.more), (2, 2, 1));
        assert_eq!(table.rows[0].1[1].kind, CellKind::Absent);
        assert_eq!(table.rows[1].1[1].kind, CellKind::Masked);
    }
}
