//! Connections to the servers of a cluster: handed out by a policy, replaced when they break, and tried again on
//! another server when a call fails.
//!
//! # Layout
//!
//! | file | holds |
//! |---|---|
//! | `gate` | how many connections may be out |
//! | `slot`, `host` | what an `r2d2` pool holds; the slots of one server |
//! | `health`, `latency` | whether a host is up, and how fast it is |
//! | `hosts`, `balance` | the list of hosts, and the choice among them |
//! | `check_out`, `race`, `checked_out` | how a caller comes by a connection, of one host or the first that answers |
//! | `call`, `retry`, `execute` | a call on one server after the other until it is done |
//! | `ring`, `housekeeping` | what the ring says; health checks and discovery on a thread of their own |
//! | `listener`, `events`, `stats` | what can be learned of the life of a pool |
//! | `builder` | how a pool is made |
//!
//! One `r2d2` pool a host holds *slots*, not connections: an empty slot costs nothing and cannot fail, and
//! the caller who checks it out connects. So an error is the caller's own, typed and prompt, and a server
//! that is down keeps no thread busy. Only where nobody knows whether a host is there does the caller let others
//! connect to it and to the next ones, and takes the first connection: so many silent hosts cost no more than one.

mod balance;
mod builder;
mod call;
mod check_out;
mod checked_out;
mod events;
mod execute;
mod gate;
mod health;
mod host;
mod hosts;
mod housekeeping;
mod latency;
mod listener;
mod options;
mod race;
mod retry;
mod ring;
mod servers;
mod slot;
mod stats;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use scheduled_thread_pool::ScheduledThreadPool;

pub use balance::{BalancingPolicy, HostView, LatencyScore, LeastPending, RoundRobin, TokenAware};
pub use builder::ConnectionPoolBuilder;
pub use call::Call;
pub use checked_out::PooledConnection;
pub use health::HostState;
pub use listener::{
    ConnectionEvent, Disposal, FailureEvent, LoggingListener, PoolListener, StatisticsListener,
};
pub use retry::{Backoff, FailedAttempt, RetryPolicy};
pub use ring::RingHost;
pub use stats::{HostStats, PoolStats};

use crate::connection::ConnectionOptions;
use crate::error::{Error, Result};
use check_out::Wish;
use gate::Gate;
use hosts::HostList;
use housekeeping::Housekeeping;
use options::Options;
use servers::Servers;
use stats::Counters;

/// How long a connection is trusted to be open that a caller takes by hand: the look takes longer than all
/// the rest, and hardly a server is restarted in less.
const JUST_USED: Duration = Duration::from_millis(1);

/// A pool of connections to the servers of a cluster, all set to one keyspace.
///
/// Cheap to clone; the clones share the connections. When the last one is dropped, all are closed: those that
/// are still in callers' hands when they come back.
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
pub struct ConnectionPool(Arc<Handle>);

/// What the clones of a pool share; the pool closes when it goes. Connections in callers' hands and the thread
/// that keeps house have the rest.
struct Handle(Arc<Inner>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.close();
    }
}

struct Inner {
    name: Arc<str>,
    keyspace: Arc<str>,
    connection: ConnectionOptions,
    options: Options,
    policy_uses_replicas: bool,
    /// What times in a word count from.
    epoch: Instant,
    hosts: ArcSwap<HostList>,
    servers: Mutex<Servers>,
    gate: Gate,
    /// Idle connections over all hosts.
    idle: AtomicUsize,
    /// Where the next check-out starts: hosts take turns.
    turn: AtomicUsize,
    next_id: AtomicU64,
    listeners: Box<[Arc<dyn PoolListener>]>,
    counters: Counters,
    /// Makes empty slots.
    threads: Arc<ScheduledThreadPool>,
    housekeeping: Arc<Housekeeping>,
}

impl ConnectionPool {
    /// A pool with default options; see [`ConnectionPoolBuilder`] for them.
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

    /// The largest frame that its connections send or take.
    pub(crate) fn max_frame(&self) -> usize {
        self.inner().connection.frame_limit()
    }

    /// The keyspace of its connections.
    pub fn keyspace(&self) -> &str {
        &self.inner().keyspace
    }

    /// Its name for logs.
    pub fn name(&self) -> &str {
        &self.inner().name
    }

    /// The servers, in the order in which they take turns.
    pub fn servers(&self) -> Vec<Arc<str>> {
        let list = self.inner().hosts.load();
        list.entries.iter().map(|entry| entry.host.server().clone()).collect()
    }

    /// `pool_size`: the connections that it keeps.
    pub fn size(&self) -> usize {
        self.inner().options.pool_size
    }

    /// The connections that are in callers' hands.
    pub fn checked_out(&self) -> usize {
        self.inner().gate.out()
    }

    /// The connections that are open and wait in the pool.
    pub fn checked_in(&self) -> usize {
        self.inner().idle.load(Ordering::Relaxed)
    }

    /// The connections beyond [`size`](Self::size).
    pub fn overflow(&self) -> usize {
        (self.checked_out() + self.checked_in()).saturating_sub(self.size())
    }

    /// Whether a caller that has a connection may take another one: there are several, and it would wait for one.
    pub(crate) fn has_room_beside(&self) -> bool {
        let options = &self.inner().options;
        options.capacity() > 1 && options.pool_timeout.is_none_or(|timeout| !timeout.is_zero())
    }

    /// The pool in numbers.
    pub fn stats(&self) -> PoolStats {
        let inner = self.inner();
        let (counters, now) = (&inner.counters, Instant::now());
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let list = inner.hosts.load();
        let hosts = list.entries.iter().map(|entry| HostStats {
            server: entry.host.server().clone(),
            datacenter: entry.datacenter.clone(),
            state: entry.host.health().state(),
            checked_out: entry.host.out(),
            checked_in: entry.host.idle(),
            created: read(&entry.host.created),
            failed: read(&entry.host.failed),
            latency: entry.host.latency().average(now),
        });
        PoolStats {
            checked_out: self.checked_out(),
            checked_in: self.checked_in(),
            overflow: self.overflow(),
            check_outs: inner.turn.load(Ordering::Relaxed) as u64,
            created: read(&counters.created),
            disposed: read(&counters.disposed),
            recycled: read(&counters.recycled),
            failed: read(&counters.failed),
            retries: read(&counters.retries),
            at_max: read(&counters.at_max),
            refused: read(&counters.refused),
            hosts: hosts.collect(),
        }
    }

    /// Checks a connection out; it returns itself when it is dropped.
    ///
    /// The pool's [`BalancingPolicy`] chooses the host. A host that cannot be reached is put aside for a
    /// while, and the next one is tried; hosts put aside are tried when no other is left.
    ///
    /// Where no host takes connections, that is said within the
    /// [`connect_timeout`](ConnectionPoolBuilder::connect_timeout), however many there are; where they take them and
    /// then stay silent, within a quarter of it and the [`timeout`](ConnectionPoolBuilder::timeout) (twice the timeout
    /// where there is a login). One that has a connection in use is trusted to be there, and may take its own time
    /// once before that.
    ///
    /// # Errors
    /// [`Error::NoConnectionAvailable`] where all connections stay out for `pool_timeout`;
    /// [`Error::AllServersUnavailable`] where no server can be reached; [`Error::NoSuchKeyspace`] and
    /// [`Error::Authentication`] where a server refuses.
    pub fn get(&self) -> Result<PooledConnection> {
        self.inner().check_out(&Wish { trusted_for: JUST_USED, ..Wish::default() }, Instant::now())
    }

    /// Opens connections until there are as many as the pool keeps, those in callers' hands included.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).prefill(false).build()?;
    /// assert_eq!(pool.checked_in(), 0);
    /// pool.fill()?;
    /// assert_eq!(pool.checked_in(), 5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`ConnectionPool::get`], where a connection cannot be made.
    pub fn fill(&self) -> Result<()> {
        let mut held = Vec::new();
        while self.checked_out() + self.checked_in() < self.size() {
            // those that are idle come first, and are held until enough new ones have come
            let now = Instant::now();
            let deadline = Some(now + self.inner().options.call_timeout);
            let wish = Wish { quietly: true, deadline, ..Wish::default() };
            match self.inner().check_out(&wish, now) {
                Ok(connection) => held.push(connection),
                // others have taken what was left
                Err(Error::NoConnectionAvailable { .. }) => break,
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Closes all idle connections; those in callers' hands are closed when they come back. The pool may be
    /// used further, and then opens new ones.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// assert_eq!(pool.checked_in(), 5);
    /// pool.dispose();
    /// assert_eq!(pool.checked_in(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn dispose(&self) {
        self.inner().dispose();
    }

    /// Gives the pool other servers. Hosts that stay keep their connections; those of the others are closed,
    /// at once or when they come back.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, wire};
    /// # fn main() -> cassa::Result<()> {
    /// # let (old, new) = (EmbeddedServer::start()?, EmbeddedServer::start()?);
    /// # for server in [&old, &new] {
    /// #     SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # }
    /// let pool = ConnectionPool::new("Keyspace1", old.addresses())?;
    /// pool.set_servers(new.addresses())?;
    /// old.stop();
    /// pool.execute(|connection| connection.call(&wire::methods::DescribeVersion {}))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where the list is empty: the pool keeps those it has.
    pub fn set_servers(&self, servers: impl IntoIterator<Item = impl ToString>) -> Result<()> {
        self.inner().set_seeds(servers.into_iter().map(|server| server.to_string()).collect())
    }

    fn inner(&self) -> &Arc<Inner> {
        &self.0.0
    }
}

impl fmt::Debug for ConnectionPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionPool")
            .field("name", &self.name())
            .field("keyspace", &self.keyspace())
            .field("servers", &self.servers())
            .field("options", &self.inner().options)
            .field("checked_out", &self.checked_out())
            .field("checked_in", &self.checked_in())
            .finish_non_exhaustive()
    }
}
