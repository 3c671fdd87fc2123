//! The engine that runs in this process: one scan of each dataset answers all questions to it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::dataset::{Answered, Dataset, Met, Spent};
use super::extract::{Extracted, Extraction, extract};
use super::memory::Budget;
use super::question::{Need, needs};
use super::source::Source;
use super::state::{Finished, FoundGroup, Ordered};
use super::{Engine, parallel, quantile, two_sided, values};
use crate::metric::{GroupAnswer, Measured, Metric, Schema, Side, Unmeasured};

/// How the engine works; nothing of it changes an answer, except that a limit may refuse one.
#[derive(Clone)]
pub struct Options {
    pub n_threads: usize,
    /// What the states may hold in memory; `None` is no limit.
    pub memory_limit_bytes: Option<u64>,
    /// Answers from the footers of files where they are certain, without reading the rows.
    pub trust_footer: bool,
    /// Told how many rows were read since the last time, from several threads.
    pub progress: Option<Arc<dyn Fn(u64) + Send + Sync>>,
}

impl Default for Options {
    /// All cores, no limit, no progress.
    fn default() -> Self {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        Options { n_threads, memory_limit_bytes: None, trust_footer: false, progress: None }
    }
}

/// Answers questions about datasets that it reads itself.
pub struct EmbeddedEngine {
    datasets: Vec<Dataset>,
    options: Options,
}

/// Why a question has no answer of the asked form.
const MISPLACED: &str = "a bug of datacheck: a state of another kind answered";

impl EmbeddedEngine {
    /// An engine over some datasets; of two on the same side the first counts.
    pub fn new(datasets: Vec<(Side, Box<dyn Source>)>, options: Options) -> Self {
        let datasets = datasets.into_iter().map(|(side, source)| Dataset::new(side, source));
        EmbeddedEngine { datasets: datasets.collect(), options }
    }

    /// How often a dataset has been scanned.
    pub fn scans(&self, side: &Side) -> usize {
        self.dataset(side).map_or(0, Dataset::scans)
    }

    /// Writes rows of a dataset out again, with one more scan.
    ///
    /// # Errors
    /// The data cannot be read, a rule cannot be judged, or a file cannot be written.
    pub fn extract(&self, on: &Side, extraction: Extraction) -> Result<Extracted, Unmeasured> {
        let dataset = self.dataset(on)?;
        let extracted = parallel::guarded(|| extract(dataset.source.as_ref(), extraction));
        extracted.unwrap_or_else(|panic| Err(Unmeasured::NotComputable(panic)))
    }

    /// What the scans of a dataset took so far.
    pub fn spent(&self, side: &Side) -> Option<Spent> {
        self.dataset(side).ok().map(|dataset| dataset.look_at_spent(Spent::clone))
    }

    /// The time of all threads on a metric; `None` if no scan was for it.
    pub fn spent_on(&self, metric: &Metric) -> Option<Duration> {
        let spent = |(side, need): (Side, Need)| {
            self.dataset(&side).ok()?.look_at_spent(|spent| spent.on(&need))
        };
        needs(metric).into_iter().filter_map(spent).reduce(|one, other| one + other)
    }

    /// Whether footers alone answered a metric.
    pub fn is_unread(&self, metric: &Metric) -> bool {
        let unread = |(side, need): &(Side, Need)| {
            let dataset = self.dataset(side);
            dataset.is_ok_and(|dataset| dataset.look_at_spent(|spent| spent.is_unread(need)))
        };
        let needs = needs(metric);
        !needs.is_empty() && needs.iter().all(unread)
    }

    fn dataset(&self, side: &Side) -> Result<&Dataset, Unmeasured> {
        let dataset = self.datasets.iter().find(|dataset| dataset.side == *side);
        dataset.ok_or_else(|| {
            Unmeasured::NotComputable(match side {
                Side::Data => "there is no data".into(),
                Side::Reference => "there is no reference".into(),
                Side::Named(name) => format!("there is no dataset `{name}`"),
            })
        })
    }
}

impl Engine for EmbeddedEngine {
    fn schema(&self, side: &Side) -> Result<Schema, Unmeasured> {
        Ok(self.dataset(side)?.source.schema().clone())
    }

    fn measure(&self, metrics: &[Metric]) -> Vec<Result<Measured, Unmeasured>> {
        let met = std::thread::scope(|scope| {
            // The hash of a file's bytes needs a pass of its own, which no scan has to wait for.
            if self.options.n_threads > 1 {
                scope.spawn(|| self.identify(metrics));
            }
            self.meet(metrics)
        });
        let mut places: HashMap<&Metric, usize> = HashMap::new();
        let mut distinct: Vec<&Metric> = Vec::new();
        for metric in metrics {
            places.entry(metric).or_insert_with(|| {
                distinct.push(metric);
                distinct.len() - 1
            });
        }
        let answers = parallel::run(distinct.len(), self.options.n_threads, |number| {
            self.answer(distinct[number], &met)
        });
        let answer = |metric| match &answers[places[metric]] {
            Ok(answer) => answer.clone(),
            Err(panic) => Err(Unmeasured::NotComputable(panic.clone())),
        };
        metrics.iter().map(answer).collect()
    }
}

impl EmbeddedEngine {
    /// Finds out what the datasets are whose identity is asked for.
    fn identify(&self, metrics: &[Metric]) {
        for metric in metrics {
            if let Metric::Identity { on } = metric
                && let Ok(dataset) = self.dataset(on)
            {
                // Kept by the dataset; a failure is told where the question is answered.
                let _ = dataset.identity();
            }
        }
    }

    /// Scans every dataset for what is needed of it.
    fn meet(&self, metrics: &[Metric]) -> HashMap<Side, Answered> {
        let mut budget = Budget::new(self.options.memory_limit_bytes, self.options.n_threads);
        let mut met: HashMap<Side, Answered> = HashMap::new();
        // Datasets that say their size take what they need; the others share what is left.
        let is_unsized = |dataset: &&Dataset| dataset.source.schema().rows.is_none();
        let (unknown, known): (Vec<_>, Vec<_>) = self.datasets.iter().partition(is_unsized);
        for dataset in known {
            met.entry(dataset.side.clone()).or_insert_with(|| {
                dataset.meet(&distinct_needs(metrics, &dataset.side), &mut budget, &self.options)
            });
        }
        let budget = budget.shared(unknown.len() as u64);
        for dataset in unknown {
            met.entry(dataset.side.clone()).or_insert_with(|| {
                let needs = distinct_needs(metrics, &dataset.side);
                dataset.meet(&needs, &mut budget.clone(), &self.options)
            });
        }
        met
    }
}

/// What the metrics need of one dataset, each need once, in the order of the metrics.
fn distinct_needs(metrics: &[Metric], side: &Side) -> Vec<Need> {
    let mut seen = HashSet::new();
    let all = metrics.iter().flat_map(needs).filter(|(on, _)| on == side);
    all.map(|(_, need)| need).filter(|need| seen.insert(need.clone())).collect()
}

impl EmbeddedEngine {
    /// One answer from what the scans found out.
    fn answer(
        &self,
        metric: &Metric,
        met: &HashMap<Side, Answered>,
    ) -> Result<Measured, Unmeasured> {
        if let Metric::Identity { on } = metric {
            return self.dataset(on)?.identity().map(Measured::Identity);
        }
        let mut found = Vec::new();
        for (side, need) in needs(metric) {
            self.dataset(&side)?;
            let answer = met.get(&side).and_then(|answered| answered.get(&need));
            let answer = answer.ok_or_else(|| Unmeasured::NotComputable(MISPLACED.into()))?;
            found.push(answer.clone()?);
        }
        derive(metric, &found).map_err(Unmeasured::NotComputable)
    }
}

/// The form of a metric's answer.
fn derive(metric: &Metric, found: &[Met]) -> Result<Measured, String> {
    let misplaced = || Err(MISPLACED.to_owned());
    Ok(match (metric, found) {
        (Metric::Comparison { .. }, _) => {
            let [data, reference] = both(found)?;
            Measured::Comparison(Arc::new(two_sided::compare(data, reference)?))
        }
        (Metric::Bins { bins, .. }, _) => {
            let [data, reference] = both(found)?;
            Measured::Bins(Arc::new(two_sided::bins(data, reference, *bins)?))
        }
        (Metric::Quantile { p, definition, .. }, [Met::State(Finished::Order(ordered))]) => {
            Measured::Quantile(quantile::quantile(ordered, p.0, *definition)?)
        }
        (Metric::Values { .. }, [Met::State(Finished::Order(ordered))]) => {
            Measured::Values(Arc::new(values::doubles(ordered)))
        }
        (Metric::Grouped { metric, .. }, [Met::State(Finished::Grouped(groups))]) => {
            Measured::Grouped(Arc::new(
                groups.iter().map(|group| of_group(metric, group)).collect(),
            ))
        }
        (_, [Met::Examples(examples)]) => Measured::Examples(examples.clone()),
        (_, [Met::State(state)]) => match state {
            Finished::Rows(rows) => Measured::Rows(**rows),
            Finished::Count(counted) => Measured::Counted(**counted),
            Finished::Duplicates(duplicates) => Measured::Duplicates((**duplicates).clone()),
            Finished::Frequencies(frequencies) => Measured::Frequencies(frequencies.clone()),
            Finished::Ends(ends) => Measured::Ends((**ends).clone()),
            Finished::Moments(sampled) => Measured::Moments(sampled.clone()),
            Finished::Groups(groups) => Measured::Groups(groups.clone()),
            Finished::Pairs(pairs) => Measured::Pairs(pairs.clone()),
            Finished::Order(_) | Finished::Examples(_) | Finished::Grouped(_) => {
                return misplaced();
            }
        },
        _ => return misplaced(),
    })
}

fn of_group(metric: &Metric, group: &FoundGroup) -> GroupAnswer {
    let found = group.found.clone().map(Met::State);
    let answer = found.and_then(|found| derive(metric, &[found]));
    GroupAnswer {
        key: group.key.clone(),
        fingerprint: group.fingerprint,
        answer: answer.map_err(Unmeasured::NotComputable),
    }
}

fn both(found: &[Met]) -> Result<[&Ordered; 2], String> {
    match found {
        [Met::State(Finished::Order(data)), Met::State(Finished::Order(reference))] => {
            Ok([data.as_ref(), reference.as_ref()])
        }
        _ => Err(MISPLACED.to_owned()),
    }
}

#[cfg(test)]
mod tests;
