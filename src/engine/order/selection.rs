//! The keys that a further scan looks at: those of some ranges within buckets.

use std::sync::Arc;

use super::{Buckets, Entry};

/// Ranges of keys, ascending, each cut evenly into parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    buckets: Arc<Buckets>,
    /// The first range of each bucket, and after the last.
    first: Vec<u32>,
    ranges: Vec<Range>,
    n_parts: usize,
    /// Which stretches of equal length, from the first range to the last, a range reaches into.
    touched: Vec<u64>,
    low: u64,
    shift: u8,
}

/// So many stretches are told apart by a bit each, as a power of two: little beside a cache.
const STRETCH_BITS: u32 = 18;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Range {
    low: u64,
    high: u64,
    /// The number of the first part, each of which has 2^shift keys.
    part: u32,
    shift: u8,
}

impl Selection {
    /// The ranges of these entries, which lie within buckets and ascend, in about so many parts.
    pub fn new(buckets: Arc<Buckets>, entries: &[Entry], n_parts: usize) -> Selection {
        let all: u64 = entries.iter().map(Entry::count).sum();
        let mut first = vec![0; buckets.len() + 1];
        let (mut ranges, mut part) = (Vec::with_capacity(entries.len()), 0);
        for entry in entries {
            let share = u128::from(entry.count()) * n_parts as u128 / u128::from(all.max(1));
            let bits = u64::BITS - (entry.high - entry.low).leading_zeros();
            let cut_bits = share.max(2).ilog2().min(bits).max(u32::from(bits == u64::BITS));
            let shift = (bits - cut_bits) as u8;
            ranges.push(Range { low: entry.low, high: entry.high, part, shift });
            part += ((entry.high - entry.low) >> shift) as u32 + 1;
            first[buckets.of(entry.low) + 1] += 1;
        }
        let mut sum = 0;
        first.iter_mut().for_each(|count| {
            sum += *count;
            *count = sum;
        });
        let (low, high) = match entries {
            [first, .., last] => (first.low, last.high),
            [one] => (one.low, one.high),
            [] => (u64::MAX, u64::MAX),
        };
        let bits = u64::BITS - (high - low).leading_zeros();
        let shift = bits.saturating_sub(STRETCH_BITS) as u8;
        let mut touched = vec![0; ((high - low) >> shift) as usize / 64 + 1];
        for range in &ranges {
            for stretch in (range.low - low) >> shift..=(range.high - low) >> shift {
                touched[stretch as usize / 64] |= 1 << (stretch % 64);
            }
        }
        Selection { buckets, first, ranges, n_parts: part as usize, touched, low, shift }
    }

    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.n_parts
    }

    /// The part of a key; `None` where it is not looked at.
    #[inline]
    pub fn of(&self, key: u64) -> Option<usize> {
        let stretch = key.wrapping_sub(self.low) >> self.shift;
        let word = self.touched.get(stretch as usize / 64)?;
        if word >> (stretch % 64) & 1 == 0 {
            return None;
        }
        let bucket = self.buckets.of(key);
        let (from, to) = (self.first[bucket] as usize, self.first[bucket + 1] as usize);
        if from == to {
            return None;
        }
        let ranges = &self.ranges[from..to];
        let range = ranges.get(ranges.partition_point(|range| range.high < key))?;
        let offset = key.checked_sub(range.low)?;
        Some(range.part as usize + (offset >> range.shift) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Selection {
        /// The first and the last key that the parts from some number on can hold.
        pub fn spans(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
            self.ranges.iter().flat_map(|range| {
                let last = (range.high - range.low) >> range.shift;
                (0..=last).map(move |part| {
                    let low = range.low + (part << range.shift);
                    (low, low.saturating_add((1 << range.shift) - 1).min(range.high))
                })
            })
        }
    }

    #[test]
    fn parts_hold_the_keys_of_their_spans() {
        proptest!(|(sample in prop::collection::vec(0..5000u64, 1..100),
            chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..9),
            n_parts in 1..300usize)| {
            let mut sorted = sample.clone();
            sorted.sort_unstable();
            let buckets = Arc::new(Buckets::new(&sorted, 64));
            let mut numbers: Vec<usize> = chosen.iter().map(|i| i.index(buckets.len())).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let spans = numbers.iter().map(|number| buckets.span(*number));
            let entries: Vec<Entry> = spans
                .filter(|(low, high)| low <= high)
                .map(|(low, high)| Entry { low, high, counts: [3, 4] })
                .collect();
            let selection = Selection::new(buckets.clone(), &entries, n_parts);
            let parts: Vec<(u64, u64)> = selection.spans().collect();
            prop_assert_eq!(parts.len(), selection.len());
            for key in (0..5100).chain([u64::MAX]) {
                let inside = entries.iter().any(|entry| entry.low <= key && key <= entry.high);
                let part = selection.of(key);
                prop_assert_eq!(part.is_some(), inside, "{}", key);
                let held = part.is_none_or(|part| parts[part].0 <= key && key <= parts[part].1);
                prop_assert!(held, "{} in {:?}", key, part);
            }
        });
    }
}
