//! Sorts 64-bit keys by their digits, which beats comparisons on long columns.

/// Bits of a digit: 2048 counters fit into the first-level cache.
const DIGIT_BITS: u32 = 11;
const DIGITS: usize = 6;
const BUCKETS: usize = 1 << DIGIT_BITS;

/// Below this length comparisons win.
const SHORT: usize = 1 << 12;

/// Sorts keys ascending: a radix sort from the least digit, leaving out digits that are all equal.
pub fn sort(keys: Vec<u64>) -> Vec<u64> {
    let mut keys = keys;
    if keys.len() < SHORT {
        keys.sort_unstable();
        return keys;
    }
    let mut counts = vec![[0usize; BUCKETS]; DIGITS];
    for &key in &keys {
        for (digit, counts) in counts.iter_mut().enumerate() {
            counts[digit_of(key, digit)] += 1;
        }
    }
    let mut spare = vec![0; keys.len()];
    for (digit, counts) in counts.iter_mut().enumerate() {
        if counts.contains(&keys.len()) {
            continue;
        }
        let mut start = 0;
        for count in counts.iter_mut() {
            start += std::mem::replace(count, start);
        }
        for &key in &keys {
            let place = &mut counts[digit_of(key, digit)];
            spare[*place] = key;
            *place += 1;
        }
        std::mem::swap(&mut keys, &mut spare);
    }
    keys
}

fn digit_of(key: u64, digit: usize) -> usize {
    (key >> (digit as u32 * DIGIT_BITS)) as usize & (BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_sort() {
        let mixed = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n << 3);
        for shift in [0, 20, 50] {
            let keys: Vec<u64> = (0..3 * SHORT as u64).map(|n| mixed(n) >> shift).collect();
            let mut expected = keys.clone();
            expected.sort_unstable();
            assert_eq!(sort(keys), expected);
        }
        assert_eq!(sort(vec![7; 2 * SHORT]), vec![7; 2 * SHORT]);
        assert_eq!(sort(Vec::new()), Vec::<u64>::new());
    }
}
