//! Looks at every cell of the columns whose types their cells decide.

use super::Options;
use super::Table;
use super::cells::{self, Evidence, Glance};
use super::index::Index;
use super::parallel::in_order;
use crate::metric::Unmeasured;

/// A column whose type its cells decide, wholly or in part.
#[derive(Debug)]
pub struct Unsure {
    pub column: usize,
    glance: Glance,
    /// The texts that stand for a missing value.
    absent: Vec<String>,
}

impl Unsure {
    /// Those among some columns.
    pub fn all(names: &[String], options: &Options) -> Vec<Unsure> {
        let unsure = names.iter().enumerate().filter_map(|(column, name)| {
            let declared = options.declared.of(name);
            let (glance, absent) = (Glance::of(declared.as_ref()), options.absent.of(name));
            cells::needs_evidence(declared.as_ref()).then_some(Unsure { column, glance, absent })
        });
        unsure.collect()
    }

    fn is_absent(&self, cell: &str) -> bool {
        self.absent.iter().any(|word| word == cell)
    }
}

/// Evidence for the unsure columns, over all rows of all files; of several mistakes, the first is
/// told.
pub fn infer(tables: &[Table], threads: usize) -> Result<Vec<Evidence>, Unmeasured> {
    let unseen = tables.iter().filter(|table| table.seen.is_none());
    let jobs: Vec<(&Table, usize)> = unseen
        .flat_map(|table| (0..table.layout.parts.len()).map(move |part| (table, part)))
        .collect();
    let parts = in_order(jobs.len(), threads, |job| -> Result<Vec<Evidence>, Unmeasured> {
        let (table, part) = jobs[job];
        let mut seen = vec![Evidence::default(); table.unsure.len()];
        table.each_block(part, |index| {
            seen.iter_mut().zip(look(index, &table.unsure)).for_each(|(all, own)| all.merge(own));
        })?;
        Ok(seen)
    })?;
    let seen = tables.iter().filter_map(|table| table.seen.clone());
    let columns = tables.first().map_or(0, |table| table.unsure.len());
    Ok(merged(seen.chain(parts).map(Some), columns).unwrap_or_default())
}

/// All evidence together, if there is no part that gave none.
pub fn merged(
    parts: impl IntoIterator<Item = Option<Vec<Evidence>>>,
    columns: usize,
) -> Option<Vec<Evidence>> {
    let mut all = vec![Evidence::default(); columns];
    for part in parts {
        all.iter_mut().zip(part?).for_each(|(all, part)| all.merge(part));
    }
    Some(all)
}

/// What the cells of some rows look like.
pub fn look(index: &Index, columns: &[Unsure]) -> Vec<Evidence> {
    let evidence = columns.iter().map(|unsure| {
        let mut evidence = Evidence::default();
        for field in index.column(unsure.column).filter(|field| !field.is_empty()) {
            let cell = super::unquote(field);
            let cell = cell.as_ref();
            if unsure.glance.tells_nothing(cell.as_bytes(), evidence) || unsure.is_absent(cell) {
                continue;
            }
            evidence.see(cell.as_bytes());
            if unsure.glance.is_decided(evidence) {
                break;
            }
        }
        evidence
    });
    evidence.collect()
}
