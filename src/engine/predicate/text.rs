//! A question to each text of a column.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use arrow::buffer::BooleanBuffer;
use hashbrown::HashSet;

use super::automaton::Automaton;
use super::glance::Glance;
use super::verdicts::Verdicts;
use super::{Mask, over_present};
use crate::engine::batch::Batch;
use crate::engine::column::{Cells, Column, characters};
use crate::engine::layout::ColumnId;
use crate::metric::{LengthUnit, TextTest};
use crate::text::{self, DatetimeFormat, JsonSchema, Judge, Part, Patterns, Refused};

pub struct Text {
    column: ColumnId,
    judge: Judge,
    negated: bool,
    /// Whether null is one of the texts that are asked for.
    with_null: bool,
    word: &'static str,
    verdicts: Verdicts,
    /// The lengths that are asked for, where the question is one about length.
    lengths: Option<(LengthUnit, RangeInclusive<u64>)>,
    /// The regular expression that the whole question is, where it is one.
    pattern: Option<String>,
    /// The same for texts of which most differ, where it is small enough; made when there are many.
    automaton: OnceLock<Option<Automaton>>,
}

/// Fewer texts are judged before an automaton is made.
const MANY: usize = 1 << 12;

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({:?}, {}, negated: {})", self.column, self.word, self.negated)
    }
}

impl Text {
    pub fn new(column: ColumnId, test: &TextTest, negated: bool) -> Result<Self, String> {
        let patterns = patterns(test).map_err(|refused| refused.message)?;
        let pattern = patterns.as_ref().and_then(Patterns::as_one);
        let judge = judge(test).map_err(|refused| refused.message)?;
        let with_null = matches!(test, TextTest::AnyCase { with_null: true, .. });
        let lengths = match test {
            TextTest::Length { unit, min, max } => Some((*unit, allowed(*min, *max))),
            _ => None,
        };
        let (word, automaton) = (test.word(), OnceLock::new());
        let verdicts = Verdicts::default();
        Ok(Text { column, judge, negated, with_null, word, verdicts, lengths, pattern, automaton })
    }

    pub fn evaluate(&self, batch: &Batch) -> Result<Mask, String> {
        let column = batch.column(self.column)?;
        let holds = match (&column.cells, self.ask(column)) {
            (_, Some(holds)) if self.negated => !&holds,
            (_, Some(holds)) => holds,
            (Cells::Null, None) => BooleanBuffer::new_unset(column.n_rows),
            _ => return Err(format!("a column of type {} has no text", column.describe())),
        };
        let mask = over_present(holds, column);
        Ok(if self.with_null { mask.judging_null(self.negated) } else { mask })
    }

    /// The answer for all texts at once.
    pub fn glance(&self, batch: &Batch) -> Option<Glance> {
        if self.with_null {
            return None;
        }
        let column = batch.column(self.column).ok()?;
        let holds = match (&self.lengths, &column.cells) {
            (Some((unit, allowed)), Cells::Text(_)) if !allowed.is_empty() => {
                column.lengths_within(*unit, (*allowed.start(), *allowed.end()))
            }
            _ => self.verdicts.whole(column, |text| (self.judge)(text)),
        }?;
        Some(Glance::of(column, holds != self.negated))
    }

    fn ask(&self, column: &Column) -> Option<BooleanBuffer> {
        if let Cells::Text(texts) = &column.cells
            && column.n_rows >= MANY
            && let Some(pattern) = &self.pattern
            && let Some(automaton) = self.automaton.get_or_init(|| Automaton::new(pattern))
        {
            return Some(automaton.judge(texts));
        }
        self.verdicts.judge(column, |text| (self.judge)(text))
    }
}

fn allowed(min: Option<u64>, max: Option<u64>) -> RangeInclusive<u64> {
    min.unwrap_or(0)..=max.unwrap_or(u64::MAX)
}

/// The question as regular expressions, where it is asked by them.
fn patterns(test: &TextTest) -> Result<Option<Patterns>, Refused> {
    match test {
        TextTest::Pattern { patterns, all, full } => Patterns::new(patterns, *all, *full).map(Some),
        TextTest::Like { patterns, escape, ignore_case } => {
            let sources = patterns.iter().map(|pattern| text::like(pattern, *escape, *ignore_case));
            let sources = sources.collect::<Result<Vec<_>, _>>()?;
            Patterns::new(&sources, false, false).map(Some)
        }
        _ => Ok(None),
    }
}

/// The question compiled.
fn judge(test: &TextTest) -> Result<Judge, Refused> {
    Ok(match test {
        TextTest::Pattern { .. } | TextTest::Like { .. } => {
            let patterns = patterns(test)?;
            Box::new(move |text| patterns.as_ref().is_some_and(|found| found.is_match(text)))
        }
        TextTest::Prefix { parts, ignore_case } => {
            text::finder(Part::Start, parts, false, *ignore_case)?
        }
        TextTest::Suffix { parts, ignore_case } => {
            text::finder(Part::End, parts, false, *ignore_case)?
        }
        TextTest::Contains { parts, all, ignore_case } => {
            text::finder(Part::Anywhere, parts, *all, *ignore_case)?
        }
        TextTest::Length { unit, min, max } => {
            let allowed = allowed(*min, *max);
            let unit = *unit;
            Box::new(move |text| allowed.contains(&length(text, unit)))
        }
        TextTest::Format(format) => {
            let format = *format;
            Box::new(move |text| format.accepts(text))
        }
        TextTest::DateTime { patterns } => {
            let formats = patterns.iter().map(|pattern| DatetimeFormat::new(pattern));
            let formats = formats.collect::<Result<Vec<DatetimeFormat>, Refused>>()?;
            Box::new(move |text| formats.iter().any(|format| format.reads(text)))
        }
        TextTest::JsonSchema { schema } => {
            let schema = JsonSchema::new(schema)?;
            Box::new(move |text| schema.accepts(text))
        }
        TextTest::AnyCase { texts, .. } => {
            let texts: HashSet<String> = texts.iter().cloned().collect();
            Box::new(move |text| texts.contains(text.to_lowercase().as_str()))
        }
        TextTest::Trimmed => Box::new(|text| text.trim().len() == text.len()),
        TextTest::Ascii { printable: false } => Box::new(str::is_ascii),
        TextTest::Ascii { printable: true } => {
            Box::new(|text| text.bytes().all(|byte| matches!(byte, b' '..=b'~')))
        }
        TextTest::Casing(casing) => {
            let casing = *casing;
            Box::new(move |text| casing.holds(text))
        }
        TextTest::NotBlank => Box::new(|text| !text.trim_start().is_empty()),
    })
}

fn length(text: &str, unit: LengthUnit) -> u64 {
    match unit {
        LengthUnit::Characters => characters(text),
        LengthUnit::Bytes => text.len() as u64,
    }
}
