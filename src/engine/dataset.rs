//! One dataset of an engine: what is needed of it, found out with at most one scan.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::batch::Place;
use super::embedded::Options;
use super::footer;
use super::lanes::{Lane, Layouts, Looking};
use super::memory::{Budget, Room};
use super::parallel;
use super::question::Need;
use super::scan::{Progress, Reading, Scanned, Took, scan};
use super::source::Source;
use super::state::{Collected, Finished, Found};
use crate::metric::{Example, Identity, Side, Unmeasured};
use crate::text;

/// What was found out about a need; cheap to clone, except for examples, which are few.
#[derive(Clone, Debug)]
pub enum Met {
    State(Finished),
    Examples(Vec<Example>),
    Table(Arc<Table>),
}

/// All rows of some columns, and what it takes to number them.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub rows: Arc<Collected>,
    part_rows: Vec<u64>,
}

impl Table {
    /// The number of a row in the whole dataset, the first being 1.
    pub fn number(&self, place: Place) -> u64 {
        number(place, &self.part_rows)
    }
}

fn number(place: Place, part_rows: &[u64]) -> u64 {
    part_rows.iter().take(place.part).sum::<u64>() + place.row + 1
}

/// Each need with its answer.
pub type Answered = HashMap<Need, Result<Met, Unmeasured>>;

/// A dataset that can be asked.
pub struct Dataset {
    pub side: Side,
    pub source: Box<dyn Source>,
    identity: OnceLock<Result<Identity, Unmeasured>>,
    scans: AtomicUsize,
    spent: Mutex<Spent>,
}

/// What the scans of a dataset took, in time of all threads together.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    pub reading: Duration,
    /// The columns that were read, with their bytes where the file tells them.
    pub columns: Vec<(String, Option<u64>)>,
    needs: HashMap<Need, Duration>,
    /// Needs that the footer answered.
    unread: HashSet<Need>,
}

impl Spent {
    /// The time for a need; `None` if it was not asked.
    pub fn on(&self, need: &Need) -> Option<Duration> {
        self.needs.get(need).copied()
    }

    /// Whether the footer answered a need.
    pub fn is_unread(&self, need: &Need) -> bool {
        self.unread.contains(need)
    }

    fn add(&mut self, columns: &[String], source: &dyn Source, needs: &[Need], took: Took) {
        self.reading += took.reading;
        for column in columns {
            if !self.columns.iter().any(|(known, _)| known == column) {
                self.columns.push((column.clone(), source.facts(column).stored_bytes));
            }
        }
        for (need, time) in needs.iter().zip(took.states) {
            *self.needs.entry(need.asked()).or_default() += time;
        }
    }
}

impl Dataset {
    pub fn new(side: Side, source: Box<dyn Source>) -> Self {
        let (identity, scans) = (OnceLock::new(), AtomicUsize::new(0));
        Dataset { side, source, identity, scans, spent: Mutex::default() }
    }

    /// Looks at what its scans took so far.
    pub fn look_at_spent<T>(&self, look: impl FnOnce(&Spent) -> T) -> T {
        look(&self.spent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often it has been scanned.
    pub fn scans(&self) -> usize {
        self.scans.load(Ordering::Relaxed)
    }

    /// What it is; read once.
    pub fn identity(&self) -> Result<Identity, Unmeasured> {
        let read =
            || parallel::guarded(|| self.source.identity().map(|found| self.with_twins(found)));
        let read = || read().unwrap_or_else(|panic| Err(Unmeasured::Unreadable(panic)));
        self.identity.get_or_init(read).clone()
    }

    /// The same with a warning for columns whose names only look equal.
    fn with_twins(&self, mut identity: Identity) -> Identity {
        let twins = text::twins(self.source.schema().names());
        identity.warnings.extend(twins.into_iter().map(|(first, second)| {
            let (first, second) = (text::spelled(first), text::spelled(second));
            format!("two columns differ only in {}: `{first}` and `{second}`", text::COMPOSED)
        }));
        identity
    }

    /// Says what a scan has to find out for some needs.
    pub fn prepare(&self, needs: &[Need], budget: &mut Budget, options: &Options) -> Inquiry<'_> {
        let schema = self.source.schema();
        let mut layouts = Layouts::new(schema);
        if let (Some(rows), [need @ Need::Rows { filter: None }]) = (schema.rows, needs) {
            let rows = Met::State(Finished::Rows(Arc::new(rows)));
            let met = HashMap::from([(need.clone(), Ok(rows))]);
            return Inquiry { dataset: self, met, layouts, needs: Vec::new(), states: Vec::new() };
        }
        let (mut met, needs) = self.footer_answers(needs, options);
        let rooms = budget.admit(&needs, schema);
        let states = self.states(&needs, rooms, &mut layouts);
        let (mut asked, mut possible) = (Vec::new(), Vec::new());
        for (need, state) in needs.into_iter().zip(states) {
            match state {
                Ok(state) => {
                    asked.push(need);
                    possible.push(state);
                }
                Err(reason) => {
                    met.insert(need, Err(Unmeasured::NotComputable(reason)));
                }
            }
        }
        Inquiry { dataset: self, met, layouts, needs: asked, states: possible }
    }

    /// The states for some needs. A column that is read for none but tallies is tallied; where its
    /// rows are read anyway, they are shown to all.
    fn states(
        &self,
        needs: &[Need],
        rooms: Vec<Result<Room, String>>,
        layouts: &mut Layouts,
    ) -> Vec<Result<Looking, String>> {
        let schema = self.source.schema();
        let of_values = |need: &Need| {
            let column = need.tallied().filter(|column| schema.column(column).is_some())?;
            let is_clear = !schema.is_ambiguous(column) && self.source.has_tally(column);
            is_clear.then(|| column.clone())
        };
        let columns: Vec<Option<String>> = needs.iter().map(of_values).collect();
        let mut states: Vec<Option<Result<Looking, String>>> = vec![None; needs.len()];
        for is_of_rows in [true, false] {
            for (place, room) in rooms.iter().enumerate() {
                if columns[place].is_none() != is_of_rows {
                    continue;
                }
                let tallied = columns[place].clone();
                let tallied = tallied.filter(|column| !layouts.rows().columns().contains(column));
                let lane = tallied.map_or(Lane::Rows, Lane::Values);
                let state =
                    room.clone().and_then(|room| needs[place].state(layouts.open(&lane), room));
                states[place] = Some(state.map(|state| Looking { state, lane }));
            }
        }
        states.into_iter().flatten().collect()
    }

    fn spend(&self, columns: &[String], needs: &[Need], took: Took) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.add(columns, self.source.as_ref(), needs, took);
    }

    /// What a trusted footer answers, and what is still to be read.
    fn footer_answers(&self, needs: &[Need], options: &Options) -> (Answered, Vec<Need>) {
        let (mut met, mut rest) = (Answered::new(), Vec::new());
        for need in needs {
            let trusted = options.trust_footer.then(|| footer::answer(need, &*self.source));
            match trusted.flatten() {
                Some(answer) => {
                    let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
                    spent.unread.insert(need.clone());
                    met.insert(need.clone(), Ok(Met::State(answer)));
                }
                None => rest.push(need.clone()),
            }
        }
        (met, rest)
    }
}

/// What is to be found out about a dataset, and what is known already.
pub struct Inquiry<'a> {
    dataset: &'a Dataset,
    met: Answered,
    layouts: Layouts<'a>,
    needs: Vec<Need>,
    /// One for each need.
    states: Vec<Looking>,
}

/// Answers inquiries with at most one scan of each dataset, all of them at the same time.
pub fn meet(inquiries: Vec<Inquiry>, options: &Options) -> HashMap<Side, Answered> {
    let open: Vec<&Inquiry> = inquiries.iter().filter(|inquiry| inquiry.is_open()).collect();
    for inquiry in &open {
        inquiry.dataset.scans.fetch_add(1, Ordering::Relaxed);
    }
    let readings: Vec<Reading> = open.into_iter().map(Inquiry::reading).collect();
    let hook = options.progress.as_deref();
    let progress: Option<Progress> = hook.map(|hook| hook as Progress);
    let mut scanned = match readings.is_empty() {
        true => Vec::new(),
        false => scan(&readings, options.n_threads, progress),
    }
    .into_iter();
    drop(readings);
    let answers = inquiries.into_iter().map(|inquiry| {
        let side = inquiry.dataset.side.clone();
        let scanned = if inquiry.is_open() { scanned.next() } else { None };
        (side, inquiry.answer(scanned))
    });
    answers.collect()
}

impl Inquiry<'_> {
    /// Whether a scan has something to find out.
    fn is_open(&self) -> bool {
        !self.states.is_empty()
    }

    fn reading(&self) -> Reading<'_> {
        let source = self.dataset.source.as_ref();
        Reading { source, layouts: &self.layouts, states: self.states.clone() }
    }

    /// The answers from a scan; there is none where nothing was open.
    fn answer(self, scanned: Option<Result<Scanned, Unmeasured>>) -> Answered {
        let Inquiry { dataset, mut met, layouts, needs, states } = self;
        let scanned = match scanned {
            Some(Ok(scanned)) => scanned,
            Some(Err(unreadable)) => {
                met.extend(needs.into_iter().map(|need| (need, Err(unreadable.clone()))));
                return met;
            }
            None => return met,
        };
        dataset.spend(&layouts.columns(&states), &needs, scanned.took);
        let mut finished = scanned.finished.into_iter();
        for need in needs {
            let answer = finished.next().unwrap_or_else(|| Err("the scan left it out".into()));
            let answer = answer.map(|answer| match answer {
                Finished::Examples(found) => {
                    let names = need.shown(layouts.rows());
                    Met::Examples(examples(&found, &names, &scanned.part_rows))
                }
                Finished::Collected(rows) => {
                    Met::Table(Arc::new(Table { rows, part_rows: scanned.part_rows.clone() }))
                }
                other => Met::State(other),
            });
            met.insert(need, answer.map_err(Unmeasured::NotComputable));
        }
        met
    }
}

/// Rows with their number in the whole dataset, the first being 1, and their cells by name.
fn examples(found: &[Found], names: &[String], part_rows: &[u64]) -> Vec<Example> {
    let example = |found: &Found| {
        let cells = names.iter().cloned().zip(found.cells.iter().cloned());
        Example { row: number(found.place, part_rows), cells: cells.collect() }
    };
    found.iter().map(example).collect()
}
