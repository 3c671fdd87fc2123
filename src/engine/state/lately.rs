//! Keys that come again and again, so that no more than a few of each are kept.
//!
//! Two of a key say that it is duplicated; further ones need only be counted. A small table, in
//! which a key has one place, remembers what came lately: a key that was forgotten is kept twice
//! more, which changes nothing but the room that it takes.

use super::partitions::Key;

const PLACES: usize = 1 << 12;

/// Fewer keys are not worth a table.
const FEW_KEYS: usize = 1 << 10;

/// Where less than one key in so many is left out, the next batches are not looked at.
const WORTH_IT: u64 = 8;
const REST: u32 = 31;

/// The keys that came lately, each with how often, up to twice.
#[derive(Clone, Debug)]
pub struct Lately<K> {
    places: Vec<(K, u8)>,
    /// Batches that are let through.
    rest: u32,
    looked: u64,
    left_out: u64,
}

impl<K: Key> Lately<K> {
    pub fn new() -> Self {
        Lately { places: Vec::new(), rest: 0, looked: 0, left_out: 0 }
    }

    /// Whether the next batch, of about so many keys, is looked at.
    pub fn begin(&mut self, n_keys: usize, any: K) -> bool {
        (self.looked, self.left_out) = (0, 0);
        if n_keys < FEW_KEYS || self.rest > 0 {
            self.rest = self.rest.saturating_sub(1);
            return false;
        }
        if self.places.is_empty() {
            self.places = vec![(any, 0); PLACES];
        }
        true
    }

    /// Whether a key is to be kept; else it has been twice already.
    #[inline]
    pub fn keeps(&mut self, key: K) -> bool {
        self.looked += 1;
        let place = &mut self.places[key.hash() as usize % PLACES];
        let (known, times) = *place;
        if times == 0 || known != key {
            *place = (key, 1);
            return true;
        }
        if times == 1 {
            place.1 = 2;
            return true;
        }
        self.left_out += 1;
        false
    }

    /// How many keys of the batch were left out.
    pub fn end(&mut self) -> u64 {
        if self.left_out * WORTH_IT < self.looked {
            self.rest = REST;
        }
        self.looked = 0;
        std::mem::take(&mut self.left_out)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_left_out_was_kept_twice() {
        for n_distinct in [1u64, 5, 3000, 50_000] {
            let mut lately = Lately::new();
            let (mut kept, mut all): (BTreeMap<u64, u64>, BTreeMap<u64, u64>) = Default::default();
            let mut left_out = 0;
            for batch in 0..40u64 {
                let keys: Vec<u64> =
                    (0..2000).map(|n| (batch * 977 + n * n) % n_distinct).collect();
                keys.iter().for_each(|key| *all.entry(*key).or_default() += 1);
                let is_looked_at = lately.begin(keys.len(), 0);
                for key in keys {
                    if !is_looked_at || lately.keeps(key) {
                        *kept.entry(key).or_default() += 1;
                    }
                }
                left_out += lately.end();
            }
            let sum = |counts: &BTreeMap<u64, u64>| counts.values().sum::<u64>();
            assert_eq!(sum(&kept) + left_out, sum(&all), "{n_distinct}");
            for (key, times) in &all {
                let kept = kept.get(key).copied().unwrap_or_default();
                assert!(kept == *times || (2..*times).contains(&kept), "{n_distinct}: {key}");
            }
            if n_distinct <= 5 {
                assert_eq!(sum(&kept), 2 * n_distinct);
            }
        }
    }
}
