//! The verbs that delete.

use super::Write;
use super::mutate::Removal;
use crate::error::Result;
use crate::marshal::Value;
use crate::wire::hot::{ColumnPath, Remove, RemoveCounter};
use crate::wire::methods;

impl Write<'_> {
    /// Deletes columns of a row, or of a [super column](Self::super_column); without one in a super column family,
    /// whole super columns. Gives the timestamp of the deletion.
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
    /// As [`Write::insert`]. No column at all is [`Error::NothingToWrite`](crate::Error::NothingToWrite): it does not
    /// delete the row, as in pycassa; [`Write::remove_row`] does.
    pub fn remove<N: Into<Value>>(
        self,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<i64> {
        let timestamp = self.stamp();
        self.mutate(key.into(), |super_column, out| {
            let names = self.cf.pack_removed(super_column.is_some(), columns)?;
            self.cf.put_removal(super_column, &Removal::Names(&names), timestamp, out);
            Ok(())
        })?;
        Ok(timestamp)
    }

    /// Deletes the columns from [`start`](Self::start) to [`finish`](Self::finish), also those that are not there yet
    /// and come with a lower timestamp. Gives the timestamp of the deletion.
    ///
    /// Cassandra takes it since 2.0.
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
    /// cf.insert("foo", [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")])?;
    /// cf.write().start("b").finish("c").remove_range("foo")?;
    /// assert_eq!(format!("{:?}", cf.get("foo")?), r#"Some({"a": "1", "d": "4"})"#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidOption`](crate::Error::InvalidOption) where no finish is given, or the ends are out of order; as
    /// [`Write::insert`].
    pub fn remove_range(self, key: impl Into<Value>) -> Result<i64> {
        let timestamp = self.stamp();
        self.mutate(key.into(), |super_column, out| {
            let inside = super_column.is_some();
            let (start, finish) =
                self.cf.pack_removed_range(inside, self.start.as_ref(), self.finish.as_ref())?;
            self.cf.put_removal(super_column, &Removal::Range(&start, &finish), timestamp, out);
            Ok(())
        })?;
        Ok(timestamp)
    }

    /// Deletes a row, or in it a [super column](Self::super_column). Gives the timestamp of the deletion.
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
        let super_column = self.packed_super_column().map_err(|e| e.at(self.cf.key_place(key)))?;
        let timestamp = self.stamp();
        let path =
            ColumnPath { column_family: self.cf.name(), super_column: super_column.as_deref(), column: None };
        let consistency_level = self.consistency_level;
        let removed = if self.cf.definition().is_counter() {
            let request = RemoveCounter { key, path, consistency_level };
            self.cf.call_once(Some(key), self.retry_counters, |connection| {
                connection
                    .call_in_place::<methods::RemoveCounter>(|sequence, out| request.encode(sequence, out))
            })
        } else {
            let request = Remove { key, column_path: path, timestamp, consistency_level };
            self.cf.call(Some(key), |connection| {
                connection.call_in_place::<methods::Remove>(|sequence, out| request.encode(sequence, out))
            })
        };
        removed.map_err(|e| e.at(self.cf.key_place(key)))?;
        Ok(timestamp)
    }
}
