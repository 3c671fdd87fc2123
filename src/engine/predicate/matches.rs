//! A regular expression found in a text.

use regex::{Regex, RegexBuilder};

use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::column::Cells;
use crate::engine::layout::ColumnId;

/// The largest compiled pattern, DESIGN section 7.
const PATTERN_LIMIT_BYTES: usize = 10 << 20;

#[derive(Debug)]
pub struct Matches {
    column: ColumnId,
    pattern: Regex,
}

impl Matches {
    pub fn new(column: ColumnId, pattern: &str, full: bool) -> Result<Self, String> {
        let compile = |text: &str| RegexBuilder::new(text).size_limit(PATTERN_LIMIT_BYTES).build();
        let compiled = match full {
            // Compiled alone first, so that `a)|(b` does not become valid by the brackets around
            // it.
            true => compile(pattern).and_then(|_| compile(&format!(r"\A(?:{pattern})\z"))),
            false => compile(pattern),
        };
        let pattern = compiled.map_err(|error| format!("`{pattern}` is no pattern: {error}"))?;
        Ok(Matches { column, pattern })
    }

    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let holds = match (&column.cells, column.judge_texts(|text| self.pattern.is_match(text))) {
            (_, Some(holds)) => holds,
            (Cells::Null, None) => arrow::buffer::BooleanBuffer::new_unset(column.n_rows),
            _ => return Err(format!("a column of type {} has no text", column.describe())),
        };
        Ok(over_present(holds, column))
    }
}
