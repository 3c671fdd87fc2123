//! What a scan remembers: one file for each state.
//!
//! A state takes batches in any order and merges with a state of other batches; what it finishes
//! with depends on neither the order nor the cuts. `laws.rs` tests that with one line for each
//! state.

mod any;
mod collected;
mod count_where;
mod duplicates;
mod ends;
mod examples;
mod fingerprint;
mod form;
mod frequencies;
mod grouped;
mod groups;
mod key_counts;
mod key_set;
mod key_table;
mod keys;
mod lately;
mod moments;
mod order;
mod packed;
mod pairs;
mod partitions;
mod ranges;
mod rows;
mod sequence;
mod spill;
mod spilled_counts;
mod told;
mod totals;

pub use any::{AnyState, Finished};
pub use collected::{Collected, Collector};
pub use count_where::CountWhere;
pub use duplicates::DuplicateKeys;
pub use ends::ColumnEnds;
pub use examples::{Examples, First, Found, broken};
pub use fingerprint::{Fingerprints, Keys, groups, hashed, shortest, whole_of};
pub use frequencies::{DISTINCT_LIMIT, FrequencyTable};
pub use grouped::{FoundGroup, GroupedStates};
pub use groups::GroupedValues;
pub use key_counts::{BucketCounts, KeyList, PartCount, PartCounts};
pub use key_set::{KeyRuns, KeySet, KeySets};
pub use key_table::KeyTable;
pub use keys::{Found as FoundKeys, KeyState, Keyed, Seen, Sink};
pub use moments::MomentSums;
pub use order::{Ordered, Sorted, SortedKeys, SortedValues};
pub use pairs::PairedValues;
#[cfg(test)]
pub use partitions::Partitions;
pub use partitions::{Key, Sealed};
pub use ranges::RangeSet;
pub use rows::RowCount;
pub use sequence::SequenceBreaks;
pub use told::ToldKeys;
pub use totals::{GroupTotals, TotalSums, Totals};

use super::batch::{Batch, Place};
use super::tally::Tallied;

/// A mergeable state of a scan.
///
/// The law: `state(A ∪ B) = merge(state(A), state(B))`, for any cut into batches and any order.
pub trait State: Clone + Send {
    type Answer;

    /// Takes the rows of a batch.
    ///
    /// # Errors
    /// The rows cannot be judged; the state means nothing afterwards.
    fn update(&mut self, batch: &Batch) -> Result<(), String>;

    /// Takes values that stand for rows, where the answer is about the values of one column and not
    /// about its rows. The answer is the same as for batches of these rows.
    ///
    /// # Errors
    /// As for [`State::update`], or the answer is about rows.
    fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
        let _ = tally;
        Err("a bug of datacheck: a state of rows was shown a tally".into())
    }

    /// Whether no row from this place on can change the answer.
    fn is_done(&self, from: Place) -> bool {
        let _ = from;
        false
    }

    /// Takes what another state has seen.
    ///
    /// # Errors
    /// The two cannot be one.
    fn merge(&mut self, other: Self) -> Result<(), String>;

    /// Whether finishing reads back what many threads look at together, so that it is done alone.
    fn is_large(&self) -> bool {
        false
    }

    /// What all rows came to.
    ///
    /// # Errors
    /// The rows have no such answer.
    fn finish(self) -> Result<Self::Answer, String>;
}

#[cfg(test)]
mod laws;
