//! datacheck
pub mod metric;
pub mod stats;
