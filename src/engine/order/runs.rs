//! Keys that come in any order and are read back ascending, in bounded memory.
//!
//! They are sorted in runs while they come. Where the runs outgrow their room they are written to a
//! temporary file that has no name, so that nothing of it is left whatever happens, and merged when
//! they are read.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::hands::Hands;
use super::merge::Groups;

/// Something that is sorted, and written as so many bytes.
pub trait Key: Copy + Ord + Send + Sync + fmt::Debug + 'static {
    const BYTES: usize;

    fn write(self, bytes: &mut Vec<u8>);

    /// The key in exactly so many bytes.
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! key {
    ($type:ty) => {
        impl Key for $type {
            const BYTES: usize = size_of::<$type>();

            fn write(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn read(bytes: &[u8]) -> Self {
                bytes.try_into().map_or(0, <$type>::from_le_bytes)
            }
        }
    };
}

key!(u64);
key!(i128);

/// Keys of a run: what a core sorts without much waiting for memory.
const RUN_KEYS: usize = 1 << 19;

/// Bytes of runs that a collection keeps in memory.
const ROOM_BYTES: usize = 16 << 20;

/// A file that several runs are in.
#[derive(Clone, Debug)]
pub(super) struct SharedFile(Arc<Mutex<File>>);

impl SharedFile {
    fn new() -> io::Result<SharedFile> {
        Ok(SharedFile(Arc::new(Mutex::new(tempfile::tempfile()?))))
    }

    pub(super) fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }

    /// The file of a collection, made when it is first needed.
    pub(super) fn once(file: &mut Option<SharedFile>) -> Result<SharedFile, String> {
        if let Some(file) = file {
            return Ok(file.clone());
        }
        Ok(file.insert(SharedFile::new().map_err(unwritten)?).clone())
    }

    /// Writes at the end; returns where.
    pub(super) fn append(&self, bytes: &[u8]) -> Result<u64, String> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = file.seek(SeekFrom::End(0)).map_err(unwritten)?;
        file.write_all(bytes).map_err(unwritten)?;
        Ok(offset)
    }
}

fn unwritten(error: io::Error) -> String {
    format!("a temporary file cannot be written: {error}")
}

/// A run on disk.
#[derive(Clone, Debug)]
pub(super) struct Written<K> {
    pub file: SharedFile,
    pub offset: u64,
    pub n_keys: u64,
    ends: (K, K),
}

/// Keys on their way to be sorted.
#[derive(Clone, Debug)]
pub struct Runs<K> {
    run_keys: usize,
    room_bytes: usize,
    open: Vec<K>,
    sorted: Vec<Vec<K>>,
    file: Option<SharedFile>,
    written: Vec<Written<K>>,
    n_keys: u64,
}

impl<K: Key> Default for Runs<K> {
    fn default() -> Self {
        Runs::with_room(RUN_KEYS, ROOM_BYTES)
    }
}

impl<K: Key> Runs<K> {
    /// Runs of so many keys, of which so many bytes stay in memory.
    pub fn with_room(run_keys: usize, room_bytes: usize) -> Self {
        Runs {
            run_keys,
            room_bytes,
            open: Vec::new(),
            sorted: Vec::new(),
            file: None,
            written: Vec::new(),
            n_keys: 0,
        }
    }

    /// Takes a key in; [`Runs::settle`] must follow before long.
    #[inline]
    pub fn push(&mut self, key: K) {
        self.open.push(key);
    }

    /// Takes a key in so often; as for [`Runs::push`].
    pub fn extend(&mut self, key: K, n: usize) {
        self.open.extend(std::iter::repeat_n(key, n));
    }

    /// Sorts and writes what is due.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn settle(&mut self) -> Result<(), String> {
        if self.open.len() < self.run_keys {
            return Ok(());
        }
        self.close_run();
        let held: usize = self.sorted.iter().map(Vec::len).sum();
        if held * K::BYTES > self.room_bytes { self.spill() } else { Ok(()) }
    }

    fn close_run(&mut self) {
        let mut run = std::mem::take(&mut self.open);
        if !run.is_empty() {
            run.sort_unstable();
            self.n_keys += run.len() as u64;
            self.sorted.push(run);
        }
    }

    /// Writes all sorted runs.
    fn spill(&mut self) -> Result<(), String> {
        let file = SharedFile::once(&mut self.file)?;
        let mut bytes = Vec::new();
        for run in self.sorted.drain(..) {
            let (Some(low), Some(high)) = (run.first(), run.last()) else { continue };
            let mut written = Written {
                file: file.clone(),
                offset: 0,
                n_keys: run.len() as u64,
                ends: (*low, *high),
            };
            bytes.clear();
            run.iter().for_each(|key| key.write(&mut bytes));
            written.offset = file.append(&bytes)?;
            self.written.push(written);
        }
        Ok(())
    }

    /// Takes the keys of another collection.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn merge(&mut self, mut other: Self) -> Result<(), String> {
        other.close_run();
        self.n_keys += other.n_keys;
        self.sorted.append(&mut other.sorted);
        self.written.append(&mut other.written);
        let held: usize = self.sorted.iter().map(Vec::len).sum();
        // A part of what each thread may hold stays, so that small columns never touch the disk.
        if held * K::BYTES > 2 * self.room_bytes { self.spill() } else { Ok(()) }
    }

    /// All keys, ascending.
    pub fn finish(mut self) -> Ascending<K> {
        self.close_run();
        let fault = Fault::default();
        if self.written.is_empty() {
            let mut all = match self.sorted.len() {
                1 => self.sorted.remove(0),
                _ => self.sorted.concat(),
            };
            // The stable sort finds the runs and merges them.
            all.sort();
            let (sorted, written) = (vec![all], Vec::new());
            return Ascending { n_keys: self.n_keys, sorted, written, dealt: None, fault };
        }
        let (sorted, written) = (self.sorted, self.written);
        Ascending { n_keys: self.n_keys, sorted, written, dealt: None, fault }
    }
}

/// Why a temporary file could not be read back, if so.
#[derive(Clone, Debug, Default)]
pub(super) struct Fault(Arc<Mutex<Option<String>>>);

impl Fault {
    pub(super) fn set(&self, reason: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

/// Keys in ascending order: one run in memory, several partly on disk, or ranges of them.
#[derive(Clone, Debug)]
pub struct Ascending<K> {
    n_keys: u64,
    pub(super) sorted: Vec<Vec<K>>,
    pub(super) written: Vec<Written<K>>,
    pub(super) dealt: Option<Arc<Hands<K>>>,
    pub(super) fault: Fault,
}

impl<K: Key> Ascending<K> {
    /// Keys in ranges.
    pub(super) fn dealt(hands: Hands<K>) -> Self {
        let (n_keys, fault) = (hands.n_keys(), Fault::default());
        let dealt = Some(Arc::new(hands));
        Ascending { n_keys, sorted: Vec::new(), written: Vec::new(), dealt, fault }
    }

    /// How many keys there are.
    pub fn len(&self) -> u64 {
        self.n_keys
    }

    /// All keys, where they are in memory.
    pub fn slice(&self) -> Option<&[K]> {
        match (self.sorted.as_slice(), self.written.as_slice()) {
            ([all], []) => Some(all),
            _ => None,
        }
    }

    /// The smallest and the largest key.
    pub fn ends(&self) -> Option<(K, K)> {
        if let Some(hands) = &self.dealt {
            return hands.ends(&self.fault);
        }
        let sorted = self.sorted.iter().filter_map(|run| Some((*run.first()?, *run.last()?)));
        let ends = sorted.chain(self.written.iter().map(|run| run.ends));
        ends.reduce(|own, other| (own.0.min(other.0), own.1.max(other.1)))
    }

    /// The distinct keys with how often each occurs, ascending. Ends early where a file cannot be
    /// read: [`Ascending::check`] tells.
    pub fn groups(&self) -> Groups<'_, K> {
        Groups::of(self)
    }

    /// Says why keys were missing from what was read.
    ///
    /// # Errors
    /// A temporary file could not be read back.
    pub fn check(&self) -> Result<(), String> {
        self.fault.0.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }

    /// The keys of some ranks, counted from 0 and ascending.
    pub fn select(&self, ranks: &[u64]) -> Vec<K> {
        if let Some(all) = self.slice() {
            return ranks.iter().filter_map(|rank| all.get(*rank as usize).copied()).collect();
        }
        if let Some(hands) = &self.dealt {
            return self.select_dealt(hands, ranks);
        }
        let mut wanted = ranks.iter().copied().peekable();
        let (mut found, mut before) = (Vec::new(), 0);
        for (key, count) in self.groups() {
            before += count;
            while wanted.next_if(|rank| *rank < before).is_some() {
                found.push(key);
            }
            if wanted.peek().is_none() {
                break;
            }
        }
        found
    }

    fn select_dealt(&self, hands: &Hands<K>, ranks: &[u64]) -> Vec<K> {
        let mut found = Vec::with_capacity(ranks.len());
        let is_wanted = |from: u64, to: u64| ranks.iter().any(|rank| (from..to).contains(rank));
        hands.visit_some(&self.fault, is_wanted, |key, below, count| {
            while ranks.get(found.len()).is_some_and(|rank| *rank < below + count) {
                found.push(key);
            }
        });
        found
    }

    /// How many keys lie below each of some ascending cuts.
    pub fn counts_below<C>(&self, cuts: &[C], is_below: impl Fn(K, &C) -> bool) -> Vec<u64> {
        if let Some(all) = self.slice() {
            let count = |cut| all.partition_point(|key| is_below(*key, cut)) as u64;
            return cuts.iter().map(count).collect();
        }
        if let Some(hands) = &self.dealt {
            return hands.counts_below(&self.fault, cuts, is_below);
        }
        let (mut counts, mut before) = (Vec::with_capacity(cuts.len()), 0);
        for (key, count) in self.groups() {
            while cuts.get(counts.len()).is_some_and(|cut| !is_below(key, cut)) {
                counts.push(before);
            }
            before += count;
        }
        counts.resize(cuts.len(), before);
        counts
    }
}

impl<K: Key> PartialEq for Ascending<K> {
    fn eq(&self, other: &Self) -> bool {
        self.n_keys == other.n_keys && self.groups().eq(other.groups())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Law: however the keys are cut and dealt, they come back sorted.
    #[test]
    fn runs_on_disk_are_what_a_sort_gives() {
        proptest!(|(keys in prop::collection::vec(prop_oneof![0..20u64, any::<u64>()], 0..300),
            run_keys in 1..40usize, room_bytes in 0..1000usize, n_parts in 1..4usize)| {
            let mut parts = vec![Runs::with_room(run_keys, room_bytes); n_parts];
            for (number, key) in keys.iter().enumerate() {
                let part = &mut parts[number % n_parts];
                part.push(i128::from(*key) - 7);
                part.settle().expect("a temporary file");
            }
            let mut merged = parts.pop().expect("a part");
            parts.into_iter().for_each(|part| merged.merge(part).expect("a temporary file"));
            let ascending = merged.finish();
            let mut sorted: Vec<i128> = keys.iter().map(|key| i128::from(*key) - 7).collect();
            sorted.sort_unstable();
            let groups = ascending.groups();
            let read: Vec<i128> =
                groups.flat_map(|(key, count)| std::iter::repeat_n(key, count as usize)).collect();
            prop_assert_eq!(&read, &sorted);
            prop_assert_eq!(ascending.len(), sorted.len() as u64);
            prop_assert_eq!(ascending.ends(), sorted.first().copied().zip(sorted.last().copied()));
            let ranks: Vec<u64> = (0..sorted.len() as u64).step_by(3).collect();
            let chosen: Vec<i128> = ranks.iter().map(|rank| sorted[*rank as usize]).collect();
            prop_assert_eq!(ascending.select(&ranks), chosen);
            let below = ascending.counts_below(&[0i128, 5, 1 << 80], |key, cut| key < *cut);
            let count_below = |cut: i128| sorted.partition_point(|key| *key < cut) as u64;
            let counted = [0i128, 5, 1 << 80].map(count_below);
            prop_assert_eq!(below, counted.to_vec());
            prop_assert_eq!(ascending.check(), Ok(()));
        });
    }
}
