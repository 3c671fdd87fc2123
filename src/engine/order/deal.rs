//! Keys that come in any order, dealt to the buckets that they lie in.
//!
//! Each bucket is small enough to be sorted in a cache when it is read, so that nothing has to be
//! merged. Where all of them outgrow their room they are written to a temporary file.

use std::sync::Arc;

use super::Buckets;
use super::hands::{Hand, Hands, Stretch};
use super::runs::{Ascending, Key, SharedFile};

/// Bytes of keys that a collection keeps in memory.
const ROOM_BYTES: usize = 8 << 20;

/// Keys on their way to be sorted.
#[derive(Clone, Debug)]
pub struct Deal {
    buckets: Arc<Buckets>,
    room_bytes: usize,
    hands: Vec<Hand<u64>>,
    n_held: usize,
    file: Option<SharedFile>,
}

impl Deal {
    /// No key yet; the buckets decide how fast they are sorted.
    pub fn new(buckets: Arc<Buckets>) -> Self {
        Deal { buckets, room_bytes: ROOM_BYTES, hands: Vec::new(), n_held: 0, file: None }
    }

    /// The same with so many bytes of keys in memory.
    #[cfg(test)]
    pub fn with_room(self, room_bytes: usize) -> Self {
        Deal { room_bytes, ..self }
    }

    /// Must come before keys are pushed: a collection that sees nothing takes no memory.
    pub fn begin(&mut self) {
        if self.hands.is_empty() {
            let spans = (0..self.buckets.len()).map(|bucket| self.buckets.span(bucket));
            self.hands = spans.map(|(low, high)| Hand::new(low, high)).collect();
        }
    }

    /// Takes a key in; [`Deal::settle`] must follow before long.
    #[inline]
    pub fn push(&mut self, key: u64) {
        let hand = &mut self.hands[self.buckets.of(key)];
        match &mut hand.same {
            Some((_, count)) => *count += 1,
            None => {
                hand.held.push(key);
                self.n_held += 1;
            }
        }
    }

    /// Takes a key in that occurs so often; as for [`Deal::push`].
    pub fn extend(&mut self, key: u64, n: usize) {
        let hand = &mut self.hands[self.buckets.of(key)];
        match &mut hand.same {
            Some((_, count)) => *count += n as u64,
            None => {
                hand.held.extend(std::iter::repeat_n(key, n));
                self.n_held += n;
            }
        }
    }

    /// Writes what is due.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn settle(&mut self) -> Result<(), String> {
        if self.n_held * u64::BYTES > self.room_bytes { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), String> {
        let file = SharedFile::once(&mut self.file)?;
        let mut bytes = Vec::with_capacity(self.n_held * u64::BYTES);
        let filled = || self.hands.iter().filter(|hand| !hand.held.is_empty());
        filled().flat_map(|hand| &hand.held).for_each(|key| key.write(&mut bytes));
        let mut offset = file.append(&bytes)?;
        for hand in self.hands.iter_mut().filter(|hand| !hand.held.is_empty()) {
            let n_keys = hand.held.len();
            hand.written.push(Stretch { file: file.clone(), offset, n_keys });
            hand.held.clear();
            offset += (n_keys * u64::BYTES) as u64;
        }
        self.n_held = 0;
        Ok(())
    }

    /// Takes the keys of another collection with the same buckets.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn merge(&mut self, other: Self) -> Result<(), String> {
        if self.hands.is_empty() {
            *self = other;
            return Ok(());
        }
        for (own, mut hand) in self.hands.iter_mut().zip(other.hands) {
            if let (Some(own), Some(same)) = (&mut own.same, hand.same) {
                own.1 += same.1;
            }
            own.held.append(&mut hand.held);
            own.written.append(&mut hand.written);
        }
        self.n_held += other.n_held;
        // A part of what each thread may hold stays, so that small columns never touch the disk.
        if self.n_held * u64::BYTES > 2 * self.room_bytes { self.spill() } else { Ok(()) }
    }

    /// All keys, ascending.
    pub fn finish(self) -> Ascending<u64> {
        Ascending::dealt(Hands::new(self.hands))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Law: however the keys are dealt, they come back sorted.
    #[test]
    fn dealt_keys_are_what_a_sort_gives() {
        proptest!(|(keys in prop::collection::vec(prop_oneof![0..20u64, any::<u64>()], 0..300),
            sample in prop::collection::vec(prop_oneof![0..20u64, any::<u64>()], 0..40),
            n_buckets in 1..40usize, room_bytes in 0..1000usize, n_parts in 1..4usize,
            most_at_once in 0..50u64)| {
            let mut sample = sample;
            sample.sort_unstable();
            let buckets = Arc::new(Buckets::new(&sample, n_buckets));
            let mut parts = vec![Deal::new(buckets).with_room(room_bytes); n_parts];
            for (number, key) in keys.iter().enumerate() {
                let part = &mut parts[number % n_parts];
                part.begin();
                if number % 3 == 0 { part.extend(*key, 1) } else { part.push(*key) }
                part.settle().expect("a temporary file");
            }
            let mut merged = parts.pop().expect("a part");
            parts.into_iter().for_each(|part| merged.merge(part).expect("a temporary file"));
            let hands = Hands::new(merged.hands).with_most_at_once(most_at_once);
            let ascending = Ascending::dealt(hands);
            let mut sorted = keys.clone();
            sorted.sort_unstable();
            let groups = ascending.groups();
            let read: Vec<u64> =
                groups.flat_map(|(key, count)| std::iter::repeat_n(key, count as usize)).collect();
            prop_assert_eq!(&read, &sorted);
            prop_assert_eq!(ascending.len(), sorted.len() as u64);
            prop_assert_eq!(ascending.ends(), sorted.first().copied().zip(sorted.last().copied()));
            let ranks: Vec<u64> = (0..sorted.len() as u64).step_by(3).collect();
            let chosen: Vec<u64> = ranks.iter().map(|rank| sorted[*rank as usize]).collect();
            prop_assert_eq!(ascending.select(&ranks), chosen);
            let cuts = [0u64, 5, 1 << 60];
            let below = ascending.counts_below(&cuts, |key, cut| key < *cut);
            let count_below = |cut: u64| sorted.partition_point(|key| *key < cut) as u64;
            prop_assert_eq!(below, cuts.map(count_below).to_vec());
            prop_assert_eq!(ascending.check(), Ok(()));
        });
    }
}
