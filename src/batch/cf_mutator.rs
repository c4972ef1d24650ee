//! A batch on one column family.

use super::{Mutator, Operation};
use crate::column_family::{ColumnFamily, IntoColumns};
use crate::error::{Error, Result};
use crate::marshal::Value;
use crate::wire::ConsistencyLevel;

/// A [`Mutator`] on one column family, which its verbs need not be told; made by [`ColumnFamily::batch`].
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
/// let batch = cf.batch().queue_size(10);
/// for i in 0..25 {
///     batch.insert(format!("key{i}"), [("column1", "x")])?; // every tenth sends ten
/// }
/// assert_eq!(batch.len(), 5);
/// batch.send()?;
/// assert_eq!(cf.get_keys().count(), 25);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CfMutator {
    cf: ColumnFamily,
    mutator: Mutator,
}

impl ColumnFamily {
    /// A batch of writes of this column family. [`CfMutator`] has an example.
    pub fn batch(&self) -> CfMutator {
        let (level, retry) = self.write_defaults();
        let mutator = Mutator::new(self.pool()).consistency_level(level).retry_counters(retry);
        CfMutator { cf: self.clone(), mutator }
    }
}

impl CfMutator {
    /// As [`Mutator::queue_size`].
    #[must_use]
    pub fn queue_size(self, operations: impl Into<Option<usize>>) -> Self {
        CfMutator { mutator: self.mutator.queue_size(operations), ..self }
    }

    /// As [`Mutator::byte_limit`].
    #[must_use]
    pub fn byte_limit(self, bytes: usize) -> Self {
        CfMutator { mutator: self.mutator.byte_limit(bytes), ..self }
    }

    /// As [`Mutator::consistency_level`].
    #[must_use]
    pub fn consistency_level(self, level: ConsistencyLevel) -> Self {
        CfMutator { mutator: self.mutator.consistency_level(level), ..self }
    }

    /// As [`Mutator::atomic`].
    #[must_use]
    pub fn atomic(self, atomic: bool) -> Self {
        CfMutator { mutator: self.mutator.atomic(atomic), ..self }
    }

    /// As [`Mutator::retry_counters`].
    #[must_use]
    pub fn retry_counters(self, retry: bool) -> Self {
        CfMutator { mutator: self.mutator.retry_counters(retry), ..self }
    }

    /// The column family.
    pub fn column_family(&self) -> &ColumnFamily {
        &self.cf
    }

    /// Options of one operation: time to live, timestamp, super column. Then its verb, which gives the batch back.
    pub fn write(&self) -> Operation<'_, CfMutator> {
        Operation::new(&self.mutator, &self.cf, self)
    }

    /// Queues columns of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn insert(&self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<&Self> {
        self.write().insert(key, columns)
    }

    /// Queues the deletion of columns of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove<N: Into<Value>>(
        &self,
        key: impl Into<Value>,
        columns: impl IntoIterator<Item = N>,
    ) -> Result<&Self> {
        self.write().remove(key, columns)
    }

    /// Queues the deletion of a row.
    ///
    /// # Errors
    /// As [`Operation::insert`].
    pub fn remove_row(&self, key: impl Into<Value>) -> Result<&Self> {
        self.write().remove_row(key)
    }

    /// Queues an addition to a counter.
    ///
    /// # Errors
    /// As [`Operation::add`].
    pub fn add(&self, key: impl Into<Value>, column: impl Into<Value>, value: i64) -> Result<&Self> {
        self.write().add(key, column, value)
    }

    /// As [`Mutator::scope`].
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
    /// cf.batch().scope(|batch| {
    ///     batch.insert("foo", [("a", "1")])?.insert("bar", [("a", "2")])?;
    ///     Ok::<_, cassa::Error>(())
    /// })?;
    /// assert_eq!(cf.get_keys().count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Mutator::scope`].
    pub fn scope<T, E: From<Error>>(&self, body: impl FnOnce(&CfMutator) -> Result<T, E>) -> Result<T, E> {
        let inner = CfMutator { cf: self.cf.clone(), mutator: self.mutator.scoped() };
        let value = body(&inner)?;
        self.mutator.take_over(&inner.mutator);
        self.mutator.send()?;
        Ok(value)
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// As [`Mutator::send`].
    pub fn send(&self) -> Result<()> {
        self.mutator.send()
    }

    /// As [`Mutator::len`].
    pub fn len(&self) -> usize {
        self.mutator.len()
    }

    /// As [`Mutator::is_empty`].
    pub fn is_empty(&self) -> bool {
        self.mutator.is_empty()
    }

    /// As [`Mutator::discard`].
    pub fn discard(&self) -> usize {
        self.mutator.discard()
    }

    /// As [`Mutator::doubtful`].
    pub fn doubtful(&self) -> usize {
        self.mutator.doubtful()
    }

    /// As [`Mutator::requeue_doubtful`].
    pub fn requeue_doubtful(&self) -> usize {
        self.mutator.requeue_doubtful()
    }
}
