//! Engines answer metrics. They return integers, sums and states, never decisions, and know no
//! expectation.
//!
//! Reading order: [`source`] gives batches, [`column`] and [`batch`] show them typed, `predicate`
//! judges rows, `state` remembers, `question` says which states a metric needs, `scan` feeds them,
//! `embedded` answers.

pub mod batch;
mod bits;
pub mod column;
mod cuts;
mod dataset;
mod embedded;
mod extract;
mod fields;
mod footer;
mod holes;
mod keys;
mod lanes;
mod layout;
mod memory;
mod order;
pub mod parallel;
pub mod polars;
mod predicate;
mod quantile;
mod question;
mod reconcile;
mod sample;
mod scan;
pub mod source;
mod state;
#[cfg(test)]
mod table;
mod table_diff;
mod tally;
mod two_sided;
mod values;

pub use embedded::{EmbeddedEngine, Options};
pub use extract::{Extracted, Extraction, RowFormat, Sink};
pub use sample::Sample;

use crate::metric::{Measured, Metric, Schema, Side, Unmeasured};

/// Something that answers questions about a suite's datasets.
pub trait Engine: Sync {
    /// Names and types of a dataset's columns.
    fn schema(&self, side: &Side) -> Result<Schema, Unmeasured>;

    /// Answers a batch of questions, in their order, each with a result of its own.
    ///
    /// All questions to one dataset share one scan of it.
    fn measure(&self, metrics: &[Metric]) -> Vec<Result<Measured, Unmeasured>>;
}
