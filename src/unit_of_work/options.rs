//! How a unit is committed.

use super::UnitOfWork;
use crate::wire::ConsistencyLevel;

#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) consistency_level: Option<ConsistencyLevel>,
    pub(super) serial_consistency_level: ConsistencyLevel,
    pub(super) byte_limit: usize,
    pub(super) row_limit: usize,
    pub(super) max_pending_bytes: usize,
    pub(super) atomic: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            consistency_level: None,
            serial_consistency_level: ConsistencyLevel::Serial,
            byte_limit: 1024 * 1024,
            row_limit: 1_000,
            max_pending_bytes: 64 * 1024 * 1024,
            atomic: false,
        }
    }
}

impl UnitOfWork {
    /// How many replicas must take what is committed. Defaults to the write consistency level of the column families,
    /// which must then agree.
    #[must_use]
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.options.consistency_level = Some(level);
        self
    }

    /// How objects with a version are agreed on: `SERIAL`, or `LOCAL_SERIAL` within one data centre. Defaults to `SERIAL`.
    #[must_use]
    pub fn serial_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.options.serial_consistency_level = level;
        self
    }

    /// The largest message in bytes; a unit is split between rows where it passes it. It cannot pass the pool's
    /// `max_frame`. Defaults to 1 MiB, well under the 15 MiB that servers take.
    #[must_use]
    pub fn byte_limit(mut self, bytes: usize) -> Self {
        self.options.byte_limit = bytes;
        self
    }

    /// The most rows in a message. Defaults to 1,000.
    #[must_use]
    pub fn row_limit(mut self, rows: usize) -> Self {
        self.options.row_limit = rows.max(1);
        self
    }

    /// How many bytes may wait, about; then further changes are refused until the unit is committed. Defaults to 64 MiB.
    /// What is larger is a load: see [`Loader`](crate::Loader).
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Error, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let mut work = pool.unit_of_work().max_pending_bytes(10_000);
    /// for n in 0..1_000 {
    ///     let key = format!("row {n}");
    ///     match work.column_family(&cf)?.insert(key.as_str(), [("column1", "val1")]) {
    ///         Err(Error::UnitOfWorkFull { .. }) => {
    ///             work.commit()?;
    ///             work.column_family(&cf)?.insert(key, [("column1", "val1")])?;
    ///         }
    ///         other => other?,
    ///     }
    /// }
    /// work.commit()?;
    /// assert_eq!(cf.get_range().count(), 1_000);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn max_pending_bytes(mut self, bytes: usize) -> Self {
        self.options.max_pending_bytes = bytes;
        self
    }

    /// Commits everything in one logged batch: once the coordinator has it, all of it will be applied, though readers may
    /// see a part before the rest. It is never split, so it must fit into one message, and it takes no counters and no
    /// objects with a version. Defaults to false.
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
    /// let mut work = pool.unit_of_work().atomic(true);
    /// for key in ["foo", "bar"] {
    ///     work.column_family(&cf)?.insert(key, [("column1", "val1")])?;
    /// }
    /// assert_eq!(work.commit()?.chunks().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn atomic(mut self, atomic: bool) -> Self {
        self.options.atomic = atomic;
        self
    }
}
