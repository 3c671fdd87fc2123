//! Keys in ranges that follow each other, each sorted only when it is read.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use super::runs::{Fault, Key, Runs, SharedFile};
use crate::engine::parallel::guarded;

/// Keys of a range that are sorted in memory at once; more of them go through runs.
const MOST_AT_ONCE: u64 = 1 << 20;
/// Distinct keys that are handed to the reader at once, and how often before it has to take them.
const PIECE_KEYS: usize = 1 << 15;
const WAITING_PIECES: usize = 2;

/// The keys of one range, in any order.
#[derive(Clone, Debug)]
pub(super) struct Hand<K> {
    /// Where the range is one key: this, and how often it occurs.
    pub same: Option<(K, u64)>,
    pub held: Vec<K>,
    pub written: Vec<Stretch>,
}

/// Keys in a file, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub file: SharedFile,
    pub offset: u64,
    pub n_keys: usize,
}

impl<K: Key> Hand<K> {
    /// No key yet of a range, which may be one key.
    pub fn new(low: K, high: K) -> Self {
        let same = (low == high).then_some((low, 0));
        Hand { same, held: Vec::new(), written: Vec::new() }
    }

    pub fn n_keys(&self) -> u64 {
        let same = self.same.map_or(0, |(_, count)| count);
        let written: u64 = self.written.iter().map(|stretch| stretch.n_keys as u64).sum();
        same + self.held.len() as u64 + written
    }

    /// Some key of the range.
    fn any_key(&self) -> Result<Option<K>, String> {
        let same = self.same.filter(|(_, count)| *count > 0).map(|(key, _)| key);
        if let Some(key) = same.or(self.held.first().copied()) {
            return Ok(Some(key));
        }
        let Some(stretch) = self.written.first() else { return Ok(None) };
        let mut keys = Vec::new();
        Stretch { n_keys: 1, ..stretch.clone() }.read(&mut keys).map_err(unread)?;
        Ok(keys.pop())
    }

    /// Calls `each` with every distinct key and how often it occurs, ascending.
    fn visit(&self, most: u64, mut each: impl FnMut(K, u64)) -> Result<(), String> {
        if let Some((key, count)) = self.same.filter(|(_, count)| *count > 0) {
            each(key, count);
        }
        if self.n_keys() <= most {
            let mut keys = self.held.clone();
            self.written.iter().try_for_each(|stretch| stretch.read(&mut keys)).map_err(unread)?;
            keys.sort_unstable();
            let groups = keys.chunk_by(|one, other| one == other);
            groups.for_each(|group| each(group[0], group.len() as u64));
            return Ok(());
        }
        let mut runs = Runs::default();
        let mut push = |keys: &mut Vec<K>| {
            keys.drain(..).for_each(|key| runs.push(key));
            runs.settle()
        };
        push(&mut self.held.clone())?;
        let mut keys = Vec::new();
        for stretch in &self.written {
            stretch.read(&mut keys).map_err(unread)?;
            push(&mut keys)?;
        }
        let ascending = runs.finish();
        ascending.groups().for_each(|(key, count)| each(key, count));
        ascending.check()
    }
}

impl Stretch {
    fn read<K: Key>(&self, keys: &mut Vec<K>) -> io::Result<()> {
        let mut bytes = vec![0; self.n_keys * K::BYTES];
        self.file.read_at(self.offset, &mut bytes)?;
        keys.extend(bytes.chunks_exact(K::BYTES).map(K::read));
        Ok(())
    }
}

fn unread(error: io::Error) -> String {
    format!("a temporary file cannot be read back: {error}")
}

/// Ranges in ascending order.
#[derive(Debug)]
pub(super) struct Hands<K> {
    hands: Vec<Hand<K>>,
    most_at_once: u64,
}

impl<K: Key> Hands<K> {
    pub fn new(hands: Vec<Hand<K>>) -> Self {
        Hands { hands, most_at_once: MOST_AT_ONCE }
    }

    /// The same with so many keys sorted in memory at once.
    #[cfg(test)]
    pub fn with_most_at_once(self, most_at_once: u64) -> Self {
        Hands { most_at_once, ..self }
    }

    pub fn n_keys(&self) -> u64 {
        self.hands.iter().map(Hand::n_keys).sum()
    }

    /// The smallest and the largest key.
    pub fn ends(&self, fault: &Fault) -> Option<(K, K)> {
        let mut filled = self.hands.iter().filter(|hand| hand.n_keys() > 0);
        let first = filled.next()?;
        let (mut low, mut high) = (None, None);
        self.visit(first, fault, |key, _| {
            low = low.or(Some(key));
            high = Some(key);
        });
        if let Some(last) = filled.next_back() {
            self.visit(last, fault, |key, _| high = Some(key));
        }
        low.zip(high)
    }

    fn visit(&self, hand: &Hand<K>, fault: &Fault, each: impl FnMut(K, u64)) {
        if let Err(reason) = hand.visit(self.most_at_once, each) {
            fault.set(reason);
        }
    }

    /// Calls `each` with every distinct key, how many keys lie below it, and how often it occurs;
    /// ranges are left out of which `is_wanted` refuses the ranks from the first to after the last.
    pub fn visit_some(
        &self,
        fault: &Fault,
        mut is_wanted: impl FnMut(u64, u64) -> bool,
        mut each: impl FnMut(K, u64, u64),
    ) {
        let mut below = 0;
        for hand in &self.hands {
            let n_keys = hand.n_keys();
            if n_keys > 0 && is_wanted(below, below + n_keys) {
                let mut start = below;
                self.visit(hand, fault, |key, count| {
                    each(key, start, count);
                    start += count;
                });
            }
            below += n_keys;
        }
    }

    /// How many keys lie below each of some cuts.
    ///
    /// Some key of each range tells which ranges lie wholly below a cut: only the last range of
    /// which one does, and the next, have to be looked at key by key.
    pub fn counts_below<C>(
        &self,
        fault: &Fault,
        cuts: &[C],
        is_below: impl Fn(K, &C) -> bool,
    ) -> Vec<u64> {
        let mut known: Vec<(&Hand<K>, K, u64)> = Vec::new();
        let mut below = 0;
        for hand in &self.hands {
            match hand.any_key() {
                Ok(key) => known.extend(key.map(|key| (hand, key, below))),
                Err(reason) => fault.set(reason),
            }
            below += hand.n_keys();
        }
        let count = |cut: &C| {
            let after = known.partition_point(|(_, key, _)| is_below(*key, cut));
            let near = &known[after.saturating_sub(1)..known.len().min(after + 1)];
            let mut count = near.first().map_or(0, |(_, _, below)| *below);
            for (hand, _, _) in near {
                self.visit(hand, fault, |key, n| count += if is_below(key, cut) { n } else { 0 });
            }
            count
        };
        cuts.iter().map(count).collect()
    }

    /// All keys, sorted by a thread that stays a little ahead of the reader.
    pub fn groups(self: &Arc<Self>, fault: &Fault) -> Pieces<K> {
        let (sender, pieces) = sync_channel(WAITING_PIECES);
        let (hands, told) = (self.clone(), fault.clone());
        let sort = move || {
            let sorted = guarded(|| {
                for hand in &hands.hands {
                    let mut piece = Vec::new();
                    let mut is_heard = true;
                    hand.visit(hands.most_at_once, |key, count| {
                        piece.push((key, count));
                        if piece.len() == PIECE_KEYS && is_heard {
                            is_heard = sender.send(std::mem::take(&mut piece)).is_ok();
                        }
                    })?;
                    if !is_heard || !piece.is_empty() && sender.send(piece).is_err() {
                        return Ok(());
                    }
                }
                Ok(())
            });
            if let Err(reason) = sorted.and_then(|sorted: Result<(), String>| sorted) {
                told.set(reason);
            }
        };
        if let Err(error) = std::thread::Builder::new().spawn(sort) {
            fault.set(format!("a thread cannot be started: {error}"));
        }
        Pieces { pieces, current: Vec::new().into_iter() }
    }
}

/// Distinct keys with how often each occurs, ascending.
pub struct Pieces<K> {
    pieces: Receiver<Vec<(K, u64)>>,
    current: std::vec::IntoIter<(K, u64)>,
}

impl<K> Iterator for Pieces<K> {
    type Item = (K, u64);

    #[inline]
    fn next(&mut self) -> Option<(K, u64)> {
        loop {
            if let Some(next) = self.current.next() {
                return Some(next);
            }
            self.current = self.pieces.recv().ok()?.into_iter();
        }
    }
}
