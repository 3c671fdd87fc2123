//! How often each distinct key occurs, where they are few.

/// A table of keys by open addressing; empty places have the count 0.
#[derive(Clone, Debug)]
pub struct KeyTable {
    places: Vec<(u64, u64)>,
    n_keys: usize,
    /// Distinct keys that it may hold; when there are more it gives up.
    most: usize,
    gave_up: bool,
}

impl KeyTable {
    pub fn new(most: usize) -> Self {
        KeyTable { places: vec![(0, 0); 64], n_keys: 0, most, gave_up: false }
    }

    /// Counts a key that occurs so often.
    #[inline]
    pub fn count(&mut self, key: u64, count: u64) {
        if self.gave_up {
            return;
        }
        let mask = self.places.len() - 1;
        // Fibonacci hashing (Knuth 6.4): the upper bits of the product are well mixed.
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = (hash >> 32) as usize & mask;
        loop {
            let place = &mut self.places[at];
            if place.1 == 0 {
                *place = (key, count);
                self.n_keys += 1;
                break;
            }
            if place.0 == key {
                place.1 += count;
                return;
            }
            at = (at + 1) & mask;
        }
        if self.n_keys > self.most {
            self.give_up();
        } else if self.n_keys * 4 > self.places.len() * 3 {
            self.grow();
        }
    }

    fn give_up(&mut self) {
        *self = KeyTable { gave_up: true, ..KeyTable::new(self.most) };
    }

    fn grow(&mut self) {
        let bigger = vec![(0, 0); self.places.len() * 2];
        let old = std::mem::replace(&mut self.places, bigger);
        self.n_keys = 0;
        old.into_iter()
            .filter(|(_, count)| *count > 0)
            .for_each(|(key, count)| self.count(key, count));
    }

    #[inline]
    pub fn add(&mut self, key: u64) {
        self.count(key, 1);
    }

    pub fn merge(&mut self, mut other: Self) {
        if self.places.len() < other.places.len() {
            std::mem::swap(self, &mut other);
        }
        if other.gave_up {
            self.give_up();
        }
        for (key, count) in other.places {
            if count > 0 {
                self.count(key, count);
            }
        }
    }

    /// Each key with how often it occurs, ascending; `None` if there are too many.
    pub fn finish(self) -> Option<Vec<(u64, u64)>> {
        if self.gave_up {
            return None;
        }
        let mut keys: Vec<(u64, u64)> =
            self.places.into_iter().filter(|(_, count)| *count > 0).collect();
        keys.sort_unstable();
        Some(keys)
    }
}
