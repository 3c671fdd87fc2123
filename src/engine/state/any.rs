//! Any of the states, so that a scan can hold them in one list.

use std::sync::Arc;

use super::{
    Collected, Collector, ColumnEnds, CountWhere, DuplicateKeys, Examples, Found, FoundGroup,
    FrequencyTable, GroupTotals, GroupedStates, GroupedValues, KeySet, KeySets, KeyState, Keyed,
    MomentSums, Ordered, PairedValues, RangeSet, RowCount, SequenceBreaks, SortedValues, State,
    TotalSums,
};
use crate::engine::batch::{Batch, Place};
use crate::engine::tally::Tallied;
use crate::metric::{
    Counted, Duplicates, Ends, Frequencies, Groups, Overlaps, Pairs, Sampled, Sequence,
};

macro_rules! states {
    ($($variant:ident: $state:ty => $answer:ty),* $(,)?) => {
        /// One of the states.
        #[derive(Clone, Debug)]
        pub enum AnyState {
            $($variant($state)),*
        }

        /// What one of the states came to; cheap to clone.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Finished {
            $($variant(Arc<$answer>)),*
        }

        impl State for AnyState {
            type Answer = Finished;

            fn update(&mut self, batch: &Batch) -> Result<(), String> {
                match self {
                    $(AnyState::$variant(state) => state.update(batch)),*
                }
            }

            fn tally(&mut self, tally: &Tallied) -> Result<(), String> {
                match self {
                    $(AnyState::$variant(state) => state.tally(tally)),*
                }
            }

            fn is_done(&self, from: Place) -> bool {
                match self {
                    $(AnyState::$variant(state) => state.is_done(from)),*
                }
            }

            fn is_large(&self) -> bool {
                match self {
                    $(AnyState::$variant(state) => state.is_large()),*
                }
            }

            fn merge(&mut self, other: Self) -> Result<(), String> {
                match (self, other) {
                    $((AnyState::$variant(own), AnyState::$variant(other)) => own.merge(other),)*
                    _ => Err("states of different kinds cannot be merged".into()),
                }
            }

            fn finish(self) -> Result<Finished, String> {
                match self {
                    $(AnyState::$variant(state) => {
                        state.finish().map(|answer| Finished::$variant(Arc::new(answer)))
                    })*
                }
            }
        }
    };
}

states! {
    Rows: RowCount => u64,
    Count: CountWhere => Counted,
    Duplicates: DuplicateKeys => Duplicates,
    Frequencies: FrequencyTable => Frequencies,
    Ends: ColumnEnds => Ends,
    Moments: MomentSums => Sampled,
    Order: SortedValues => Ordered,
    Keys: KeyState => Keyed,
    Groups: GroupedValues => Groups,
    Pairs: PairedValues => Pairs,
    KeySet: KeySets => KeySet,
    Totals: TotalSums => GroupTotals,
    Collected: Collector => Collected,
    Sequence: SequenceBreaks => Sequence,
    Overlaps: RangeSet => Overlaps,
    Examples: Examples => Vec<Found>,
    Grouped: GroupedStates => Vec<FoundGroup>,
}
