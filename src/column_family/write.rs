//! Options for writing, then the verb.

use std::collections::HashSet;

use super::columns::IntoColumns;
use super::{ColumnFamily, timestamp};
use crate::error::{Error, Place, Result};
use crate::marshal::Value;
use crate::wire::hot::{Batch, ColumnPath, Deletion, Remove, SlicePredicate};
use crate::wire::{ConsistencyLevel, methods};

/// `batch_insert` sends a batch when its rows have come to so many bytes.
const BATCH_BYTES: usize = 128 * 1024;

/// How to write; made by [`ColumnFamily::write`].
///
/// ```
/// # use cassa::{ColumnFamily, ConnectionPool, ConsistencyLevel, EmbeddedServer, SimpleStrategy};
/// # use cassa::SystemManager;
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Standard1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let cf = ColumnFamily::open(&pool, "Standard1")?;
/// cf.write().ttl(60).consistency_level(ConsistencyLevel::Quorum).insert("foo", [("a", "1")])?;
/// let columns = cf.get("foo")?.expect("it lives for a minute");
/// assert_eq!(columns.column("a").expect("just inserted").ttl, Some(60));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "options do nothing until a verb follows"]
pub struct Write<'a> {
    cf: &'a ColumnFamily,
    ttl: Option<i32>,
    timestamp: Option<i64>,
    consistency_level: ConsistencyLevel,
}

impl<'a> Write<'a> {
    pub(super) fn new(cf: &'a ColumnFamily) -> Self {
        Write { cf, ttl: None, timestamp: None, consistency_level: cf.write_consistency_level }
    }

    /// What is inserted expires after so many seconds. Defaults to never, or to the column family's
    /// `default_time_to_live`.
    pub fn ttl(mut self, seconds: i32) -> Self {
        self.ttl = Some(seconds);
        self
    }

    /// The timestamp of what is written: microseconds since 1970, by convention; the greatest wins. Defaults
    /// to now, strictly increasing within the process.
    pub fn timestamp(mut self, microseconds: i64) -> Self {
        self.timestamp = Some(microseconds);
        self
    }

    /// How many replicas must take the write. Defaults to [`ColumnFamily::write_consistency_level`].
    pub fn consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.consistency_level = level;
        self
    }

    /// Writes columns of a row. Gives the timestamp that they were written with.
    ///
    /// The timestamp is fixed before the first attempt, so a retry on another server changes nothing.
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
    /// let written = cf.write().timestamp(1).insert("foo", [("a", "1"), ("b", "2")])?;
    /// assert_eq!(written, 1);
    /// assert_eq!(cf.get("foo")?.expect("just inserted").len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Type`] where the key, a name or a value does not fit its type; nothing is sent then.
    /// [`Error::NothingToWrite`] where there are no columns; those of
    /// [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn insert(self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<i64> {
        let key = self.cf.pack_key(&key.into())?;
        let timestamp = self.stamp();
        let mut batch = Batch::default();
        self.put_row(&mut batch, &key, columns, timestamp)?;
        self.send(&batch, || self.cf.key_place(&key))?;
        Ok(timestamp)
    }

    /// Writes columns of several rows, in batches. Gives the timestamp of the last batch.
    ///
    /// A batch holds whole rows. An error leaves the batches before it written. Of two rows with one key the later
    /// one wins; with a [`timestamp`](Self::timestamp) both have the same, and the greater value wins.
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
    /// cf.batch_insert([("foo", [("a", "1")]), ("bar", [("a", "2")])])?;
    /// assert_eq!(cf.get("bar")?.expect("just inserted")["a"], "2");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Write::insert`].
    pub fn batch_insert<K, C>(self, rows: impl IntoIterator<Item = (K, C)>) -> Result<i64>
    where
        K: Into<Value>,
        C: IntoColumns,
    {
        let mut batches = Batches::new(&self);
        for (key, columns) in rows {
            let key = self.cf.pack_key(&key.into())?;
            batches.start(&key)?;
            let timestamp = batches.timestamp;
            self.put_row(&mut batches.batch, &key, columns, timestamp)?;
        }
        batches.finish()
    }

    /// Deletes columns of a row. Gives the timestamp of the deletion.
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
    /// cf.insert("foo", [("a", "1"), ("b", "2"), ("c", "3")])?;
    /// cf.remove("foo", ["a", "c"])?;
    /// assert_eq!(format!("{:?}", cf.get("foo")?), r#"Some({"b": "2"})"#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Write::insert`]. No column at all is [`Error::NothingToWrite`]: it does not delete the row, as
    /// in pycassa; [`Write::remove_row`] does.
    pub fn remove<N: Into<Value>>(
        self,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<i64> {
        let key = self.cf.pack_key(&key.into())?;
        let names: Result<Vec<_>> = columns.into_iter().map(|name| self.cf.pack_name(&name.into())).collect();
        let names = names.map_err(|e| e.at(self.cf.key_place(&key)))?;
        if names.is_empty() {
            return Err(Error::NothingToWrite { at: Box::new(self.cf.key_place(&key)) });
        }
        let timestamp = self.stamp();
        let mut batch = Batch::default();
        batch.row(&key);
        batch.family(self.cf.name());
        batch.deletion(&Deletion {
            timestamp: Some(timestamp),
            super_column: None,
            predicate: Some(SlicePredicate {
                column_names: Some(names.iter().map(Vec::as_slice).collect()),
                slice_range: None,
            }),
        });
        self.send(&batch, || self.cf.key_place(&key))?;
        Ok(timestamp)
    }

    /// Deletes a row. Gives the timestamp of the deletion.
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
    /// let written = cf.insert("foo", [("a", "1")])?;
    /// cf.write().timestamp(written - 1).remove_row("foo")?; // older than what it would delete
    /// assert!(cf.get("foo")?.is_some());
    /// cf.remove_row("foo")?;
    /// assert_eq!(cf.get("foo")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Write::insert`].
    pub fn remove_row(self, key: impl Into<Value>) -> Result<i64> {
        let key = self.cf.pack_key(&key.into())?;
        self.raw_remove_row(&key)
    }

    /// As [`Write::remove_row`], packed.
    pub(crate) fn raw_remove_row(&self, key: &[u8]) -> Result<i64> {
        let timestamp = self.stamp();
        let request = Remove {
            key,
            column_path: ColumnPath { column_family: self.cf.name(), super_column: None, column: None },
            timestamp,
            consistency_level: self.consistency_level,
        };
        let removed = self.cf.pool.execute(|connection| {
            connection.call_in_place::<methods::Remove>(|sequence, out| request.encode(sequence, out))
        });
        removed.map_err(|e| e.at(self.cf.key_place(key)))?;
        Ok(timestamp)
    }

    fn put_row(
        &self,
        batch: &mut Batch,
        key: &[u8],
        columns: impl IntoColumns,
        timestamp: i64,
    ) -> Result<()> {
        batch.row(key);
        batch.family(self.cf.name());
        let (mut packed_name, mut packed_value) = (Vec::new(), Vec::new());
        let mut any = false;
        for (name, value) in columns.into_columns() {
            self.cf.pack_column(key, (&name, &value), &mut packed_name, &mut packed_value)?;
            batch.column(&packed_name, &packed_value, timestamp, self.ttl);
            any = true;
        }
        if any { Ok(()) } else { Err(Error::NothingToWrite { at: Box::new(self.cf.key_place(key)) }) }
    }

    pub(crate) fn stamp(&self) -> i64 {
        self.timestamp.unwrap_or_else(timestamp)
    }

    /// Sends a batch; `place` is asked where, if it fails.
    pub(crate) fn send(&self, batch: &Batch, place: impl FnOnce() -> Place) -> Result<()> {
        let level = self.consistency_level;
        let sent = self.cf.pool.execute(|connection| {
            connection.call_in_place::<methods::BatchMutate>(|sequence, out| {
                batch.encode(false, level, sequence, out);
            })
        });
        sent.map_err(|e| e.at(place()))
    }
}

/// Rows gathered into batches of bounded size.
pub(crate) struct Batches<'w, 'a> {
    write: &'w Write<'a>,
    pub(crate) batch: Batch,
    /// The timestamp of the rows of this batch.
    pub(crate) timestamp: i64,
    keys: HashSet<Box<[u8]>>,
}

impl<'w, 'a> Batches<'w, 'a> {
    pub(crate) fn new(write: &'w Write<'a>) -> Self {
        Batches { write, batch: Batch::default(), timestamp: write.stamp(), keys: HashSet::new() }
    }

    /// Makes room for a row: sends what there is if it is large, or has this row. A row that is given again
    /// comes with a later timestamp, so that the later one wins.
    pub(crate) fn start(&mut self, key: &[u8]) -> Result<()> {
        if self.batch.size() >= BATCH_BYTES || self.keys.contains(key) {
            self.send()?;
        }
        self.keys.insert(key.into());
        Ok(())
    }

    fn send(&mut self) -> Result<()> {
        if !self.batch.is_empty() {
            self.write.send(&self.batch, || self.write.cf.place())?;
        }
        self.batch.clear();
        self.keys.clear();
        self.timestamp = self.write.stamp();
        Ok(())
    }

    /// Sends the rest. Gives the timestamp of the last batch.
    pub(crate) fn finish(mut self) -> Result<i64> {
        let timestamp = self.timestamp;
        self.send()?;
        Ok(timestamp)
    }
}
