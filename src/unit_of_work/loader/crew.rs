//! The threads of a loader: what they send, in which order, and what has become of it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::error::ChunkKind;
use crate::pool::{Call, ConnectionPool};
use crate::unit_of_work::chunk::{Chunk, Unsent};
use crate::unit_of_work::counters::Counters;
use crate::wire::ConsistencyLevel;

/// A chunk on its way, with what a report says of it.
pub(super) struct Load {
    pub(super) chunk: Chunk,
    pub(super) kind: ChunkKind,
    pub(super) level: ConsistencyLevel,
    /// Its rows: the place of the column family in the unit, and the key.
    pub(super) rows: Vec<(usize, Box<[u8]>)>,
    /// What it adds to counters.
    pub(super) sums: Counters,
}

/// A chunk that is not acknowledged; without an error it was not sent.
pub(super) struct Failed {
    pub(super) load: Load,
    pub(super) error: Option<Unsent>,
}

/// What was gathered together. Flights leave in order, and are counted in order.
pub(super) struct Flight {
    /// Counted from the first of the load.
    pub(super) number: u64,
    /// The objects up to here are whole once it and all before it are acknowledged.
    pub(super) objects: u64,
    pub(super) columns: VecDeque<Load>,
    /// They go one at a time, and not before all that was gathered before is acknowledged: where the load stops, no counter
    /// of a later flight has been added to.
    pub(super) counters: VecDeque<Load>,
    /// Chunks of it that a thread has.
    pub(super) out: usize,
    /// Counters that it has added to, if it is not acknowledged as a whole.
    pub(super) added: Counters,
    /// Something of it is not acknowledged, and never will be.
    pub(super) broken: bool,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) flights: VecDeque<Flight>,
    pub(super) acknowledged: u64,
    pub(super) chunks: u64,
    pub(super) bytes: u64,
    /// Additions to counters that are acknowledged.
    pub(super) counters: u64,
    pub(super) failed: Vec<Failed>,
    /// Nothing is sent any more.
    pub(super) stopped: bool,
    /// No flight will follow.
    closed: bool,
}

pub(super) struct Crew {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    pool: ConnectionPool,
    state: Mutex<State>,
    changed: Condvar,
}

impl Crew {
    pub(super) fn new(pool: &ConnectionPool) -> Crew {
        let shared = Shared { pool: pool.clone(), state: Mutex::default(), changed: Condvar::new() };
        Crew { shared: Arc::new(shared), threads: Vec::new() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    /// Hands a flight to the threads, which are started with the first. Waits while as many flights as there are threads
    /// are not acknowledged. Where the system has no thread to give, the caller sends.
    pub(super) fn depart(&mut self, flight: Flight, threads: usize) {
        while self.threads.len() < threads {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("cassa-loader".into());
            match thread.spawn(move || shared.work()) {
                Ok(thread) => self.threads.push(thread),
                Err(error) => {
                    tracing::warn!(%error, "fewer threads for a load than wanted");
                    break;
                }
            }
        }
        let mut state = self.wait_while(|state| state.flights.len() >= threads);
        state.flights.push_back(flight);
        drop(state);
        self.shared.changed.notify_all();
        while self.threads.is_empty() && self.shared.send_next() {}
    }

    /// Waits until all is acknowledged, or the load has stopped and no thread has a chunk any more.
    pub(super) fn wait(&self) -> MutexGuard<'_, State> {
        let state = self.wait_while(|state| !state.flights.is_empty());
        let out = |state: &mut State| state.flights.iter().any(|flight| flight.out > 0);
        let waited = self.shared.changed.wait_while(state, out);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends after the pool's `call_timeout` at the latest: each call that is out is bounded by it, and then either is
    /// acknowledged, which lets the next go out, or stops the load.
    fn wait_while(&self, busy: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let waited = self.shared.changed.wait_while(self.state(), |state| busy(state) && !state.stopped);
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        let mut state = self.state();
        state.closed = true;
        state.stopped |= !state.flights.is_empty();
        drop(state);
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            // one that has panicked has stopped the load
            let _ = thread.join();
        }
    }
}

impl Flight {
    /// Whether its columns are all acknowledged, and no counters are out.
    fn counters_go(&self) -> bool {
        self.out == 0 && !self.broken && self.columns.is_empty()
    }
}

impl State {
    /// Whether something may be sent now.
    fn has_next(&self) -> bool {
        let first =
            self.flights.front().is_some_and(|first| first.counters_go() && !first.counters.is_empty());
        !self.stopped && (first || self.flights.iter().any(|flight| !flight.columns.is_empty()))
    }

    /// What is to be sent next.
    fn next(&mut self) -> Option<(u64, Load)> {
        if self.stopped {
            return None;
        }
        if let Some(first) = self.flights.front_mut().filter(|first| first.counters_go())
            && let Some(counters) = first.counters.pop_front()
        {
            first.out = 1;
            return Some((first.number, counters));
        }
        self.flights.iter_mut().find_map(|flight| {
            let load = flight.columns.pop_front()?;
            flight.out += 1;
            Some((flight.number, load))
        })
    }

    /// Counts the flights that have arrived, up to the first that has not.
    fn arrive(&mut self) {
        let whole = |flight: &Flight| flight.counters_go() && flight.counters.is_empty();
        while self.flights.front().is_some_and(whole) {
            self.acknowledged = self.flights.pop_front().map_or(self.acknowledged, |flight| flight.objects);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // a thread that panics holds no lock
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does until the loader is gone.
    fn work(&self) {
        loop {
            if self.send_next() {
                continue;
            }
            let idle = |state: &mut State| !state.closed && !state.has_next();
            let state = self.changed.wait_while(self.state(), idle).unwrap_or_else(PoisonError::into_inner);
            if state.closed && !state.has_next() {
                return;
            }
        }
    }

    /// Sends a chunk, if there is one to send.
    fn send_next(&self) -> bool {
        let next = self.state().next();
        let is_some = next.is_some();
        if let Some((number, load)) = next {
            self.send(number, load);
        }
        is_some
    }

    fn send(&self, number: u64, load: Load) {
        let (kind, rows, bytes) = (load.kind, load.chunk.rows(), load.chunk.bytes(false));
        let span = tracing::debug_span!("load", ?kind, rows, bytes);
        let _entered = span.enter();
        let on_panic = Panicked(self);
        let call = if load.kind == ChunkKind::Counters { Call::once() } else { Call::idempotent() };
        let sent = load.chunk.send(&self.pool, call, load.level, false);
        std::mem::forget(on_panic);

        let mut state = self.state();
        // a flight stays until all of its chunks are back
        if let Some(flight) = state.flights.iter_mut().find(|flight| flight.number == number) {
            flight.out = flight.out.saturating_sub(1);
            flight.broken |= sent.as_ref().is_err_and(|e| !e.error.is_in_batchlog());
            if sent.is_ok() && load.kind == ChunkKind::Counters {
                flight.added.merge(load.sums.clone());
            }
        }
        match sent {
            Err(e) if !e.error.is_in_batchlog() => {
                tracing::warn!(error = %e.error, "a chunk is not acknowledged, and ends the load");
                state.failed.push(Failed { load, error: Some(e) });
                state.stopped = true;
            }
            _ => {
                tracing::debug!("a chunk is acknowledged");
                state.chunks += 1;
                state.bytes += bytes as u64;
                state.counters += load.sums.iter().count() as u64;
                state.arrive();
            }
        }
        drop(state);
        self.changed.notify_all();
    }
}

/// Stops the load where a call panics, so that nobody waits for it.
struct Panicked<'s>(&'s Shared);

impl Drop for Panicked<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.stopped = true;
        state.flights.iter_mut().for_each(|flight| (flight.out, flight.broken) = (0, true));
        drop(state);
        self.0.changed.notify_all();
    }
}
