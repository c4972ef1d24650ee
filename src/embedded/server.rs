//! The server: how it is started, and how it ends.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::clock::SystemClock;
use super::connection::Limits;
use super::listener::{Connections, Listener, stop};
use super::node::{Node, NodeOptions};
use super::partitioner::Partitioner;
use super::store::{Durability, StoreError};
use crate::error::{Error, Result};
use crate::wire::DEFAULT_MAX_FRAME;

/// A Cassandra-compatible Thrift server in this process.
///
/// It answers on sockets, so that every client of Cassandra's Thrift interface can use it. It stops when it
/// is dropped.
///
/// ```
/// use cassa::EmbeddedServer;
///
/// let server = EmbeddedServer::start()?;
/// println!("serving {:?}", server.addresses());
/// # Ok::<(), cassa::Error>(())
/// ```
pub struct EmbeddedServer {
    running: Option<Running>,
    addresses: Vec<SocketAddr>,
    path: PathBuf,
}

struct Running {
    listeners: Vec<Listener>,
    connections: Arc<Connections>,
    /// Removed after everything that uses it.
    _temporary: Option<TempDir>,
}

/// What an [`EmbeddedServer`] is started with.
///
/// ```
/// use std::time::Duration;
///
/// use cassa::{Durability, EmbeddedServer};
///
/// let directory = std::env::temp_dir().join(format!("cassa-example-{}", std::process::id()));
/// let server = EmbeddedServer::builder()
///     .path(&directory)
///     .listen("127.0.0.1:0")
///     .durability(Durability::Synced)
///     .idle_timeout(Duration::from_secs(600))
///     .start()?;
/// assert_eq!(server.path(), directory);
/// server.stop();
/// # std::fs::remove_dir_all(&directory).ok();
/// # Ok::<(), cassa::Error>(())
/// ```
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use cassa::{Durability, EmbeddedServer};
/// let directory = tempfile::tempdir()?;
/// let server = EmbeddedServer::builder()
///     .path(directory.path())
///     .listen("127.0.0.1:0")
///     .durability(Durability::Synced)
///     .idle_timeout(Duration::from_secs(600))
///     .start()?;
/// assert_eq!(server.path(), directory.path());
/// server.stop();
/// // what was stored is served again
/// let server = EmbeddedServer::builder().path(directory.path()).start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EmbeddedServerBuilder {
    path: Option<PathBuf>,
    addresses: Vec<String>,
    durability: Durability,
    partitioner: Option<Partitioner>,
    cluster_name: String,
    max_frame: usize,
    max_connections: usize,
    idle_timeout: Option<Duration>,
}

impl EmbeddedServer {
    /// Starts a server on a free port of this machine, with data in a temporary directory, which is removed
    /// when the server stops.
    ///
    /// # Errors
    /// As [`EmbeddedServerBuilder::start`].
    pub fn start() -> Result<EmbeddedServer> {
        EmbeddedServer::builder().start()
    }

    /// Begins a server with other options.
    pub fn builder() -> EmbeddedServerBuilder {
        EmbeddedServerBuilder {
            path: None,
            addresses: Vec::new(),
            durability: Durability::default(),
            partitioner: None,
            cluster_name: "cassa embedded".to_owned(),
            max_frame: DEFAULT_MAX_FRAME,
            max_connections: 1024,
            idle_timeout: None,
        }
    }

    /// The addresses that are served, with the ports that were free.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.addresses.clone()
    }

    /// The data directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stops the server: takes no more connections, ends those there are after the calls that are being
    /// served, and closes the store. No thread is left when it returns.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(Running { listeners, connections, _temporary }) = self.running.take() {
            stop(listeners, &connections);
            // the last owner of the node: the store is closed before a temporary directory goes
            drop(connections);
        }
    }
}

impl Drop for EmbeddedServer {
    fn drop(&mut self) {
        self.end();
    }
}

impl std::fmt::Debug for EmbeddedServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedServer")
            .field("addresses", &self.addresses)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl EmbeddedServerBuilder {
    /// Keeps the data in this directory, which is created when it is missing; what it holds from before is
    /// served again. Defaults to a temporary directory, which is removed when the server stops.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> EmbeddedServerBuilder {
        self.path = Some(path.into());
        self
    }

    /// Serves this address, `HOST:PORT`; port 0 takes a free one. May be given several times. Defaults to
    /// `127.0.0.1:0`.
    #[must_use]
    pub fn listen(mut self, address: impl Into<String>) -> EmbeddedServerBuilder {
        self.addresses.push(address.into());
        self
    }

    /// What a write that was answered survives. Defaults to [`Durability::default`]: the end of the process,
    /// and a power failure after a second.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> EmbeddedServerBuilder {
        self.durability = durability;
        self
    }

    /// How rows are placed on the ring. Defaults to the partitioner that the data directory was created with;
    /// for a new directory, to [`Partitioner::Murmur3`].
    #[must_use]
    pub fn partitioner(mut self, partitioner: Partitioner) -> EmbeddedServerBuilder {
        self.partitioner = Some(partitioner);
        self
    }

    /// The name that `describe_cluster_name` answers. Defaults to `cassa embedded`.
    #[must_use]
    pub fn cluster_name(mut self, name: impl Into<String>) -> EmbeddedServerBuilder {
        self.cluster_name = name.into();
        self
    }

    /// The largest request in bytes; a client that announces a larger one is disconnected. Defaults to 15 MiB,
    /// as in Cassandra.
    #[must_use]
    pub fn max_frame(mut self, bytes: usize) -> EmbeddedServerBuilder {
        self.max_frame = bytes;
        self
    }

    /// How many connections are served at once; further ones are closed at once. Defaults to 1024.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> EmbeddedServerBuilder {
        self.max_connections = connections;
        self
    }

    /// Closes a connection on which nothing came for so long. A request that has begun must be whole within
    /// the same time, and within 30 seconds in any case. Defaults to no limit between requests.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> EmbeddedServerBuilder {
        // a socket takes no timeout of zero
        self.idle_timeout = Some(timeout.max(Duration::from_millis(1)));
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// [`Error::Listen`] where an address cannot be served; [`Error::Storage`] where the directory is in use by
    /// another server, was created with another partitioner, is damaged, or cannot be read and written.
    pub fn start(self) -> Result<EmbeddedServer> {
        let mut addresses = self.addresses;
        if addresses.is_empty() {
            addresses.push("127.0.0.1:0".to_owned());
        }
        // bound first: the ring names the address, and a taken port must not cost a recovery of the store
        let mut sockets = Vec::new();
        let mut bound = Vec::new();
        for address in addresses {
            let listen = |source| Error::Listen { address: address.as_str().into(), source };
            let socket = TcpListener::bind(&address).map_err(listen)?;
            bound.push(socket.local_addr().map_err(listen)?);
            sockets.push(socket);
        }
        let (path, temporary) = match self.path {
            Some(path) => (path, None),
            None => {
                let directory = tempfile::Builder::new().prefix("cassa-").tempdir();
                let directory = directory.map_err(|source| {
                    storage(&std::env::temp_dir(), "cannot make a temporary directory", Some(source.into()))
                })?;
                (directory.path().to_owned(), Some(directory))
            }
        };
        let options = NodeOptions {
            durability: self.durability,
            partitioner: self.partitioner,
            cluster_name: self.cluster_name,
        };
        let node = Node::open(&path, options, ring_host(&bound), Box::new(SystemClock))
            .map_err(|error| from_store(&path, error))?;
        let limits = Limits { max_frame: self.max_frame, idle_timeout: self.idle_timeout };
        let connections = Arc::new(Connections::new(Arc::new(node), limits, self.max_connections));
        let mut server = EmbeddedServer {
            running: Some(Running { listeners: Vec::new(), connections, _temporary: temporary }),
            addresses: bound,
            path,
        };
        for socket in sockets {
            server.listen(socket)?;
        }
        Ok(server)
    }
}

impl EmbeddedServer {
    fn listen(&mut self, socket: TcpListener) -> Result<()> {
        if let Some(running) = &mut self.running {
            let address =
                socket.local_addr().map_or_else(|_| "unknown".to_owned(), |address| address.to_string());
            let started = Listener::start(socket, Arc::clone(&running.connections));
            let listener = started.map_err(|source| Error::Listen { address: address.into(), source })?;
            tracing::debug!(address = %listener.address(), "serving");
            running.listeners.push(listener);
        }
        Ok(())
    }
}

/// The host under which the node stands on its ring.
fn ring_host(addresses: &[SocketAddr]) -> String {
    let ip = addresses.first().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), SocketAddr::ip);
    let reachable = if ip.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { ip };
    reachable.to_string()
}

fn storage(path: &Path, what: &str, source: Option<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Storage { path: path.into(), what: what.into(), source }
}

fn from_store(path: &Path, error: StoreError) -> Error {
    match error {
        StoreError::InUse { path } => storage(&path, "the directory is in use by another server", None),
        StoreError::Directory { path, what } => storage(&path, &what, None),
        StoreError::Io { path, source } => {
            storage(&path, "cannot be read or written", Some(io_source(source)))
        }
        StoreError::Engine(source) => storage(path, "the store failed", Some(source)),
        other => storage(path, &other.to_string(), None),
    }
}

fn io_source(source: io::Error) -> Box<dyn std::error::Error + Send + Sync> {
    Box::new(source)
}
