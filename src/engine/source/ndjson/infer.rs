//! Looks at all lines for the keys and what their values look like.

use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use super::Lines;
use super::lines::{Cell, Table};
use super::nested;
use super::parts::Fault;
use crate::engine::source::cells::Evidence;
use crate::engine::source::open::Options;
use crate::engine::source::parallel::in_order;
use crate::metric::Unmeasured;

/// What is found out about a column.
#[derive(Clone, Debug)]
pub struct Found {
    pub name: String,
    pub evidence: Evidence,
    /// The type of a column that holds nothing but lists, or nothing but objects.
    pub nested: Option<DataType>,
    has_scalars: bool,
    has_lists: bool,
    has_objects: bool,
}

/// The columns of all files, in the order in which their keys first occur.
pub fn infer(files: &[Lines], options: &Options) -> Result<Vec<Found>, Unmeasured> {
    let jobs: Vec<(usize, usize)> = files
        .iter()
        .enumerate()
        .flat_map(|(file, lines)| (0..lines.layout.parts.len()).map(move |part| (file, part)))
        .collect();
    let parts = in_order(jobs.len(), options.threads, |job| {
        let (file, part) = jobs[job];
        files[file].with(part, |text| Ok(look(&Table::all(text)?, options)))
    })?;
    let mut all: Vec<Found> = Vec::new();
    for found in parts.into_iter().flatten() {
        match all.iter_mut().find(|other| other.name == found.name) {
            Some(other) => other.merge(found),
            None => all.push(found),
        }
    }
    for found in &mut all {
        if found.has_lists != found.has_objects && !found.has_scalars {
            let kind = whole_column(files, &jobs, &found.name)?;
            found.nested = Some(kind).filter(DataType::is_nested);
        }
    }
    Ok(all)
}

impl Found {
    fn merge(&mut self, other: Found) {
        self.evidence.merge(other.evidence);
        self.has_scalars |= other.has_scalars;
        self.has_lists |= other.has_lists;
        self.has_objects |= other.has_objects;
    }
}

fn look(table: &Table, options: &Options) -> Vec<Found> {
    let columns = table.names.iter().zip(&table.columns);
    columns.map(|(name, cells)| column(name, cells, options)).collect()
}

fn column(name: &str, cells: &[Option<Cell>], options: &Options) -> Found {
    let declared = options.declared.of(name).is_some();
    let absent = options.absent.of(name);
    let mut found = Found {
        name: name.to_owned(),
        evidence: Evidence::default(),
        nested: None,
        has_scalars: false,
        has_lists: false,
        has_objects: false,
    };
    for cell in cells.iter().flatten().filter(|cell| !cell.is_one_of(&absent)) {
        match cell {
            Cell::Nested(raw) => {
                found.has_lists |= raw.starts_with('[');
                found.has_objects |= raw.starts_with('{');
                found.evidence.merge(Evidence::text());
            }
            // Text is not a number because it looks like one, unless the suite says so.
            Cell::Text(text) if declared => found.evidence.see(text.as_bytes()),
            Cell::Text(_) => found.evidence.merge(Evidence::text()),
            Cell::Number(raw) | Cell::Boolean(raw) => found.evidence.see(raw.as_bytes()),
        }
        found.has_scalars |= !matches!(cell, Cell::Nested(_));
    }
    found
}

/// The nested type of one column, which takes a pass of its own.
fn whole_column(
    files: &[Lines],
    jobs: &[(usize, usize)],
    name: &str,
) -> Result<DataType, Unmeasured> {
    let mut stopped = None;
    let cells = jobs.iter().flat_map(|(file, part)| {
        let read = files[*file].with(*part, |text| {
            let table = Table::of(text, vec![name.to_owned()])?;
            let cells = table.columns.into_iter().flatten().flatten();
            Ok::<_, Fault>(cells.map(|cell| cell.as_ref().to_owned()).collect::<Vec<_>>())
        });
        let cells = match read {
            Ok(cells) => cells.into_iter().map(|cell| Ok(cell.into())).collect(),
            Err(error) => {
                let text = error.to_string();
                stopped = Some(error);
                vec![Err(ArrowError::JsonError(text))]
            }
        };
        cells.into_iter()
    });
    let kind = nested::infer(cells);
    match (stopped, kind) {
        (Some(error), _) => Err(error),
        (None, Ok(kind)) => Ok(kind),
        (None, Err(error)) => Err(files[0].input.fault(format_args!("column `{name}`: {error}"))),
    }
}
