//! How a pool is made.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use scheduled_thread_pool::{OnPoolDropBehavior, ScheduledThreadPool};

use super::gate::Gate;
use super::host::{Host, Shared};
use super::retry::{Backoff, RetryPolicy};
use super::{ConnectionPool, Inner, Options};
use crate::connection::{ConnectionOptions, LONGEST_WAIT};
use crate::error::{Error, Result};

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
#[derive(Clone, Debug)]
pub struct ConnectionPoolBuilder {
    keyspace: String,
    servers: Vec<String>,
    connection: ConnectionOptions,
    options: Options,
    prefill: bool,
    backoff: Backoff,
    call_timeout: Option<Duration>,
    retry: Option<Arc<dyn RetryPolicy>>,
}

impl ConnectionPoolBuilder {
    pub(super) fn new(keyspace: &str) -> Self {
        ConnectionPoolBuilder {
            keyspace: keyspace.to_owned(),
            servers: vec!["localhost:9160".to_owned()],
            connection: ConnectionOptions::default(),
            options: Options {
                pool_size: 5,
                max_overflow: 0,
                pool_timeout: Duration::from_secs(30),
                retry: Arc::new(Backoff::default()),
                call_timeout: CALL_TIMEOUT,
                recycle: 10_000,
                cool_off: Duration::from_millis(500),
            },
            prefill: true,
            backoff: Backoff::default(),
            call_timeout: None,
            retry: None,
        }
    }

    /// The servers: `host`, `host:port`, `[v6]:port`; the port defaults to 9160. They are shuffled, so that
    /// clients do not all start with the first. Defaults to `localhost:9160`.
    #[must_use]
    pub fn servers(mut self, servers: impl IntoIterator<Item = impl ToString>) -> Self {
        self.servers = servers.into_iter().map(|server| server.to_string()).collect();
        self
    }

    /// The connections that the pool keeps open, over all servers. Defaults to 5.
    #[must_use]
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.options.pool_size = connections;
        self
    }

    /// The connections that may be made beyond `pool_size` while all are out; they are closed when they come
    /// back. Defaults to 0.
    #[must_use]
    pub fn max_overflow(mut self, connections: usize) -> Self {
        self.options.max_overflow = connections;
        self
    }

    /// How long a caller waits for a connection while all are out; zero does not wait. Defaults to 30 s.
    #[must_use]
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.options.pool_timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// How long connecting to a server may take. Defaults to 0.5 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connection = self.connection.connect_timeout(timeout);
        self
    }

    /// How long one call to one server may take. Defaults to 0.5 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.connection = self.connection.timeout(timeout);
        self
    }

    /// How long a call may take in all: the wait for a connection, attempts, and the pauses between them. A
    /// call can be given another deadline ([`Call::deadline`](crate::Call::deadline)). Defaults to 10 s, or
    /// to twice the [`timeout`](Self::timeout) where that is longer.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout.min(LONGEST_WAIT));
        self
    }

    /// How often a call that failed is made again; `None` for as often as the
    /// [`call_timeout`](Self::call_timeout) leaves time for. Defaults to 5.
    #[must_use]
    pub fn max_retries(mut self, retries: impl Into<Option<usize>>) -> Self {
        self.backoff.max_retries = retries.into();
        self
    }

    /// How long to wait before the first retry; it doubles with each further one. Defaults to 10 ms.
    #[must_use]
    pub fn backoff(mut self, first: Duration) -> Self {
        self.backoff.first = first.min(LONGEST_WAIT);
        self
    }

    /// The share of each wait before a retry that is left to chance, from 0 to 1. Defaults to 0.5.
    #[must_use]
    pub fn jitter(mut self, share: f64) -> Self {
        self.backoff.jitter = share;
        self
    }

    /// Decides whether a call that failed is made again, in place of `max_retries`, `backoff` and `jitter`.
    /// Defaults to a [`Backoff`] of these three.
    #[must_use]
    pub fn retry_policy(mut self, policy: impl RetryPolicy + 'static) -> Self {
        self.retry = Some(Arc::new(policy));
        self
    }

    /// A connection is closed after so many calls. Defaults to 10,000.
    #[must_use]
    pub fn recycle(mut self, calls: u64) -> Self {
        self.options.recycle = calls;
        self
    }

    /// How long a server that failed is passed over while others are up. Defaults to 0.5 s.
    #[must_use]
    pub fn cool_off(mut self, time: Duration) -> Self {
        self.options.cool_off = time.min(LONGEST_WAIT);
        self
    }

    /// Whether to open all connections at once, so that a wrong keyspace or a cluster that is down is an
    /// error of [`ConnectionPoolBuilder::build`]. Defaults to true.
    #[must_use]
    pub fn prefill(mut self, prefill: bool) -> Self {
        self.prefill = prefill;
        self
    }

    /// The largest frame to send or to take, in bytes. Defaults to 15 MiB.
    #[must_use]
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.connection = self.connection.max_frame(bytes);
        self
    }

    /// Logs every connection in with a user's name and password. Defaults to no login.
    #[must_use]
    pub fn credentials(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.connection = self.connection.credentials(username, password);
        self
    }

    /// Makes the pool.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] where there is no server, or no place for a connection; where the pool is to
    /// be filled, those of [`ConnectionPool::get`].
    pub fn build(self) -> Result<ConnectionPool> {
        let mut servers = self.servers;
        if servers.is_empty() {
            return Err(Error::InvalidOption {
                option: "servers",
                why: "expected at least one, got none".into(),
            });
        }
        let capacity = self.options.pool_size.saturating_add(self.options.max_overflow);
        if !(1..=MAX_CAPACITY).contains(&capacity) {
            let why = format!("with max_overflow, expected 1 to {MAX_CAPACITY} connections, got {capacity}");
            return Err(Error::InvalidOption { option: "pool_size", why: why.into() });
        }
        let mut options = self.options;
        options.retry = self.retry.unwrap_or_else(|| Arc::new(self.backoff));
        let twice = self.connection.call_timeout().saturating_mul(2).min(LONGEST_WAIT);
        options.call_timeout = self.call_timeout.unwrap_or(CALL_TIMEOUT.max(twice));
        shuffle(&mut servers);
        let keyspace: Arc<str> = self.keyspace.into();
        let threads = ScheduledThreadPool::builder()
            .num_threads(1)
            .thread_name_pattern("cassa-pool-{}")
            .on_drop_behavior(OnPoolDropBehavior::DiscardPendingScheduled)
            .build();
        let shared = Shared {
            keyspace: keyspace.clone(),
            recycle: options.recycle.max(1),
            pool_size: options.pool_size,
            capacity,
            idle: Arc::new(AtomicUsize::new(0)),
            threads: Arc::new(threads),
        };
        let pool = ConnectionPool(Arc::new(Inner {
            hosts: servers.iter().map(|server| Host::new(server, &shared)).collect(),
            keyspace,
            connection: self.connection,
            gate: Gate::new(capacity),
            turn: AtomicUsize::new(0),
            options,
        }));
        if self.prefill {
            let all: Result<Vec<_>> = (0..pool.0.options.pool_size).map(|_| pool.get()).collect();
            drop(all?);
        }
        Ok(pool)
    }
}

/// How long a call may take in all, unless the pool says otherwise.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// `r2d2` reserves a place for each connection of each host.
const MAX_CAPACITY: usize = 10_000;

/// Each process starts with another server; nothing here needs better randomness than a hash map's.
fn shuffle(servers: &mut [String]) {
    let random = RandomState::new();
    for i in (1..servers.len()).rev() {
        let j = random.hash_one(i) % (i as u64 + 1);
        servers.swap(i, j as usize);
    }
}
