//! What is told of a run: results.json and everything that is a function of it.
//!
//! Reading order: `results` (the one value), `record` (how verdicts become it), `headline` (the
//! run in a sentence), then one file for each reader: `html`, `junit`, `markdown`, `sarif`,
//! `github`, `terminal`; `write` puts them on disk. Nothing here touches data, and nothing decides.

mod cells;
mod chart;
mod github;
mod headline;
mod html;
mod junit;
mod markdown;
mod number;
mod record;
mod results;
mod sarif;
mod table;
mod terminal;
mod view;
mod visible;
mod words;
mod write;
mod written;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod snapshots;

pub use cells::Cells;
pub use chart::{margin_standing_alone, standing_alone};
pub use github::github;
pub use headline::Headline;
pub use html::{RenderError, html};
pub use junit::{JunitError, junit};
pub use markdown::markdown;
pub use number::Number;
pub use results::{
    Chart, Check, DatasetInfo, Distance, Effect, Example, FORMAT, FamilyInfo, Margin, Power,
    ReadError, Results, Role, Rows, RowsFile, RunInfo, Source, Summary, Test,
};
pub use sarif::sarif;
pub use terminal::{Paint, closing, failure};
pub use visible::visible;
pub use write::{Output, WriteError, discard, is_ours, write};
