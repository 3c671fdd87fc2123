//! Order statistics of columns that are too long to be sorted in memory.
//!
//! Values become 64-bit keys whose order is theirs ([`key`]). A small sample says where the keys
//! lie, so that a first scan counts them in [`buckets`](Buckets) of about equal size, or each
//! distinct key where there are few. A [`Ledger`] of both sides then knows which buckets can still
//! hold a largest gap, a quantile or an edge, and a further scan looks only at the keys of these
//! ([`Selection`]). All answers are exact; memory does not grow with the number of values.

mod answer;
mod buckets;
mod deal;
mod entry;
mod hands;
pub mod key;
mod ledger;
mod merge;
mod number;
mod questions;
mod rounds;
mod runs;
mod sample;
mod selection;
mod subject;
#[cfg(test)]
pub mod tests;

pub use answer::{MISPLACED, from_sorted};
pub use buckets::Buckets;
pub use deal::Deal;
pub use entry::Entry;
pub use ledger::Ledger;
pub use number::Number;
pub use rounds::{Limits, Rounds};
pub use runs::{Ascending, Runs};
pub use selection::Selection;
