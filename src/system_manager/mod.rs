//! Keyspaces, column families, columns and the cluster, over one connection.
//!
//! The verbs stand by what they are about: `keyspaces`, `column_families`, `columns` (with their indexes),
//! `cluster`. Here is how they are called: what only reads may be called again, what changes the schema may not.

mod cluster;
mod column_families;
mod columns;
mod keyspaces;

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use crate::connection::{Connection, ConnectionOptions, LONGEST_WAIT};
use crate::error::{Error, Place, Result, ServerFailure};
use crate::wire::Method;
use crate::wire::methods::DescribeSchemaVersions;

/// How long connecting to one server may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a call may take; a node that changes the schema tells the others first.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long the nodes may take to agree on a changed schema.
const AGREEMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause between two questions whether the nodes agree.
const AGREEMENT_PAUSE: Duration = Duration::from_millis(20);

/// Under this name `describe_schema_versions` lists the hosts that are down.
const UNREACHABLE: &str = "UNREACHABLE";

/// Creates, alters, drops, lists and describes keyspaces and column families, and describes the cluster.
///
/// It has a connection of its own, since a [`ConnectionPool`](crate::ConnectionPool) needs a keyspace. A call
/// that only reads is made again once, over a new connection, where the connection broke; a change of the
/// schema is sent once only. After a change it waits until the nodes agree on the schema.
///
/// ```
/// use cassa::{EmbeddedServer, SimpleStrategy, SystemManager};
///
/// # fn main() -> cassa::Result<()> {
/// let server = EmbeddedServer::start()?;
/// let system = SystemManager::connect(server.addresses())?;
/// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// system.create_column_family("Keyspace1", "Standard1")?;
/// assert_eq!(system.list_column_families("Keyspace1")?, ["Standard1"]);
/// # Ok(())
/// # }
/// ```
pub struct SystemManager {
    servers: Box<[Arc<str>]>,
    options: ConnectionOptions,
    agreement_timeout: Duration,
    connection: Mutex<Connection>,
}

impl SystemManager {
    /// Connects to the first of these servers that answers (`host`, `host:port`, socket addresses; the port
    /// defaults to 9160). Connecting may take 5 s a server, a call 30 s.
    ///
    /// # Errors
    /// [`Error::AllServersUnavailable`] with the cause of each; [`Error::InvalidOption`] where the list is
    /// empty.
    pub fn connect(servers: impl IntoIterator<Item = impl ToString>) -> Result<Self> {
        let options = ConnectionOptions::default().connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT);
        Self::connect_with(servers, options)
    }

    /// As [`SystemManager::connect`], with credentials, other timeouts, or a larger limit on frames.
    ///
    /// ```
    /// use cassa::{ConnectionOptions, EmbeddedServer, SystemManager};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let server = EmbeddedServer::start()?;
    /// let options = ConnectionOptions::default().credentials("cassandra", "cassandra");
    /// let system = SystemManager::connect_with(server.addresses(), options)?;
    /// assert_eq!(system.describe_version()?, "19.39.0");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`SystemManager::connect`].
    pub fn connect_with(
        servers: impl IntoIterator<Item = impl ToString>,
        options: ConnectionOptions,
    ) -> Result<Self> {
        let servers: Box<[Arc<str>]> =
            servers.into_iter().map(|server| Arc::from(server.to_string())).collect();
        if servers.is_empty() {
            let why = "expected at least one, got none".into();
            return Err(Error::InvalidOption { option: "servers", why });
        }
        let connection = Mutex::new(open(&servers, &options)?);
        Ok(SystemManager { servers, options, agreement_timeout: AGREEMENT_TIMEOUT, connection })
    }

    /// How long the nodes may take to agree after each change of the schema. Defaults to 10 s.
    #[must_use]
    pub fn agreement_timeout(mut self, timeout: Duration) -> Self {
        self.agreement_timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// Makes a call that changes nothing.
    fn read<M: Method>(&self, call: &M) -> Result<M::Output> {
        let mut connection = self.usable()?;
        self.read_on(&mut connection, call)
    }

    fn read_on<M: Method>(&self, connection: &mut Connection, call: &M) -> Result<M::Output> {
        match connection.call(call) {
            Err(Error::Io { .. }) => {
                *connection = self.reopen(connection)?;
                connection.call(call)
            }
            result => result,
        }
    }

    /// As `read`, of a call that is about the connection's keyspace.
    fn read_in<M: Method>(&self, keyspace: &str, call: &M) -> Result<M::Output> {
        let mut connection = self.usable()?;
        let in_keyspace = |connection: &mut Connection| {
            connection.set_keyspace(keyspace)?;
            connection.call(call)
        };
        match in_keyspace(&mut connection) {
            Err(Error::Io { .. }) => {
                *connection = self.reopen(&connection)?;
                in_keyspace(&mut connection)
            }
            result => result,
        }
    }

    /// Makes a call that changes the schema, in a keyspace where the call needs one, and waits until the
    /// nodes agree.
    fn change<M: Method>(&self, keyspace: Option<&str>, call: &M) -> Result<()> {
        self.change_on(&mut *self.usable()?, keyspace, call)
    }

    /// As `change`, over a connection that is held since what is changed was read.
    fn change_on<M: Method>(
        &self,
        connection: &mut Connection,
        keyspace: Option<&str>,
        call: &M,
    ) -> Result<()> {
        if let Some(keyspace) = keyspace {
            connection.set_keyspace(keyspace)?;
        }
        match connection.call(call) {
            // the server does not say which nodes disagree, and they may by now agree
            Err(Error::SchemaDisagreement { at, .. }) => {
                let versions = self.live_versions(connection).unwrap_or_default();
                Err(Error::SchemaDisagreement { at, versions })
            }
            result => {
                result?;
                self.wait_for_agreement(connection, M::METHOD)
            }
        }
    }

    /// The hosts that are up, by their version of the schema: one that is down learns of a change when it is
    /// back.
    fn live_versions(&self, connection: &mut Connection) -> Result<Vec<(String, Vec<String>)>> {
        let mut versions = self.read_on(connection, &DescribeSchemaVersions {})?;
        versions.retain(|(version, _)| version != UNREACHABLE);
        Ok(versions)
    }

    fn wait_for_agreement(&self, connection: &mut Connection, method: &'static str) -> Result<()> {
        let deadline = Instant::now() + self.agreement_timeout;
        loop {
            let versions = self.live_versions(connection)?;
            if versions.len() <= 1 {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let at = Box::new(Place::call(connection.server(), method));
                return Err(Error::SchemaDisagreement { at, versions });
            }
            thread::sleep(left.min(AGREEMENT_PAUSE));
        }
    }

    /// The connection, or a new one where it was lost since the last call.
    fn usable(&self) -> Result<MutexGuard<'_, Connection>> {
        let mut connection = self.connection.lock();
        if connection.is_broken() || connection.is_stale() {
            *connection = self.reopen(&connection)?;
        }
        Ok(connection)
    }

    /// A new connection; the server of the lost one is tried last.
    fn reopen(&self, lost: &Connection) -> Result<Connection> {
        tracing::debug!(server = %lost.server(), "the connection was lost, opening a new one");
        let mut servers = self.servers.to_vec();
        servers.sort_by_key(|server| server == lost.server());
        open(&servers, &self.options)
    }
}

/// Connects to the first server that answers.
fn open(servers: &[Arc<str>], options: &ConnectionOptions) -> Result<Connection> {
    let mut failures = Vec::new();
    for server in servers {
        match Connection::open(server, options) {
            Ok(connection) => return Ok(connection),
            Err(cause) => failures.push(ServerFailure { server: server.clone(), cause }),
        }
    }
    Err(Error::AllServersUnavailable(failures.into()))
}

impl fmt::Debug for SystemManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemManager").field("servers", &self.servers).finish_non_exhaustive()
    }
}
