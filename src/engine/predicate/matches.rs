//! A regular expression found in a text.

use std::sync::OnceLock;

use arrow::buffer::BooleanBuffer;
use regex::{Regex, RegexBuilder};

use super::automaton::Automaton;
use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::column::{Cells, Column};
use crate::engine::layout::ColumnId;

/// The largest compiled pattern, DESIGN section 7.
const PATTERN_LIMIT_BYTES: usize = 10 << 20;

#[derive(Debug)]
pub struct Matches {
    column: ColumnId,
    pattern: Regex,
    /// The same for texts of which most differ, where it is small enough; made when there are many.
    automaton: OnceLock<Option<Automaton>>,
}

/// Fewer texts are judged before an automaton is made.
const MANY: usize = 1 << 12;

impl Matches {
    pub fn new(column: ColumnId, pattern: &str, full: bool) -> Result<Self, String> {
        let compile = |text: &str| RegexBuilder::new(text).size_limit(PATTERN_LIMIT_BYTES).build();
        let told = |error| format!("`{pattern}` is no pattern: {error}");
        // Compiled alone first, so that `a)|(b` does not become valid by the brackets around it.
        let alone = compile(pattern).map_err(told)?;
        let pattern = match full {
            true => compile(&format!(r"\A(?:{pattern})\z")).map_err(told)?,
            false => alone,
        };
        Ok(Matches { column, pattern, automaton: OnceLock::new() })
    }

    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let holds = match (&column.cells, self.judge(column)) {
            (_, Some(holds)) => holds,
            (Cells::Null, None) => BooleanBuffer::new_unset(column.n_rows),
            _ => return Err(format!("a column of type {} has no text", column.describe())),
        };
        Ok(over_present(holds, column))
    }

    fn judge(&self, column: &Column) -> Option<BooleanBuffer> {
        if let Cells::Text(texts) = &column.cells
            && column.n_rows >= MANY
            && let Some(automaton) =
                self.automaton.get_or_init(|| Automaton::new(self.pattern.as_str()))
        {
            return Some(automaton.judge(texts));
        }
        column.judge_texts(|text| self.pattern.is_match(text))
    }
}
