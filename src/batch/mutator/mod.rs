//! A batch over one or several column families.
//!
//! # Layout
//!
//! `options` (how much, and how it is sent) → `verbs` (what is written) → `gather` (each operation stamped, encoded and
//! queued) → `send` (message by message, and what is kept where one fails) → `scope` (all of it or nothing). What waits
//! stands here.

mod gather;
mod options;
mod scope;
mod send;
mod verbs;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

pub(crate) use gather::Kind;

use super::queue::Rows;
use crate::column_family::ColumnFamily;
use crate::pool::ConnectionPool;
use options::Options;

/// Gathers writes of one or several column families of a keyspace, and sends them together.
///
/// What is queued is packed at once, so what does not fit its type is an error where it is queued, and nothing of that
/// operation is. It is stamped at once, too, each operation with a later timestamp than the one before: so operations on
/// one column end as they were ordered, and sending a batch again changes nothing.
///
/// A batch is sent by [`send`](Self::send), at the end of a [`scope`](Self::scope), and by itself when it has come to
/// [`queue_size`](Self::queue_size) operations or [`byte_limit`](Self::byte_limit) bytes. Where a call fails, everything
/// that was not acknowledged is kept, and goes out with the next one. Dropped with something left, a batch discards it,
/// with a warning to `tracing`.
///
/// May be used by many threads; each sends on a connection of its own, and holds nobody up.
///
/// ```
/// # use cassa::{ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, Mutator, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family("Keyspace1", "Planes")?;
/// # system.create_column_family("Keyspace1", "Models")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let (planes, models) = (ColumnFamily::open(&pool, "Planes")?, ColumnFamily::open(&pool, "Models")?);
/// let batch = Mutator::new(&pool);
/// batch
///     .insert(&planes, "N10156", [("model", "EMB-145XR")])?
///     .insert(&models, "EMB-145XR", [("N10156", "")])?
///     .remove(&models, "A320", ["N10156"])?
///     .send()?;
/// assert_eq!(planes.get("N10156")?.expect("just sent")["model"], "EMB-145XR");
/// # Ok(())
/// # }
/// ```
pub struct Mutator {
    pool: ConnectionPool,
    options: Options,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    plain: Rows,
    counters: Rows,
    /// Counters that were sent without an answer: nobody knows whether they took effect.
    doubtful: Rows,
    /// To ask what an error means, and to name rows.
    families: HashMap<Arc<str>, ColumnFamily>,
    last_timestamp: i64,
}

impl State {
    /// What waits to be sent.
    fn operations(&self) -> usize {
        self.plain.operations() + self.counters.operations()
    }
}

impl Mutator {
    /// A batch on the connections of a pool.
    pub fn new(pool: &ConnectionPool) -> Self {
        Mutator {
            pool: pool.clone(),
            options: Options::default(),
            state: Mutex::new(State { last_timestamp: i64::MIN, ..State::default() }),
        }
    }

    /// The operations that wait to be sent. Of operations under way in other threads it knows nothing.
    pub fn len(&self) -> usize {
        self.state.lock().operations()
    }

    /// Whether nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets what waits to be sent. Gives the number of operations.
    pub fn discard(&self) -> usize {
        let mut state = self.state.lock();
        let operations = state.operations();
        (state.plain, state.counters) = (Rows::default(), Rows::default());
        operations
    }

    /// The additions to counters that were sent, and of which nobody knows whether they took effect. They are not sent
    /// again, as they might count twice.
    pub fn doubtful(&self) -> usize {
        self.state.lock().doubtful.operations()
    }

    /// Queues the [`doubtful`](Self::doubtful) additions again: for a caller who knows that they did not count, or prefers
    /// that they count twice. Gives their number.
    pub fn requeue_doubtful(&self) -> usize {
        let mut state = self.state.lock();
        let doubtful = std::mem::take(&mut state.doubtful);
        let operations = doubtful.operations();
        state.counters.append(doubtful.into_inner());
        operations
    }
}

impl Drop for Mutator {
    fn drop(&mut self) {
        let operations = self.state.get_mut().operations();
        if operations > 0 && !self.options.scoped {
            tracing::warn!(
                operations,
                keyspace = self.pool.keyspace(),
                "a batch was dropped before it was sent"
            );
        }
    }
}

impl fmt::Debug for Mutator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutator")
            .field("keyspace", &self.pool.keyspace())
            .field("options", &self.options)
            .field("operations", &self.len())
            .finish_non_exhaustive()
    }
}
