//! Counts by key that were written to a temporary file, to be added up part by part.
//!
//! A key always goes to the part that its hash names, however often it is written, so that one part
//! after the other can be read back and added up.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::spill::{Extent, Spill};

/// Parts, by the top bits of the hash.
const PART_BITS: u32 = 6;
const PARTS: usize = 1 << PART_BITS;

/// Counts in files.
#[derive(Clone, Debug, Default)]
pub struct SpilledCounts {
    files: Vec<Arc<Spill>>,
    /// What was written of each part: the file, by its place, and where in it.
    parts: Vec<Vec<(usize, Extent)>>,
}

/// Bytes of a part that are written at once, so that counts on their way take little memory.
const WRITTEN_BYTES: usize = 1 << 15;

/// Counts on their way to a file.
pub struct Writer<'a> {
    counts: &'a mut SpilledCounts,
    parts: Vec<Vec<u8>>,
}

impl Writer<'_> {
    /// Adds a key with its count.
    ///
    /// # Errors
    /// The temporary folder takes no more.
    pub fn add(&mut self, key: &[u8], count: u64) -> Result<(), String> {
        let part = (xxh3_64(key) >> (64 - PART_BITS)) as usize;
        let bytes = &mut self.parts[part];
        bytes.extend_from_slice(&(key.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(key);
        if bytes.len() >= WRITTEN_BYTES { self.write(part) } else { Ok(()) }
    }

    fn write(&mut self, part: usize) -> Result<(), String> {
        let bytes = &mut self.parts[part];
        if !bytes.is_empty() {
            self.counts.parts[part].push((0, self.counts.files[0].append(bytes)?));
            bytes.clear();
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// As for [`Writer::add`].
    pub fn finish(mut self) -> Result<(), String> {
        (0..PARTS).try_for_each(|part| self.write(part))
    }
}

impl SpilledCounts {
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Writes counts out.
    ///
    /// # Errors
    /// The temporary folder takes no file.
    pub fn writer(&mut self) -> Result<Writer<'_>, String> {
        if self.files.is_empty() {
            self.files.push(Arc::new(Spill::new()?));
        }
        self.parts.resize_with(PARTS, Vec::new);
        Ok(Writer { counts: self, parts: vec![Vec::new(); PARTS] })
    }

    /// Takes what others have written.
    pub fn join(&mut self, other: SpilledCounts) {
        let known = self.files.len();
        self.files.extend(other.files);
        self.parts.resize_with(self.parts.len().max(other.parts.len()), Vec::new);
        for (own, new) in self.parts.iter_mut().zip(other.parts) {
            own.extend(new.into_iter().map(|(file, at)| (file + known, at)));
        }
    }

    /// How many parts there are to read.
    pub fn n_parts(&self) -> usize {
        self.parts.len()
    }

    /// Shows the counts of a part; a key comes as often as it was written.
    ///
    /// # Errors
    /// The file cannot be read back, or the one who is shown it refuses.
    pub fn read(
        &self,
        part: usize,
        mut each: impl FnMut(&[u8], u64) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut bytes = Vec::new();
        for (file, extent) in &self.parts[part] {
            self.files[*file].read_into(*extent, &mut bytes)?;
            let mut rest = bytes.as_slice();
            while let Some((head, tail)) = rest.split_first_chunk::<16>() {
                let number = |from: usize| {
                    let bytes: [u8; 8] = std::array::from_fn(|at| head[from + at]);
                    u64::from_le_bytes(bytes)
                };
                let key = tail.get(..number(0) as usize);
                let key = key.ok_or("a file for what exceeds the memory limit was cut off")?;
                each(key, number(8))?;
                rest = &tail[key.len()..];
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_key_comes_back_in_one_part() {
        let mut all = SpilledCounts::default();
        assert!(all.is_empty());
        for round in 0..3u64 {
            let mut own = SpilledCounts::default();
            let mut counts = own.writer().expect("a file");
            for key in 0..500u64 {
                let key_bytes = vec![key as u8; (key % 40) as usize * 300];
                counts.add(&key_bytes, round + key).expect("written");
            }
            counts.finish().expect("written");
            all.join(own);
        }
        let mut found: BTreeMap<Vec<u8>, (usize, u64)> = BTreeMap::new();
        for part in 0..all.n_parts() {
            let each = |key: &[u8], count| {
                let (first, sum) = found.entry(key.to_vec()).or_insert((part, 0));
                assert_eq!(*first, part);
                *sum += count;
                Ok(())
            };
            all.read(part, each).expect("read");
        }
        let mut expected: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for key in 0..500u64 {
            let bytes = vec![key as u8; (key % 40) as usize * 300];
            *expected.entry(bytes).or_default() += 3 * key + 3;
        }
        let found: BTreeMap<_, _> = found.into_iter().map(|(key, (_, sum))| (key, sum)).collect();
        assert_eq!(found, expected);
        let refused = all.read(0, |_, _| Err("enough".into()));
        assert_eq!(refused, Err("enough".into()));
    }
}
