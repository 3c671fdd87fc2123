//! Rows of the data written out again: those that break rules, with the names of the rules, and
//! those that break none.
//!
//! Parts are read in order and written piece by piece, so that memory does not grow with the data.

mod writer;

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, ListBuilder, StringArray, StringBuilder};
use arrow::buffer::BooleanBuffer;
use arrow::compute::filter;

pub use writer::RowFormat;
use writer::RowWriter;

use super::batch::{Batch, Place};
use super::column::Column;
use super::layout::{Layout, PredicateId, SqlId};
use super::scan::cut;
use super::source::{Piece, Source};
use super::state::broken;
use crate::metric::{Missing, Predicate, RowRule, Unmeasured};
use crate::verdict::MASKED;

/// The column that says which checks a row failed.
pub const FAILED_CHECKS: &str = "failed_checks";

/// What is written, and where.
pub struct Extraction<'a> {
    /// Rules under the ids of their checks.
    pub rules: &'a [(String, RowRule)],
    /// Which columns are masked.
    pub hides: &'a dyn Fn(&str) -> bool,
    /// Where the rows go that break a rule, and those that break none.
    pub failing: Option<Sink>,
    pub clean: Option<Sink>,
}

/// A file that is open for rows.
pub struct Sink {
    pub format: RowFormat,
    pub out: Box<dyn Write + Send>,
}

/// How many rows were written; `None` where the data has nothing to write, not even columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    pub failing: Option<u64>,
    pub clean: Option<u64>,
}

/// A rule made ready.
struct Rule<'a> {
    id: &'a str,
    predicate: PredicateId,
    missing: Missing,
    filter: Option<SqlId>,
}

/// Reads a dataset once and writes what is asked for.
///
/// # Errors
/// The data cannot be read, a rule cannot be judged, or a file cannot be written.
pub fn extract(source: &dyn Source, extraction: Extraction) -> Result<Extracted, Unmeasured> {
    let not_computable = Unmeasured::NotComputable;
    let mut layout = Layout::new(source.schema());
    let names: Vec<String> = source.schema().names().map(str::to_owned).collect();
    if extraction.failing.is_some() && names.iter().any(|name| name == FAILED_CHECKS) {
        let reason = format!("the data has a column `{FAILED_CHECKS}` already");
        return Err(not_computable(reason));
    }
    layout.all(&names).map_err(not_computable)?;
    let rules = extraction.rules.iter().map(|(id, rule)| {
        let predicate = layout.predicate(&rule.predicate)?;
        let filter = layout.filter(rule.filter.as_ref())?;
        Ok(Rule { id, predicate, missing: rule.missing, filter })
    });
    let rules = rules.collect::<Result<Vec<_>, String>>().map_err(not_computable)?;
    let shown = names.iter().map(|name| Shown::of(name, &extraction)).collect();
    let mut writing = Writing {
        layout: &layout,
        shown,
        rules,
        failing: extraction.failing.map(RowWriter::new),
        clean: extraction.clean.map(RowWriter::new),
    };
    for part in 0..source.parts() {
        let mut start = Place { part, row: 0 };
        source.read(part, layout.columns(), &mut |piece| {
            for piece in cut(piece) {
                let n_rows = piece.record.num_rows() as u64;
                writing.piece(piece, start, names.len()).map_err(Unmeasured::NotComputable)?;
                start.row += n_rows;
            }
            Ok(())
        })?;
    }
    let finish = |writer: Option<RowWriter>| writer.map_or(Ok(None), RowWriter::finish);
    Ok(Extracted {
        failing: finish(writing.failing).map_err(not_computable)?,
        clean: finish(writing.clean).map_err(not_computable)?,
    })
}

/// How a column is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    AsItIs,
    Masked,
    /// As text, so that cells which do not read as the column's type are kept.
    AsText,
}

impl Shown {
    fn of(name: &str, extraction: &Extraction) -> Shown {
        let is_read = |(_, rule): &(String, RowRule)| match &rule.predicate {
            Predicate::Reads { column } => column == name,
            Predicate::InGroups { rules, .. } => {
                matches!(&rules[..], [Predicate::Reads { column }, ..] if column == name)
            }
            _ => false,
        };
        if (extraction.hides)(name) {
            Shown::Masked
        } else if extraction.rules.iter().any(is_read) {
            Shown::AsText
        } else {
            Shown::AsItIs
        }
    }
}

struct Writing<'a> {
    layout: &'a Layout<'a>,
    /// By the place of the column.
    shown: Vec<Shown>,
    rules: Vec<Rule<'a>>,
    failing: Option<RowWriter>,
    clean: Option<RowWriter>,
}

impl Writing<'_> {
    fn piece(&mut self, piece: Piece, start: Place, n_columns: usize) -> Result<(), String> {
        let columns = self.columns(&piece, n_columns)?;
        let n_rows = piece.record.num_rows();
        let batch = Batch::new(self.layout, piece, start)?;
        let breaks =
            self.rules.iter().map(|rule| broken(&batch, rule.predicate, rule.missing, rule.filter));
        let breaks = breaks.collect::<Result<Vec<BooleanBuffer>, String>>()?;
        let none = BooleanBuffer::new_unset(n_rows);
        let any = breaks.iter().fold(none, |any, broken| &any | broken);
        if let Some(writer) = &mut self.clean {
            writer.write(&rows(&columns, &!&any)?)?;
        }
        if let Some(writer) = &mut self.failing {
            let mut failing = rows(&columns, &any)?;
            let ids = failed_checks(&self.rules, &breaks, &any);
            failing.push((FAILED_CHECKS.to_owned(), ids));
            writer.write(&failing)?;
        }
        Ok(())
    }

    fn columns(&self, piece: &Piece, n_columns: usize) -> Result<Vec<(String, ArrayRef)>, String> {
        let schema = piece.record.schema();
        let column = |place: usize| {
            let (name, array) = (schema.field(place).name(), piece.record.column(place));
            let unread = piece.unread.iter().find(|(column, _)| column == name);
            let array = match self.shown[place] {
                Shown::AsItIs => array.clone(),
                Shown::Masked => masked(array),
                Shown::AsText => as_text(array, unread.map(|(_, texts)| texts))?,
            };
            Ok((name.clone(), array))
        };
        (0..n_columns).map(column).collect()
    }
}

/// The selected rows of columns.
fn rows(
    columns: &[(String, ArrayRef)],
    selected: &BooleanBuffer,
) -> Result<Vec<(String, ArrayRef)>, String> {
    let selected = BooleanArray::new(selected.clone(), None);
    let column = |(name, array): &(String, ArrayRef)| {
        let array = filter(array, &selected).map_err(|error| error.to_string())?;
        Ok((name.clone(), array))
    };
    columns.iter().map(column).collect()
}

/// The ids of the rules that each of the rows breaks.
fn failed_checks(rules: &[Rule], breaks: &[BooleanBuffer], any: &BooleanBuffer) -> ArrayRef {
    let mut ids = ListBuilder::new(StringBuilder::new());
    for row in any.set_indices() {
        for (rule, broken) in rules.iter().zip(breaks) {
            if broken.value(row) {
                ids.values().append_value(rule.id);
            }
        }
        ids.append(true);
    }
    Arc::new(ids.finish())
}

fn masked(array: &ArrayRef) -> ArrayRef {
    let nulls = array.logical_nulls();
    let is_null = |row| nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
    let cell = |row| (!is_null(row)).then_some(MASKED);
    Arc::new((0..array.len()).map(cell).collect::<StringArray>())
}

fn as_text(array: &ArrayRef, unread: Option<&StringArray>) -> Result<ArrayRef, String> {
    let column = Column::new(array)?;
    let cell = |row| match unread.filter(|texts| texts.is_valid(row)) {
        Some(texts) => Some(texts.value(row).to_owned()),
        None if column.is_missing(row) => None,
        None => Some(column.value(row).to_string()),
    };
    Ok(Arc::new((0..array.len()).map(cell).collect::<StringArray>()))
}

#[cfg(test)]
mod tests;
