//! Several ascending runs read as one.

use super::hands::Pieces;
use super::runs::{Ascending, Fault, Key, Written};

/// Bytes that are read from disk at once, for one run and for all.
const MOST_BUFFER: usize = 1 << 16;
const ALL_BUFFERS: usize = 1 << 23;

/// The distinct keys of ascending runs with how often each occurs.
pub enum Groups<'a, K> {
    /// All keys in memory.
    Slice(&'a [K]),
    /// The runs, as a heap: the one with the smallest next key comes first.
    Merge(Vec<Run<'a, K>>),
    /// Ranges, sorted one after the other.
    Dealt(Pieces<K>),
}

impl<'a, K: Key> Groups<'a, K> {
    pub(super) fn of(ascending: &'a Ascending<K>) -> Self {
        if let Some(all) = ascending.slice() {
            return Groups::Slice(all);
        }
        if let Some(hands) = &ascending.dealt {
            return Groups::Dealt(hands.groups(&ascending.fault));
        }
        let held = ascending.sorted.iter().map(|run| Run::held(run));
        let buffer = (ALL_BUFFERS / ascending.written.len().max(1)).clamp(1 << 10, MOST_BUFFER);
        let written = ascending.written.iter();
        let written = written.map(|run| Run::written(run, buffer / K::BYTES, &ascending.fault));
        let mut runs: Vec<Run<K>> = held.chain(written).flatten().collect();
        // Ascending heads are a heap.
        runs.sort_by_key(|run| run.head);
        Groups::Merge(runs)
    }
}

impl<K: Key> Iterator for Groups<'_, K> {
    type Item = (K, u64);

    #[inline]
    fn next(&mut self) -> Option<(K, u64)> {
        match self {
            Groups::Slice(rest) => {
                let first = *rest.first()?;
                let size = rest.iter().take_while(|key| **key == first).count();
                *rest = &rest[size..];
                Some((first, size as u64))
            }
            Groups::Dealt(pieces) => pieces.next(),
            Groups::Merge(runs) => {
                let key = runs.first()?.head;
                let mut count = 0;
                while runs.first().is_some_and(|run| run.head == key) {
                    count += 1;
                    if !runs[0].step() {
                        runs.swap_remove(0);
                    }
                    sink(runs);
                }
                Some((key, count))
            }
        }
    }
}

/// Moves the first run down to its place in the heap.
fn sink<K: Key>(runs: &mut [Run<K>]) {
    let mut at = 0;
    loop {
        let mut least = at;
        for child in [2 * at + 1, 2 * at + 2] {
            if child < runs.len() && runs[child].head < runs[least].head {
                least = child;
            }
        }
        if least == at {
            return;
        }
        runs.swap(at, least);
        at = least;
    }
}

/// A run with its next key.
pub struct Run<'a, K> {
    head: K,
    rest: Rest<'a, K>,
}

enum Rest<'a, K> {
    Held(std::slice::Iter<'a, K>),
    Written(Box<Buffered<'a, K>>),
}

/// A run on disk, read piece by piece.
struct Buffered<'a, K> {
    run: &'a Written<K>,
    keys: Vec<K>,
    at: usize,
    /// Keys of the run that were read.
    n_read: u64,
    most: usize,
    fault: &'a Fault,
}

impl<'a, K: Key> Run<'a, K> {
    fn held(run: &'a [K]) -> Option<Self> {
        let mut rest = run.iter();
        Some(Run { head: *rest.next()?, rest: Rest::Held(rest) })
    }

    fn written(run: &'a Written<K>, most: usize, fault: &'a Fault) -> Option<Self> {
        let mut buffered =
            Buffered { run, keys: Vec::new(), at: 0, n_read: 0, most: most.max(1), fault };
        Some(Run { head: buffered.next()?, rest: Rest::Written(Box::new(buffered)) })
    }

    /// Goes to the next key; false at the end.
    #[inline]
    fn step(&mut self) -> bool {
        let next = match &mut self.rest {
            Rest::Held(rest) => rest.next().copied(),
            Rest::Written(buffered) => buffered.next(),
        };
        next.map(|key| self.head = key).is_some()
    }
}

impl<K: Key> Buffered<'_, K> {
    #[inline]
    fn next(&mut self) -> Option<K> {
        if self.at == self.keys.len() {
            self.fill()?;
        }
        self.at += 1;
        self.keys.get(self.at - 1).copied()
    }

    fn fill(&mut self) -> Option<()> {
        let n_keys = (self.run.n_keys - self.n_read).min(self.most as u64) as usize;
        if n_keys == 0 {
            return None;
        }
        let mut bytes = vec![0; n_keys * K::BYTES];
        let offset = self.run.offset + self.n_read * K::BYTES as u64;
        if let Err(error) = self.run.file.read_at(offset, &mut bytes) {
            self.fault.set(format!("a temporary file cannot be read back: {error}"));
            return None;
        }
        self.keys.clear();
        self.keys.extend(bytes.chunks_exact(K::BYTES).map(K::read));
        self.n_read += n_keys as u64;
        self.at = 0;
        Some(())
    }
}
