//! What carries the bytes of a connection.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::address::resolve;
use super::socket::Socket;

/// What carries the bytes of a connection, over a [`Socket`]. Made by a [`TransportFactory`].
///
/// [`TransportFactory`] has an example.
pub trait Transport: Read + Write + Send {
    /// The socket below.
    fn socket(&self) -> &Socket;

    /// The socket below.
    fn socket_mut(&mut self) -> &mut Socket;
}

impl Transport for Socket {
    fn socket(&self) -> &Socket {
        self
    }

    fn socket_mut(&mut self) -> &mut Socket {
        self
    }
}

/// Makes what carries the bytes of each connection: a proxy, a handshake before the first call such as
/// SASL's, encryption. The messages on top are framed, as Cassandra's are after a SASL handshake too.
///
/// It runs in the thread that opens the connection: the caller's, or one of the pool's while it connects to several
/// servers. Connecting and the handshake together are bounded by the
/// connect timeout; whatever reads and writes through the [`Socket`] keeps to it without further ado.
///
/// ```
/// use std::io::{self, Write};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// # use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// use cassa::{Socket, Transport, TransportFactory};
///
/// /// Sends some bytes ahead of everything else, and counts the connections.
/// #[derive(Debug, Default)]
/// struct Greeting {
///     bytes: Vec<u8>,
///     connections: Arc<AtomicUsize>,
/// }
///
/// impl TransportFactory for Greeting {
///     fn open(&self, mut socket: Socket, _server: &str) -> io::Result<Box<dyn Transport>> {
///         socket.write_all(&self.bytes)?;
///         self.connections.fetch_add(1, Ordering::Relaxed);
///         Ok(Box::new(socket))
///     }
/// }
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// let greeting = Greeting::default();
/// let connections = greeting.connections.clone();
/// let pool = ConnectionPool::builder("Keyspace1").servers(server.addresses()).transport(greeting).build()?;
/// assert_eq!(connections.load(Ordering::Relaxed), pool.checked_in());
/// # Ok(())
/// # }
/// ```
pub trait TransportFactory: fmt::Debug + Send + Sync {
    /// Connects to an address of a server; one that is not reached within `timeout` is given up, and the
    /// server's next one is tried. Defaults to a plain TCP connection.
    ///
    /// # Errors
    /// Why it could not be reached.
    fn connect(&self, address: SocketAddr, timeout: Duration) -> io::Result<TcpStream> {
        TcpStream::connect_timeout(&address, timeout)
    }

    /// Makes the transport of a new connection to `server`, as it was given to the pool.
    ///
    /// # Errors
    /// Why it could not be made: the connection is given up, and the server counts as one that cannot be
    /// connected to.
    fn open(&self, socket: Socket, server: &str) -> io::Result<Box<dyn Transport>>;
}

/// The socket itself.
#[derive(Debug)]
pub(super) struct Plain;

impl TransportFactory for Plain {
    fn open(&self, socket: Socket, _: &str) -> io::Result<Box<dyn Transport>> {
        Ok(Box::new(socket))
    }
}

/// Tries the server's addresses one after the other, all within the deadline.
pub(super) fn connect(
    factory: &dyn TransportFactory,
    server: &str,
    deadline: Instant,
) -> io::Result<Box<dyn Transport>> {
    let mut last = None;
    for address in resolve(server)? {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        let connected = factory
            .connect(address, left)
            .and_then(|tcp| Socket::new(tcp, deadline))
            .and_then(|socket| factory.open(socket, server));
        match connected {
            Ok(transport) => return Ok(transport),
            Err(e) => last = Some(e),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::TimedOut.into()))
}
