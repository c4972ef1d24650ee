//! Batched saves of domain objects over several column families, which never lie about what became of them.
//!
//! # Layout
//!
//! `cells` (columns in little memory) → `pending` and `counters` (what waits, merged) and `base` (what is stored, as far
//! as it is known) → `chunk` (what goes out in one call) → `family` (the column families of a unit) → `objects` and
//! `columns` (the verbs) → `commit` → `show` (the unit as text). `loader` sends units one after the other, several at a
//! time, for loads of any size.

mod base;
mod cells;
mod chunk;
mod columns;
mod commit;
mod counters;
mod family;
mod loader;
mod objects;
mod options;
mod pending;
mod show;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

pub use columns::WorkColumns;
pub use loader::{LoadColumns, LoadProgress, LoadTtl, Loader};
pub use objects::WorkTtl;

use crate::error::{CommitReport, Error, Result};
use crate::pool::ConnectionPool;
use base::Bases;
use counters::Counters;
use family::Family;
use objects::VersionedSave;
use options::Options;
use pending::Pending;

/// Changes of objects and columns, gathered and sent together by [`UnitOfWork::commit`].
///
/// Cassandra has no transactions: a unit is sent in chunks, and each is applied for itself. What the unit gives is that
/// nothing is sent before `commit`, that a commit says of each chunk what became of it, and that what is not acknowledged
/// stays in the unit, so that `commit` can be called again. Columns and deletions carry timestamps that the first attempt
/// has fixed: sending them twice does no harm.
///
/// Of each column the last change counts. Objects that were read by the unit are remembered as they are stored:
/// [`UnitOfWork::save`] sends only what has changed. Reads see what is stored, not what waits in the unit.
///
/// A unit that is dropped is discarded; if something waits in it, a warning is logged. It may go from thread to thread,
/// and is used by one at a time.
///
/// ```
/// use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, ColumnFamilyMap)]
/// #[cassa(name = "Planes")]
/// struct Plane {
///     #[cassa(key)]
///     tailnum: String,
///     year: Option<i32>,
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
/// let mut work = pool.unit_of_work();
/// work.insert(&Plane { tailnum: "N14228".into(), year: Some(1999), model: "737-824".into() })?;
/// work.commit()?;
///
/// let mut plane: Plane = work.get("N14228")?.expect("it was committed");
/// plane.year = None;
/// work.save(&plane)?;
/// assert_eq!(work.to_string(), "column family Planes, row key \"N14228\": delete \"year\"\n");
/// work.commit()?;
/// assert_eq!(pool.map::<Plane>()?.get("N14228")?.and_then(|plane| plane.year), None);
/// # Ok(())
/// # }
/// ```
pub struct UnitOfWork {
    pool: ConnectionPool,
    options: Options,
    families: Vec<Family>,
    /// The mapper of each type, and the place of its column family.
    mappers: HashMap<TypeId, (Arc<dyn Any + Send + Sync>, usize)>,
    pending: Pending,
    /// What waits, in bytes: what has grown since it was last counted is added up.
    bytes: usize,
    counters: Counters,
    /// What was sent and may or may not have been added.
    doubtful: Counters,
    versions: Vec<VersionedSave>,
    bases: Bases,
    callbacks: Vec<Callback>,
    /// The object that was packed last: its memory serves for the next one.
    cells: crate::map::Cells,
}

type Callback = Box<dyn FnOnce(&CommitReport) + Send>;

impl ConnectionPool {
    /// Begins a unit of work in the pool's keyspace.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, ConsistencyLevel, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let mut work = pool.unit_of_work().consistency_level(ConsistencyLevel::One).row_limit(100);
    /// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
    /// assert!(work.commit()?.is_acknowledged());
    /// # Ok(())
    /// # }
    /// ```
    pub fn unit_of_work(&self) -> UnitOfWork {
        UnitOfWork::new(self)
    }

    /// Runs `body` with a unit of work, and commits it if the body succeeds. If it fails or panics, nothing was sent.
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
    /// let failed: cassa::Result<()> = pool.in_unit_of_work(|work| {
    ///     work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
    ///     work.column_family(&cf)?.insert("bar", [("", "a column without a name")])?;
    ///     cf.get("")?; // no row has an empty key
    ///     Ok(())
    /// });
    /// assert!(failed.is_err());
    /// assert_eq!(cf.get("foo")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The body's own; those of [`UnitOfWork::commit`].
    pub fn in_unit_of_work<T, E: From<Error>>(
        &self,
        body: impl FnOnce(&mut UnitOfWork) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut work = self.unit_of_work();
        let outcome = body(&mut work);
        match outcome {
            Ok(value) => {
                work.commit()?;
                Ok(value)
            }
            Err(e) => {
                work.discard();
                Err(e)
            }
        }
    }
}

impl UnitOfWork {
    fn new(pool: &ConnectionPool) -> UnitOfWork {
        UnitOfWork {
            pool: pool.clone(),
            options: Options::default(),
            families: Vec::new(),
            mappers: HashMap::new(),
            pending: Pending::default(),
            bytes: 0,
            counters: Counters::default(),
            doubtful: Counters::default(),
            versions: Vec::new(),
            bases: Bases::default(),
            callbacks: Vec::new(),
            cells: crate::map::Cells::default(),
        }
    }

    /// Whether a commit would send something.
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
    /// let mut work = pool.unit_of_work();
    /// assert!(!work.is_dirty() && work.is_empty());
    /// work.column_family(&cf)?.insert("foo", [("column1", "val1"), ("column2", "val2")])?;
    /// assert!(work.is_dirty());
    /// assert_eq!(work.len(), 2);
    /// assert!(work.pending_bytes() > 0);
    /// work.commit()?;
    /// assert!(!work.is_dirty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_dirty(&self) -> bool {
        !(self.pending.is_empty() && self.counters.is_empty() && self.versions.is_empty())
    }

    /// The number of changes that wait: of columns, of ranges, of whole rows, of counters, of objects with a version.
    pub fn len(&self) -> usize {
        self.pending.operations() + self.counters.iter().count() + self.versions.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        !self.is_dirty()
    }

    /// About how many bytes wait.
    pub fn pending_bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets everything: what waits, what was read, and callbacks. Nothing of it was sent, except by commits that failed.
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
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
    /// work.discard();
    /// assert!(!work.is_dirty());
    /// assert_eq!(work.commit()?.chunks().len(), 0);
    /// assert_eq!(cf.get("foo")?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn discard(&mut self) {
        self.pending = Pending::default();
        self.counters = Counters::default();
        self.doubtful = Counters::default();
        self.versions.clear();
        self.bases = Bases::default();
        self.callbacks.clear();
        self.bytes = 0;
    }

    /// Has `callback` called once the next commit has succeeded as a whole, with its report.
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
    /// let mut work = pool.unit_of_work();
    /// work.column_family(&cf)?.insert("foo", [("column1", "val1")])?;
    /// work.on_success(move |report| sender.send(report.chunks().len()).expect("somebody waits"));
    /// work.commit()?;
    /// assert_eq!(receiver.recv(), Ok(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_success(&mut self, callback: impl FnOnce(&CommitReport) + Send + 'static) {
        self.callbacks.push(Box::new(callback));
    }

    /// Refuses to gather more than may wait.
    fn make_room(&self) -> Result<()> {
        let (bytes, limit) = (self.bytes, self.options.max_pending_bytes);
        if bytes < limit { Ok(()) } else { Err(Error::UnitOfWorkFull { bytes, limit }) }
    }
}

impl Drop for UnitOfWork {
    fn drop(&mut self) {
        if self.is_dirty() && !std::thread::panicking() {
            tracing::warn!(
                keyspace = self.pool.keyspace(),
                changes = self.len(),
                "a unit of work was dropped before it was committed: what waited in it is discarded"
            );
        }
    }
}
