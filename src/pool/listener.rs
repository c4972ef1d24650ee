//! What can be learned of the life of a pool.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;

/// Is told what happens in a pool.
///
/// It is called in the thread in which it happens, after it has happened and with no lock held, so it may call
/// the pool. What a listener itself does with a pool is not told to listeners. A panic of a listener is logged,
/// and changes nothing else.
///
/// ```
/// # use std::sync::Mutex;
/// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
/// use std::sync::Arc;
///
/// use cassa::{ConnectionEvent, ConnectionPool, PoolListener};
///
/// #[derive(Default)]
/// struct Doors(Mutex<Vec<&'static str>>);
///
/// impl PoolListener for Doors {
///     fn connection_checked_out(&self, _: &ConnectionEvent<'_>) {
///         self.0.lock().unwrap().push("out");
///     }
///
///     fn connection_checked_in(&self, _: &ConnectionEvent<'_>) {
///         self.0.lock().unwrap().push("in");
///     }
/// }
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let doors = Arc::new(Doors::default());
/// let pool = ConnectionPool::builder("Keyspace1")
///     .servers(server.addresses())
///     .listener(doors.clone())
///     .build()?;
/// drop(pool.get()?);
/// assert_eq!(*doors.0.lock().unwrap(), ["out", "in"]);
/// # Ok(())
/// # }
/// ```
pub trait PoolListener: Send + Sync {
    /// A connection was made, and set to the keyspace.
    fn connection_created(&self, connection: &ConnectionEvent<'_>) {
        let _ = connection;
    }

    /// A caller was given a connection.
    fn connection_checked_out(&self, connection: &ConnectionEvent<'_>) {
        let _ = connection;
    }

    /// A connection came back and waits for the next caller. One that came back and was closed is
    /// [`connection_disposed`](Self::connection_disposed) or
    /// [`connection_recycled`](Self::connection_recycled) instead.
    fn connection_checked_in(&self, connection: &ConnectionEvent<'_>) {
        let _ = connection;
    }

    /// A connection was closed.
    fn connection_disposed(&self, connection: &ConnectionEvent<'_>, reason: Disposal) {
        let _ = (connection, reason);
    }

    /// A connection was closed because it has served for as many operations as `recycle` allows. Another takes
    /// its place when it is needed.
    fn connection_recycled(&self, connection: &ConnectionEvent<'_>) {
        let _ = connection;
    }

    /// A connection could not be made, or broke.
    fn connection_failed(&self, failure: &FailureEvent<'_>) {
        let _ = failure;
    }

    /// The pool has a list of servers, its first one or another.
    fn server_list_obtained(&self, pool: &str, servers: &[&str]) {
        let _ = (pool, servers);
    }

    /// A caller wants a connection, and as many as there may be are out already: `pool_size` and
    /// `max_overflow` together. The caller waits, or is refused.
    fn pool_at_max(&self, pool: &str, connections: usize) {
        let _ = (pool, connections);
    }

    /// All idle connections of the pool were closed, by [`ConnectionPool::dispose`](crate::ConnectionPool::dispose)
    /// or because the pool was dropped.
    fn pool_disposed(&self, pool: &str) {
        let _ = pool;
    }
}

/// A connection, as a [`PoolListener`] is told of it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ConnectionEvent<'a> {
    /// The pool's name for logs.
    pub pool: &'a str,
    /// The server.
    pub server: &'a str,
    /// The connection's number, unlike any other of its pool.
    pub connection: u64,
}

/// A connection that failed, as a [`PoolListener`] is told of it.
///
/// ```
/// # use std::sync::{Arc, Mutex};
/// use cassa::{ConnectionPool, FailureEvent, PoolListener};
///
/// #[derive(Default)]
/// struct Failures(Mutex<Vec<String>>);
///
/// impl PoolListener for Failures {
///     fn connection_failed(&self, failure: &FailureEvent<'_>) {
///         self.0.lock().unwrap().push(format!("{}: {}", failure.pool, failure.error));
///     }
/// }
///
/// let failures = Arc::new(Failures::default());
/// let pool = ConnectionPool::builder("Keyspace1")
///     .servers(["127.0.0.1:1"])
///     .name("planes")
///     .listener(failures.clone());
/// assert!(pool.build().is_err());
/// assert_eq!(*failures.0.lock().unwrap(), ["planes: cannot connect to 127.0.0.1:1"]);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FailureEvent<'a> {
    /// The pool's name for logs.
    pub pool: &'a str,
    /// The server.
    pub server: &'a str,
    /// The connection's number; `None` where it could not be made.
    pub connection: Option<u64>,
    /// Why.
    pub error: &'a Error,
}

/// Why a connection was closed.
///
/// ```
/// use cassa::Disposal;
///
/// assert_eq!(Disposal::Surplus.to_string(), "the pool is full");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disposal {
    /// It broke.
    Broken,
    /// A call on it was begun and not ended: the reply was too large, or the operation panicked.
    Abandoned,
    /// Its keyspace was changed.
    OtherKeyspace,
    /// As many connections as the pool keeps are idle already, or another host needs the place.
    Surplus,
    /// The server has closed it while it was idle.
    Stale,
    /// Another connection to the same host broke.
    HostFailed,
    /// The host is no longer one of the pool's.
    HostRemoved,
    /// The pool is disposed of.
    PoolDisposed,
}

impl fmt::Display for Disposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken => "it broke",
            Self::Abandoned => "a call on it was not ended",
            Self::OtherKeyspace => "its keyspace was changed",
            Self::Surplus => "the pool is full",
            Self::Stale => "the server has closed it",
            Self::HostFailed => "another connection to its host broke",
            Self::HostRemoved => "its host is no longer in the pool",
            Self::PoolDisposed => "the pool is disposed of",
        })
    }
}

/// Logs what happens by `tracing`: failures and a pool at its limit as warnings, the rest at the level
/// `debug`, check-outs and check-ins at `trace`.
///
/// ```
/// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
/// use std::sync::Arc;
///
/// use cassa::{ConnectionPool, LoggingListener};
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let pool = ConnectionPool::builder("Keyspace1")
///     .servers(server.addresses())
///     .name("planes")
///     .listener(Arc::new(LoggingListener))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct LoggingListener;

impl PoolListener for LoggingListener {
    fn connection_created(&self, c: &ConnectionEvent<'_>) {
        tracing::debug!(pool = c.pool, server = c.server, connection = c.connection, "connection created");
    }

    fn connection_checked_out(&self, c: &ConnectionEvent<'_>) {
        tracing::trace!(
            pool = c.pool,
            server = c.server,
            connection = c.connection,
            "connection checked out"
        );
    }

    fn connection_checked_in(&self, c: &ConnectionEvent<'_>) {
        tracing::trace!(pool = c.pool, server = c.server, connection = c.connection, "connection checked in");
    }

    fn connection_disposed(&self, c: &ConnectionEvent<'_>, reason: Disposal) {
        let (pool, server, connection) = (c.pool, c.server, c.connection);
        tracing::debug!(pool, server, connection, %reason, "connection disposed of");
    }

    fn connection_recycled(&self, c: &ConnectionEvent<'_>) {
        tracing::debug!(pool = c.pool, server = c.server, connection = c.connection, "connection recycled");
    }

    fn connection_failed(&self, failure: &FailureEvent<'_>) {
        let error = failure.error as &(dyn std::error::Error + 'static);
        let FailureEvent { pool, server, connection, .. } = *failure;
        tracing::warn!(pool, server, connection, error, "connection failed");
    }

    fn server_list_obtained(&self, pool: &str, servers: &[&str]) {
        tracing::debug!(pool, ?servers, "server list obtained");
    }

    fn pool_at_max(&self, pool: &str, connections: usize) {
        tracing::warn!(pool, connections, "all connections of the pool are out");
    }

    fn pool_disposed(&self, pool: &str) {
        tracing::debug!(pool, "pool disposed of");
    }
}

macro_rules! statistics {
    ($( $(#[$doc:meta])* $count:ident by $event:ident($($ty:ty),*); )*) => {
        /// Counts what happens, over one pool or several.
        ///
        /// ```
        /// # use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
        /// use std::sync::Arc;
        ///
        /// use cassa::{ConnectionPool, StatisticsListener};
        ///
        /// # fn main() -> cassa::Result<()> {
        /// # let server = EmbeddedServer::start()?;
        /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
        /// let statistics = Arc::new(StatisticsListener::default());
        /// let pool = ConnectionPool::builder("Keyspace1")
        ///     .servers(server.addresses())
        ///     .listener(statistics.clone())
        ///     .build()?;
        /// drop(pool.get()?);
        /// assert_eq!((statistics.created(), statistics.checked_out(), statistics.failed()), (5, 1, 0));
        /// # Ok(())
        /// # }
        /// ```
        #[derive(Debug, Default)]
        pub struct StatisticsListener {
            $( $count: AtomicU64, )*
        }

        impl StatisticsListener {
            $(
                $(#[$doc])*
                pub fn $count(&self) -> u64 {
                    self.$count.load(Ordering::Relaxed)
                }
            )*
        }

        impl PoolListener for StatisticsListener {
            $(
                fn $event(&self, $(_: $ty),*) {
                    self.$count.fetch_add(1, Ordering::Relaxed);
                }
            )*
        }
    };
}

statistics! {
    /// How many connections were made.
    created by connection_created(&ConnectionEvent<'_>);
    /// How many were checked out.
    checked_out by connection_checked_out(&ConnectionEvent<'_>);
    /// How many came back and were kept.
    checked_in by connection_checked_in(&ConnectionEvent<'_>);
    /// How many were closed, recycled ones not counted.
    disposed by connection_disposed(&ConnectionEvent<'_>, Disposal);
    /// How many were recycled.
    recycled by connection_recycled(&ConnectionEvent<'_>);
    /// How many broke or could not be made.
    failed by connection_failed(&FailureEvent<'_>);
    /// How many lists of servers there were.
    server_lists by server_list_obtained(&str, &[&str]);
    /// How often a caller found all connections out.
    at_max by pool_at_max(&str, usize);
    /// How often a pool was disposed of.
    pools_disposed by pool_disposed(&str);
}
