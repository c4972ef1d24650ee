//! What a server is started with.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::busy_poll;
use super::clock::{Clock, ManualClock, SystemClock};
use super::gate::Gate;
use super::node::{Node, NodeOptions};
use super::ring::Ring;
use super::server::EmbeddedServer;
use super::serving::{Limits, Serving};
use super::store::{Durability, StoreError};
use super::stream::Timeouts;
#[cfg(feature = "tls")]
use super::tls::ServerTls;
use super::users::Users;
use crate::error::{Error, Result};
use crate::partitioner::Partitioner;
use crate::wire::DEFAULT_MAX_FRAME;

/// No socket takes a timeout of zero.
const SHORTEST: Duration = Duration::from_millis(1);

/// The largest reply, where no other is set.
const LARGEST_REPLY: usize = 256 * 1024 * 1024;
const REQUEST_MEMORY: usize = 512 * 1024 * 1024;
/// More is taken as this, so that no sum of times overflows.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How many ports are tried for one that is free at all hosts of a cluster.
const PORTS: usize = 50;

/// What an [`EmbeddedServer`] is started with.
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
    request_memory: usize,
    max_connections: usize,
    timeouts: Timeouts,
    busy_poll: Duration,
    cluster: usize,
    max_reply: usize,
    clock: Option<ManualClock>,
    users: Option<Users>,
    #[cfg(feature = "tls")]
    tls: Option<ServerTls>,
}

impl EmbeddedServerBuilder {
    pub(super) fn new() -> EmbeddedServerBuilder {
        let half_minute = Duration::from_secs(30);
        EmbeddedServerBuilder {
            path: None,
            addresses: Vec::new(),
            cluster: 0,
            durability: Durability::default(),
            partitioner: None,
            cluster_name: "cassa embedded".to_owned(),
            max_frame: DEFAULT_MAX_FRAME,
            request_memory: REQUEST_MEMORY,
            max_connections: 1024,
            timeouts: Timeouts { idle: None, frame: half_minute, write: half_minute },
            busy_poll: busy_poll::WINDOW,
            max_reply: LARGEST_REPLY,
            clock: None,
            users: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Keeps the data in this directory, which is created when it is missing; what it holds from before is
    /// served again. Defaults to a temporary directory, which is removed when the server stops.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> EmbeddedServerBuilder {
        self.path = Some(path.into());
        self
    }

    /// Serves this address, `HOST:PORT`; port 0 takes a free one. May be given several times: each address is
    /// a [host](EmbeddedServer::hosts) of one cluster, on one store. The interface names hosts without
    /// ports, so clients that discover the ring need hosts with one port and an IP each, as
    /// [`cluster`](EmbeddedServerBuilder::cluster) makes them. Defaults to `127.0.0.1:0`.
    #[must_use]
    pub fn listen(mut self, address: impl Into<String>) -> EmbeddedServerBuilder {
        self.addresses.push(address.into());
        self
    }

    /// Serves a cluster of so many hosts on this machine: 127.0.0.1, 127.0.0.2 and so on, on one port that is
    /// free at all of them. They share one store, and each has its part of the ring. Linux serves all these
    /// addresses; other systems have to be told to. Defaults to what [`listen`](EmbeddedServerBuilder::listen)
    /// says.
    ///
    /// ```
    /// let server = cassa::EmbeddedServer::builder().cluster(3).start()?;
    /// let [first, second, third] = server.addresses()[..] else { panic!("three hosts") };
    /// assert_eq!(third.ip().to_string(), "127.0.0.3");
    /// assert!(first.port() == second.port() && second.port() == third.port());
    /// # Ok::<(), cassa::Error>(())
    /// ```
    #[must_use]
    pub fn cluster(mut self, hosts: usize) -> EmbeddedServerBuilder {
        self.cluster = hosts;
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

    /// The memory in bytes that requests may take together, beyond 128 KiB of each: while they come, and until
    /// they are answered. A request that finds no room is read to its end and answered by a
    /// `TApplicationException` that says so, and its connection lasts. A single request of
    /// [`max_frame`](EmbeddedServerBuilder::max_frame) always has room. Defaults to 512 MiB.
    #[must_use]
    pub fn request_memory(mut self, bytes: usize) -> EmbeddedServerBuilder {
        self.request_memory = bytes;
        self
    }

    /// How many connections are served at once, on all addresses together; each has a thread. The first call
    /// on a further one is answered by a `TApplicationException` that says so. Defaults to 1024.
    ///
    /// A connection takes at most a request, for which there is also a limit for
    /// [all together](EmbeddedServerBuilder::request_memory), a reply, and a stack; between calls it keeps at
    /// most 256 KiB.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> EmbeddedServerBuilder {
        self.max_connections = connections;
        self
    }

    /// Lets only these users in; see [`Users`]. Defaults to everybody, without a login.
    #[must_use]
    pub fn users(mut self, users: Users) -> EmbeddedServerBuilder {
        self.users = Some(users);
        self
    }

    /// Serves TLS, and nothing else, on all addresses; see [`ServerTls`]. Defaults to plain sockets.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: ServerTls) -> EmbeddedServerBuilder {
        self.tls = Some(tls);
        self
    }

    /// Closes a connection on which nothing came for so long. A request that has begun must be whole within
    /// the same time, too. Defaults to no limit between requests.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> EmbeddedServerBuilder {
        self.timeouts.idle = Some(timeout.clamp(SHORTEST, LONGEST));
        self
    }

    /// Closes a connection whose request, once it has begun, is not whole within this time. Defaults to 30 s.
    #[must_use]
    pub fn frame_timeout(mut self, timeout: Duration) -> EmbeddedServerBuilder {
        self.timeouts.frame = timeout.clamp(SHORTEST, LONGEST);
        self
    }

    /// Closes a connection whose client does not take a reply within this time. Defaults to 30 s.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> EmbeddedServerBuilder {
        self.timeouts.write = timeout.clamp(SHORTEST, LONGEST);
        self
    }

    /// How long a connection, after an answer, looks for the next call before its thread goes to sleep, at most a
    /// millisecond. To wake a thread takes the system longer than most calls take; without this, a get of ten columns
    /// over one connection takes one and a half times to twice as long. A connection looks only while its client's calls follow one
    /// another within about this time, gives way to every thread that wants the processor, and not more of them look
    /// at once than half as many as there are processors. Zero lets threads sleep at once. Defaults to 50 µs; systems
    /// other than Unix, and machines with one processor, have none.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// // for a machine whose processors have better things to do
    /// let server = cassa::EmbeddedServer::builder().busy_poll(Duration::ZERO).start()?;
    /// # Ok::<(), cassa::Error>(())
    /// ```
    #[must_use]
    pub fn busy_poll(mut self, window: Duration) -> EmbeddedServerBuilder {
        self.busy_poll = window;
        self
    }

    /// The largest reply in bytes, and so about the memory that a call may take; a call that would give more is
    /// refused with an `InvalidRequestException` that says to page. Defaults to 256 MiB.
    #[must_use]
    pub fn max_reply(mut self, bytes: usize) -> EmbeddedServerBuilder {
        self.max_reply = bytes;
        self
    }

    /// Takes the time from this clock: for the expiry of columns, the age of deletions, and the timestamps of
    /// counters and conditional updates. Defaults to the system's clock.
    #[must_use]
    pub fn clock(mut self, clock: &ManualClock) -> EmbeddedServerBuilder {
        self.clock = Some(clock.clone());
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    /// [`Error::Listen`] where an address cannot be served; [`Error::Storage`] where the directory is in use by
    /// another server, was created with another partitioner, is damaged, or cannot be read and written.
    pub fn start(self) -> Result<EmbeddedServer> {
        // bound first: the ring names the addresses, and a taken port must not cost a recovery of the store
        let mut sockets = Vec::new();
        for socket in self.bind()? {
            let address = socket.local_addr().map_err(|source| cannot_listen("a socket", source))?;
            sockets.push((address, Gate::new(), socket));
        }
        let ring = Ring::new(sockets.iter().map(|(address, gate, _)| (*address, gate.up())));
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
            largest_reply: self.max_reply,
        };
        let clock: Box<dyn Clock> = match self.clock {
            Some(clock) => Box::new(clock),
            None => Box::new(SystemClock),
        };
        let node = Node::open(&path, options, ring, clock).map_err(|error| from_store(&path, error))?;
        let limits = Limits {
            max_frame: self.max_frame,
            request_memory: self.request_memory,
            max_connections: self.max_connections,
            timeouts: self.timeouts,
            busy_poll: self.busy_poll,
        };
        #[cfg_attr(not(feature = "tls"), expect(unused_mut, reason = "TLS is all that may come in addition"))]
        let mut serving = Serving::new(node, limits, self.users);
        #[cfg(feature = "tls")]
        {
            serving.tls = self.tls;
        }
        EmbeddedServer::serve(serving, sockets, path, temporary)
    }

    fn bind(&self) -> Result<Vec<TcpListener>> {
        let mut sockets = bind_cluster(self.cluster)?;
        let default = ["127.0.0.1:0".to_owned()];
        let addresses =
            if self.addresses.is_empty() && self.cluster == 0 { &default[..] } else { &self.addresses };
        for address in addresses {
            sockets.push(TcpListener::bind(address).map_err(|source| cannot_listen(address, source))?);
        }
        Ok(sockets)
    }
}

/// Sockets for 127.0.0.1, 127.0.0.2 and so on, on one port.
fn bind_cluster(hosts: usize) -> Result<Vec<TcpListener>> {
    let first = u32::from(Ipv4Addr::LOCALHOST);
    let mut tried = 0;
    'port: loop {
        tried += 1;
        let mut sockets: Vec<TcpListener> = Vec::new();
        for host in 0..hosts {
            let ip = Ipv4Addr::from(first.wrapping_add(host as u32));
            let port = sockets.first().map_or(Ok(0), |socket| socket.local_addr().map(|bound| bound.port()));
            let address = |port| SocketAddr::from((ip, port));
            match port.and_then(|port| TcpListener::bind(address(port))) {
                Ok(socket) => sockets.push(socket),
                // free at the first host, taken at this one
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tried < PORTS => continue 'port,
                Err(source) => return Err(cannot_listen(&ip.to_string(), source)),
            }
        }
        return Ok(sockets);
    }
}

fn cannot_listen(address: &str, source: io::Error) -> Error {
    Error::Listen { address: address.into(), source }
}

fn storage(path: &Path, what: &str, source: Option<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Storage { path: path.into(), what: what.into(), source }
}

pub(super) fn from_store(path: &Path, error: StoreError) -> Error {
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
