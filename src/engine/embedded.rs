//! The engine that runs in this process: one scan of each dataset answers all questions to it,
//! except for the order of long columns, which takes a few more.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::dataset::{self, Answered, Dataset, Inquiry, Met, Spent};
use super::extract::{Extracted, Extraction, extract};
use super::memory::Budget;
use super::order::{self, Limits, MISPLACED, Rounds};
use super::polars::{Query, QueryTable};
use super::question::{Need, needs};
use super::source::Source;
use super::state::{Finished, FoundGroup, KeySet, Ordered};
use super::{Engine, holes, keys, parallel, reconcile, table_diff, values};
use crate::metric::{GroupAnswer, Measured, Metric, Schema, Side, Unmeasured};

/// How the engine works; nothing of it changes an answer, except that a limit may refuse one.
#[derive(Clone)]
pub struct Options {
    pub n_threads: usize,
    /// What the states may hold in memory; `None` is no limit.
    pub memory_limit_bytes: Option<u64>,
    /// Answers from the footers of files where they are certain, without reading the rows.
    pub trust_footer: bool,
    /// Takes the hash of the bytes of the inputs; without it they are told apart by their sizes.
    pub hash_inputs: bool,
    /// Told how many rows were read since the last time, from several threads.
    pub progress: Option<Arc<dyn Fn(u64) + Send + Sync>>,
}

impl Default for Options {
    /// All cores, no limit, no progress.
    fn default() -> Self {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        Options {
            n_threads,
            memory_limit_bytes: None,
            trust_footer: false,
            hash_inputs: true,
            progress: None,
        }
    }
}

/// Answers questions about datasets that it reads itself.
pub struct EmbeddedEngine {
    datasets: Vec<Dataset>,
    options: Options,
    limits: Limits,
}

impl EmbeddedEngine {
    /// An engine over some datasets; of two on the same side the first counts.
    pub fn new(datasets: Vec<(Side, Box<dyn Source>)>, options: Options) -> Self {
        let mut own: Vec<Dataset> = Vec::with_capacity(datasets.len());
        for (side, source) in datasets {
            if own.iter().all(|known| known.side != side) {
                own.push(Dataset::new(side, source));
            }
        }
        EmbeddedEngine { datasets: own, options, limits: Limits::default() }
    }

    /// The same with other limits of what is sorted in memory.
    #[cfg(test)]
    pub fn with_limits(self, limits: Limits) -> Self {
        EmbeddedEngine { limits, ..self }
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
        let n_threads = self.options.n_threads;
        let (met, rounds) = std::thread::scope(|scope| {
            // The hash of a file's bytes needs a pass of its own, which no scan has to wait for.
            if n_threads > 1 {
                scope.spawn(|| self.identify(metrics));
            }
            self.measure_in_rounds(metrics)
        });
        self.answer_all(metrics, &met, &rounds)
    }
}

/// What is wanted of one dataset, each need once, in the order in which they were asked.
fn distinct_needs(wanted: &[(Side, Need)], side: &Side) -> Vec<Need> {
    let mut seen = HashSet::new();
    let own = wanted.iter().filter(|(on, _)| on == side);
    own.map(|(_, need)| need.clone()).filter(|need| seen.insert(need.clone())).collect()
}

impl EmbeddedEngine {
    /// Scans every dataset once for all that is asked, and again for what is still open about the
    /// order of long columns.
    fn measure_in_rounds(&self, metrics: &[Metric]) -> (HashMap<Side, Answered>, Rounds) {
        let n_threads = self.options.n_threads;
        let mut rounds = Rounds::new(metrics, &self.datasets, self.limits, n_threads);
        let in_one_scan = metrics.iter().filter(|metric| !rounds.holds(metric));
        let mut wanted: Vec<(Side, Need)> = in_one_scan.flat_map(needs).collect();
        wanted.extend(rounds.needs());
        let met = self.meet(&wanted);
        rounds.take(&met);
        loop {
            let wanted = rounds.needs();
            if wanted.is_empty() {
                return (met, rounds);
            }
            rounds.take(&self.meet(&wanted));
        }
    }

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

    /// Meets all needs with at most one scan of each dataset.
    fn meet(&self, wanted: &[(Side, Need)]) -> HashMap<Side, Answered> {
        let limit = self.options.memory_limit_bytes;
        let reading = self.datasets.iter().map(|dataset| dataset.source.reading_bytes());
        let budget = Budget::new(limit, self.options.n_threads);
        let mut budget = budget.beside_reading(reading.max().unwrap_or(0));
        // Datasets that say their size take what they need; the others share what is left.
        let is_unsized = |dataset: &&Dataset| dataset.source.schema().rows.is_none();
        let (unknown, known): (Vec<_>, Vec<_>) = self.datasets.iter().partition(is_unsized);
        let needs = |dataset: &Dataset| distinct_needs(wanted, &dataset.side);
        for dataset in &self.datasets {
            budget.announce(&needs(dataset), dataset.source.schema());
        }
        let known = known.into_iter();
        let mut inquiries: Vec<Inquiry> = known
            .map(|dataset| dataset.prepare(&needs(dataset), &mut budget, &self.options))
            .collect();
        let budget = budget.shared(unknown.len() as u64);
        inquiries.extend(
            unknown.into_iter().map(|dataset| {
                dataset.prepare(&needs(dataset), &mut budget.clone(), &self.options)
            }),
        );
        dataset::meet(inquiries, &self.options)
    }

    /// The answers from what the scans found out; equal questions are answered once.
    fn answer_all(
        &self,
        metrics: &[Metric],
        met: &HashMap<Side, Answered>,
        rounds: &Rounds,
    ) -> Vec<Result<Measured, Unmeasured>> {
        let mut places: HashMap<&Metric, usize> = HashMap::new();
        let mut distinct: Vec<&Metric> = Vec::new();
        for metric in metrics {
            places.entry(metric).or_insert_with(|| {
                distinct.push(metric);
                distinct.len() - 1
            });
        }
        let answers = parallel::run(distinct.len(), self.options.n_threads, |number| {
            match whole_of(distinct[number]).filter(|whole| places.contains_key(whole)) {
                // It comes with the whole comparison.
                Some(_) => None,
                None => Some(self.answer(distinct[number], met, rounds)),
            }
        });
        let found = |metric: &Metric| match &answers[places[metric]] {
            Ok(answer) => answer.clone(),
            Err(panic) => Some(Err(Unmeasured::NotComputable(panic.clone()))),
        };
        let answer = |metric: &Metric| {
            found(metric).unwrap_or_else(|| {
                let whole = whole_of(metric).and_then(|whole| found(&whole));
                whole.unwrap_or_else(misplaced).and_then(gaps_of)
            })
        };
        metrics.iter().map(answer).collect()
    }

    /// One answer from what the scans found out.
    fn answer(
        &self,
        metric: &Metric,
        met: &HashMap<Side, Answered>,
        rounds: &Rounds,
    ) -> Result<Measured, Unmeasured> {
        if let Metric::Identity { on } = metric {
            return self.dataset(on)?.identity().map(Measured::Identity);
        }
        if let Some(answer) = rounds.answer(metric) {
            return answer;
        }
        let mut found = Vec::new();
        for (side, need) in needs(metric) {
            self.dataset(&side)?;
            let answer = met.get(&side).and_then(|answered| answered.get(&need));
            let answer = answer.ok_or_else(|| Unmeasured::NotComputable(MISPLACED.into()))?;
            found.push(answer.clone()?);
        }
        if let Metric::Query { text } = metric {
            return self.query(text, &found).map_err(Unmeasured::NotComputable);
        }
        let room_bytes = self.options.memory_limit_bytes.unwrap_or(u64::MAX);
        derive(metric, &found, room_bytes).map_err(Unmeasured::NotComputable)
    }
}

impl EmbeddedEngine {
    /// Runs a query on the rows of its tables, in the order of its needs.
    fn query(&self, text: &str, found: &[Met]) -> Result<Measured, String> {
        let query = Query::parse(text).map_err(|mistake| mistake.to_string())?;
        let tables = query.tables.iter().zip(found).map(|(name, met)| {
            let Met::Table(table) = met else { return Err(MISPLACED.to_owned()) };
            let dataset = self.dataset(&Side::named(name)).map_err(|reason| reason.to_string())?;
            let pieces = table.rows.pieces.iter().map(|piece| &piece.record).collect();
            Ok(QueryTable { name, pieces, schema: dataset.source.schema() })
        });
        let tables = tables.collect::<Result<Vec<_>, String>>()?;
        query.run(&tables).map(|answer| Measured::Query(Arc::new(answer)))
    }
}

/// The question whose answer holds that to a question about gaps.
fn whole_of(metric: &Metric) -> Option<Metric> {
    let Metric::Gaps { column, filter } = metric else { return None };
    Some(Metric::Comparison { column: column.clone(), filter: filter.clone() })
}

fn gaps_of(whole: Measured) -> Result<Measured, Unmeasured> {
    match whole {
        Measured::Comparison(both) => Ok(Measured::Gaps(Arc::new(both.to_gaps()))),
        _ => misplaced(),
    }
}

fn misplaced() -> Result<Measured, Unmeasured> {
    Err(Unmeasured::NotComputable(MISPLACED.into()))
}

/// The form of a metric's answer.
fn derive(metric: &Metric, found: &[Met], room_bytes: u64) -> Result<Measured, String> {
    let misplaced = || Err(MISPLACED.to_owned());
    if let Some(sorted) = sorted(found) {
        return match (metric, &sorted) {
            (Metric::Values { .. }, [Some(ordered), None]) => {
                Ok(Measured::Values(Arc::new(values::doubles(ordered, room_bytes)?)))
            }
            (Metric::Holes { every, .. }, [Some(ordered), None]) => {
                Ok(Measured::Holes(Arc::new(holes::holes(ordered, every)?)))
            }
            (Metric::Quantile { on, .. }, _) => {
                order::from_sorted(metric, &[Some(on.clone()), None], &sorted)
            }
            _ => order::from_sorted(metric, &[None, None], &sorted),
        };
    }
    Ok(match (metric, found) {
        (
            Metric::Keys { ask, .. },
            [Met::State(Finished::KeySet(data)), Met::State(Finished::KeySet(other))],
        ) => {
            let found = keys::matched(&[data], other, *ask)?.pop();
            Measured::Keys(found.ok_or(MISPLACED)?)
        }
        (
            Metric::Grouped { metric, .. },
            [Met::State(Finished::Grouped(groups)), Met::State(Finished::KeySet(other))],
        ) => Measured::Grouped(Arc::new(keys_of_groups(metric, groups, other)?)),
        (Metric::TableDiff { rule, .. }, [Met::Table(data), Met::Table(other)]) => {
            Measured::TableDiff(Arc::new(table_diff::diff(data, other, rule)?))
        }
        (
            Metric::Reconcile { rule, .. },
            [Met::State(Finished::Totals(data)), Met::State(Finished::Totals(other))],
        ) => Measured::TableDiff(Arc::new(reconcile::reconcile(data, other, rule))),
        (Metric::Grouped { metric, .. }, [Met::State(Finished::Grouped(groups))]) => {
            Measured::Grouped(Arc::new(
                groups.iter().map(|group| of_group(metric, group, room_bytes)).collect(),
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
            Finished::Sequence(sequence) => Measured::Sequence(sequence.clone()),
            Finished::Overlaps(overlaps) => Measured::Overlaps(overlaps.clone()),
            Finished::Order(_)
            | Finished::Keys(_)
            | Finished::KeySet(_)
            | Finished::Totals(_)
            | Finished::Collected(_)
            | Finished::Grouped(_)
            | Finished::Examples(_) => return misplaced(),
        },
        _ => return misplaced(),
    })
}

/// The keys of each group held against those of another dataset.
fn keys_of_groups(
    metric: &Metric,
    groups: &[FoundGroup],
    other: &KeySet,
) -> Result<Vec<GroupAnswer>, String> {
    let Metric::Keys { ask, .. } = metric else { return Err(MISPLACED.into()) };
    let sets = groups.iter().map(|group| match &group.found {
        Ok(Finished::KeySet(keys)) => Ok(keys.as_ref()),
        Ok(_) => Err(MISPLACED.to_owned()),
        Err(reason) => Err(reason.clone()),
    });
    let found = keys::matched(&sets.collect::<Result<Vec<&KeySet>, String>>()?, other, *ask)?;
    let answers = groups.iter().zip(found).map(|(group, found)| GroupAnswer {
        key: group.key.clone(),
        fingerprint: group.fingerprint,
        answer: Ok(Measured::Keys(found)),
    });
    Ok(answers.collect())
}

fn of_group(metric: &Metric, group: &FoundGroup, room_bytes: u64) -> GroupAnswer {
    let found = group.found.clone().map(Met::State);
    let answer = found.and_then(|found| derive(metric, &[found], room_bytes));
    GroupAnswer {
        key: group.key.clone(),
        fingerprint: group.fingerprint,
        answer: answer.map_err(Unmeasured::NotComputable),
    }
}

/// The sorted values of one or two sides.
fn sorted(found: &[Met]) -> Option<[Option<Arc<Ordered>>; 2]> {
    let of = |met: &Met| match met {
        Met::State(Finished::Order(ordered)) => Some(ordered.clone()),
        _ => None,
    };
    match found {
        [one] => Some([Some(of(one)?), None]),
        [data, reference] => Some([Some(of(data)?), Some(of(reference)?)]),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
