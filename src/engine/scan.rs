//! One pass over a dataset that feeds all states.
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
use super::layout::Layout;
use super::parallel::{self, guarded};
use super::source::{Piece, Source};
use super::state::{AnyState, Finished, State};
use super::tally::Tally;
use crate::metric::Unmeasured;

/// Longer batches are cut, so that what is computed about one stays in the cache.
const BATCH_ROWS: usize = 1 << 15;

/// Told how many rows were read since the last time.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// What a state is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Rows, batch by batch.
    Rows,
    /// Tallies of a column.
    Values(String),
}

/// A state with what it is shown.
#[derive(Clone, Debug)]
pub struct Looking {
    pub state: AnyState,
    pub lane: Lane,
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
    shown: Shown,
    lane: usize,
    start: Place,
}

enum Shown {
    Rows(Piece),
    Values(Box<Tally>),
}

struct Scan<'a> {
    source: &'a dyn Source,
    layout: &'a Layout<'a>,
    progress: Option<Progress<'a>>,
    /// What is read of each part, one after the other.
    lanes: Vec<Lane>,
    /// The next part and lane: all lanes of a part follow each other.
    next: AtomicUsize,
    part_rows: Vec<AtomicU64>,
    /// The failure of the earliest part, and there of the first lane.
    failure: Mutex<Option<((usize, usize), Unmeasured)>>,
    handed: Mutex<Receiver<Handed>>,
    reading_ns: AtomicU64,
}

/// Reads a dataset once.
///
/// # Errors
/// A part cannot be read; with several, the first one tells.
pub fn scan(
    source: &dyn Source,
    layout: &Layout,
    states: &[Looking],
    n_threads: usize,
    progress: Option<Progress>,
) -> Result<Scanned, Unmeasured> {
    let n_threads = n_threads.max(1);
    let (sender, receiver) = sync_channel(n_threads);
    let lanes = lanes(states);
    let scan = Scan {
        source,
        layout,
        progress,
        lanes: lanes.clone(),
        next: AtomicUsize::new(0),
        part_rows: (0..source.parts()).map(|_| AtomicU64::new(0)).collect(),
        failure: Mutex::new(None),
        handed: Mutex::new(receiver),
        reading_ns: AtomicU64::new(0),
    };
    let blank = |looking: &Looking| Running {
        state: looking.state.clone(),
        lane: lanes.iter().position(|lane| *lane == looking.lane).unwrap_or(0),
        failure: None,
        took: Duration::ZERO,
    };
    let own: Vec<Vec<Running>> =
        (0..n_threads).map(|_| states.iter().map(blank).collect()).collect();
    let done: Option<Vec<Vec<Running>>> = std::thread::scope(|scope| {
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
    let failure = scan.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, failure)) = failure {
        return Err(failure);
    }
    // Nothing that a thread does outside of a boundary can panic; were it wrong, rows would be
    // missing.
    let lost = || Unmeasured::Unreadable("a bug of datacheck: a thread was lost".into());
    let done = done.ok_or_else(lost)?;
    let part_rows = scan.part_rows.into_iter().map(AtomicU64::into_inner).collect();
    let reading = Duration::from_nanos(scan.reading_ns.into_inner());
    let (finished, states) = finish(done, n_threads).into_iter().unzip();
    Ok(Scanned { finished, part_rows, took: Took { reading, states } })
}

/// What has to be read of each part.
fn lanes(states: &[Looking]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let of_rows = states.iter().filter(|looking| looking.lane == Lane::Rows);
    for looking in of_rows.chain(states) {
        if !lanes.contains(&looking.lane) {
            lanes.push(looking.lane.clone());
        }
    }
    lanes
}

/// Merges what the threads have, state by state, and finishes each: first the large ones, one after
/// the other, so that no two of them are in memory at once with what comes back from files.
fn finish(done: Vec<Vec<Running>>, n_threads: usize) -> Vec<(Result<Finished, String>, Duration)> {
    let n_states = done.first().map_or(0, Vec::len);
    let mut by_state: Vec<Vec<Running>> = (0..n_states).map(|_| Vec::new()).collect();
    for states in done {
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
    fn work(&self, sender: SyncSender<Handed>, states: &mut [Running]) {
        loop {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let (part, lane) = (next / self.lanes.len().max(1), next % self.lanes.len().max(1));
            if part >= self.part_rows.len() || self.has_failed_before(part) {
                break;
            }
            if is_done(states, Place { part, row: 0 }) {
                break;
            }
            let read = guarded(|| match &self.lanes[lane] {
                Lane::Rows => self.read(part, lane, &sender, states),
                Lane::Values(column) => self.tally(part, (lane, column), &sender, states),
            });
            if let Err(failure) = read.unwrap_or_else(|panic| Err(Unmeasured::Unreadable(panic))) {
                self.fail(part, lane, failure);
            }
        }
        drop(sender);
        loop {
            let handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(handed) = handed else { break };
            if !self.has_failed_before(handed.start.part) {
                self.take(handed, states);
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
        let read = self.source.read(part, self.layout.columns(), &mut |piece| {
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
                self.hand(Handed { shown: Shown::Rows(piece), lane, start }, sender, states);
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
            self.hand(Handed { shown, lane, start }, sender, states);
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

    /// Gives something to a thread that waits for it; without one it is taken here.
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
        let Handed { shown, lane, start } = handed;
        let own = states.iter_mut().filter(|running| running.lane == lane);
        let taken = guarded(|| {
            match shown {
                Shown::Rows(piece) => {
                    let batch = Batch::new(self.layout, piece, start)?;
                    own.for_each(|state| state.show(start, |state| state.update(&batch)));
                }
                Shown::Values(tally) => {
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
