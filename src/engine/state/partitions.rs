//! Keys dealt into partitions by their hash, so that each can be looked at alone, within a cache.
//!
//! Equal keys always meet in one partition. What does not fit into its room is written to a
//! temporary file without a name, partition by partition, and read back when its turn comes: the
//! room decides how fast an answer is, never what it is.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::parallel;

use super::spill::{Extent, Spill};

/// A number that rows are known by.
pub trait Key: Copy + Ord + Send + Sync + Into<u128> + std::fmt::Debug {
    /// Bits of which every one depends on the whole key.
    fn hash(self) -> u64;

    /// The key as it stands in a file.
    fn write(self, bytes: &mut Vec<u8>);

    /// The keys that stand in these bytes.
    fn read(bytes: &[u8], keys: &mut Vec<Self>);
}

/// Both halves of the product with an odd constant, 2^64 divided by the golden ratio.
fn mixed(key: u64) -> u64 {
    let product = u128::from(key ^ 0x2545_f491_4f6c_dd1d) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

impl Key for u64 {
    fn hash(self) -> u64 {
        mixed(self)
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_ne_bytes());
    }

    fn read(bytes: &[u8], keys: &mut Vec<u64>) {
        let (words, _) = bytes.as_chunks();
        keys.extend(words.iter().map(|word| u64::from_ne_bytes(*word)));
    }
}

impl Key for u128 {
    fn hash(self) -> u64 {
        mixed(self as u64 ^ mixed((self >> 64) as u64))
    }

    fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_ne_bytes());
    }

    fn read(bytes: &[u8], keys: &mut Vec<u128>) {
        let (words, _) = bytes.as_chunks();
        keys.extend(words.iter().map(|word| u128::from_ne_bytes(*word)));
    }
}

/// Partitions, by the top bits of the hash.
const PARTITION_BITS: u32 = 8;
const PARTITIONS: usize = 1 << PARTITION_BITS;

/// The partition of a key.
pub fn place<K: Key>(key: K) -> usize {
    (key.hash() >> (64 - PARTITION_BITS)) as usize
}

/// Fewer keys stay in one part: a group of a grouped check has often no more.
const FEW_KEYS: u64 = 1 << 12;

/// Keys of a block: enough to write at once, few enough that blocks half full cost nothing.
const BLOCK_KEYS: usize = 2048;

/// A partition of more keys is split by the next bits of the hash before it is looked at, so that
/// a table of its keys stays in a core's cache.
const CACHED_KEYS: usize = 1 << 16;

/// Groups into which a partition is split at once; more of them take further looks at its keys, so
/// that what comes back from a file takes no more memory however many keys there are.
const GROUPS_AT_ONCE: usize = 16;

/// Keys in partitions, in memory and in files.
#[derive(Clone, Debug)]
pub struct Partitions<K> {
    /// Most bytes that are held in memory.
    room_bytes: u64,
    held: u64,
    /// None until there is a key, one while there are few.
    parts: Vec<Part<K>>,
    spills: Vec<Arc<Spill>>,
}

#[derive(Clone, Debug)]
struct Part<K> {
    open: Vec<K>,
    full: Vec<Vec<K>>,
    /// The file, by its place in `spills`, and what of it.
    spilled: Vec<(usize, Extent)>,
}

impl<K: Key> Partitions<K> {
    /// No keys yet, and room for so many bytes in memory.
    pub fn new(room_bytes: u64) -> Self {
        Partitions { room_bytes, held: 0, parts: Vec::new(), spills: Vec::new() }
    }

    /// Takes keys.
    ///
    /// # Errors
    /// There is no room in memory, and none in the temporary folder.
    pub fn extend(&mut self, keys: impl Iterator<Item = K>) -> Result<(), String> {
        if self.parts.is_empty() {
            self.parts.push(Part::new());
        }
        if self.held > FEW_KEYS {
            self.deal();
        }
        let mut taken = 0;
        if let [part] = self.parts.as_mut_slice() {
            keys.for_each(|key| {
                part.push(key);
                taken += 1;
            });
        } else {
            let parts = self.parts.as_mut_slice();
            keys.for_each(|key| {
                parts[place(key)].push(key);
                taken += 1;
            });
        }
        self.held += taken;
        self.keep_within_room()
    }

    /// Takes the keys of another store.
    ///
    /// # Errors
    /// As for [`Partitions::extend`].
    pub fn merge(&mut self, mut other: Partitions<K>) -> Result<(), String> {
        if self.parts.len().max(other.parts.len()) > 1 {
            self.deal();
            other.deal();
        }
        let known = self.spills.len();
        self.spills.extend(other.spills);
        self.held += other.held;
        self.parts.resize_with(self.parts.len().max(other.parts.len()), Part::new);
        for (own, new) in self.parts.iter_mut().zip(other.parts) {
            own.full.extend(new.full);
            own.full.extend(Some(new.open).filter(|open| !open.is_empty()));
            own.spilled.extend(new.spilled.into_iter().map(|(file, at)| (file + known, at)));
        }
        // Each of the two had this room before.
        self.room_bytes = self.room_bytes.saturating_add(other.room_bytes);
        self.keep_within_room()
    }

    /// Whether there are more keys than a few.
    pub fn is_dealt(&self) -> bool {
        self.parts.len() == PARTITIONS
    }

    /// Whether some keys are in a file.
    pub fn is_spilled(&self) -> bool {
        !self.spills.is_empty()
    }

    /// Deals what was one part until now into partitions.
    fn deal(&mut self) {
        if self.is_dealt() {
            return;
        }
        let few = std::mem::take(&mut self.parts);
        self.parts.resize_with(PARTITIONS, Part::new);
        for key in
            few.into_iter().flat_map(|part| part.full.into_iter().chain([part.open])).flatten()
        {
            self.parts[place(key)].push(key);
        }
    }

    /// Shows all keys to `look`, group by group, on several threads; equal keys are in one group.
    ///
    /// # Errors
    /// Spilled keys cannot be read back.
    pub fn look<T: Send>(
        self,
        n_threads: usize,
        look: impl Fn(&mut Vec<K>) -> T + Sync,
    ) -> Result<Vec<T>, String> {
        let Partitions { parts, spills, .. } = self;
        let parts: Vec<Mutex<Option<Part<K>>>> =
            parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
        let looked = parallel::run(parts.len(), n_threads, |number| {
            let part = parts[number].lock().unwrap_or_else(PoisonError::into_inner).take();
            part.map_or_else(|| Ok(Vec::new()), |part| part.look(&spills, &look))
        });
        let groups: Result<Vec<Vec<T>>, String> =
            looked.into_iter().map(|part| part.and_then(|part| part)).collect();
        Ok(groups?.into_iter().flatten().collect())
    }

    /// The keys to be looked up, partition by partition.
    pub fn seal(self) -> Sealed<K> {
        let room_bytes = self.room_bytes;
        if self.is_dealt() {
            return Sealed { room_bytes, keys: Shelf::Dealt(self) };
        }
        let parts = self.parts.into_iter();
        let mut few: Vec<K> =
            parts.flat_map(|part| part.full.into_iter().chain([part.open])).flatten().collect();
        few.sort_unstable_by_key(|key| (place(*key), *key));
        Sealed { room_bytes, keys: Shelf::Few(few) }
    }

    fn keep_within_room(&mut self) -> Result<(), String> {
        if self.held.saturating_mul(size_of::<K>() as u64) <= self.room_bytes {
            return Ok(());
        }
        // What is spilled is never dealt again.
        self.deal();
        if self.spills.is_empty() {
            self.spills.push(Arc::new(Spill::new()?));
        }
        let (spill, mut bytes) = (&self.spills[0], Vec::new());
        for part in &mut self.parts {
            bytes.clear();
            let open = std::mem::take(&mut part.open);
            for block in part.full.drain(..).chain([open]) {
                block.into_iter().for_each(|key| key.write(&mut bytes));
            }
            if !bytes.is_empty() {
                part.spilled.push((0, spill.append(&bytes)?));
            }
        }
        self.held = 0;
        Ok(())
    }
}

impl<K: Key> Part<K> {
    fn new() -> Self {
        Part { open: Vec::new(), full: Vec::new(), spilled: Vec::new() }
    }

    fn push(&mut self, key: K) {
        if self.open.len() == self.open.capacity() {
            self.make_room();
        }
        self.open.push(key);
    }

    #[cold]
    fn make_room(&mut self) {
        let capacity = (self.open.capacity() * 4).clamp(16, BLOCK_KEYS);
        if self.open.len() < BLOCK_KEYS {
            self.open.reserve_exact(capacity - self.open.len());
            return;
        }
        self.full.push(std::mem::replace(&mut self.open, Vec::with_capacity(BLOCK_KEYS)));
    }

    fn n_keys(&self) -> usize {
        let held = self.full.iter().map(Vec::len).sum::<usize>() + self.open.len();
        let spilled: usize = self.spilled.iter().map(|(_, extent)| extent.length).sum();
        held + spilled / size_of::<K>()
    }

    /// Shows the keys to `look` in groups of about [`CACHED_KEYS`], by the bits of the hash below
    /// those of the partition.
    fn look<T>(
        &self,
        spills: &[Arc<Spill>],
        look: &impl Fn(&mut Vec<K>) -> T,
    ) -> Result<Vec<T>, String> {
        let n_keys = self.n_keys();
        let bits = (n_keys / (CACHED_KEYS + 1)).checked_ilog2().map_or(0, |bits| bits + 1);
        let (n_groups, expected) = (1usize << bits, n_keys >> bits);
        let capacity = if bits == 0 { n_keys } else { expected + expected / 8 };
        let mut looked = Vec::with_capacity(n_groups);
        for first in (0..n_groups).step_by(GROUPS_AT_ONCE) {
            let at_once = GROUPS_AT_ONCE.min(n_groups - first);
            let mut groups: Vec<Vec<K>> =
                (0..at_once).map(|_| Vec::with_capacity(capacity)).collect();
            self.each_block(spills, |keys| match groups.as_mut_slice() {
                [group] => group.extend_from_slice(keys),
                groups => keys.iter().for_each(|key| {
                    let group = (key.hash() << PARTITION_BITS >> (u64::BITS - bits)) as usize;
                    if let Some(group) = groups.get_mut(group.wrapping_sub(first)) {
                        group.push(*key);
                    }
                }),
            })?;
            looked.extend(groups.iter_mut().map(look));
        }
        Ok(looked)
    }

    fn sorted(&self, spills: &[Arc<Spill>]) -> Result<Vec<K>, String> {
        let mut all = Vec::with_capacity(self.n_keys());
        self.each_block(spills, |keys| all.extend_from_slice(keys))?;
        all.sort_unstable();
        Ok(all)
    }

    /// Shows all keys, some at a time.
    fn each_block(&self, spills: &[Arc<Spill>], mut each: impl FnMut(&[K])) -> Result<(), String> {
        self.full.iter().chain([&self.open]).for_each(|keys| each(keys));
        let (mut bytes, mut keys) = (Vec::new(), Vec::new());
        for (file, extent) in &self.spilled {
            spills[*file].read_into(*extent, &mut bytes)?;
            keys.clear();
            K::read(&bytes, &mut keys);
            each(&keys);
        }
        Ok(())
    }
}

/// Keys that are all there, in partitions that are the same for every store.
#[derive(Clone, Debug)]
pub struct Sealed<K> {
    room_bytes: u64,
    keys: Shelf<K>,
}

#[derive(Clone, Debug)]
enum Shelf<K> {
    /// Sorted by partition, then by key.
    Few(Vec<K>),
    Dealt(Partitions<K>),
}

impl<K: Key> Sealed<K> {
    /// The numbers of the partitions.
    pub const PARTS: std::ops::Range<usize> = 0..PARTITIONS;

    /// The keys of a partition, ascending.
    ///
    /// # Errors
    /// Spilled keys cannot be read back.
    pub fn part(&self, number: usize) -> Result<Cow<'_, [K]>, String> {
        Ok(match &self.keys {
            Shelf::Few(few) => {
                let start = few.partition_point(|key| place(*key) < number);
                let length = few[start..].partition_point(|key| place(*key) == number);
                Cow::Borrowed(&few[start..start + length])
            }
            Shelf::Dealt(dealt) => Cow::Owned(dealt.parts[number].sorted(&dealt.spills)?),
        })
    }

    /// What each key becomes, without those that become nothing.
    ///
    /// # Errors
    /// As for [`Partitions::extend`].
    pub fn convert<L: Key>(&self, into: impl Fn(K) -> Option<L>) -> Result<Sealed<L>, String> {
        let mut converted = Partitions::new(self.room_bytes);
        for number in Self::PARTS {
            converted.extend(self.part(number)?.iter().filter_map(|key| into(*key)))?;
        }
        Ok(converted.seal())
    }
}

/// The same keys, wherever they lie.
impl<K: Key> PartialEq for Sealed<K> {
    fn eq(&self, other: &Self) -> bool {
        let mut numbers = Self::PARTS;
        numbers.all(|number| match (self.part(number), other.part(number)) {
            (Ok(own), Ok(other)) => own == other,
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each group sorted, all groups as one list in order.
    fn all(partitions: Partitions<u64>, n_threads: usize) -> Vec<u64> {
        let mut all: Vec<u64> =
            partitions.look(n_threads, |keys| keys.clone()).expect("keys").concat();
        all.sort_unstable();
        all
    }

    #[test]
    fn no_key_is_lost_whatever_the_room_and_the_dealing() {
        let dealt = prop::collection::vec(prop::collection::vec(0..500u64, 0..300), 1..6);
        proptest!(ProptestConfig::with_cases(64), |(dealt in dealt, room in 0..4000u64)| {
            let mut expected = dealt.concat();
            expected.sort_unstable();
            let mut merged = Partitions::new(room);
            for keys in dealt {
                let mut own = Partitions::new(room);
                for some in keys.chunks(64) {
                    own.extend(some.iter().copied()).expect("taken");
                }
                merged.merge(own).expect("merged");
            }
            prop_assert_eq!(all(merged.clone(), 1), expected.clone());
            prop_assert_eq!(all(merged, 3), expected);
        });
    }

    #[test]
    fn sealed_keys_are_found_part_by_part() {
        let keys: Vec<u64> = (0..20_000).flat_map(|key| [key * 7, key * 7]).collect();
        let sealed = |room: u64, chunk: usize| {
            let mut store = Partitions::new(room);
            for some in keys.chunks(chunk) {
                store.extend(some.iter().copied()).expect("taken");
            }
            store.seal()
        };
        let (held, spilled) = (sealed(u64::MAX, 900), sealed(4_096, 333));
        assert_eq!(held, spilled);
        let mut all = Vec::new();
        for number in Sealed::<u64>::PARTS {
            let part = spilled.part(number).expect("keys");
            assert!(part.is_sorted() && part.iter().all(|key| place(*key) == number));
            all.extend_from_slice(&part);
        }
        all.sort_unstable();
        assert_eq!(all, keys);
        let halves = spilled.convert(|key| (key % 2 == 0).then_some(u128::from(key / 2)));
        let few = |keys: &[u128]| {
            let mut store = Partitions::new(u64::MAX);
            store.extend(keys.iter().copied()).expect("taken");
            store.seal()
        };
        let expected: Vec<u128> =
            keys.iter().filter(|key| *key % 2 == 0).map(|key| u128::from(key / 2)).collect();
        assert_eq!(halves.expect("converted"), few(&expected));
        assert_ne!(few(&[1]), few(&[1, 1]));
    }

    #[test]
    fn equal_keys_are_in_one_group_of_the_size_of_a_cache() {
        let n_keys = 40 * CACHED_KEYS as u64;
        // All keys of one partition, each twice.
        let same = |key: &u64| key.hash() >> (64 - PARTITION_BITS) == 7;
        let keys: Vec<u64> = (0..n_keys * 8).filter(same).flat_map(|key| [key, key]).collect();
        let mut partitions = Partitions::new(u64::MAX);
        partitions.extend(keys.iter().copied()).expect("taken");
        let groups = partitions.look(2, |keys| {
            keys.sort_unstable();
            (keys.len(), keys.chunk_by(|a, b| a == b).all(|run| run.len() == 2))
        });
        let groups = groups.expect("groups");
        assert_eq!(groups.iter().map(|(n, _)| n).sum::<usize>(), keys.len());
        assert!(groups.iter().all(|(n, paired)| *paired && *n <= 2 * CACHED_KEYS));
    }
}
