//! Looks at every cell of the columns whose types nobody declared.

use super::Table;
use super::cells::Evidence;
use super::parallel::in_order;
use crate::metric::Unmeasured;

/// Evidence for some columns, over all rows of all files; of several mistakes, the first is told.
pub fn infer(
    tables: &[Table],
    columns: &[usize],
    threads: usize,
) -> Result<Vec<Evidence>, Unmeasured> {
    let jobs: Vec<(&Table, usize)> = tables
        .iter()
        .flat_map(|table| (0..table.layout.parts.len()).map(move |part| (table, part)))
        .collect();
    let parts = in_order(jobs.len(), threads, |job| {
        let (table, part) = jobs[job];
        look(table, part, columns)
    })?;
    let mut all = vec![Evidence::default(); columns.len()];
    for part in parts {
        all.iter_mut().zip(part).for_each(|(all, part)| all.merge(part));
    }
    Ok(all)
}

fn look(table: &Table, part: usize, columns: &[usize]) -> Result<Vec<Evidence>, Unmeasured> {
    let index = table.index(part)?;
    let evidence = columns.iter().map(|column| {
        let mut evidence = Evidence::default();
        let keep_looking = table.declared[*column];
        let absent = &table.absent[*column];
        for cell in index.column(*column) {
            if !absent.is_empty() && absent.iter().any(|word| *word == super::unquote(cell)) {
                continue;
            }
            if evidence.is_text() && !keep_looking {
                break;
            }
            if cell.starts_with('"') {
                evidence.see(super::unquote(cell).as_bytes());
            } else if !cell.is_empty() {
                evidence.see(cell.as_bytes());
            }
        }
        evidence
    });
    Ok(evidence.collect())
}
