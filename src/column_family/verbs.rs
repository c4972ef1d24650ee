//! The verbs without options: each is that of [`Select`](crate::Select) or [`Write`](crate::Write) with the handle's
//! defaults.

use super::{ColumnFamily, ColumnStream, Columns, IntoColumns, Keys, Range, Select, Write};
use crate::error::Result;
use crate::marshal::Value;
use crate::wire::methods::Truncate;

impl ColumnFamily {
    /// Options for reading: which columns, in what order, how many, which rows. Then the verb.
    pub fn select(&self) -> Select<'_> {
        Select::new(self)
    }

    /// Options for writing: time to live, timestamp, consistency level. Then the verb.
    pub fn write(&self) -> Write<'_> {
        Write::new(self)
    }

    /// All columns of a row; `None` where it has none.
    ///
    /// # Errors
    /// As [`Select::get`].
    pub fn get(&self, key: impl Into<Value>) -> Result<Option<Columns>> {
        self.select().get(key)
    }

    /// All columns of several rows, in the order asked for; rows without columns are left out.
    ///
    /// # Errors
    /// As [`Select::multiget`].
    pub fn multiget<K: Into<Value>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<(Value, Columns)>> {
        self.select().multiget(keys)
    }

    /// The number of columns of a row.
    ///
    /// # Errors
    /// As [`Select::get_count`].
    pub fn get_count(&self, key: impl Into<Value>) -> Result<usize> {
        self.select().get_count(key)
    }

    /// The numbers of columns of several rows, in the order asked for.
    ///
    /// # Errors
    /// As [`Select::multiget_count`].
    pub fn multiget_count<K: Into<Value>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<(Value, usize)>> {
        self.select().multiget_count(keys)
    }

    /// The columns of a row of any width, one after the other; holds one page of them.
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
    /// cf.insert("foo", [("a", "1"), ("b", "2")])?;
    /// let names: Vec<_> = cf.xget("foo").map(|column| Ok(column?.name)).collect::<cassa::Result<_>>()?;
    /// assert_eq!(names, ["a", "b"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn xget(&self, key: impl Into<Value>) -> ColumnStream {
        self.select().xget(key)
    }

    /// All rows with all their columns, in the order of the ring.
    pub fn get_range(&self) -> Range {
        self.select().get_range()
    }

    /// The keys of all rows, in the order of the ring.
    pub fn get_keys(&self) -> Keys {
        self.select().get_keys()
    }

    /// Writes columns of a row. Gives the timestamp that they were written with.
    ///
    /// # Errors
    /// As [`Write::insert`].
    pub fn insert(&self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<i64> {
        self.write().insert(key, columns)
    }

    /// Writes columns of several rows. Gives the timestamp of the last one.
    ///
    /// # Errors
    /// As [`Write::batch_insert`].
    pub fn batch_insert<K, C>(&self, rows: impl IntoIterator<Item = (K, C)>) -> Result<i64>
    where
        K: Into<Value>,
        C: IntoColumns,
    {
        self.write().batch_insert(rows)
    }

    /// Deletes columns of a row. Gives the timestamp of the deletion.
    ///
    /// # Errors
    /// As [`Write::remove`].
    pub fn remove<N: Into<Value>>(
        &self,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<i64> {
        self.write().remove(key, columns)
    }

    /// Deletes a row. Gives the timestamp of the deletion.
    ///
    /// # Errors
    /// As [`Write::remove_row`].
    pub fn remove_row(&self, key: impl Into<Value>) -> Result<i64> {
        self.write().remove_row(key)
    }

    /// Deletes all rows, at once and on all nodes, which all must be up; no timestamp protects what is written
    /// meanwhile.
    ///
    /// Made once: where no answer comes, whether it took effect is not known. A cluster needs longer for it than for
    /// other calls; see [`ConnectionPoolBuilder::timeout`](crate::ConnectionPoolBuilder::timeout).
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
    /// cf.insert("foo", [("a", "1")])?;
    /// cf.truncate()?;
    /// assert_eq!(cf.get_keys().count(), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable) where a node is down; those of
    /// [`ConnectionPool::execute_once`](crate::ConnectionPool::execute_once).
    pub fn truncate(&self) -> Result<()> {
        let call = Truncate { cfname: self.name().to_owned() };
        self.call_once(None, false, |connection| connection.call(&call)).map_err(|e| e.at(self.place()))
    }
}
