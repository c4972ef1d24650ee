//! The server: how it begins, and how it ends.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::builder::{EmbeddedServerBuilder, from_store};
use super::faults::Faults;
use super::gate::Gate;
use super::host::{self, Host};
use super::serving::Serving;
use super::stats::ServerStats;
use crate::error::Result;
use crate::partitioner::Partitioner;

/// A Cassandra-compatible Thrift server in this process.
///
/// It answers on sockets, so that every client of Cassandra's Thrift interface can use it. It stops when it
/// is dropped.
///
/// It tells by `tracing` what it does, under the target `cassa::embedded`: warnings for clients that are
/// refused (too many, no login, no TLS, what is no message) and errors for a store that fails, each with the
/// client's address or the method; connections and hosts that come and go, and injected faults, at the level
/// of debugging; each call at that of tracing. [`stats`](EmbeddedServer::stats) counts it.
///
/// ```
/// use cassa::EmbeddedServer;
///
/// let server = EmbeddedServer::start()?;
/// println!("serving {:?}", server.addresses());
/// # Ok::<(), cassa::Error>(())
/// ```
pub struct EmbeddedServer {
    hosts: Vec<Host>,
    serving: Option<Arc<Serving>>,
    faults: Faults,
    partitioner: Partitioner,
    path: PathBuf,
    /// Removed after everything that uses it.
    temporary: Option<TempDir>,
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
        EmbeddedServerBuilder::new()
    }

    /// Serves on sockets that are bound.
    pub(super) fn serve(
        serving: Serving,
        sockets: Vec<(SocketAddr, Gate, TcpListener)>,
        path: PathBuf,
        temporary: Option<TempDir>,
    ) -> Result<EmbeddedServer> {
        let (faults, partitioner) = (serving.faults.clone(), serving.node.partitioner());
        let serving = Arc::new(serving);
        let mut server = EmbeddedServer {
            hosts: Vec::new(),
            serving: Some(Arc::clone(&serving)),
            faults,
            partitioner,
            path,
            temporary,
        };
        for (address, gate, socket) in sockets {
            let host = Host::new(address, gate, Arc::clone(&serving));
            server.hosts.push(host.clone());
            host.start_on(socket)?;
        }
        Ok(server)
    }

    /// The addresses that are served, with the ports that were free.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.hosts.iter().map(Host::address).collect()
    }

    /// The addresses as hosts, which can be stopped, slowed and started again one by one. They come in the
    /// order in which they were given.
    ///
    /// ```
    /// let server = cassa::EmbeddedServer::builder().cluster(2).start()?;
    /// server.hosts()[0].stop();
    /// assert!(!server.hosts()[0].is_up() && server.hosts()[1].is_up());
    /// # Ok::<(), cassa::Error>(())
    /// ```
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The faults that clients meet: none, unless some are added.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// How rows are placed on the ring.
    pub fn partitioner(&self) -> Partitioner {
        self.partitioner
    }

    /// What the server has done so far.
    pub fn stats(&self) -> ServerStats {
        self.serving.as_ref().map(|serving| serving.stats()).unwrap_or_default()
    }

    /// The data directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Rewrites all that is stored, without what is dead and past its column family's gc_grace: columns that have
    /// expired or were deleted, rows of nothing else, and deletions. The store does so by and by where data
    /// change; this does it at once, and returns when it is done. Clients are served meanwhile.
    ///
    /// ```
    /// let server = cassa::EmbeddedServer::start()?;
    /// server.compact()?;
    /// # Ok::<(), cassa::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Storage`](crate::Error::Storage) where the store cannot be read and written.
    pub fn compact(&self) -> Result<()> {
        match &self.serving {
            Some(serving) => serving.node.compact().map_err(|error| from_store(&self.path, error)),
            None => Ok(()),
        }
    }

    /// Stops the server: takes no more connections, lets the calls that are being served be answered, and
    /// closes the store. An answer that its client has not taken within 400 ms is lost; what was answered
    /// before is stored. No thread is left when it returns.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        host::end(&self.hosts);
        // the last owner of the node: the store is closed before a temporary directory goes
        self.serving = None;
        self.temporary = None;
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
            .field("hosts", &self.hosts)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
