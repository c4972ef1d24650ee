//! A pool in numbers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::health::HostState;

/// What has happened so far, over all hosts. Check-outs are counted by the turns that hosts take.
#[derive(Default)]
pub(super) struct Counters {
    pub(super) created: AtomicU64,
    pub(super) disposed: AtomicU64,
    pub(super) recycled: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) at_max: AtomicU64,
    pub(super) refused: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// A snapshot of a pool in numbers. The numbers are read one after the other, while the pool is used.
///
/// ```
/// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// use cassa::HostState;
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).prefill(false).build()?;
/// let connection = pool.get()?;
/// let stats = pool.stats();
/// assert_eq!((stats.created, stats.checked_out, stats.checked_in, stats.failed), (1, 1, 0, 0));
/// assert_eq!(stats.hosts[0].state, HostState::Up);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PoolStats {
    /// Connections in callers' hands.
    pub checked_out: usize,
    /// Connections that wait in the pool.
    pub checked_in: usize,
    /// Connections beyond those that the pool keeps.
    pub overflow: usize,
    /// How often a caller has asked for a connection and was let in.
    pub check_outs: u64,
    /// Connections made so far.
    pub created: u64,
    /// Connections closed so far, recycled ones not counted.
    pub disposed: u64,
    /// Connections recycled so far.
    pub recycled: u64,
    /// Connections that could not be made or broke so far.
    pub failed: u64,
    /// Calls made again so far.
    pub retries: u64,
    /// How often a caller found all connections out.
    pub at_max: u64,
    /// How often a caller got none within its time.
    pub refused: u64,
    /// Each host, in the order in which they take turns.
    pub hosts: Vec<HostStats>,
}

/// One host of a pool in numbers. [`PoolStats`] has an example.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HostStats {
    /// The server, as it was given or discovered.
    pub server: Arc<str>,
    /// Its data centre, where the ring has been read.
    pub datacenter: Option<Arc<str>>,
    /// How the pool stands to it.
    pub state: HostState,
    /// Its connections in callers' hands.
    pub checked_out: usize,
    /// Its connections that wait in the pool.
    pub checked_in: usize,
    /// Connections to it that were made so far.
    pub created: u64,
    /// Connections to it that could not be made or broke so far.
    pub failed: u64,
    /// How long its last calls took, on average; `None` where none was made.
    pub latency: Option<Duration>,
}
