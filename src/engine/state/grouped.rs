//! Any state once more for each group of rows that agree in some columns.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::State;
use super::any::{AnyState, Finished};
use crate::engine::batch::Batch;
use crate::engine::layout::ColumnId;
use crate::metric::Value;

/// Most groups that are told apart.
pub const GROUP_LIMIT: usize = 100_000;

#[derive(Clone, Debug)]
pub struct GroupedStates {
    by: Vec<ColumnId>,
    /// The names of the columns, for messages.
    names: String,
    /// What a group begins with.
    blank: Box<AnyState>,
    /// How many values the states of all groups may hold together.
    room: u64,
    rows: u64,
    groups: HashMap<u128, Group>,
}

#[derive(Clone, Debug)]
struct Group {
    key: Vec<Value>,
    state: AnyState,
}

/// What the rows of a group came to.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundGroup {
    /// The values that its rows share; null where they are missing.
    pub key: Vec<Value>,
    pub fingerprint: u128,
    pub found: Result<Finished, String>,
}

impl GroupedStates {
    pub fn new(by: Vec<ColumnId>, names: &[String], blank: AnyState, room: u64) -> Self {
        let (blank, names) = (Box::new(blank), names.join("`, `"));
        GroupedStates { by, names, blank, room, rows: 0, groups: HashMap::new() }
    }

    fn check_room(&self) -> Result<(), String> {
        if self.groups.len() > GROUP_LIMIT {
            return Err(format!("there are more than {GROUP_LIMIT} groups of `{}`", self.names));
        }
        if self.rows > self.room {
            return Err(format!(
                "groups of more than {} values do not fit into the memory limit",
                self.room
            ));
        }
        Ok(())
    }
}

impl State for GroupedStates {
    type Answer = Vec<FoundGroup>;

    fn update(&mut self, batch: &Batch) -> Result<(), String> {
        for (fingerprint, rows) in batch.groups(&self.by)?.iter() {
            let group = match self.groups.entry(*fingerprint) {
                Entry::Occupied(group) => group.into_mut(),
                Entry::Vacant(place) => {
                    let key = key(batch, &self.by, rows[0] as usize)?;
                    place.insert(Group { key, state: (*self.blank).clone() })
                }
            };
            group.state.update(&batch.select(rows)?)?;
        }
        self.rows += batch.n_rows() as u64;
        self.check_room()
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        for (fingerprint, group) in other.groups {
            match self.groups.entry(fingerprint) {
                Entry::Occupied(mut own) => own.get_mut().state.merge(group.state)?,
                Entry::Vacant(place) => {
                    place.insert(group);
                }
            }
        }
        self.rows += other.rows;
        self.check_room()
    }

    /// The groups in the order of their keys.
    fn finish(self) -> Result<Vec<FoundGroup>, String> {
        let mut groups: Vec<FoundGroup> = self
            .groups
            .into_iter()
            .map(|(fingerprint, Group { key, state })| FoundGroup {
                key,
                fingerprint,
                found: state.finish(),
            })
            .collect();
        groups.sort_unstable_by(|a, b| (&a.key, a.fingerprint).cmp(&(&b.key, b.fingerprint)));
        Ok(groups)
    }
}

/// The values by which a row is grouped; both kinds of missing values are one.
fn key(batch: &Batch, by: &[ColumnId], row: usize) -> Result<Vec<Value>, String> {
    let value = |column: &ColumnId| {
        let column = batch.column(*column)?;
        Ok(if column.is_missing(row) { Value::Null } else { column.value(row) })
    };
    by.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;
    use crate::engine::batch::Place;
    use crate::engine::layout::Layout;
    use crate::engine::memory::Room;
    use crate::engine::question::Need;
    use crate::engine::table::Table;

    fn grouped(n_groups: usize) -> Result<Vec<FoundGroup>, String> {
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..n_groups as i64));
        let table = Table::new(vec![("a", values)]);
        let mut layout = Layout::new(&table.schema);
        let need = Box::new(Need::Rows { filter: None });
        let need = Need::Grouped { by: vec!["a".into()], need };
        let mut state = need.state(&mut layout, Room::endless(1))?;
        let piece = table.piece(layout.columns(), 0, n_groups);
        state.update(&Batch::new(&layout, piece, Place { part: 0, row: 0 })?)?;
        match state.finish()? {
            Finished::Grouped(groups) => Ok(groups.to_vec()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn too_many_groups_are_refused_by_name() {
        let groups = grouped(3).expect("groups");
        let keys: Vec<_> = groups.iter().map(|group| group.key.clone()).collect();
        assert_eq!(keys, [[Value::Int(0)], [Value::Int(1)], [Value::Int(2)]]);
        assert!(groups.iter().all(|group| group.found == Ok(Finished::Rows(Arc::new(1)))));
        let reason = grouped(GROUP_LIMIT + 1).expect_err("too many");
        assert_eq!(reason, "there are more than 100000 groups of `a`");
    }
}
