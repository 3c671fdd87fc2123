//! One pass over a dataset that feeds all states.
//!
//! Threads take parts from a counter, each with states of its own. A thread without a part takes
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
use crate::metric::Unmeasured;

/// Longer batches are cut, so that what is computed about one stays in the cache.
const BATCH_ROWS: usize = 1 << 15;

/// Told how many rows were read since the last time.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

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
    failure: Option<(Place, String)>,
    took: Duration,
}

impl Running {
    /// After a failure only earlier rows matter: they may hold a failure that comes first.
    fn update(&mut self, batch: &Batch) {
        if self.failure.as_ref().is_some_and(|(place, _)| *place <= batch.start) {
            return;
        }
        let began = Instant::now();
        let updated = guarded(|| self.state.update(batch));
        self.took += began.elapsed();
        if let Err(reason) = updated.and_then(|updated| updated) {
            self.failure = Some((batch.start, reason));
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

/// A batch on its way to a thread that has no part to read.
struct Handed {
    piece: Piece,
    start: Place,
}

struct Scan<'a> {
    source: &'a dyn Source,
    layout: &'a Layout<'a>,
    progress: Option<Progress<'a>>,
    next_part: AtomicUsize,
    part_rows: Vec<AtomicU64>,
    /// The failure of the earliest part.
    failure: Mutex<Option<(usize, Unmeasured)>>,
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
    states: &[AnyState],
    n_threads: usize,
    progress: Option<Progress>,
) -> Result<Scanned, Unmeasured> {
    let n_threads = n_threads.max(1);
    let (sender, receiver) = sync_channel(n_threads);
    let scan = Scan {
        source,
        layout,
        progress,
        next_part: AtomicUsize::new(0),
        part_rows: (0..source.parts()).map(|_| AtomicU64::new(0)).collect(),
        failure: Mutex::new(None),
        handed: Mutex::new(receiver),
        reading_ns: AtomicU64::new(0),
    };
    let blank =
        |state: &AnyState| Running { state: state.clone(), failure: None, took: Duration::ZERO };
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

/// Merges what the threads have, state by state, and finishes each.
fn finish(done: Vec<Vec<Running>>, n_threads: usize) -> Vec<(Result<Finished, String>, Duration)> {
    let n_states = done.first().map_or(0, Vec::len);
    let mut by_state: Vec<Vec<Running>> = (0..n_states).map(|_| Vec::new()).collect();
    for states in done {
        by_state.iter_mut().zip(states).for_each(|(same, state)| same.push(state));
    }
    let by_state: Vec<Mutex<Vec<Running>>> = by_state.into_iter().map(Mutex::new).collect();
    let finished = parallel::run(n_states, n_threads, |number| {
        let same =
            std::mem::take(&mut *by_state[number].lock().unwrap_or_else(PoisonError::into_inner));
        let merged = same.into_iter().reduce(|mut all, state| {
            all.merge(state);
            all
        });
        let unseen = || (Err("no thread has seen the data".into()), Duration::ZERO);
        merged.map_or_else(unseen, Running::finish)
    });
    let panicked = |panic| (Err(panic), Duration::ZERO);
    finished.into_iter().map(|result| result.unwrap_or_else(panicked)).collect()
}

impl Scan<'_> {
    /// Reads parts until none is left, then helps the other threads.
    fn work(&self, sender: SyncSender<Handed>, states: &mut [Running]) {
        loop {
            let part = self.next_part.fetch_add(1, Ordering::Relaxed);
            if part >= self.part_rows.len() || self.has_failed_before(part) {
                break;
            }
            if is_done(states, Place { part, row: 0 }) {
                break;
            }
            let read = guarded(|| self.read(part, &sender, states));
            if let Err(failure) = read.unwrap_or_else(|panic| Err(Unmeasured::Unreadable(panic))) {
                self.fail(part, failure);
            }
        }
        drop(sender);
        loop {
            let handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Handed { piece, start }) = handed else { break };
            if !self.has_failed_before(start.part) {
                self.take(piece, start, states);
            }
        }
    }

    fn read(
        &self,
        part: usize,
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
                match sender.try_send(Handed { piece, start }) {
                    Ok(()) => {}
                    Err(TrySendError::Full(handed) | TrySendError::Disconnected(handed)) => {
                        self.take(handed.piece, start, states);
                    }
                }
                start.row += n_rows;
                if let Some(progress) = self.progress {
                    progress(n_rows);
                }
            }
            taking += handed.elapsed();
            Ok(())
        });
        let reading = began.elapsed().saturating_sub(taking).as_nanos() as u64;
        self.reading_ns.fetch_add(reading, Ordering::Relaxed);
        if !has_enough {
            read?;
        }
        self.part_rows[part].store(start.row, Ordering::Relaxed);
        Ok(())
    }

    /// Shows a batch to every state.
    fn take(&self, piece: Piece, start: Place, states: &mut [Running]) {
        let taken = guarded(|| {
            let batch = Batch::new(self.layout, piece, start)?;
            states.iter_mut().for_each(|state| state.update(&batch));
            Ok(())
        });
        if let Err(reason) = taken.and_then(|taken| taken) {
            self.fail(start.part, Unmeasured::Unreadable(reason));
        }
    }

    fn fail(&self, part: usize, failure: Unmeasured) {
        let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|(other, _)| part < *other) {
            *first = Some((part, failure));
        }
    }

    fn has_failed_before(&self, part: usize) -> bool {
        let first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.as_ref().is_some_and(|(failed, _)| *failed < part)
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
