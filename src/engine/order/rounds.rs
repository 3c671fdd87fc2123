//! Questions about the order of long columns, answered in several rounds of scans.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::sample::draw;
use super::subject::Subject;
use crate::engine::dataset::{Answered, Dataset};
use crate::engine::question::Need;
use crate::engine::source::Source;
use crate::engine::{parallel, quantile};
use crate::metric::{Filter, Measured, Metric, Side, Type, Unmeasured};
use crate::stats::ecdf::MOST_GROUPS;

/// From how many rows on columns are not sorted in memory, and how much is kept of them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Fewer rows, on all sides of a column together, are sorted in memory.
    pub long_rows: u64,
    /// Fewer than these are, where only gaps, quantiles or bins are asked for and another look at
    /// the file is cheap.
    pub counted_rows: u64,
    /// Distinct values that are counted one by one.
    pub most_distinct: usize,
    /// Keys that are collected at once.
    pub most_keys: u64,
    /// Rows of a bucket, roughly.
    pub bucket_rows: u64,
}

impl Default for Limits {
    /// A few dozen megabytes for a column.
    fn default() -> Self {
        Limits {
            long_rows: 1 << 21,
            counted_rows: 1 << 18,
            most_distinct: MOST_GROUPS,
            most_keys: 1 << 21,
            bucket_rows: 1 << 8,
        }
    }
}

impl Limits {
    /// How many buckets so many rows are counted in. Their counters must stay in the cache.
    pub fn buckets(&self, rows: u64) -> usize {
        let wanted = (rows / self.bucket_rows.max(1)).max(1);
        1 << wanted.ilog2().clamp(4, 18)
    }

    /// How many buckets the rows of both sides are sorted in.
    pub fn sorted_buckets(&self, rows: u64) -> usize {
        1 << (rows / 2 / SORTED_KEYS).max(1).ilog2().clamp(4, 10)
    }
}

/// Keys of a bucket that is sorted at once, roughly: what a core's cache holds twice.
const SORTED_KEYS: u64 = 1 << 15;

/// All columns whose order is found out in rounds.
#[derive(Debug, Default)]
pub struct Rounds {
    subjects: Vec<Subject>,
    limits: Limits,
    n_threads: usize,
}

impl Rounds {
    /// Those of the questions that are about long columns.
    pub fn new(
        metrics: &[Metric],
        datasets: &[Dataset],
        limits: Limits,
        n_threads: usize,
    ) -> Rounds {
        let mut subjects: Vec<Subject> = Vec::new();
        for metric in metrics {
            let Some(asked) = Asked::of(metric) else { continue };
            let number = subjects.iter().position(|subject| asked.is_about(subject));
            let number = number.unwrap_or_else(|| {
                subjects.push(Subject::new(asked.column.clone(), asked.filter.cloned()));
                subjects.len() - 1
            });
            asked.put_to(&mut subjects[number]);
        }
        subjects.retain_mut(|subject| {
            let is_counted = !subject.is_whole && has_cheap_looks(subject, datasets);
            let long = if is_counted { limits.counted_rows } else { limits.long_rows };
            let rows = rows(subject, datasets).filter(|rows| *rows >= long);
            subject.rows = rows.unwrap_or(0);
            let is_wide = kinds(subject, datasets).any(is_keyless);
            subject.is_keyless = is_wide;
            rows.is_some()
        });
        sample(&mut subjects, datasets, n_threads);
        subjects.iter_mut().for_each(|subject| subject.start(&limits));
        Rounds { subjects, limits, n_threads }
    }

    /// Whether a question is answered here.
    pub fn holds(&self, metric: &Metric) -> bool {
        self.about(metric).is_some()
    }

    fn about(&self, metric: &Metric) -> Option<&Subject> {
        let asked = Asked::of(metric)?;
        self.subjects.iter().find(|subject| asked.is_about(subject))
    }

    /// What the next scans have to find out; nothing after the last round.
    pub fn needs(&self) -> Vec<(Side, Need)> {
        let mut needs = Vec::new();
        for subject in &self.subjects {
            if let Some(need) = subject.need() {
                let sides = subject.sides.iter().flatten();
                needs.extend(sides.map(|side| (side.clone(), need.clone())));
            }
        }
        needs
    }

    /// Takes what the scans found out, several columns at the same time.
    pub fn take(&mut self, met: &HashMap<Side, Answered>) {
        let limits = self.limits;
        let subjects: Vec<Mutex<&mut Subject>> = self.subjects.iter_mut().map(Mutex::new).collect();
        let taken = parallel::run(subjects.len(), self.n_threads, |number| {
            let mut subject = subjects[number].lock().unwrap_or_else(PoisonError::into_inner);
            let Some(need) = subject.need() else { return };
            let found = subject.sides.each_ref().map(|side| {
                let answer = met.get(side.as_ref()?).and_then(|answered| answered.get(&need));
                let missing = || Unmeasured::NotComputable("the scan left it out".into());
                Some(answer.cloned().unwrap_or_else(|| Err(missing())))
            });
            subject.take(found, &limits);
        });
        for (subject, taken) in self.subjects.iter_mut().zip(taken) {
            if let Err(panic) = taken {
                subject.fail(Unmeasured::NotComputable(panic));
            }
        }
    }

    /// The answer to a question, after the last round; `None` if it is not answered here.
    pub fn answer(&self, metric: &Metric) -> Option<Result<Measured, Unmeasured>> {
        self.about(metric).map(|subject| subject.answer(metric))
    }
}

/// A question about order.
struct Asked<'a> {
    metric: &'a Metric,
    column: &'a String,
    filter: Option<&'a Filter>,
    /// `None` for both data and reference.
    on: Option<&'a Side>,
}

impl<'a> Asked<'a> {
    fn of(metric: &'a Metric) -> Option<Self> {
        let (column, filter, on) = match metric {
            Metric::Comparison { column, filter }
            | Metric::Gaps { column, filter }
            | Metric::Bins { column, filter, .. } => (column, filter, None),
            Metric::Quantile { on, column, filter, .. } => (column, filter, Some(on)),
            _ => return None,
        };
        Some(Asked { metric, column, filter: filter.as_ref(), on })
    }

    /// Data and reference are one subject, every other dataset is one of its own.
    fn is_about(&self, subject: &Subject) -> bool {
        let named = match self.on {
            Some(side @ Side::Named(_)) => Some(side),
            _ => None,
        };
        let its = match &subject.sides {
            [Some(side @ Side::Named(_)), _] => Some(side),
            _ => None,
        };
        *self.column == subject.column && self.filter == subject.filter.as_ref() && named == its
    }

    fn put_to(&self, subject: &mut Subject) {
        match self.on {
            None => subject.sides = [Some(Side::Data), Some(Side::Reference)],
            Some(Side::Reference) => subject.sides[1] = Some(Side::Reference),
            Some(side) => subject.sides[0] = Some(side.clone()),
        }
        match self.metric {
            Metric::Comparison { .. } => subject.is_whole = true,
            Metric::Gaps { .. } => subject.has_gaps = true,
            Metric::Bins { bins, .. } => subject.bins.push(*bins),
            Metric::Quantile { on, p, definition, .. } => {
                let asked = quantile::Asked { p: p.0, definition: *definition };
                subject.quantiles.push((usize::from(*on == Side::Reference), asked));
            }
            _ => {}
        }
    }
}

/// Rows of all datasets of a subject; `None` where one of them does not say, or cannot be asked.
fn rows(subject: &Subject, datasets: &[Dataset]) -> Option<u64> {
    let of = |side: &Side| {
        let dataset = datasets.iter().find(|dataset| dataset.side == *side)?;
        let schema = dataset.source.schema();
        schema.column(&subject.column)?;
        schema.rows.filter(|_| !schema.is_ambiguous(&subject.column))
    };
    subject.sides.iter().flatten().map(of).sum()
}

fn asked<'a>(subject: &Subject, datasets: &'a [Dataset]) -> impl Iterator<Item = &'a Dataset> {
    let sides = subject.sides.clone();
    datasets.iter().filter(move |dataset| sides.contains(&Some(dataset.side.clone())))
}

/// The types that its datasets say the column has.
fn kinds<'a>(subject: &'a Subject, datasets: &'a [Dataset]) -> impl Iterator<Item = &'a Type> {
    let kind = |dataset: &'a Dataset| dataset.source.schema().column(&subject.column);
    asked(subject, datasets).filter_map(kind).map(|column| &column.kind)
}

/// Whether values are wider than 64 bits, whatever a sample shows of them.
fn is_keyless(kind: &Type) -> bool {
    matches!(kind, Type::Decimal { .. } | Type::Integer { bits: 65.., .. })
}

/// Whether no text has to be parsed again for another look.
fn has_cheap_looks(subject: &Subject, datasets: &[Dataset]) -> bool {
    asked(subject, datasets).all(|dataset| !dataset.source.schema().untyped)
}

/// Draws a sample of each dataset for all subjects at once.
fn sample(subjects: &mut [Subject], datasets: &[Dataset], n_threads: usize) {
    let columns_of = |dataset: &Dataset| {
        let is_asked = |subject: &&Subject| subject.sides.contains(&Some(dataset.side.clone()));
        let asked = subjects.iter().filter(is_asked);
        let mut columns: Vec<String> = asked.map(|subject| subject.column.clone()).collect();
        columns.sort();
        columns.dedup();
        columns
    };
    let wanted: Vec<(&dyn Source, Vec<String>)> =
        datasets.iter().map(|dataset| (dataset.source.as_ref(), columns_of(dataset))).collect();
    let drawn = draw(&wanted, n_threads);
    for ((dataset, (_, columns)), samples) in datasets.iter().zip(&wanted).zip(drawn) {
        for subject in subjects.iter_mut() {
            if subject.sides.contains(&Some(dataset.side.clone()))
                && let Ok(at) = columns.binary_search(&subject.column)
            {
                subject.sample = subject.sample.join(&samples[at]);
            }
        }
    }
}
