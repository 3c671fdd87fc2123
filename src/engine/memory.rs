//! Whether what the states would hold fits into memory, estimated before a scan.
//!
//! Only states that keep every value count. Where a file does not say how many rows it has, or a
//! filter selects some, each of them gets an equal share of what is left. A state that can spill
//! takes what it needs, up to its share, and writes the rest to a temporary file; one that cannot
//! is refused, or stops when its share is full.

use super::polars::Query;
use super::question::Need;
use super::state::DISTINCT_LIMIT;
use crate::metric::{Schema, Type};
use crate::prose;

/// What is left of the memory limit.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    left_bytes: Option<u64>,
    /// Needs that hold rows and are still to be admitted, of all datasets that share the budget.
    waiting: u64,
    n_threads: usize,
}

/// What a state may use; each thread has a state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Values that all threads together may hold, for states that cannot spill.
    pub values: u64,
    /// Bytes that one thread may hold before it spills.
    pub bytes: u64,
    /// Bytes that the answer of a state that spills may take.
    pub answer_bytes: u64,
    pub n_threads: usize,
}

/// Below this a state would write more often than it reads.
const LEAST_BYTES: u64 = 1 << 12;

/// A state that spills holds no more, with all threads, even where there is room: ten million keys
/// of 64 bits. Writing a hundred million out costs a tenth of their time, and memory is what others
/// need as well.
const MOST_BYTES: u64 = 80 << 20;

/// What a run takes beside its states and its reading, at most a sixth of a limit: the program
/// (28 MB for a thousand rows), footers, and what is known of the ranks of long columns.
const OWN_BYTES: u64 = 48 << 20;

impl Room {
    /// No limit.
    pub fn endless(n_threads: usize) -> Self {
        Room { values: u64::MAX, bytes: u64::MAX, answer_bytes: u64::MAX, n_threads }
    }
}

impl Budget {
    /// The whole limit; `None` is no limit.
    pub fn new(limit_bytes: Option<u64>, n_threads: usize) -> Self {
        Budget { left_bytes: limit_bytes, waiting: 0, n_threads: n_threads.max(1) }
    }

    /// An equal part of what is left for each of so many datasets.
    pub fn shared(self, datasets: u64) -> Self {
        Budget {
            left_bytes: self.left_bytes.map(|left| left / datasets.max(1)),
            waiting: 0,
            ..self
        }
    }

    /// Announces needs that will be admitted, so that those before them leave them their share.
    pub fn announce(&mut self, needs: &[Need], schema: &Schema) {
        self.waiting += needs.iter().filter(|need| bytes_per_row(need, schema) > 0).count() as u64;
    }

    /// What is left beside the program itself and the reading of a dataset, which every thread
    /// does; at least half of it.
    pub fn beside_reading(self, bytes_of_thread: u64) -> Self {
        let reading = bytes_of_thread.saturating_mul(self.n_threads as u64);
        let taken = |left: u64| reading.saturating_add(OWN_BYTES.min(left / 6)).min(left / 2);
        let left_bytes = self.left_bytes.map(|left| left - taken(left));
        Budget { left_bytes, ..self }
    }

    /// What each of the needs may use, in their order.
    pub fn admit(&mut self, needs: &[Need], schema: &Schema) -> Vec<Result<Room, String>> {
        let holds = |need: &&Need| bytes_per_row(need, schema) > 0;
        let own = needs.iter().filter(holds).count() as u64;
        let mut holders = own.max(self.waiting);
        self.waiting = holders - own;
        let mut rooms = Vec::with_capacity(needs.len());
        for need in needs {
            rooms.push(self.room(need, schema, holders));
            holders -= u64::from(holds(&need));
        }
        rooms
    }

    fn room(&mut self, need: &Need, schema: &Schema, holders: u64) -> Result<Room, String> {
        let (mut most, mut endless) = (u64::MAX, Room::endless(self.n_threads));
        if spills(need) {
            most = MOST_BYTES;
            endless.bytes = (most / self.n_threads as u64).max(LEAST_BYTES);
        }
        let (Some(left), width @ 1..) = (self.left_bytes, bytes_per_row(need, schema)) else {
            return Ok(endless);
        };
        let share = left / holders.max(1);
        let least = least_bytes(need, schema);
        if least > share {
            return Err(refusal(need, schema.rows.unwrap_or_default(), least, share));
        }
        let rows = schema.rows.filter(|_| !is_unsized(need, schema));
        let rows_held = rows.map(|rows| rows.min(most_held(need, self.n_threads)));
        let needed = rows_held.map(|rows| rows.saturating_mul(width).min(most));
        // What spills leaves others their share, since it works with less as well.
        let most_taken = if spills(need) { share } else { left };
        match needed {
            Some(needed) if needed <= most_taken => {
                self.left_bytes = Some(left - needed);
                return Ok(endless);
            }
            Some(needed) if !spills(need) => {
                return Err(refusal(need, rows.unwrap_or_default(), needed, left));
            }
            _ => self.left_bytes = Some(left - share.min(most)),
        }
        let bytes = (share / self.n_threads as u64).clamp(LEAST_BYTES, endless.bytes);
        Ok(Room { values: share / width, bytes, answer_bytes: share, ..endless })
    }
}

/// Whether the state goes on in a temporary file.
fn spills(need: &Need) -> bool {
    matches!(need, Need::Duplicates { .. } | Need::Frequencies { .. } | Need::Keys { .. })
}

/// How many rows a state holds at most, whatever there are.
fn most_held(need: &Need, n_threads: usize) -> u64 {
    match need {
        Need::Frequencies { .. } => (DISTINCT_LIMIT as u64).saturating_mul(n_threads as u64 + 1),
        _ => u64::MAX,
    }
}

fn refusal(need: &Need, rows: u64, needed: u64, left: u64) -> String {
    if let Need::Grouped { need, .. } = need {
        return refusal(need, rows, needed, left);
    }
    let (doing, columns) = match need {
        // Alone they spill; those of each group do not.
        Need::Duplicates { columns, .. } => ("finding duplicates of", columns.join("`, `")),
        Need::Keys { columns, .. } => ("comparing the keys", columns.join("`, `")),
        Need::RowsOf { columns, .. } => ("comparing the rows", columns.join("`, `")),
        Need::QueryTable { words: None } => ("holding", "all columns".into()),
        Need::QueryTable { words: Some(_) } => ("holding", "the columns of a query".into()),
        Need::Totals { by, .. } => ("grouping", by.join("`, `")),
        Need::Overlaps { columns, .. } => ("comparing the ranges", columns.join("`, `")),
        Need::Order { column, .. } => ("sorting", column.clone()),
        Need::Groups { column, by, .. } => ("grouping", format!("{column}`, `{by}")),
        Need::Pairs { columns, .. } => ("pairing", columns.join("`, `")),
        other => unreachable!("{other:?} holds no rows"),
    };
    let (needed, left) = (prose::size(needed), prose::size(left));
    format!(
        "{doing} `{columns}` in {rows} rows needs {needed} of memory; {left} of the limit are left"
    )
}

/// What a value takes; twice that where vectors grow by doubling.
fn bytes_per_row(need: &Need, schema: &Schema) -> u64 {
    let kind = |column: &str| schema.column(column).map(|column| &column.kind);
    match need {
        Need::Grouped { need, .. } => match need.as_ref() {
            // The values of many small groups stay in memory.
            Need::Order { column, .. } => match kind(column) {
                Some(Type::Decimal { .. }) => 32,
                _ => 16,
            },
            // Distinct values, of which each group has few.
            Need::Frequencies { .. } => 0,
            other => bytes_per_row(other, schema),
        },
        // In the worst case each value is a group of its own.
        Need::Groups { .. } => 256,
        Need::Pairs { .. } => 32,
        Need::Overlaps { .. } => 128,
        // Bytes, which the rows are found to take while they are read.
        Need::RowsOf { .. } | Need::QueryTable { .. } => 1,
        // Groups, of which nobody knows how many there are.
        Need::Totals { sums, .. } => 128 + 700 * sums.len() as u64,
        // Distinct values, in tables that grow by doubling.
        Need::Frequencies { column, .. } => match kind(column) {
            Some(Type::Boolean) => 0,
            Some(Type::Decimal { .. }) => 96,
            Some(kind) if is_long(kind) => 192,
            _ => 64,
        },
        // Keys stand in blocks that never grow.
        Need::Keys { columns, .. } if columns.len() > 1 => 32,
        Need::Keys { columns, .. } | Need::Duplicates { columns, .. } => match columns.as_slice() {
            [column] => match kind(column) {
                Some(Type::Decimal { .. }) => 16,
                Some(kind) if is_long(kind) => 16,
                _ => 8,
            },
            _ => 16,
        },
        _ => 0,
    }
}

/// Whether nobody knows how long the values are.
fn is_long(kind: &Type) -> bool {
    matches!(kind, Type::String | Type::Binary | Type::List(_) | Type::Struct(_) | Type::Other(_))
}

/// What the rows that a need holds take at the least, as far as that is known before they are read.
fn least_bytes(need: &Need, schema: &Schema) -> u64 {
    let n_columns = match need {
        Need::RowsOf { columns, filter: None } => columns.len(),
        Need::QueryTable { words } => Query::columns(words.as_deref(), schema).len(),
        _ => return 0,
    };
    schema.rows.unwrap_or_default().saturating_mul(n_columns as u64)
}

/// Whether the number of rows does not say what the state will hold.
fn is_unsized(need: &Need, schema: &Schema) -> bool {
    match need {
        Need::Frequencies { column, filter } => {
            filter.is_some() || schema.column(column).is_none_or(|column| is_long(&column.kind))
        }
        Need::RowsOf { .. } | Need::QueryTable { .. } | Need::Totals { .. } => true,
        Need::Order { filter, .. }
        | Need::Keys { filter, .. }
        | Need::Overlaps { filter, .. }
        | Need::Groups { filter, .. }
        | Need::Pairs { filter, .. }
        | Need::Duplicates { filter, .. } => filter.is_some(),
        Need::Grouped { need, .. } => is_unsized(need, schema),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Column;

    fn pairs(column: &str) -> Need {
        Need::Pairs { columns: [column.into(), column.into()], filter: None }
    }

    fn schema(rows: Option<u64>) -> Schema {
        let kind = Type::Integer { bits: 64, signed: true };
        let column = |name: &str| Column { name: name.into(), kind: kind.clone() };
        Schema { columns: vec![column("a"), column("b")], rows, ..Schema::default() }
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let mut budget = Budget::new(Some(40_000), 2);
        let rooms = budget.admit(&[pairs("a"), pairs("b")], &schema(Some(1000)));
        assert_eq!(rooms[0], Ok(Room::endless(2)));
        let reason = rooms[1].as_ref().expect_err("too much");
        assert!(reason.starts_with("pairing `b`, `b` in 1000 rows"), "{reason}");
    }

    #[test]
    fn reading_leaves_at_least_half() {
        let left = |limit, reading| Budget::new(limit, 2).beside_reading(reading).left_bytes;
        assert_eq!(left(Some(1200), 100), Some(800));
        assert_eq!(left(Some(1 << 30), 100), Some((1 << 30) - OWN_BYTES - 200));
        assert_eq!(left(Some(1000), u64::MAX), Some(500));
        assert_eq!(left(None, 100), None);
    }

    #[test]
    fn what_spills_is_never_refused() {
        let mut budget = Budget::new(Some(1 << 20), 2);
        let keys = Need::Duplicates { columns: vec!["a".into()], whole: false, filter: None };
        let rooms = budget.admit(&[keys], &schema(Some(1 << 20)));
        assert_eq!(rooms[0].as_ref().map(|room| room.bytes), Ok(1 << 19));
    }

    #[test]
    fn what_spills_leaves_others_their_share() {
        let keys = |column: &str| {
            let columns = vec![column.into()];
            Need::Duplicates { columns, whole: false, filter: None }
        };
        let values = Need::Frequencies { column: "a".into(), filter: None };
        let mut budget = Budget::new(Some(120_000_000), 2);
        let rooms = budget.admit(&[keys("a"), keys("b"), values], &schema(Some(10_000_000)));
        let bytes = rooms.into_iter().map(|room| room.expect("room").bytes);
        assert_eq!(bytes.collect::<Vec<_>>(), [20_000_000; 3]);
    }

    #[test]
    fn distinct_values_take_no_more_than_is_counted() {
        let values = |column: &str| Need::Frequencies { column: column.into(), filter: None };
        let rooms = |limit| {
            let mut budget = Budget::new(Some(limit), 2);
            budget.admit(&[values("a"), values("b")], &schema(Some(1 << 40)))
        };
        let bytes = |limit| rooms(limit).into_iter().map(|room| room.expect("room").bytes);
        assert_eq!(bytes(1 << 30).collect::<Vec<_>>(), [MOST_BYTES / 2; 2]);
        assert_eq!(bytes(1 << 20).collect::<Vec<_>>(), [1 << 18; 2]);
    }

    #[test]
    fn unknown_sizes_share_what_is_left() {
        let mut budget = Budget::new(Some(64_000), 2);
        let needs = [pairs("a"), Need::Rows { filter: None }, pairs("b")];
        let rooms = budget.admit(&needs, &schema(None)).into_iter();
        let values: Vec<u64> = rooms.map(|room| room.expect("room").values).collect();
        assert_eq!(values, [1000, u64::MAX, 1000]);
    }
}
