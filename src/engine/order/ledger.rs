//! What is known about the keys of both sides, and what is still to be found out.

use super::{Entry, Number, key};
use crate::engine::column::Form;
use crate::stats::ecdf::{self, Comparison, Counted, Gaps, Real, Walk};

/// Entries that ascend and do not overlap.
#[derive(Clone, Debug)]
pub struct Ledger {
    form: Form,
    entries: Vec<Entry>,
    /// Keys of each side.
    pub sizes: [u64; 2],
    /// Before each entry, the keys of each side that lie below it.
    below: Vec<[u64; 2]>,
}

impl Ledger {
    /// A ledger of ascending entries.
    pub fn new(form: Form, mut entries: Vec<Entry>) -> Ledger {
        entries.retain(|entry| entry.count() > 0);
        let mut sum = [0, 0];
        let below = entries.iter().map(|entry| {
            let before = sum;
            (0..2).for_each(|side| sum[side] += entry.counts[side]);
            before
        });
        let below = below.collect();
        Ledger { form, entries, sizes: sum, below }
    }

    /// Puts several keys in place of these entries, given by number: all keys that they hold.
    pub fn open(self, numbers: &[usize], inside: Vec<Entry>) -> Ledger {
        let (form, mut entries) = (self.form, self.entries);
        // Both are long: what is no longer needed goes before more is made.
        drop(self.below);
        let mut closed = numbers.iter().copied().peekable();
        let mut number = 0;
        entries.retain(|_| {
            let is_opened = closed.next_if_eq(&number).is_some();
            number += 1;
            !is_opened
        });
        merge_in(&mut entries, &inside);
        drop(inside);
        Ledger::new(form, entries)
    }

    pub fn form(&self) -> Form {
        self.form
    }

    /// The entries with these numbers.
    pub fn entries(&self, numbers: &[usize]) -> Vec<Entry> {
        numbers.iter().map(|number| self.entries[*number]).collect()
    }

    /// The closed entries that the gaps depend on.
    pub fn closed_gaps(&self) -> Vec<usize> {
        let counted = |entry: &Entry| Counted {
            a: entry.counts[0],
            b: entry.counts[1],
            is_one_value: entry.is_one_value(),
        };
        let counts: Vec<Counted> = self.entries.iter().map(counted).collect();
        ecdf::unsettled(self.sizes[0], self.sizes[1], &counts)
    }

    /// The number of the entry that holds a side's value of some rank, counted from 0.
    pub fn place(&self, side: usize, rank: u64) -> Option<usize> {
        let after = self.below.partition_point(|below| below[side] <= rank);
        let number = after.checked_sub(1)?;
        let (below, inside) = (self.below[number][side], self.entries[number].counts[side]);
        (below + inside > rank).then_some(number)
    }

    /// The closed entry that holds a side's value of some rank.
    pub fn closed_rank(&self, side: usize, rank: u64) -> Option<usize> {
        self.place(side, rank).filter(|number| !self.entries[*number].is_one_value())
    }

    /// The closed entry that a cut between at most and above some number goes through.
    pub fn closed_cut(&self, cut: Number) -> Option<usize> {
        let number = self.number_above(cut)?;
        key::is_at_most(self.form, self.entries[number].low, cut).then_some(number)
    }

    /// The first entry that is not wholly at most some number.
    fn number_above(&self, cut: Number) -> Option<usize> {
        let is_below = |entry: &Entry| key::is_at_most(self.form, entry.high, cut);
        let number = self.entries.partition_point(is_below);
        (number < self.entries.len()).then_some(number)
    }

    /// A side's value of some rank, if it is told apart.
    pub fn at(&self, side: usize, rank: u64) -> Option<Number> {
        let entry = self.entries[self.place(side, rank)?];
        entry.is_one_value().then(|| key::number(self.form, entry.low))
    }

    /// How many values of a side are at most some number that goes through no closed entry.
    pub fn at_most(&self, side: usize, cut: Number) -> u64 {
        self.number_above(cut).map_or(self.sizes[side], |number| self.below[number][side])
    }

    /// The gaps between both sides, after [`Ledger::closed_gaps`] are opened.
    pub fn gaps(&self) -> Gaps {
        let mut walk = Walk::new(self.sizes[0], self.sizes[1]);
        for entry in &self.entries {
            let [a, b] = entry.counts;
            if entry.is_one_value() {
                walk.group(key::number(self.form, entry.low).to_f64(), a, b);
            } else {
                walk.skip(a, b);
            }
        }
        walk.finish()
    }

    /// The whole comparison, after all entries are opened.
    pub fn compare(&self) -> Comparison {
        match self.form {
            Form::Unsigned => self.compare_as(Some),
            Form::Float => self.compare_as(|key| Real::new(key::to_float(key))),
            _ => self.compare_as(|key| Some(key::to_signed(key))),
        }
    }

    fn compare_as<T: ecdf::Ordinal>(&self, value: impl Fn(u64) -> Option<T>) -> Comparison {
        let value = &value;
        let groups = |side: usize| {
            let own = self.entries.iter().filter(move |entry| entry.counts[side] > 0);
            own.filter_map(move |entry| Some((value(entry.low)?, entry.counts[side])))
        };
        ecdf::compare_grouped(self.sizes, groups(0), groups(1))
    }
}

/// Puts ascending entries among others, from the back, so that no third list is needed.
fn merge_in(entries: &mut Vec<Entry>, inside: &[Entry]) {
    let (mut own, mut new) = (entries.len(), inside.len());
    entries.reserve_exact(new);
    entries.extend_from_slice(inside);
    while new > 0 {
        let last = own + new - 1;
        if own > 0 && entries[own - 1].low > inside[new - 1].low {
            own -= 1;
            entries[last] = entries[own];
        } else {
            new -= 1;
            entries[last] = inside[new];
        }
    }
}
