//! Options for writing objects.

use std::any::type_name;
use std::fmt;

use super::Mapper;
use super::encode::Stamp;
use crate::column_family::Write;
use crate::map::field::Nulls;
use crate::wire::ConsistencyLevel;

/// How to write objects; made by [`Mapper::write`].
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, ConsistencyLevel, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
/// # struct Session { #[cassa(key)] id: i64, user: String }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<Session>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let sessions = pool.map::<Session>()?;
/// let session = Session { id: 1, user: "ann".into() };
/// sessions.write().ttl(60).timestamp(1).consistency_level(ConsistencyLevel::Quorum).insert(&session)?;
/// let columns = sessions.column_family().get(1_i64)?.expect("it lives for a minute");
/// let user = columns.column("user").expect("just inserted");
/// assert_eq!((user.timestamp, user.ttl), (1, Some(60)));
/// # Ok(())
/// # }
/// ```
#[must_use = "options do nothing until a verb follows"]
pub struct WriteObjects<'a, T> {
    pub(super) mapper: &'a Mapper<T>,
    pub(super) write: Write<'a>,
    pub(super) ttl: Option<i32>,
}

impl<T> Mapper<T> {
    /// Options for writing: time to live, timestamp, consistency levels. Then the verb.
    pub fn write(&self) -> WriteObjects<'_, T> {
        WriteObjects { mapper: self, write: self.cf.write(), ttl: None }
    }
}

impl<T> WriteObjects<'_, T> {
    /// What is inserted expires after so many seconds; with 0 never. Defaults to what the object's `ttl` field says, and
    /// then the struct's `ttl`.
    pub fn ttl(mut self, seconds: i32) -> Self {
        self.ttl = Some(seconds);
        self
    }

    /// The timestamp of what is written: microseconds since 1970, by convention; the greatest wins. Defaults to now,
    /// strictly increasing within the process.
    pub fn timestamp(mut self, microseconds: i64) -> Self {
        self.write = self.write.timestamp(microseconds);
        self
    }

    /// How many replicas must take the write. Defaults to [`Mapper::write_consistency_level`].
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.write = self.write.consistency_level(level);
        self
    }

    /// How many replicas have to agree before a [`save`](Self::save): `SERIAL`, or `LOCAL_SERIAL` for those of one data
    /// centre. Defaults to `SERIAL`.
    pub fn serial_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.write = self.write.serial_consistency_level(level);
        self
    }

    /// Whether [`add`](Self::add) is made again when its outcome is unknown: it may count twice then. Defaults to what
    /// the column family's handle says, which is no.
    pub fn retry_counters(mut self, retry: bool) -> Self {
        self.write = self.write.retry_counters(retry);
        self
    }

    pub(super) fn stamp(&self, timestamp: i64) -> Stamp {
        Stamp { timestamp, ttl: self.ttl, nulls: self.mapper.plan().family().nulls }
    }

    /// The same for values that are given one by one: none deletes.
    pub(super) fn stamp_deleting(&self, timestamp: i64) -> Stamp {
        Stamp { nulls: Nulls::Delete, ..self.stamp(timestamp) }
    }
}

impl<T> fmt::Debug for WriteObjects<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteObjects")
            .field("object", &type_name::<T>())
            .field("ttl", &self.ttl)
            .field("write", &self.write)
            .finish_non_exhaustive()
    }
}
