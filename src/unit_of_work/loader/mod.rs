//! Loads of any size: units of work that leave one after the other, several at a time.
//!
//! # Layout
//!
//! `options` → `verbs` and `columns` (what is written) → `depart` (gathered, and handed over once it is enough) → `crew`
//! (the threads that send) → `progress` and `report` (what has become of it).

mod columns;
mod crew;
mod depart;
mod options;
mod progress;
mod report;
mod verbs;

use std::fmt;

pub use columns::LoadColumns;
pub use progress::LoadProgress;
pub use verbs::LoadTtl;

use super::UnitOfWork;
use crate::error::{LoadReport, Result};
use crate::pool::ConnectionPool;
use crew::Crew;
use progress::OnProgress;

/// Writes any number of objects and columns in constant memory, several requests at a time.
///
/// What it is given is gathered up to [`Loader::byte_limit`] bytes or [`Loader::row_limit`] rows and sent by threads of its
/// own, while the next is gathered; when [`Loader::requests`] of these are not yet acknowledged, the verbs wait. Each object
/// is gathered whole before anything is sent. The first chunk that is not acknowledged, after the pool's retries, stops the
/// load: the next verb gives [`Error::Load`](crate::Error::Load) with a [`LoadReport`] of what failed and how far
/// everything is acknowledged. A later load may then leave out as many objects of the same source. Columns may have been
/// written beyond that point; to write them again does no harm.
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
    /// [`Error::Load`](crate::Error::Load) where it is not; [`Error::TooLarge`](crate::Error::TooLarge) for a row over the
    /// pool's `max_frame`.
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
