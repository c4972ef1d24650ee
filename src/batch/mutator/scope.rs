//! All that a piece of code queues, or nothing.

use parking_lot::Mutex;

use super::{Mutator, Options, State};
use crate::error::{Error, Result};

impl Mutator {
    /// Runs `body` with a batch of the same options, and sends what it queued if it succeeds. If it fails or panics, what
    /// it queued is discarded, and nothing of it was sent: within a scope, a batch does not send itself.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, Error, Mutator, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let cf = ColumnFamily::open(&pool, "Standard1")?;
    /// let batch = Mutator::new(&pool);
    /// batch.scope(|batch| batch.insert(&cf, "foo", [("a", "1")]).map(|_| ()))?;
    /// assert!(cf.get("foo")?.is_some());
    ///
    /// let failed: Result<(), Box<dyn std::error::Error>> = batch.scope(|batch| {
    ///     batch.insert(&cf, "bar", [("a", "1")])?;
    ///     Err("something else went wrong".into())
    /// });
    /// assert!(failed.is_err());
    /// assert!(cf.get("bar")?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `body`; those of [`send`](Self::send), after which this batch keeps what was not acknowledged.
    pub fn scope<T, E: From<Error>>(&self, body: impl FnOnce(&Mutator) -> Result<T, E>) -> Result<T, E> {
        let inner = self.scoped();
        let value = body(&inner)?;
        self.take_over(&inner);
        self.send()?;
        Ok(value)
    }

    /// A batch for a scope of this one.
    pub(crate) fn scoped(&self) -> Mutator {
        let last_timestamp = self.state.lock().last_timestamp;
        let state = State { last_timestamp, ..State::default() };
        let options = Options { scoped: true, ..self.options.clone() };
        Mutator { pool: self.pool.clone(), options, state: Mutex::new(state) }
    }

    /// Queues what a scope has gathered.
    pub(crate) fn take_over(&self, inner: &Mutator) {
        let theirs = std::mem::take(&mut *inner.state.lock());
        let mut mine = self.state.lock();
        mine.plain.append(theirs.plain.into_inner());
        mine.counters.append(theirs.counters.into_inner());
        mine.doubtful.append(theirs.doubtful.into_inner());
        mine.families.extend(theirs.families);
        mine.last_timestamp = mine.last_timestamp.max(theirs.last_timestamp);
    }
}
