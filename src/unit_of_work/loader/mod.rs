//! Loads of any size: units of work that leave one after the other, several at a time.

mod columns;
mod crew;
mod verbs;

use std::collections::VecDeque;
use std::fmt;

pub use columns::LoadColumns;
pub use verbs::LoadTtl;

use super::UnitOfWork;
use super::chunk::Chunk;
use super::counters::Counters;
use crate::error::{ChunkKind, ChunkReport, Error, LoadReport, Outcome, Place, Result};
use crate::pool::ConnectionPool;
use crate::wire::ConsistencyLevel;
use crew::{Crew, Failed, Flight, Load};

/// Writes any number of objects and columns in constant memory, several requests at a time.
///
/// What it is given is gathered up to [`Loader::byte_limit`] bytes or [`Loader::row_limit`] rows and sent by threads of its
/// own, while the next is gathered; when [`Loader::requests`] of these are not yet acknowledged, the verbs wait. Each object is
/// gathered whole before anything is sent. The first chunk that is not acknowledged, after the pool's retries, stops the
/// load: the next verb gives [`Error::Load`] with a [`LoadReport`] of what failed and how far everything is acknowledged. A
/// later load may then leave out as many objects of the same source. Columns may have been written beyond that point; to
/// write them again does no harm.
///
/// What is added to counters goes out after the columns gathered with it, one call at a time, when everything before is
/// acknowledged, and is sent once. Where a load stops, its report names the counters of unknown outcome, and those added to
/// ahead of what is acknowledged: at most those of the objects that were gathered together. A second run of a load writes
/// the same columns over again, and adds to its counters again.
///
/// [`Loader::finish`] waits for the rest and gives the report. A loader that is dropped before sends nothing more, waits for
/// the calls that are out, and logs a warning. Every wait ends: each call by the pool's `call_timeout`.
///
/// ```
/// use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
/// struct Plane {
///     #[cassa(key)]
///     tailnum: String,
///     model: String,
/// }
///
/// # fn main() -> cassa::Result<()> {
/// let server = EmbeddedServer::start()?;
/// let system = SystemManager::connect(server.addresses())?;
/// system.create_keyspace("Fleet", SimpleStrategy(1))?;
/// system.create_column_family_for::<Plane>("Fleet")?;
/// let pool = ConnectionPool::new("Fleet", server.addresses())?;
///
/// let planes = (0..5_000).map(|n| Plane { tailnum: format!("N{n}"), model: "A320-214".into() });
/// let mut loader = pool.loader().byte_limit(64 * 1024);
/// loader.load(planes, |loader, plane| loader.insert(&plane))?;
/// assert_eq!(loader.finish()?.acknowledged, 5_000);
/// # Ok(())
/// # }
/// ```
#[must_use = "it must be finished"]
pub struct Loader {
    /// What is gathered now. It keeps no memory of what has left.
    work: UnitOfWork,
    crew: Crew,
    requests: usize,
    objects: u64,
    flights: u64,
    /// One object is being gathered: nothing leaves before it is whole.
    inside: bool,
    /// What failed on the caller's side; nothing is taken any more.
    cut_off: bool,
    on_progress: Option<OnProgress>,
    told: u64,
}

type OnProgress = Box<dyn FnMut(&LoadProgress) + Send>;

/// How far a load is.
///
/// ```
/// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// let mut loader = pool.loader();
/// loader.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
/// assert_eq!((loader.progress().objects, loader.progress().acknowledged), (1, 0));
/// loader.flush()?;
/// assert_eq!((loader.progress().chunks, loader.progress().acknowledged), (1, 1));
/// loader.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadProgress {
    /// How many objects the loader was given.
    pub objects: u64,
    /// How many of them, from the first on, are all acknowledged.
    pub acknowledged: u64,
    /// The chunks that are acknowledged.
    pub chunks: u64,
    /// Their messages, in bytes.
    pub bytes: u64,
}

impl ConnectionPool {
    /// Begins a load into the pool's keyspace.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let mut loader = pool.loader().byte_limit(256 * 1024).requests(8);
    /// for n in 0..1_000 {
    ///     loader.column_family(&cf)?.insert(format!("row {n}"), [("column1", "val1")])?;
    /// }
    /// println!("{}", loader.finish()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn loader(&self) -> Loader {
        Loader {
            work: self.unit_of_work(),
            crew: Crew::new(self),
            requests: 4,
            objects: 0,
            flights: 0,
            inside: false,
            cut_off: false,
            on_progress: None,
            told: 0,
        }
    }
}

impl Loader {
    /// As [`UnitOfWork::consistency_level`].
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.work.options.consistency_level = Some(level);
        self
    }

    /// How many bytes are gathered before they are sent, about; an object is never cut. Defaults to 1 MiB.
    pub fn byte_limit(mut self, bytes: usize) -> Self {
        let options = &mut self.work.options;
        options.byte_limit = bytes;
        options.max_pending_bytes = options.max_pending_bytes.max(bytes.saturating_mul(2));
        self
    }

    /// How many rows are gathered before they are sent. Defaults to 1,000.
    pub fn row_limit(mut self, rows: usize) -> Self {
        self.work.options.row_limit = rows.max(1);
        self
    }

    /// How many requests may be under way, each on a connection of its own; more than the pool may have are of no use.
    /// Memory is about this many times [`Loader::byte_limit`]. It holds from the first request on. Defaults to 4.
    pub fn requests(mut self, requests: usize) -> Self {
        self.requests = requests.clamp(1, 1_024);
        self
    }

    /// Has `callback` called, in the thread that loads, when more is acknowledged than at the last call.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// let mut loader = pool.loader().row_limit(10).on_progress(move |progress| {
    ///     sender.send(progress.acknowledged).expect("somebody listens");
    /// });
    /// for n in 0..100 {
    ///     loader.column_family(&cf)?.insert(format!("row {n}"), [("column1", "val1")])?;
    /// }
    /// loader.finish()?;
    /// assert_eq!(receiver.iter().last(), Some(100));
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(mut self, callback: impl FnMut(&LoadProgress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(callback));
        self
    }

    /// How far it is.
    pub fn progress(&self) -> LoadProgress {
        let state = self.crew.state();
        let (acknowledged, chunks, bytes) = (state.acknowledged, state.chunks, state.bytes);
        LoadProgress { objects: self.objects, acknowledged, chunks, bytes }
    }

    /// How many objects, from the first on, are all acknowledged: so many of the source may be left out by the load that goes
    /// on from here.
    pub fn acknowledged(&self) -> u64 {
        self.crew.state().acknowledged
    }

    /// Sends what is gathered, and waits until everything is acknowledged.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let mut loader = pool.loader();
    /// loader.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
    /// assert_eq!(cf.get("foo")?, None); // it is not yet much
    /// loader.flush()?;
    /// assert_eq!(cf.get_count("foo")?, 1);
    /// loader.finish()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Load`] where it is not; [`Error::TooLarge`] for a row over the pool's `max_frame`.
    pub fn flush(&mut self) -> Result<()> {
        self.go_on()?;
        self.depart()?;
        drop(self.crew.wait());
        self.tell();
        self.go_on()
    }

    /// As [`Loader::flush`], and ends the load. Where a load has stopped, each verb says so, and how far it came; the first
    /// that does has the failures, too, and the counters of which it is not known whether they count twice.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let mut loader = pool.loader();
    /// for n in 0..10 {
    ///     loader.column_family(&cf)?.insert(format!("row {n}"), [("column1", "val1")])?;
    /// }
    /// let report = loader.finish()?;
    /// assert_eq!(report.to_string(), "10 of 10 objects acknowledged");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Loader::flush`].
    pub fn finish(mut self) -> Result<LoadReport> {
        let flushed = self.flush();
        // what was not sent has been told, and need not be warned of
        self.work.discard();
        flushed?;
        Ok(self.report())
    }

    /// Refuses to go on once something has failed.
    fn go_on(&mut self) -> Result<()> {
        if self.cut_off || self.crew.state().stopped {
            let report = self.report();
            self.work.discard();
            return Err(Error::Load(Box::new(report)));
        }
        Ok(())
    }

    /// Begins an object: sends what is gathered, if that is enough.
    fn begin(&mut self) -> Result<()> {
        self.go_on()?;
        let options = &self.work.options;
        let (bytes, rows) = (options.byte_limit, options.row_limit);
        let full = self.work.bytes >= bytes
            || self.work.pending.rows().len() >= rows
            || self.work.counters.rows.len() >= rows;
        if full && !self.inside {
            self.depart()?;
            self.tell();
        }
        Ok(())
    }

    /// Gathers one object.
    fn one<T>(&mut self, gather: impl FnOnce(&mut UnitOfWork) -> Result<T>) -> Result<T> {
        self.begin()?;
        let done = gather(&mut self.work)?;
        if !self.inside {
            self.objects += 1;
        }
        Ok(done)
    }

    /// Hands what is gathered to the threads.
    fn depart(&mut self) -> Result<()> {
        if !self.work.is_dirty() {
            self.nothing_departs();
            return Ok(());
        }
        let level = self.work.prepare().inspect_err(|_| self.cut_off = true)?;
        let (columns, counters) = (self.columns(level), self.counters(level));
        self.work.bytes = 0;
        let flight = Flight {
            number: self.flights,
            objects: self.objects,
            columns,
            counters,
            out: 0,
            added: Counters::default(),
            broken: false,
        };
        self.flights += 1;
        self.crew.depart(flight, self.requests);
        self.go_on()
    }

    /// What is written, in chunks; it leaves the unit.
    fn columns(&mut self, level: ConsistencyLevel) -> VecDeque<Load> {
        let (mut loads, mut done, limits) = (VecDeque::new(), 0, self.work.limits());
        while done < self.work.pending.rows().len() {
            let mut chunk = Chunk::default();
            self.work.fill_columns(&mut chunk, limits, done);
            done += chunk.rows();
            let sums = Counters::default();
            loads.push_back(Load { chunk, kind: ChunkKind::Columns, level, rows: Vec::new(), sums });
        }
        let mut rows = self.work.pending.take_first(done).into_iter();
        for load in &mut loads {
            load.rows.reserve_exact(load.chunk.rows());
            for row in rows.by_ref().take(load.chunk.rows()) {
                let more = row.families().skip(1).map(|(family, _)| (family, row.key.clone()));
                load.rows.extend(more);
                let first = row.families().next().map_or(0, |(family, _)| family);
                load.rows.push((first, row.key));
            }
        }
        loads
    }

    /// What is added to counters, in chunks; it leaves the unit.
    fn counters(&mut self, level: ConsistencyLevel) -> VecDeque<Load> {
        let (mut loads, limits) = (VecDeque::new(), self.work.limits());
        while !self.work.counters.is_empty() {
            let mut chunk = Chunk::default();
            self.work.fill_counters(&mut chunk, limits, 0);
            let sums = self.work.counters.take_first(chunk.rows());
            let rows =
                sums.rows.iter().flat_map(|(key, row)| row.keys().map(|family| (*family, key.clone())));
            let rows = rows.collect();
            loads.push_back(Load { chunk, kind: ChunkKind::Counters, level, rows, sums });
        }
        loads
    }

    /// Objects without a column need not be sent: they are acknowledged with those before them.
    fn nothing_departs(&mut self) {
        let mut state = self.crew.state();
        if let Some(last) = state.flights.back_mut() {
            last.objects = self.objects;
        } else if !state.stopped {
            state.acknowledged = self.objects;
        }
    }

    fn tell(&mut self) {
        let progress = self.progress();
        if let Some(callback) = &mut self.on_progress
            && progress.acknowledged > self.told
        {
            self.told = progress.acknowledged;
            callback(&progress);
        }
    }

    /// What has become of everything so far, once no call is out any more.
    fn report(&mut self) -> LoadReport {
        let mut state = self.crew.wait();
        let failed = std::mem::take(&mut state.failed);
        let mut unsent = Vec::new();
        let mut added = Counters::default();
        for flight in &mut state.flights {
            unsent.extend(flight.columns.drain(..).chain(flight.counters.drain(..)));
            flight.broken = true;
            added.merge(std::mem::take(&mut flight.added));
        }
        let mut report = LoadReport {
            objects: self.objects,
            acknowledged: state.acknowledged,
            chunks: state.chunks,
            bytes: state.bytes,
            counters: state.counters,
            ..LoadReport::default()
        };
        drop(state);
        report.added = self.sums(&added);
        for failed in failed.into_iter().chain(unsent.into_iter().map(|load| Failed { load, error: None })) {
            let Failed { load, error } = failed;
            let outcome = error.map_or(Outcome::NotSent(None), |e| self.work.outcome_of(e));
            if load.kind == ChunkKind::Counters && matches!(outcome, Outcome::Unknown(_)) {
                report.unknown.extend(self.sums(&load.sums));
            }
            let places = load.rows.iter().map(|(family, key)| self.work.families[*family].place(key, None));
            report.failures.push(ChunkReport {
                kind: load.kind,
                rows: load.chunk.rows(),
                bytes: load.chunk.bytes(false),
                places: places.collect(),
                outcome,
            });
        }
        report
    }

    /// Counters, one by one: where, and by how much.
    fn sums(&self, counters: &Counters) -> Vec<(Place, i64)> {
        let sums = counters.iter().map(|(key, family, super_column, name, number)| {
            let family = &self.work.families[family];
            let at = family.place(key, super_column);
            (at.name(family.comparator(super_column.is_some()), name), number)
        });
        sums.collect()
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        let unsent = self.work.is_dirty() || !self.crew.state().flights.is_empty();
        // the unit is silent, as this says it all
        self.work.discard();
        if unsent && !std::thread::panicking() {
            tracing::warn!(
                keyspace = self.work.pool.keyspace(),
                objects = self.objects,
                acknowledged = self.acknowledged(),
                "a loader was dropped before it was finished: what it had not sent is discarded"
            );
        }
    }
}

impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("keyspace", &self.work.pool.keyspace())
            .field("requests", &self.requests)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}
