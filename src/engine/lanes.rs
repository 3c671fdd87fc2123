//! What a scan reads of a dataset, and which state is shown what.

use super::layout::Layout;
use super::state::AnyState;
use crate::metric::Schema;

/// What a state is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Rows, batch by batch.
    Rows,
    /// Tallies of a column.
    Values(String),
}

/// A state with what it is shown.
#[derive(Clone, Debug)]
pub struct Looking {
    pub state: AnyState,
    pub lane: Lane,
}

/// What the states of each lane look at.
#[derive(Debug)]
pub struct Layouts<'a> {
    schema: &'a Schema,
    rows: Layout<'a>,
    values: Vec<(String, Layout<'a>)>,
}

impl<'a> Layouts<'a> {
    /// Nothing yet of a dataset's columns.
    pub fn new(schema: &'a Schema) -> Self {
        Layouts { schema, rows: Layout::new(schema), values: Vec::new() }
    }

    /// What is looked at in the rows.
    pub fn rows(&self) -> &Layout<'a> {
        &self.rows
    }

    /// What is looked at in a lane; `None` where no state has one.
    pub fn of(&self, lane: &Lane) -> Option<&Layout<'a>> {
        match lane {
            Lane::Rows => Some(&self.rows),
            Lane::Values(column) => {
                let own = self.values.iter().find(|(known, _)| known == column);
                own.map(|(_, layout)| layout)
            }
        }
    }

    /// The layout of a lane, to add to it. A column that is tallied must not have its rows read,
    /// so that each has a layout of its own.
    pub fn open(&mut self, lane: &Lane) -> &mut Layout<'a> {
        let Lane::Values(column) = lane else { return &mut self.rows };
        let known = self.values.iter().position(|(known, _)| known == column);
        let place = known.unwrap_or_else(|| {
            self.values.push((column.clone(), Layout::new(self.schema)));
            self.values.len() - 1
        });
        &mut self.values[place].1
    }

    /// The columns that are read for some states, as rows or tallied.
    pub fn columns(&self, states: &[Looking]) -> Vec<String> {
        let tallied = of_states(states).into_iter().filter_map(|lane| match lane {
            Lane::Values(column) => Some(column),
            Lane::Rows => None,
        });
        self.rows.columns().iter().cloned().chain(tallied).collect()
    }
}

/// The lanes of some states, that of the rows first.
pub fn of_states(states: &[Looking]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let of_rows = states.iter().filter(|looking| looking.lane == Lane::Rows);
    for looking in of_rows.chain(states) {
        if !lanes.contains(&looking.lane) {
            lanes.push(looking.lane.clone());
        }
    }
    lanes
}
