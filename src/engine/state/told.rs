//! Keys that an answer tells of: in memory while they are few, else in a sorted file.
//!
//! What is told of keys is asked again for the rows that have them, one row after the other: a key
//! is then looked for in one block of the file, which one key of each block in memory names.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::partitions::{Key, Partitions, Sealed, place};
use super::spill::{Extent, Spill};
use crate::metric::{KeptKeys, MarkedKeys};

/// Bytes of keys that are told from memory.
const HELD_BYTES: u64 = 16 << 20;

/// Keys of a block: 4 KiB, which a file gives at once.
const BLOCK_KEYS: usize = 256;

/// Different keys on their way to be told, from several threads.
#[derive(Debug)]
pub struct ToldKeys(Mutex<Partitions<u128>>);

impl ToldKeys {
    /// No keys yet, and room for so many bytes in memory, of which no more than some are used.
    pub fn new(room_bytes: u64) -> Self {
        ToldKeys(Mutex::new(Partitions::new(room_bytes.min(HELD_BYTES))))
    }

    /// Takes keys.
    ///
    /// # Errors
    /// There is no room in memory, and none in the temporary folder.
    pub fn tell(&self, keys: impl Iterator<Item = u128>) -> Result<(), String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(keys)
    }

    /// All keys.
    ///
    /// # Errors
    /// As for [`ToldKeys::tell`], or what was written cannot be read back.
    pub fn finish(self) -> Result<MarkedKeys, String> {
        let keys = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        if keys.is_spilled() {
            return Ok(MarkedKeys::kept(Arc::new(FiledKeys::new(&keys.seal())?)));
        }
        Ok(keys.look(1, std::mem::take)?.concat().into())
    }
}

/// Keys in a file, each partition in order.
struct FiledKeys {
    file: Spill,
    parts: Vec<FiledPart>,
}

struct FiledPart {
    extent: Extent,
    /// The first key of each block.
    firsts: Vec<u128>,
}

impl FiledKeys {
    fn new(keys: &Sealed<u128>) -> Result<Self, String> {
        let (file, mut bytes) = (Spill::new()?, Vec::new());
        let mut parts = Vec::with_capacity(Sealed::<u128>::PARTS.len());
        for number in Sealed::<u128>::PARTS {
            let part = keys.part(number)?;
            bytes.clear();
            part.iter().for_each(|key| key.write(&mut bytes));
            let firsts = part.iter().step_by(BLOCK_KEYS).copied().collect();
            parts.push(FiledPart { extent: file.append(&bytes)?, firsts });
        }
        Ok(FiledKeys { file, parts })
    }

    fn read(&self, extent: Extent) -> Result<Vec<u128>, String> {
        let (mut bytes, mut keys) = (Vec::new(), Vec::new());
        self.file.read_into(extent, &mut bytes)?;
        u128::read(&bytes, &mut keys);
        Ok(keys)
    }
}

impl fmt::Debug for FiledKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} keys in a file", self.count())
    }
}

impl KeptKeys for FiledKeys {
    fn count(&self) -> u64 {
        let n_bytes: usize = self.parts.iter().map(|part| part.extent.length).sum();
        (n_bytes / size_of::<u128>()) as u64
    }

    fn contains(&self, key: u128) -> Result<bool, String> {
        let FiledPart { extent, firsts } = &self.parts[place(key)];
        let after = firsts.partition_point(|first| *first <= key);
        let Some(block) = after.checked_sub(1) else { return Ok(false) };
        let keys = self.read(extent.piece(block, BLOCK_KEYS * size_of::<u128>()))?;
        Ok(keys.binary_search(&key).is_ok())
    }

    fn all(&self) -> Result<Vec<u128>, String> {
        let parts = self.parts.iter().map(|part| self.read(part.extent));
        let mut all = parts.collect::<Result<Vec<_>, String>>()?.concat();
        all.sort_unstable();
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn told_keys_are_the_same_in_memory_and_in_a_file() {
        let keys = prop::collection::btree_set(prop_oneof![0..3000u128, any::<u128>()], 0..2000);
        proptest!(ProptestConfig::with_cases(48), |(keys in keys, room_bytes in 0..20_000u64)| {
            let told = ToldKeys::new(room_bytes);
            let all: Vec<u128> = keys.iter().copied().collect();
            for some in all.rchunks(300) {
                told.tell(some.iter().copied()).expect("told");
            }
            let told = told.finish().expect("keys");
            prop_assert_eq!(told.len(), all.len() as u64);
            for key in all.iter().flat_map(|key| [*key, key.wrapping_add(1), key ^ 1 << 90]) {
                prop_assert_eq!(told.contains(key), Ok(keys.contains(&key)));
            }
            prop_assert_eq!(told.all(), Ok(all.clone()));
            let more = MarkedKeys::from(vec![u128::MAX - 1]);
            prop_assert_eq!(told.with(&more).contains(u128::MAX - 1), Ok(true));
            prop_assert_eq!(told, MarkedKeys::from(all));
        });
    }
}
