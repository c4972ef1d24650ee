//! Connections to the servers of a cluster: handed out in turn, replaced when they break, and tried again on
//! another server when a call fails.
//!
//! # Layout
//!
//! `gate` (how many may be out) and `slot` (what an `r2d2` pool holds) → `host` (the slots of one server and
//! its state) → `checked_out` (a connection in a caller's hands) → `execute` (a `call` on one server after the
//! other, as often as `retry` says); `builder` makes a pool.
//!
//! One `r2d2` pool a host holds *slots*, not connections: an empty slot costs nothing and cannot fail, and
//! the caller who checks it out connects. So an error is the caller's own, typed and prompt, and a server
//! that is down keeps no thread busy.

mod builder;
mod call;
mod checked_out;
mod execute;
mod gate;
mod host;
mod retry;
mod slot;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub use builder::ConnectionPoolBuilder;
pub use call::Call;
pub use checked_out::PooledConnection;
pub use retry::{Backoff, FailedAttempt, RetryPolicy};

use crate::connection::ConnectionOptions;
use crate::error::{Error, Result, ServerFailure};
use gate::Gate;
use host::Host;

/// A pool of connections to the servers of a cluster, all set to one keyspace.
///
/// Cheap to clone; the clones share the connections. When the last one is dropped, all are closed.
///
/// ```
/// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let mut connection = pool.get()?;
/// assert_eq!(connection.keyspace(), Some("Keyspace1"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ConnectionPool(Arc<Inner>);

struct Inner {
    keyspace: Arc<str>,
    connection: ConnectionOptions,
    options: Options,
    hosts: Vec<Host>,
    /// Where the next check-out starts: hosts take turns.
    turn: AtomicUsize,
    gate: Gate,
}

#[derive(Clone, Debug)]
struct Options {
    pool_size: usize,
    max_overflow: usize,
    pool_timeout: Duration,
    retry: Arc<dyn RetryPolicy>,
    call_timeout: Duration,
    recycle: u64,
    cool_off: Duration,
}

impl ConnectionPool {
    /// A pool with default options; see [`ConnectionPool::builder`] for them.
    ///
    /// # Errors
    /// As [`ConnectionPoolBuilder::build`].
    pub fn new(keyspace: &str, servers: impl IntoIterator<Item = impl ToString>) -> Result<Self> {
        Self::builder(keyspace).servers(servers).build()
    }

    /// Options for a pool whose connections are set to `keyspace`.
    pub fn builder(keyspace: &str) -> ConnectionPoolBuilder {
        ConnectionPoolBuilder::new(keyspace)
    }

    /// The keyspace of its connections.
    pub fn keyspace(&self) -> &str {
        &self.0.keyspace
    }

    /// The servers, in the order in which they take turns.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.0.hosts.iter().map(Host::server)
    }

    /// The connections that are in callers' hands.
    pub fn checked_out(&self) -> usize {
        self.0.gate.out()
    }

    /// The connections that are open and wait in the pool.
    pub fn checked_in(&self) -> usize {
        self.0.hosts.iter().map(Host::idle).sum()
    }

    /// Checks a connection out; it returns itself when it is dropped.
    ///
    /// Hosts take turns. A host that cannot be reached is put aside for a while, and the next one is tried;
    /// hosts put aside are tried when no other is left.
    ///
    /// # Errors
    /// [`Error::NoConnectionAvailable`] where all connections stay out for `pool_timeout`;
    /// [`Error::AllServersUnavailable`] where no server can be reached; [`Error::NoSuchKeyspace`] and
    /// [`Error::Authentication`] where a server refuses.
    pub fn get(&self) -> Result<PooledConnection> {
        self.check_out(None, None)
    }

    /// As [`ConnectionPool::get`], `but` this host only if no other can be reached.
    fn check_out(&self, but: Option<usize>, deadline: Option<Instant>) -> Result<PooledConnection> {
        let inner = &*self.0;
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let wait = inner.options.pool_timeout.min(left.unwrap_or(Duration::MAX));
        let permit = inner.gate.enter(wait).ok_or_else(|| Error::NoConnectionAvailable {
            size: inner.options.pool_size,
            overflow: inner.options.max_overflow,
            waited: wait,
        })?;
        let now = Instant::now();
        let n = inner.hosts.len();
        let first = inner.turn.fetch_add(1, Ordering::Relaxed) % n;
        let mut failures = Vec::new();
        for wanted in [true, false] {
            for i in (0..n).map(|i| (first + i) % n) {
                let host = &inner.hosts[i];
                let good = Some(i) != but && host.is_up(now);
                // what failed in the first round has just been put aside, and is not tried twice
                if good != wanted || failures.iter().any(|f: &ServerFailure| *f.server == *host.server()) {
                    continue;
                }
                match host.open(&inner.connection, &inner.keyspace) {
                    Ok(slot) => {
                        return Ok(PooledConnection::new(i, slot, permit));
                    }
                    Err(cause) if cause.blames_server() => {
                        host.put_aside(&cause, inner.options.cool_off);
                        failures.push(ServerFailure { server: host.server().into(), cause });
                    }
                    Err(refused) => return Err(refused),
                }
            }
        }
        Err(Error::AllServersUnavailable(failures.into()))
    }
}

impl fmt::Debug for ConnectionPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionPool")
            .field("keyspace", &self.0.keyspace)
            .field("servers", &self.servers().collect::<Vec<_>>())
            .field("options", &self.0.options)
            .field("checked_out", &self.checked_out())
            .field("checked_in", &self.checked_in())
            .finish_non_exhaustive()
    }
}
