//! A column whose order is asked about, from one scan to the next.

use std::sync::Arc;

use super::entry::{of_buckets, of_keys, of_parts};
use super::questions::{closed_bins, closed_quantile};
use super::rounds::Limits;
use super::sample::Sample;
use super::{Buckets, Entry, Ledger, Selection, answer, key};
use crate::engine::column::Form;
use crate::engine::dataset::Met;
use crate::engine::quantile::Asked;
use crate::engine::question::Need;
use crate::engine::state::{Finished, FoundKeys as Found, Keyed, Ordered, PartCount, Seen};
use crate::metric::{Filter, Measured, Metric, Side, Unmeasured};

/// A column with what is asked about it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub column: String,
    pub filter: Option<Filter>,
    /// The datasets that are asked; a comparison needs both.
    pub sides: [Option<Side>; 2],
    /// Whether both sides are compared in full, or at least their gaps.
    pub is_whole: bool,
    pub has_gaps: bool,
    pub quantiles: Vec<(usize, Asked)>,
    pub bins: Vec<u32>,
    pub sample: Sample,
    /// Whether the values of one of its datasets have no keys, or may have none.
    pub is_keyless: bool,
    /// Rows of all its datasets.
    pub rows: u64,
    seen: [Seen; 2],
    /// Why a side cannot be asked any more.
    failed: [Option<Unmeasured>; 2],
    stage: Stage,
}

/// How far it has come.
#[derive(Clone, Debug)]
enum Stage {
    New,
    /// Distinct keys are counted one by one, up to so many.
    Table {
        most: usize,
    },
    /// Keys are counted in buckets.
    Counting(Arc<Buckets>),
    /// Some entries of a ledger are opened: cut into parts, or down to their keys.
    Opening {
        ledger: Ledger,
        buckets: Arc<Buckets>,
        open: Vec<usize>,
        selection: Arc<Selection>,
        n_keys: u64,
        to_keys: bool,
    },
    /// Everything is sorted, from these buckets where they are known.
    Sorting(Option<Arc<Buckets>>),
    Known(Ledger),
    Sorted([Option<Arc<Ordered>>; 2]),
    Failed(Unmeasured),
}

/// Another cut must leave a smaller part than one in so many.
const WORTH_CUTTING: u64 = 8;

impl Subject {
    pub fn new(column: String, filter: Option<Filter>) -> Subject {
        Subject {
            column,
            filter,
            sides: [None, None],
            is_whole: false,
            has_gaps: false,
            quantiles: Vec::new(),
            bins: Vec::new(),
            sample: Sample::default(),
            is_keyless: false,
            rows: 0,
            seen: [Seen::default(); 2],
            failed: [None, None],
            stage: Stage::New,
        }
    }

    /// Chooses the first way, from the sample.
    pub fn start(&mut self, limits: &Limits) {
        self.stage = match self.sample.form {
            _ if self.is_keyless => Stage::Sorting(None),
            Some(form) if !key::has_keys(form) => Stage::Sorting(None),
            _ if self.sample.has_few(limits.most_distinct) => {
                Stage::Table { most: limits.most_distinct }
            }
            _ => self.after_table(limits),
        };
    }

    /// The way where distinct keys are many.
    fn after_table(&self, limits: &Limits) -> Stage {
        if self.is_whole {
            return self.sorting(limits);
        }
        let n_buckets = limits.buckets(self.rows);
        Stage::Counting(Arc::new(Buckets::new(&self.sample.keys, n_buckets)))
    }

    fn sorting(&self, limits: &Limits) -> Stage {
        let n_buckets = limits.sorted_buckets(self.rows);
        Stage::Sorting(Some(Arc::new(Buckets::new(&self.sample.keys, n_buckets))))
    }

    /// What it needs of each of its datasets next, if anything.
    pub fn need(&self) -> Option<Need> {
        let (column, filter) = (self.column.clone(), self.filter.clone());
        Some(match &self.stage {
            Stage::Table { most } => Need::KeyTable { column, filter, most: *most },
            Stage::Counting(buckets) => {
                Need::KeyCounts { column, filter, buckets: buckets.clone() }
            }
            Stage::Opening { selection, to_keys, .. } => {
                let (selection, to_keys) = (selection.clone(), *to_keys);
                Need::KeysWithin { column, filter, selection, to_keys }
            }
            Stage::Sorting(Some(buckets)) => {
                Need::Dealt { column, filter, buckets: buckets.clone() }
            }
            Stage::Sorting(None) => Need::Order { column, filter },
            _ => return None,
        })
    }

    /// Takes what its datasets answered, and goes on to the next stage.
    pub fn take(&mut self, mut found: [Option<Result<Met, Unmeasured>>; 2], limits: &Limits) {
        for (side, found) in found.iter_mut().enumerate() {
            if let Some(Err(reason)) = found.take_if(|found| found.is_err()) {
                self.give_up(side, reason);
            }
        }
        if self.sides == [None, None] {
            return;
        }
        let next = self.next(found, limits);
        self.stage = next.unwrap_or_else(Stage::Failed);
    }

    /// A side that cannot be read takes the questions to both sides along, and not those to the
    /// other one alone.
    fn give_up(&mut self, side: usize, reason: Unmeasured) {
        self.failed[side] = Some(reason);
        self.sides[side] = None;
        (self.is_whole, self.has_gaps) = (false, false);
        self.bins.clear();
        self.quantiles.retain(|(on, _)| *on != side);
        if self.quantiles.is_empty() {
            self.sides = [None, None];
        }
    }

    /// Gives all its questions this answer.
    pub fn fail(&mut self, reason: Unmeasured) {
        self.stage = Stage::Failed(reason);
    }

    fn next(
        &mut self,
        found: [Option<Result<Met, Unmeasured>>; 2],
        limits: &Limits,
    ) -> Result<Stage, Unmeasured> {
        let [data, reference] = found;
        let found = [data.transpose()?, reference.transpose()?];
        let stage = std::mem::replace(&mut self.stage, Stage::New);
        if matches!(stage, Stage::Sorting(_)) {
            let [data, reference] = found.map(|met| met.map(ordered).transpose());
            return Ok(Stage::Sorted([data?, reference?]));
        }
        let [data, reference] = found.map(|met| met.map(keyed).transpose());
        let found = [data?, reference?];
        for (seen, keyed) in self.seen.iter_mut().zip(found.iter()) {
            *seen = keyed.as_ref().map_or(*seen, |keyed| keyed.seen);
        }
        let forms = found.each_ref().map(|keyed| keyed.as_ref().and_then(|keyed| keyed.form));
        let form = match forms {
            [Some(own), Some(other)] if own != other => return Ok(Stage::Sorting(None)),
            [own, other] => own.or(other).unwrap_or(Form::Int),
        };
        let found = found.each_ref().map(|keyed| keyed.as_ref().map(|keyed| &keyed.found));
        Ok(match stage {
            Stage::Table { .. } if found.contains(&Some(&Found::TooMany)) => {
                self.after_table(limits)
            }
            Stage::Table { .. } => Stage::Known(Ledger::new(form, of_keys(found.map(keys)))),
            Stage::Counting(buckets) => {
                let entries = of_buckets(&buckets, found.map(counts));
                self.settle(Ledger::new(form, entries), buckets, u64::MAX, limits)
            }
            Stage::Opening { ledger, buckets, open, selection, n_keys, to_keys } => {
                let inside = match to_keys {
                    true => of_keys(found.map(keys)),
                    false => of_parts(&selection, found.map(parts)),
                };
                self.settle(ledger.open(&open, inside), buckets, n_keys, limits)
            }
            other => other,
        })
    }

    /// Whether the ledger answers everything, or what to open next. `before` are the keys that were
    /// last looked at.
    fn settle(&self, ledger: Ledger, buckets: Arc<Buckets>, before: u64, limits: &Limits) -> Stage {
        let open = self.closed(&ledger);
        if open.is_empty() {
            return Stage::Known(ledger);
        }
        let entries = ledger.entries(&open);
        let n_keys: u64 = entries.iter().map(Entry::count).sum();
        let to_keys = n_keys <= limits.most_keys;
        // Where the gap is the same over many values no cut helps.
        if !to_keys && n_keys > before / WORTH_CUTTING {
            return self.sorting(limits);
        }
        let n_parts = if to_keys { 0 } else { limits.buckets(self.rows) };
        let selection = Arc::new(Selection::new(buckets.clone(), &entries, n_parts));
        Stage::Opening { ledger, buckets, open, selection, n_keys, to_keys }
    }

    /// The entries that an answer depends on and that are not told apart.
    fn closed(&self, ledger: &Ledger) -> Vec<usize> {
        let mut closed = Vec::new();
        if self.has_gaps || self.is_whole {
            closed.extend(ledger.closed_gaps());
        }
        for (side, asked) in &self.quantiles {
            closed.extend(closed_quantile(ledger, *side, *asked));
        }
        for n_bins in &self.bins {
            closed.extend(closed_bins(ledger, *n_bins));
        }
        closed.sort_unstable();
        closed.dedup();
        closed
    }

    /// The answer to a question, after the last stage.
    pub fn answer(&self, metric: &Metric) -> Result<Measured, Unmeasured> {
        let failed = match metric {
            Metric::Quantile { on, .. } => &self.failed[usize::from(*on == Side::Reference)..][..1],
            _ => &self.failed[..],
        };
        if let Some(reason) = failed.iter().flatten().next() {
            return Err(reason.clone());
        }
        match &self.stage {
            Stage::Known(ledger) => answer::from_ledger(metric, &self.sides, ledger, self.seen),
            Stage::Sorted(sorted) => answer::from_sorted(metric, &self.sides, sorted),
            Stage::Failed(reason) => return Err(reason.clone()),
            _ => return Err(misplaced()),
        }
        .map_err(Unmeasured::NotComputable)
    }
}

/// A state of another kind answered.
fn misplaced() -> Unmeasured {
    Unmeasured::NotComputable(answer::MISPLACED.into())
}

fn ordered(met: Met) -> Result<Arc<Ordered>, Unmeasured> {
    match met {
        Met::State(Finished::Order(ordered)) => Ok(ordered),
        _ => Err(misplaced()),
    }
}

fn keyed(met: Met) -> Result<Arc<Keyed>, Unmeasured> {
    match met {
        Met::State(Finished::Keys(keyed)) => Ok(keyed),
        _ => Err(misplaced()),
    }
}

fn keys(found: Option<&Found>) -> &[(u64, u64)] {
    if let Some(Found::Keys(keys)) = found { keys } else { &[] }
}

fn counts(found: Option<&Found>) -> &[u64] {
    if let Some(Found::Counts(counts)) = found { counts } else { &[] }
}

fn parts(found: Option<&Found>) -> &[PartCount] {
    if let Some(Found::Parts(parts)) = found { parts } else { &[] }
}
