//! Keys that lie next to each other, counted on both sides.

use super::{Buckets, Selection};
use crate::engine::state::PartCount;

/// Keys from `low` to `high`, counted on both sides, data first. At least one has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub low: u64,
    pub high: u64,
    pub counts: [u64; 2],
}

impl Entry {
    /// Keys of both sides.
    pub fn count(&self) -> u64 {
        self.counts[0] + self.counts[1]
    }

    /// Whether all its keys are equal.
    pub fn is_one_value(&self) -> bool {
        self.low == self.high
    }
}

/// Both sides' counted keys, each ascending, as entries of one value each.
pub fn of_keys([data, reference]: [&[(u64, u64)]; 2]) -> Vec<Entry> {
    let (mut own, mut other) = (data.iter().peekable(), reference.iter().peekable());
    let mut entries = Vec::with_capacity(data.len().max(reference.len()));
    while let Some(&key) =
        [own.peek(), other.peek()].into_iter().flatten().map(|(key, _)| key).min()
    {
        let counts = [&mut own, &mut other]
            .map(|side| side.next_if(|(next, _)| *next == key).map_or(0, |(_, count)| *count));
        entries.push(Entry { low: key, high: key, counts });
    }
    entries
}

/// The buckets with both sides' counts; a side that was not asked has none.
pub fn of_buckets(buckets: &Buckets, sides: [&[u64]; 2]) -> Vec<Entry> {
    let entry = |number: usize| {
        let (low, high) = buckets.span(number);
        let counts = sides.map(|counts| counts.get(number).copied().unwrap_or(0));
        Entry { low, high, counts }
    };
    (0..buckets.len()).map(entry).filter(|entry| entry.count() > 0).collect()
}

/// The parts of a selection with both sides' counts, no wider than the keys that they hold.
pub fn of_parts(selection: &Selection, sides: [&[PartCount]; 2]) -> Vec<Entry> {
    let entry = |number: usize| {
        let parts = sides.map(|parts| parts.get(number).filter(|part| part.count > 0));
        let seen = parts.iter().flatten();
        let ends = seen.map(|part| (part.low, part.high));
        let (low, high) = ends.reduce(|own, other| (own.0.min(other.0), own.1.max(other.1)))?;
        Some(Entry { low, high, counts: parts.map(|part| part.map_or(0, |part| part.count)) })
    };
    (0..selection.len()).filter_map(entry).collect()
}
