//! How many keys lie in each of many buckets.

use std::sync::Arc;

use crate::engine::order::{Buckets, Selection};

/// Counts the keys of every bucket.
#[derive(Clone, Debug)]
pub struct BucketCounts {
    buckets: Arc<Buckets>,
    /// Short counters, so that they stay in the cache, and what they overflowed with.
    counts: Vec<u32>,
    overflows: Vec<usize>,
}

impl BucketCounts {
    pub fn new(buckets: Arc<Buckets>) -> Self {
        BucketCounts { buckets, counts: Vec::new(), overflows: Vec::new() }
    }

    /// Must come before keys are added: counters of threads that see nothing take no memory.
    pub fn begin(&mut self) {
        if self.counts.is_empty() {
            self.counts = vec![0; self.buckets.len()];
        }
    }

    #[inline]
    pub fn add(&mut self, key: u64) {
        let bucket = self.buckets.of(key);
        let count = &mut self.counts[bucket];
        *count = count.wrapping_add(1);
        if *count == 0 {
            self.overflows.push(bucket);
        }
    }

    /// Counts a key that occurs so often.
    #[inline]
    pub fn count(&mut self, key: u64, n: u32) {
        let bucket = self.buckets.of(key);
        let (sum, is_over) = self.counts[bucket].overflowing_add(n);
        self.counts[bucket] = sum;
        if is_over {
            self.overflows.push(bucket);
        }
    }

    pub fn merge(&mut self, mut other: Self) {
        if self.counts.is_empty() {
            *self = other;
            return;
        }
        for (bucket, (own, count)) in self.counts.iter_mut().zip(other.counts).enumerate() {
            let (sum, is_over) = own.overflowing_add(count);
            *own = sum;
            if is_over {
                self.overflows.push(bucket);
            }
        }
        self.overflows.append(&mut other.overflows);
    }

    pub fn finish(self) -> Vec<u64> {
        let mut counts: Vec<u64> = self.counts.into_iter().map(u64::from).collect();
        counts.resize(self.buckets.len(), 0);
        self.overflows.into_iter().for_each(|bucket| counts[bucket] += 1 << u32::BITS);
        counts
    }
}

/// The keys of a part of a selection: how many, the smallest and the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartCount {
    pub count: u64,
    pub low: u64,
    pub high: u64,
}

/// Counts the keys of every part of a selection.
#[derive(Clone, Debug)]
pub struct PartCounts {
    selection: Arc<Selection>,
    parts: Vec<PartCount>,
}

impl PartCounts {
    pub fn new(selection: Arc<Selection>) -> Self {
        let nothing = PartCount { count: 0, low: u64::MAX, high: 0 };
        let parts = vec![nothing; selection.len()];
        PartCounts { selection, parts }
    }

    #[inline]
    pub fn add(&mut self, key: u64) {
        self.count(key, 1);
    }

    /// Counts a key that occurs so often.
    #[inline]
    pub fn count(&mut self, key: u64, n: u64) {
        if let Some(part) = self.selection.of(key) {
            let part = &mut self.parts[part];
            part.count += n;
            part.low = part.low.min(key);
            part.high = part.high.max(key);
        }
    }

    pub fn merge(&mut self, other: Self) {
        for (own, part) in self.parts.iter_mut().zip(other.parts) {
            own.count += part.count;
            own.low = own.low.min(part.low);
            own.high = own.high.max(part.high);
        }
    }

    pub fn finish(self) -> Vec<PartCount> {
        self.parts
    }
}

/// Collects the keys of a selection.
#[derive(Clone, Debug)]
pub struct KeyList {
    selection: Arc<Selection>,
    keys: Vec<u64>,
}

impl KeyList {
    pub fn new(selection: Arc<Selection>) -> Self {
        KeyList { selection, keys: Vec::new() }
    }

    #[inline]
    pub fn add(&mut self, key: u64) {
        if self.selection.of(key).is_some() {
            self.keys.push(key);
        }
    }

    /// Takes a key that occurs so often.
    #[inline]
    pub fn count(&mut self, key: u64, n: u32) {
        if self.selection.of(key).is_some() {
            self.keys.extend(std::iter::repeat_n(key, n as usize));
        }
    }

    pub fn merge(&mut self, mut other: Self) {
        self.keys.append(&mut other.keys);
    }

    /// Each key with how often it occurs, ascending.
    pub fn finish(mut self) -> Vec<(u64, u64)> {
        self.keys.sort_unstable();
        self.keys.chunk_by(|one, other| one == other).map(|c| (c[0], c.len() as u64)).collect()
    }
}
