//! The verbs that insert.

use std::collections::HashSet;

use super::{IntoColumns, Write};
use crate::error::Result;
use crate::marshal::Value;
use crate::wire::hot::{Batch, Mutations};

/// `batch_insert` sends a batch when its rows have come to so many bytes.
const BATCH_BYTES: usize = 128 * 1024;

impl Write<'_> {
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
    /// [`Error::Type`](crate::Error::Type) where the key, a name or a value does not fit its type; nothing is sent
    /// then. [`Error::WrongKind`](crate::Error::WrongKind) in a column family of counters, or where values and super
    /// columns are mistaken; [`Error::NothingToWrite`](crate::Error::NothingToWrite) where there are no columns; those
    /// of [`ConnectionPool::execute`](crate::ConnectionPool::execute).
    pub fn insert(self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<i64> {
        let timestamp = self.stamp();
        self.mutate(key.into(), |super_column, out| {
            self.cf.put_columns(super_column, columns, timestamp, self.ttl, out)
        })?;
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
        let super_column = self.packed_super_column()?;
        let mut batches = Batches::new(&self);
        let mut mutations = Mutations::default();
        for (key, columns) in rows {
            let key = self.cf.pack_key(&key.into())?;
            batches.start(&key)?;
            let timestamp = batches.timestamp;
            mutations.truncate(0);
            let put =
                self.cf.put_columns(super_column.as_deref(), columns, timestamp, self.ttl, &mut mutations);
            put.map_err(|e| e.at(self.cf.key_place(&key)))?;
            let batch = &mut batches.batch;
            batch.row(&key);
            batch.family(self.cf.name());
            batch.mutations(&mutations, 0..mutations.len());
        }
        batches.finish()
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
