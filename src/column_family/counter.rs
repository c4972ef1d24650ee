//! The verbs of counters.

use super::{ColumnFamily, Write};
use crate::error::Result;
use crate::marshal::Value;
use crate::wire::hot::{Add, ColumnParent, ColumnPath, CounterColumn, RemoveCounter};
use crate::wire::methods;

impl ColumnFamily {
    /// Adds to a counter.
    ///
    /// # Errors
    /// As [`Write::add`].
    pub fn add(&self, key: impl Into<Value>, column: impl Into<Value>, value: i64) -> Result<()> {
        self.write().add(key, column, value)
    }

    /// Deletes a counter.
    ///
    /// # Errors
    /// As [`Write::remove_counter`].
    pub fn remove_counter(&self, key: impl Into<Value>, column: impl Into<Value>) -> Result<()> {
        self.write().remove_counter(key, column)
    }
}

impl Write<'_> {
    /// Adds to a counter; less than nothing subtracts.
    ///
    /// Made once, unless [`retry_counters`](Self::retry_counters) says otherwise: servers that cannot be reached are
    /// passed over, but once it was sent and no answer comes, nobody knows whether it took effect, and a second time
    /// might count twice.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.create_column_family("Keyspace1", ColumnFamilyBuilder::new("Hits").counters())?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let hits = ColumnFamily::open(&pool, "Hits")?;
    /// hits.add("home", "2013-01-01", 3)?;
    /// hits.add("home", "2013-01-01", -1)?;
    /// assert_eq!(hits.get("home")?.expect("just counted")["2013-01-01"], 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongKind`](crate::Error::WrongKind) where the columns are no counters;
    /// [`Error::TimedOut`](crate::Error::TimedOut), [`Error::NoAnswer`](crate::Error::NoAnswer) and
    /// [`Error::Io`](crate::Error::Io) where it may or may not have taken effect; those of [`Write::insert`].
    pub fn add(self, key: impl Into<Value>, column: impl Into<Value>, value: i64) -> Result<()> {
        let key = self.cf.pack_key(&key.into())?;
        let add = || {
            self.cf.expect_counters()?;
            let super_column = self.packed_super_column()?;
            self.cf.expect_super_column(super_column.as_deref())?;
            let name = self.cf.pack_name(&column.into(), true)?;
            let request = Add {
                key: &key,
                column_parent: ColumnParent {
                    column_family: self.cf.name(),
                    super_column: super_column.as_deref(),
                },
                column: CounterColumn { name: &name, value },
                consistency_level: self.consistency_level,
            };
            self.cf.call_once(Some(&key), self.retry_counters, |connection| {
                connection.call_in_place::<methods::Add>(|sequence, out| request.encode(sequence, out))
            })
        };
        add().map_err(|e| e.at(self.cf.key_place(&key)))
    }

    /// Deletes a counter for good: Cassandra does not promise that it counts again when it is added to later. Made once,
    /// as [`add`](Self::add) is.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", ColumnFamilyBuilder::new("Hits").counters())?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let hits = ColumnFamily::open(&pool, "Hits")?;
    /// hits.add("home", "2013-01-01", 3)?;
    /// hits.remove_counter("home", "2013-01-01")?;
    /// assert_eq!(hits.get("home")?, None);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Write::add`].
    pub fn remove_counter(self, key: impl Into<Value>, column: impl Into<Value>) -> Result<()> {
        let key = self.cf.pack_key(&key.into())?;
        let remove = || {
            self.cf.expect_counters()?;
            let super_column = self.packed_super_column()?;
            self.cf.expect_super_column(super_column.as_deref())?;
            let name = self.cf.pack_name(&column.into(), true)?;
            let request = RemoveCounter {
                key: &key,
                path: ColumnPath {
                    column_family: self.cf.name(),
                    super_column: super_column.as_deref(),
                    column: Some(&name),
                },
                consistency_level: self.consistency_level,
            };
            self.cf.call_once(Some(&key), self.retry_counters, |connection| {
                connection
                    .call_in_place::<methods::RemoveCounter>(|sequence, out| request.encode(sequence, out))
            })
        };
        remove().map_err(|e| e.at(self.cf.key_place(&key)))
    }
}
