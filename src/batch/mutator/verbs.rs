//! What is written, of which column family.

use super::Mutator;
use crate::batch::Operation;
use crate::column_family::{ColumnFamily, IntoColumns};
use crate::error::Result;
use crate::marshal::Value;

impl Mutator {
    /// Options of one operation: time to live, timestamp, super column. Then its verb, which gives the batch back.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Mutator, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let batch = Mutator::new(&pool);
    /// batch.write(&cf).ttl(60).insert("foo", [("a", "1")])?.write(&cf).timestamp(5).insert("bar", [("a", "2")])?;
    /// batch.send()?;
    /// assert_eq!(cf.get("foo")?.expect("just sent").column("a").expect("inserted").ttl, Some(60));
    /// # Ok(())
    /// # }
    /// ```
    pub fn write<'b>(&'b self, cf: &'b ColumnFamily) -> Operation<'b, Mutator> {
        Operation::new(self, cf, self)
    }

    /// Queues columns of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn insert(
        &self,
        cf: &ColumnFamily,
        key: impl Into<Value>,
        columns: impl IntoColumns,
    ) -> Result<&Self> {
        Operation::new(self, cf, self).insert(key, columns)?;
        Ok(self)
    }

    /// Queues the deletion of columns of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove<N: Into<Value>>(
        &self,
        cf: &ColumnFamily,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<&Self> {
        Operation::new(self, cf, self).remove(key, columns)?;
        Ok(self)
    }

    /// Queues the deletion of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove_row(&self, cf: &ColumnFamily, key: impl Into<Value>) -> Result<&Self> {
        Operation::new(self, cf, self).remove_row(key)?;
        Ok(self)
    }

    /// Queues an addition to a counter.
    ///
    /// # Errors
    /// As [`Operation::add`].
    pub fn add(
        &self,
        cf: &ColumnFamily,
        key: impl Into<Value>,
        column: impl Into<Value>,
        value: i64,
    ) -> Result<&Self> {
        Operation::new(self, cf, self).add(key, column, value)?;
        Ok(self)
    }
}
