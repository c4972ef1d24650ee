//! How a pool is made.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use scheduled_thread_pool::{OnPoolDropBehavior, ScheduledThreadPool};

use super::balance::{BalancingPolicy, RoundRobin};
use super::gate::Gate;
use super::housekeeping::{self, Housekeeping};
use super::listener::PoolListener;
use super::options::{Filter, Options, Supplier};
use super::retry::{Backoff, RetryPolicy};
use super::ring::RingHost;
use super::servers::Servers;
use super::stats::Counters;
use super::{ConnectionPool, Handle, Inner};
#[cfg(feature = "tls")]
use crate::connection::TlsOptions;
use crate::connection::{ConnectionOptions, LONGEST_WAIT, TransportFactory};
use crate::error::{Error, Result};

/// How long a call may take in all, unless the pool says otherwise.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The most connections that a pool keeps.
const MOST_KEPT: usize = 10_000;

/// Options for a [`ConnectionPool`]. The defaults are pycassa's. A time over a year is taken as a year.
///
/// ```
/// # use std::time::Duration;
/// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::builder("Keyspace1")
///     .servers(server.addresses())
///     .pool_size(10)
///     .timeout(Duration::from_secs(2))
///     .max_retries(3)
///     .build()?;
/// # assert_eq!(pool.checked_in(), 10);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct ConnectionPoolBuilder {
    keyspace: String,
    name: Option<String>,
    servers: Vec<String>,
    connection: ConnectionOptions,
    options: Options,
    prefill: bool,
    backoff: Backoff,
    call_timeout: Option<Duration>,
    retry: Option<Arc<dyn RetryPolicy>>,
    listeners: Vec<Arc<dyn PoolListener>>,
}

impl ConnectionPoolBuilder {
    pub(super) fn new(keyspace: &str) -> Self {
        ConnectionPoolBuilder {
            keyspace: keyspace.to_owned(),
            name: None,
            servers: vec!["localhost:9160".to_owned()],
            connection: ConnectionOptions::default(),
            options: Options {
                pool_size: 5,
                max_overflow: Some(0),
                pool_timeout: Some(Duration::from_secs(30)),
                call_timeout: CALL_TIMEOUT,
                retry: Arc::new(Backoff::default()),
                recycle: 10_000,
                cool_off: Duration::from_millis(500),
                balancing: Arc::new(RoundRobin),
                datacenter: None,
                discover: None,
                supplier: None,
                refresh_every: Duration::from_secs(60),
            },
            prefill: true,
            backoff: Backoff::default(),
            call_timeout: None,
            retry: None,
            listeners: Vec::new(),
        }
    }

    /// The servers: `host`, `host:port`, `[v6]:port`; the port defaults to 9160. They are shuffled, so that
    /// clients do not all start with the first. Defaults to `localhost:9160`.
    pub fn servers(mut self, servers: impl IntoIterator<Item = impl ToString>) -> Self {
        self.servers = servers.into_iter().map(|server| server.to_string()).collect();
        self.options.supplier = None;
        self
    }

    /// A function that gives the servers, in place of a list. It is asked when the pool is made, and then
    /// [every so often](Self::refresh_every); an empty list changes nothing. Defaults to none.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let addresses = server.addresses();
    /// let pool = ConnectionPool::builder("Keyspace1")
    ///     .servers_from(move || addresses.iter().map(ToString::to_string).collect())
    ///     .build()?;
    /// assert_eq!(pool.servers().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn servers_from(mut self, servers: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        self.options.supplier = Some(Supplier(Arc::new(servers)));
        self
    }

    /// Takes the hosts of the ring, and gives up those that have left it; the [`servers`](Self::servers) that
    /// were given are asked first, and are used again where no host of the ring can be reached. The ring is
    /// read when the pool is made and then [every so often](Self::refresh_every). Defaults to false.
    ///
    /// The ring does not tell ports: each host is assumed to have that of the server that was asked.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// let cluster = EmbeddedServer::builder().cluster(3).start()?;
    /// # SystemManager::connect(cluster.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let first = cluster.addresses()[0];
    /// let pool = ConnectionPool::builder("Keyspace1").servers([first]).discover(true).build()?;
    /// assert_eq!(pool.servers().len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn discover(mut self, discover: bool) -> Self {
        self.options.discover = discover.then(|| Filter(Arc::new(|_: &RingHost| true)));
        self
    }

    /// As [`discover`](Self::discover), for those hosts only for which the filter says true; where it says so
    /// for none, the servers that were given are used.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let cluster = EmbeddedServer::builder().cluster(3).start()?;
    /// # SystemManager::connect(cluster.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # let addresses = cluster.addresses();
    /// let pool = ConnectionPool::builder("Keyspace1")
    ///     .servers(&addresses)
    ///     .discover_only(|host| host.datacenter.as_deref() == Some("datacenter1"))
    ///     .build()?;
    /// # assert_eq!(pool.servers().len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn discover_only(mut self, filter: impl Fn(&RingHost) -> bool + Send + Sync + 'static) -> Self {
        self.options.discover = Some(Filter(Arc::new(filter)));
        self
    }

    /// How often the ring and the list of servers are read anew, where they are read at all. Defaults to 60 s.
    pub fn refresh_every(mut self, period: Duration) -> Self {
        self.options.refresh_every = period.clamp(Duration::from_millis(1), LONGEST_WAIT);
        self
    }

    /// Which host a call goes to. Defaults to [`RoundRobin`].
    pub fn balancing(mut self, policy: impl BalancingPolicy + 'static) -> Self {
        self.options.balancing = Arc::new(policy);
        self
    }

    /// The data centre to prefer, under any policy: hosts of others are used while none of this one is up. It
    /// is read off the ring; a host that the ring does not have counts as near. Defaults to none.
    ///
    /// ```
    /// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let pool = ConnectionPool::builder("Keyspace1")
    ///     .servers(server.addresses())
    ///     .datacenter("datacenter1")
    ///     .build()?;
    /// assert_eq!(pool.stats().hosts[0].datacenter.as_deref(), Some("datacenter1"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn datacenter(mut self, name: &str) -> Self {
        self.options.datacenter = Some(name.into());
        self
    }

    /// Logs every connection in with a user's name and password. Defaults to no login.
    pub fn credentials(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.connection = self.connection.credentials(username, password);
        self
    }

    /// How long connecting to a server may take, handshakes included. Defaults to 0.5 s.
    ///
    /// It is also how long connecting to several servers takes together, where none of them is known to be there: the
    /// second is tried after an eighth of it, the others within a further eighth. An attempt that is under way when the
    /// pool is dropped, and that no host answers or refuses, ends with this time and not before.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connection = self.connection.connect_timeout(timeout);
        self
    }

    /// How long one call to one server may take. Defaults to 0.5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.connection = self.connection.timeout(timeout);
        self
    }

    /// How long a call may take in all: the wait for a connection, attempts, and the pauses between them. A
    /// call can be given another deadline ([`Call::deadline`](crate::Call::deadline)). Defaults to 10 s, or
    /// to twice the [`timeout`](Self::timeout) where that is longer.
    ///
    /// Where all servers are down, a call fails as soon as [`get`](ConnectionPool::get) does, or is tried again for up
    /// to the [`connect_timeout`](Self::connect_timeout) where they refuse. Where all fall silent at once, each
    /// connection that the call is given takes the [`timeout`](Self::timeout) to be found so; with three servers and
    /// the defaults that is 2.2 s for the first call, and 0.6 s for those that follow.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout.min(LONGEST_WAIT));
        self
    }

    /// The connections that the pool keeps open, over all servers. Defaults to 5.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.options.pool_size = connections;
        self
    }

    /// The connections that may be made beyond `pool_size` while all are out; they are closed when they come
    /// back and are not needed. `None` for no limit (pycassa's −1). Defaults to 0.
    pub fn max_overflow(mut self, connections: impl Into<Option<usize>>) -> Self {
        self.options.max_overflow = connections.into();
        self
    }

    /// How long a caller waits for a connection while all are out. Zero does not wait; `None` waits for ever
    /// (pycassa's −1), or as long as the [`call_timeout`](Self::call_timeout) leaves time. Defaults to 30 s.
    pub fn pool_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options.pool_timeout = timeout.into().map(|timeout| timeout.min(LONGEST_WAIT));
        self
    }

    /// Whether to open all connections at once, so that a wrong keyspace or a cluster that is down is an
    /// error of [`ConnectionPoolBuilder::build`]. Defaults to true.
    pub fn prefill(mut self, prefill: bool) -> Self {
        self.prefill = prefill;
        self
    }

    /// A connection is closed after it was checked out so often. Defaults to 10,000.
    pub fn recycle(mut self, operations: u64) -> Self {
        self.options.recycle = operations.max(1);
        self
    }

    /// How often a call that failed is made again; `None` for as often as the
    /// [`call_timeout`](Self::call_timeout) leaves time for (pycassa's −1). Defaults to 5.
    pub fn max_retries(mut self, retries: impl Into<Option<usize>>) -> Self {
        self.backoff.max_retries = retries.into();
        self
    }

    /// How long to wait before the first retry; it doubles with each further one. Defaults to 10 ms.
    pub fn backoff(mut self, first: Duration) -> Self {
        self.backoff.first = first.min(LONGEST_WAIT);
        self
    }

    /// The share of each wait before a retry that is left to chance, from 0 to 1. Defaults to 0.5.
    pub fn jitter(mut self, share: f64) -> Self {
        self.backoff.jitter = share;
        self
    }

    /// Decides whether a call that failed is made again, in place of `max_retries`, `backoff` and `jitter`.
    /// Defaults to a [`Backoff`] of these three.
    pub fn retry_policy(mut self, policy: impl RetryPolicy + 'static) -> Self {
        self.retry = Some(Arc::new(policy));
        self
    }

    /// How long a server that failed is passed over while others are up, before it is checked. Defaults to
    /// 0.5 s.
    pub fn cool_off(mut self, time: Duration) -> Self {
        self.options.cool_off = time.min(LONGEST_WAIT);
        self
    }

    /// The largest frame to send or to take, in bytes. Defaults to 15 MiB.
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.connection = self.connection.max_frame(bytes);
        self
    }

    /// Encrypts all connections. Defaults to none.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, options: &TlsOptions) -> Self {
        self.connection = self.connection.tls(options);
        self
    }

    /// Makes what carries the bytes of each connection. Defaults to the plain socket.
    pub fn transport(mut self, factory: impl TransportFactory + 'static) -> Self {
        self.connection = self.connection.transport(factory);
        self
    }

    /// Tells a listener what happens; may be given several times. Defaults to none.
    pub fn listener(mut self, listener: Arc<dyn PoolListener>) -> Self {
        self.listeners.push(listener);
        self
    }

    /// The name for logs and listeners. Defaults to the keyspace.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Makes the pool.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where there is no server, or no place for a connection; where the pool is to
    /// be filled, those of [`ConnectionPool::get`].
    pub fn build(self) -> Result<ConnectionPool> {
        let mut options = self.options;
        options.retry = self.retry.unwrap_or_else(|| Arc::new(self.backoff));
        let twice = self.connection.longest_call().saturating_mul(2).min(LONGEST_WAIT);
        options.call_timeout = self.call_timeout.unwrap_or(CALL_TIMEOUT.max(twice));
        if options.pool_size > MOST_KEPT || options.capacity() == 0 {
            let why = format!(
                "expected up to {MOST_KEPT} connections, and 1 or more with max_overflow, got {}",
                options.pool_size
            );
            return Err(Error::InvalidOption { option: "pool_size", why: why.into() });
        }
        let seeds = options.supplier.as_ref().map_or(self.servers, |supplier| (supplier.0)());
        let threads = ScheduledThreadPool::builder()
            .num_threads(1)
            .thread_name_pattern("cassa-slots-{}")
            .on_drop_behavior(OnPoolDropBehavior::DiscardPendingScheduled)
            .build();
        let inner = Arc::new(Inner {
            name: self.name.unwrap_or_else(|| self.keyspace.clone()).into(),
            keyspace: self.keyspace.into(),
            connection: self.connection,
            policy_uses_replicas: options.balancing.uses_replicas(),
            epoch: Instant::now(),
            hosts: ArcSwap::default(),
            servers: Mutex::new(Servers::default()),
            gate: Gate::new(options.capacity()),
            idle: AtomicUsize::new(0),
            turn: AtomicUsize::new(0),
            next_id: AtomicU64::new(1),
            listeners: self.listeners.into(),
            counters: Counters::default(),
            threads: Arc::new(threads),
            housekeeping: Arc::new(Housekeeping::default()),
            options,
        });
        let pool = ConnectionPool(Arc::new(Handle(inner.clone())));
        inner.set_seeds(seeds)?;
        if self.prefill {
            // the connections go to the right hosts at once; where the ring cannot be read, to those given
            inner.first_refresh();
        }
        housekeeping::start(&inner);
        if self.prefill {
            pool.fill()?;
        }
        Ok(pool)
    }
}

impl fmt::Debug for ConnectionPoolBuilder {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionPoolBuilder")
            .field("keyspace", &self.keyspace)
            .field("name", &self.name)
            .field("servers", &self.servers)
            .field("connection", &self.connection)
            .field("options", &self.options)
            .field("prefill", &self.prefill)
            .field("backoff", &self.backoff)
            .field("listeners", &self.listeners.len())
            .finish_non_exhaustive()
    }
}
