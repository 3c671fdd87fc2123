//! One pass over each dataset that feeds all states.
//!
//! Threads take parts from a counter, each with states of its own: the rows of a part, or the
//! values of one of its columns where none of its rows matter. A thread without a part takes
//! batches from those that still read, so that a file of a single part keeps all threads busy.
//! What comes out does not depend on who read what.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::batch::{Batch, Place};
use super::lanes::{self, Lane, Layouts, Looking};
use super::parallel::{self, guarded};
use super::source::{Piece, Source};
use super::state::{AnyState, Finished, State};
use super::tally::{Tallied, Tally};
use crate::metric::Unmeasured;

/// Longer batches are cut, so that what is computed about one stays in the cache.
const BATCH_ROWS: usize = 1 << 15;

/// Told how many rows were read since the last time.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// A dataset that is read, and for whom.
pub struct Reading<'a> {
    pub source: &'a dyn Source,
    pub layouts: &'a Layouts<'a>,
    pub states: Vec<Looking>,
}

/// What a scan came to.
pub struct Scanned {
    /// The states' answers, in the order of the states.
    pub finished: Vec<Result<Finished, String>>,
    /// Rows of each part.
    pub part_rows: Vec<u64>,
    pub took: Took,
}

/// The time of all threads together.
#[derive(Clone, Debug, Default)]
pub struct Took {
    /// For reading and decoding.
    pub reading: Duration,
    /// For each state. What several of them look at is on the account of the first.
    pub states: Vec<Duration>,
}

/// A state with the first row that it failed on, if any.
#[derive(Clone)]
struct Running {
    state: AnyState,
    /// The number of its lane.
    lane: usize,
    failure: Option<(Place, String)>,
    took: Duration,
}

impl Running {
    /// After a failure only earlier rows matter: they may hold a failure that comes first.
    fn show(&mut self, start: Place, show: impl FnOnce(&mut AnyState) -> Result<(), String>) {
        if self.failure.as_ref().is_some_and(|(place, _)| *place <= start) {
            return;
        }
        let began = Instant::now();
        let shown = guarded(|| show(&mut self.state));
        self.took += began.elapsed();
        if let Err(reason) = shown.and_then(|shown| shown) {
            self.failure = Some((start, reason));
        }
    }

    fn merge(&mut self, other: Running) {
        let failures = [self.failure.take(), other.failure];
        self.failure = failures.into_iter().flatten().min();
        self.took += other.took;
        if self.failure.is_none()
            && let Err(reason) = self.state.merge(other.state)
        {
            self.failure = Some((Place { part: usize::MAX, row: u64::MAX }, reason));
        }
    }

    fn finish(self) -> (Result<Finished, String>, Duration) {
        let began = Instant::now();
        let finished = match self.failure {
            Some((_, reason)) => Err(reason),
            None => self.state.finish(),
        };
        (finished, self.took + began.elapsed())
    }
}

/// Something on its way to a thread that has nothing to read.
struct Handed {
    /// The number of its pass.
    pass: usize,
    shown: Shown,
    lane: usize,
    start: Place,
}

enum Shown {
    Rows(Piece),
    Values(Box<Tally>),
}

/// All datasets of a scan. Threads take the parts of one after those of the other, and none waits
/// for the others in between.
struct Scan<'a> {
    passes: Vec<Pass<'a>>,
    handed: Mutex<Receiver<Handed>>,
}

/// The way through one dataset.
struct Pass<'a> {
    number: usize,
    source: &'a dyn Source,
    layouts: &'a Layouts<'a>,
    progress: Option<Progress<'a>>,
    /// What is read of each part, one after the other.
    lanes: Vec<Lane>,
    /// The next part and lane: all lanes of a part follow each other.
    next: AtomicUsize,
    part_rows: Vec<AtomicU64>,
    /// The failure of the earliest part, and there of the first lane.
    failure: Mutex<Option<((usize, usize), Unmeasured)>>,
    reading_ns: AtomicU64,
}

/// Reads each of some datasets once, all at the same time.
///
/// # Errors
/// For each dataset: a part cannot be read; with several, the first one tells.
pub fn scan(
    readings: &[Reading],
    n_threads: usize,
    progress: Option<Progress>,
) -> Vec<Result<Scanned, Unmeasured>> {
    let n_threads = n_threads.max(1);
    let (sender, receiver) = sync_channel(n_threads);
    let pass = |(number, reading)| Pass::new(number, reading, progress);
    let passes = readings.iter().enumerate().map(pass);
    let scan = Scan { passes: passes.collect(), handed: Mutex::new(receiver) };
    let blank = || -> Vec<Vec<Running>> {
        let passes = scan.passes.iter().zip(readings);
        passes.map(|(pass, reading)| pass.blank(&reading.states)).collect()
    };
    let own: Vec<Vec<Vec<Running>>> = (0..n_threads).map(|_| blank()).collect();
    let done: Option<Vec<Vec<Vec<Running>>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = own
            .into_iter()
            .map(|mut states| {
                let (scan, sender) = (&scan, sender.clone());
                scope.spawn(move || {
                    scan.work(sender, &mut states);
                    states
                })
            })
            .collect();
        drop(sender);
        let states = threads.into_iter().map(|thread| thread.join().ok());
        states.collect::<Option<_>>()
    });
    let Some(done) = done else {
        // Nothing that a thread does outside of a boundary can panic; were it wrong, rows would be
        // missing.
        let lost = Unmeasured::Unreadable("a bug of datacheck: a thread was lost".into());
        return readings.iter().map(|_| Err(lost.clone())).collect();
    };
    let mut finished = finish(done, n_threads).into_iter();
    let passes = scan.passes.into_iter().zip(readings);
    passes
        .map(|(pass, reading)| pass.scanned(finished.by_ref().take(reading.states.len())))
        .collect()
}

/// Merges what the threads have, state by state, and finishes each; those of all passes in a row.
/// The large ones come first, one after the other, so that no two of them are in memory at once
/// with what comes back from files.
fn finish(
    done: Vec<Vec<Vec<Running>>>,
    n_threads: usize,
) -> Vec<(Result<Finished, String>, Duration)> {
    let n_states = done.first().map_or(0, |passes| passes.iter().map(Vec::len).sum());
    let mut by_state: Vec<Vec<Running>> = (0..n_states).map(|_| Vec::new()).collect();
    for passes in done {
        let states = passes.into_iter().flatten();
        by_state.iter_mut().zip(states).for_each(|(same, state)| same.push(state));
    }
    let is_large = |same: &Vec<Running>| same.iter().any(|running| running.state.is_large());
    let large: Vec<bool> = by_state.iter().map(is_large).collect();
    let by_state: Vec<Mutex<Vec<Running>>> = by_state.into_iter().map(Mutex::new).collect();
    let finish = |number: usize| {
        let same =
            std::mem::take(&mut *by_state[number].lock().unwrap_or_else(PoisonError::into_inner));
        let merged = same.into_iter().reduce(|mut all, state| {
            all.merge(state);
            all
        });
        let unseen = || (Err("no thread has seen the data".into()), Duration::ZERO);
        merged.map_or_else(unseen, Running::finish)
    };
    let alone: Vec<_> =
        (0..n_states).map(|number| large[number].then(|| guarded(|| finish(number)))).collect();
    let together =
        parallel::run(n_states, n_threads, |number| (!large[number]).then(|| finish(number)));
    let panicked = |panic| (Err(panic), Duration::ZERO);
    let lost = || (Err("a state was not finished".into()), Duration::ZERO);
    let finished = alone.into_iter().zip(together).map(|(alone, together)| {
        let finished = alone.or_else(|| together.transpose());
        finished.map_or_else(lost, |finished| finished.unwrap_or_else(panicked))
    });
    finished.collect()
}

impl Scan<'_> {
    /// Reads parts until none is left, then helps the other threads.
    fn work(&self, sender: SyncSender<Handed>, states: &mut [Vec<Running>]) {
        for (pass, states) in self.passes.iter().zip(states.iter_mut()) {
            pass.work(&sender, states);
        }
        drop(sender);
        loop {
            let handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(handed) = handed else { break };
            let pass = &self.passes[handed.pass];
            if !pass.has_failed_before(handed.start.part) {
                pass.take(handed, &mut states[pass.number]);
            }
        }
    }
}

impl<'a> Pass<'a> {
    fn new(number: usize, reading: &Reading<'a>, progress: Option<Progress<'a>>) -> Self {
        Pass {
            number,
            source: reading.source,
            layouts: reading.layouts,
            progress,
            lanes: lanes::of_states(&reading.states),
            next: AtomicUsize::new(0),
            part_rows: (0..reading.source.parts()).map(|_| AtomicU64::new(0)).collect(),
            failure: Mutex::new(None),
            reading_ns: AtomicU64::new(0),
        }
    }

    /// The states of a thread that has seen nothing.
    fn blank(&self, states: &[Looking]) -> Vec<Running> {
        let blank = |looking: &Looking| Running {
            state: looking.state.clone(),
            lane: self.lanes.iter().position(|lane| *lane == looking.lane).unwrap_or(0),
            failure: None,
            took: Duration::ZERO,
        };
        states.iter().map(blank).collect()
    }

    fn scanned(
        self,
        finished: impl Iterator<Item = (Result<Finished, String>, Duration)>,
    ) -> Result<Scanned, Unmeasured> {
        let (finished, states) = finished.unzip();
        let failure = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, failure)) = failure {
            return Err(failure);
        }
        let part_rows = self.part_rows.into_iter().map(AtomicU64::into_inner).collect();
        let reading = Duration::from_nanos(self.reading_ns.into_inner());
        Ok(Scanned { finished, part_rows, took: Took { reading, states } })
    }

    /// Reads parts until none is left.
    fn work(&self, sender: &SyncSender<Handed>, states: &mut [Running]) {
        let n_lanes = self.lanes.len().max(1);
        loop {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let (part, lane) = (next / n_lanes, next % n_lanes);
            if part >= self.part_rows.len() || self.has_failed_before(part) {
                break;
            }
            if is_done(states, Place { part, row: 0 }) {
                break;
            }
            let read = guarded(|| match &self.lanes[lane] {
                Lane::Rows => self.read(part, lane, sender, states),
                Lane::Values(column) => self.tally(part, (lane, column), sender, states),
            });
            if let Err(failure) = read.unwrap_or_else(|panic| Err(Unmeasured::Unreadable(panic))) {
                self.fail(part, lane, failure);
            }
        }
    }

    fn read(
        &self,
        part: usize,
        lane: usize,
        sender: &SyncSender<Handed>,
        states: &mut [Running],
    ) -> Result<(), Unmeasured> {
        let mut start = Place { part, row: 0 };
        let mut has_enough = false;
        let (began, mut taking) = (Instant::now(), Duration::ZERO);
        let columns = self.layouts.rows().columns();
        let read = self.source.read(part, columns, &mut |piece| {
            let handed = Instant::now();
            for piece in cut(piece) {
                if is_done(states, start) {
                    has_enough = true;
                    return Err(Unmeasured::NotComputable("no further row matters".into()));
                }
                if self.has_failed_before(part) {
                    return Err(Unmeasured::Unreadable("an earlier part cannot be read".into()));
                }
                let n_rows = piece.record.num_rows() as u64;
                self.hand(self.handed(Shown::Rows(piece), lane, start), sender, states);
                start.row += n_rows;
                if let Some(progress) = self.progress {
                    progress(n_rows);
                }
            }
            taking += handed.elapsed();
            Ok(())
        });
        self.count_reading(began.elapsed().saturating_sub(taking));
        if !has_enough {
            read?;
        }
        self.part_rows[part].store(start.row, Ordering::Relaxed);
        Ok(())
    }

    fn tally(
        &self,
        part: usize,
        (lane, column): (usize, &str),
        sender: &SyncSender<Handed>,
        states: &mut [Running],
    ) -> Result<(), Unmeasured> {
        let start = Place { part, row: 0 };
        let (began, mut taking) = (Instant::now(), Duration::ZERO);
        let rows = self.source.tally(part, column, &mut |tally| {
            let handed = Instant::now();
            if self.has_failed_before(part) {
                return Err(Unmeasured::Unreadable("an earlier part cannot be read".into()));
            }
            let shown = Shown::Values(Box::new(tally));
            self.hand(self.handed(shown, lane, start), sender, states);
            taking += handed.elapsed();
            Ok(())
        });
        self.count_reading(began.elapsed().saturating_sub(taking));
        let rows = rows?;
        // The first lane counts the rows.
        if lane == 0 {
            self.part_rows[part].store(rows, Ordering::Relaxed);
            if let Some(progress) = self.progress {
                progress(rows);
            }
        }
        Ok(())
    }

    fn count_reading(&self, reading: Duration) {
        self.reading_ns.fetch_add(reading.as_nanos() as u64, Ordering::Relaxed);
    }

    fn handed(&self, shown: Shown, lane: usize, start: Place) -> Handed {
        Handed { pass: self.number, shown, lane, start }
    }

    /// Leaves something to a thread that has nothing to read; where enough is left to them already
    /// it is taken here.
    fn hand(&self, handed: Handed, sender: &SyncSender<Handed>, states: &mut [Running]) {
        match sender.try_send(handed) {
            Ok(()) => {}
            Err(TrySendError::Full(handed) | TrySendError::Disconnected(handed)) => {
                self.take(handed, states);
            }
        }
    }

    /// Shows something to every state of its lane.
    fn take(&self, handed: Handed, states: &mut [Running]) {
        let Handed { shown, lane, start, .. } = handed;
        let own = states.iter_mut().filter(|running| running.lane == lane);
        let taken = guarded(|| {
            let layout = self.layouts.of(&self.lanes[lane]);
            let layout = layout.ok_or("a bug of datacheck: a lane has no layout")?;
            match shown {
                Shown::Rows(piece) => {
                    let batch = Batch::new(layout, piece, start)?;
                    own.for_each(|state| state.show(start, |state| state.update(&batch)));
                }
                Shown::Values(tally) => {
                    let tally = Tallied::new(&tally, layout);
                    own.for_each(|state| state.show(start, |state| state.tally(&tally)));
                }
            }
            Ok(())
        });
        if let Err(reason) = taken.and_then(|taken| taken) {
            self.fail(start.part, lane, Unmeasured::Unreadable(reason));
        }
    }

    fn fail(&self, part: usize, lane: usize, failure: Unmeasured) {
        let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|(other, _)| (part, lane) < *other) {
            *first = Some(((part, lane), failure));
        }
    }

    fn has_failed_before(&self, part: usize) -> bool {
        let first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.as_ref().is_some_and(|((failed, _), _)| *failed < part)
    }
}

/// Whether rows from this place on change nothing, because the first rows of all kinds are found.
/// Then none of a later part is among them, so that the parts that number them are read in full.
fn is_done(states: &[Running], from: Place) -> bool {
    states.iter().all(|running| running.failure.is_none() && running.state.is_done(from))
}

/// Pieces of at most [`BATCH_ROWS`].
pub fn cut(piece: Piece) -> Vec<Piece> {
    let n_rows = piece.record.num_rows();
    if n_rows <= BATCH_ROWS {
        return vec![piece];
    }
    let slice = |start: usize| {
        let length = BATCH_ROWS.min(n_rows - start);
        let unread = piece.unread.iter();
        Piece {
            record: piece.record.slice(start, length),
            unread: unread
                .map(|(name, texts)| (name.clone(), texts.slice(start, length)))
                .collect(),
        }
    };
    (0..n_rows).step_by(BATCH_ROWS).map(slice).collect()
}
