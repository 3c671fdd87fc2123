//! Whether what the states would hold fits into memory, estimated before a scan.
//!
//! Only states that keep every value count. Where a file does not say how many rows it has, or a
//! filter selects some, each of them gets an equal share of what is left and stops when it is full.

use super::question::Need;
use crate::metric::{Schema, Type};

/// What is left of the memory limit.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    left_bytes: Option<u64>,
}

impl Budget {
    /// The whole limit; `None` is no limit.
    pub fn new(limit_bytes: Option<u64>) -> Self {
        Budget { left_bytes: limit_bytes }
    }

    /// An equal part of what is left for each of so many datasets.
    pub fn shared(self, datasets: u64) -> Self {
        Budget { left_bytes: self.left_bytes.map(|left| left / datasets.max(1)) }
    }

    /// How many values each of the needs may hold, in their order.
    pub fn admit(&mut self, needs: &[Need], schema: &Schema) -> Vec<Result<u64, String>> {
        let holds = |need: &&Need| bytes_per_row(need, schema) > 0;
        let mut holders = needs.iter().filter(holds).count() as u64;
        needs
            .iter()
            .map(|need| {
                let (Some(left), width @ 1..) = (self.left_bytes, bytes_per_row(need, schema))
                else {
                    return Ok(u64::MAX);
                };
                let share = left / holders.max(1);
                holders -= 1;
                let Some(rows) = schema.rows.filter(|_| !is_filtered(need)) else {
                    self.left_bytes = Some(left - share);
                    return Ok(share / width);
                };
                let needed = rows.saturating_mul(width);
                if needed > left {
                    return Err(refusal(need, rows, needed, left));
                }
                self.left_bytes = Some(left - needed);
                Ok(u64::MAX)
            })
            .collect()
    }
}

fn refusal(need: &Need, rows: u64, needed: u64, left: u64) -> String {
    if let Need::Grouped { need, .. } = need {
        return refusal(need, rows, needed, left);
    }
    let (doing, columns) = match need {
        Need::Duplicates { columns, .. } => ("finding duplicates of", columns.join("`, `")),
        Need::Order { column, .. } => ("sorting", column.clone()),
        Need::Groups { column, by, .. } => ("grouping", format!("{column}`, `{by}")),
        Need::Pairs { columns, .. } => ("pairing", columns.join("`, `")),
        other => unreachable!("{other:?} holds no rows"),
    };
    let (needed, left) = (megabytes(needed), megabytes(left));
    format!(
        "{doing} `{columns}` in {rows} rows needs {needed} of memory; {left} of the limit are left"
    )
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Twice what a value takes, since vectors grow by doubling.
fn bytes_per_row(need: &Need, schema: &Schema) -> u64 {
    let kind = |column: &str| schema.column(column).map(|column| &column.kind);
    match need {
        Need::Grouped { need, .. } => bytes_per_row(need, schema),
        Need::Order { column, .. } => match kind(column) {
            Some(Type::Decimal { .. }) => 32,
            _ => 16,
        },
        // In the worst case each value is a group of its own.
        Need::Groups { .. } => 256,
        Need::Pairs { .. } => 32,
        Need::Duplicates { columns, .. } => match columns.as_slice() {
            [column] => match kind(column) {
                Some(Type::Decimal { .. } | Type::String | Type::Binary) => 32,
                Some(Type::List(_) | Type::Struct(_) | Type::Other(_)) => 32,
                _ => 16,
            },
            _ => 32,
        },
        _ => 0,
    }
}

fn is_filtered(need: &Need) -> bool {
    match need {
        Need::Order { filter, .. }
        | Need::Groups { filter, .. }
        | Need::Pairs { filter, .. }
        | Need::Duplicates { filter, .. } => filter.is_some(),
        Need::Grouped { need, .. } => is_filtered(need),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Column;

    fn order(column: &str) -> Need {
        Need::Order { column: column.into(), filter: None }
    }

    fn schema(rows: Option<u64>) -> Schema {
        let kind = Type::Integer { bits: 64, signed: true };
        let column = |name: &str| Column { name: name.into(), kind: kind.clone() };
        Schema { columns: vec![column("a"), column("b")], rows, ..Schema::default() }
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let mut budget = Budget::new(Some(20_000));
        let rooms = budget.admit(&[order("a"), order("b")], &schema(Some(1000)));
        assert_eq!(rooms[0], Ok(u64::MAX));
        let reason = rooms[1].as_ref().expect_err("too much");
        assert!(reason.starts_with("sorting `b` in 1000 rows"), "{reason}");
    }

    #[test]
    fn unknown_sizes_share_what_is_left() {
        let mut budget = Budget::new(Some(32_000));
        let needs = [order("a"), Need::Rows { filter: None }, order("b")];
        let rooms = budget.admit(&needs, &schema(None));
        assert_eq!(rooms, [Ok(1000), Ok(u64::MAX), Ok(1000)]);
    }
}
