//! A cut of all 64-bit keys into buckets that hold about equally many of a sample.

/// Children of the root, as a power of two; of every other node, or buckets of a leaf.
const ROOT_BITS: u32 = 10;
const CHILD_BITS: u32 = 8;

/// Consecutive buckets, numbered upwards, found through a tree of tables: a cell stands for a range
/// of keys, cut evenly into buckets, or further into cells where the sample is dense.
///
/// Keys below and above the whole sample have a bucket of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Buckets {
    low: u64,
    /// The largest key of the sample, from `low` on.
    reach: u64,
    root: Cell,
    cells: Vec<Cell>,
    /// The last key of each bucket.
    ends: Vec<u64>,
}

/// Equal parts of a range of keys: buckets, or cells, from number `first` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Cell {
    first: u32,
    /// A part has 2^shift keys.
    shift: u8,
    has_buckets: bool,
}

const UNKNOWN: Cell = Cell { first: 0, shift: 0, has_buckets: true };

impl Buckets {
    /// About so many buckets, from keys in ascending order.
    pub fn new(sample: &[u64], n_buckets: usize) -> Buckets {
        let (low, high) = match sample {
            [low, .., high] => (*low, *high),
            [one] => (*one, *one),
            [] => (0, u64::MAX),
        };
        let reach = high - low;
        let mut buckets = Buckets {
            low,
            reach,
            root: UNKNOWN,
            cells: Vec::new(),
            ends: vec![low.wrapping_sub(1)],
        };
        let all = sample.len().max(1);
        let mut builder = Builder { buckets: &mut buckets, all, n_buckets };
        let bits = u64::BITS - reach.leading_zeros();
        buckets.root = builder.cell(0, bits, sample, ROOT_BITS);
        buckets.ends.push(u64::MAX);
        buckets
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The first and the last key of a bucket; the first is greater where it can hold none.
    pub fn span(&self, bucket: usize) -> (u64, u64) {
        const NOTHING: (u64, u64) = (1, 0);
        let low = match bucket {
            0 if self.low == 0 => return NOTHING,
            0 => 0,
            1 => self.low,
            _ => match self.ends[bucket - 1].checked_add(1) {
                Some(low) => low,
                None => return NOTHING,
            },
        };
        (low, self.ends[bucket])
    }

    /// The bucket of a key.
    #[inline]
    pub fn of(&self, key: u64) -> usize {
        let mut rest = key.wrapping_sub(self.low);
        if rest > self.reach {
            return if key < self.low { 0 } else { self.ends.len() - 1 };
        }
        let mut cell = self.root;
        loop {
            let next = cell.first as usize + (rest >> cell.shift) as usize;
            if cell.has_buckets {
                return next;
            }
            rest &= (1 << cell.shift) - 1;
            cell = self.cells[next];
        }
    }
}

struct Builder<'a> {
    buckets: &'a mut Buckets,
    all: usize,
    n_buckets: usize,
}

impl Builder<'_> {
    /// A cell for 2^bits keys from an offset on, with the part of the sample that lies in it.
    fn cell(&mut self, offset: u64, bits: u32, sample: &[u64], child_bits: u32) -> Cell {
        let share = (sample.len() as u128 * self.n_buckets as u128 / self.all as u128).max(1);
        let wanted_bits = u128::BITS - (share - 1).leading_zeros();
        // Sample values of great weight are followed down to a bucket of their own, within bounds.
        let is_crowded = self.buckets.ends.len() > 4 * self.n_buckets;
        if wanted_bits <= CHILD_BITS || bits <= CHILD_BITS || is_crowded {
            return self.leaf(offset, bits, wanted_bits.min(CHILD_BITS));
        }
        let child_bits = child_bits.min(bits);
        let shift = bits - child_bits;
        let first = self.buckets.cells.len();
        self.buckets.cells.resize(first + (1 << child_bits), UNKNOWN);
        let mut rest = sample;
        for child in 0..1u64 << child_bits {
            let start = offset + (child << shift);
            let last = start + ((1u64 << shift) - 1);
            let inside = rest.partition_point(|key| key - self.buckets.low <= last);
            let (own, others) = rest.split_at(inside);
            rest = others;
            let cell = self.cell(start, shift, own, CHILD_BITS);
            self.buckets.cells[first + child as usize] = cell;
        }
        Cell { first: first as u32, shift: shift as u8, has_buckets: false }
    }

    /// A cell that is cut evenly into buckets; one of few keys into single keys.
    fn leaf(&mut self, offset: u64, bits: u32, wanted_bits: u32) -> Cell {
        // A shift by all 64 bits would be none.
        let cut_bits = wanted_bits.min(bits).max(u32::from(bits == u64::BITS));
        let shift = bits - cut_bits;
        let first = self.buckets.ends.len() as u32;
        for part in 0..1u64 << cut_bits {
            let last = offset + (part << shift) + ((1u64 << shift) - 1);
            let last = last.min(self.buckets.reach);
            self.buckets.ends.push(self.buckets.low + last);
        }
        Cell { first, shift: shift as u8, has_buckets: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(sample: &[u64], n_buckets: usize, keys: &[u64]) {
        let mut sorted = sample.to_vec();
        sorted.sort_unstable();
        let buckets = Buckets::new(&sorted, n_buckets);
        for key in keys.iter().chain(sample).chain(&[0, 1, u64::MAX - 1, u64::MAX]) {
            let bucket = buckets.of(*key);
            let (low, high) = buckets.span(bucket);
            assert!(low <= *key && *key <= high, "{key} in {bucket}: {low} to {high}");
        }
        // Spans that can hold keys follow each other without holes.
        let spans = (0..buckets.len()).map(|bucket| buckets.span(bucket));
        let spans: Vec<(u64, u64)> = spans.filter(|(low, high)| low <= high).collect();
        assert!(spans.windows(2).all(|pair| pair[0].1.wrapping_add(1) == pair[1].0));
    }

    #[test]
    fn every_key_lies_in_the_span_of_its_bucket() {
        let key = || prop_oneof![any::<u64>(), 1000..2000u64, Just(1 << 60), Just(0)];
        proptest!(|(sample in prop::collection::vec(key(), 0..200),
            keys in prop::collection::vec(key(), 0..50), bits in 0..13u32)| {
            check(&sample, 1 << bits, &keys);
        });
    }

    #[test]
    fn buckets_are_about_equal_where_the_sample_is_dense() {
        // Nearly all keys lie in a tiny part of the range.
        let mut sample: Vec<u64> = (0..40_000u64).map(|i| (1 << 40) + i * 977).collect();
        sample.push(u64::MAX);
        let buckets = Buckets::new(&sample, 1 << 12);
        let mut counts = vec![0; buckets.len()];
        sample.iter().for_each(|key| counts[buckets.of(*key)] += 1);
        assert!(counts.iter().all(|count| *count <= 40), "{:?}", counts.iter().max());
        assert!(buckets.len() < 3 << 12);
    }
}
