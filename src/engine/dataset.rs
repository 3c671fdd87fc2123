//! One dataset of an engine: what is needed of it, found out with at most one scan.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::embedded::Options;
use super::layout::Layout;
use super::memory::Budget;
use super::parallel;
use super::question::Need;
use super::scan::{Progress, Scanned, scan};
use super::source::Source;
use super::state::{AnyState, Finished, Found};
use crate::metric::{Example, Identity, Side, Unmeasured};

/// What was found out about a need; cheap to clone, except for examples, which are few.
#[derive(Clone, Debug)]
pub enum Met {
    State(Finished),
    Examples(Vec<Example>),
}

/// Each need with its answer.
pub type Answered = HashMap<Need, Result<Met, Unmeasured>>;

/// A dataset that can be asked.
pub struct Dataset {
    pub side: Side,
    pub source: Box<dyn Source>,
    identity: OnceLock<Result<Identity, Unmeasured>>,
    scans: AtomicUsize,
}

impl Dataset {
    pub fn new(side: Side, source: Box<dyn Source>) -> Self {
        Dataset { side, source, identity: OnceLock::new(), scans: AtomicUsize::new(0) }
    }

    /// How often it has been scanned.
    pub fn scans(&self) -> usize {
        self.scans.load(Ordering::Relaxed)
    }

    /// What it is; read once.
    pub fn identity(&self) -> Result<Identity, Unmeasured> {
        let read = || parallel::guarded(|| self.source.identity());
        let read = || read().unwrap_or_else(|panic| Err(Unmeasured::Unreadable(panic)));
        self.identity.get_or_init(read).clone()
    }

    /// Meets all needs with at most one scan.
    pub fn meet(&self, needs: &[Need], budget: &mut Budget, options: &Options) -> Answered {
        let schema = self.source.schema();
        if let (Some(rows), [need @ Need::Rows { filter: None }]) = (schema.rows, needs) {
            let rows = Met::State(Finished::Rows(Arc::new(rows)));
            return HashMap::from([(need.clone(), Ok(rows))]);
        }
        let mut layout = Layout::new(schema);
        let rooms = budget.admit(needs, schema);
        let states: Vec<Result<AnyState, String>> =
            needs.iter().zip(rooms).map(|(need, room)| need.state(&mut layout, room?)).collect();
        let possible: Vec<AnyState> = states.iter().flatten().cloned().collect();
        let scanned = match possible.is_empty() {
            true => Ok(Scanned { finished: Vec::new(), part_rows: Vec::new() }),
            false => self.scan(&layout, &possible, options),
        };
        let (mut finished, part_rows) = match scanned {
            Ok(scanned) => (Ok(scanned.finished.into_iter()), scanned.part_rows),
            Err(unreadable) => (Err(unreadable), Vec::new()),
        };
        let mut met = Answered::new();
        for (need, state) in needs.iter().zip(states) {
            let answer = state.map_err(Unmeasured::NotComputable).and_then(|_| {
                let finished = finished.as_mut().map_err(|unreadable| unreadable.clone())?;
                let answer = finished.next().unwrap_or_else(|| Err("the scan left it out".into()));
                answer.map_err(Unmeasured::NotComputable)
            });
            let answer = answer.map(|answer| match answer {
                Finished::Examples(found) => {
                    Met::Examples(examples(&found, &need.shown(&layout), &part_rows))
                }
                other => Met::State(other),
            });
            met.insert(need.clone(), answer);
        }
        met
    }

    fn scan(
        &self,
        layout: &Layout,
        states: &[AnyState],
        options: &Options,
    ) -> Result<Scanned, Unmeasured> {
        self.scans.fetch_add(1, Ordering::Relaxed);
        let hook = options.progress.as_deref();
        let progress: Option<Progress> = hook.map(|hook| hook as Progress);
        scan(self.source.as_ref(), layout, states, options.n_threads, progress)
    }
}

/// Rows with their number in the whole dataset, the first being 1, and their cells by name.
fn examples(found: &[Found], names: &[String], part_rows: &[u64]) -> Vec<Example> {
    let example = |found: &Found| {
        let before: u64 = part_rows.iter().take(found.place.part).sum();
        let cells = names.iter().cloned().zip(found.cells.iter().cloned());
        Example { row: before + found.place.row + 1, cells: cells.collect() }
    };
    found.iter().map(example).collect()
}
