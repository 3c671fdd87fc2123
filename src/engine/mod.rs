//! Engines answer metrics. They return integers, sums and states, never decisions, and know no
//! expectation.

pub mod batch;
pub mod column;
mod embedded;
pub mod polars;
mod predicate;
mod scan;
pub mod source;
mod state;

pub use embedded::{EmbeddedEngine, Options};

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
