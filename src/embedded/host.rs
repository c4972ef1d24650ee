//! One address of a server, as a host that a test can stop, slow and start again.

use std::fmt;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::gate::Gate;
use super::listener::Listener;
use super::serving::Serving;
use crate::error::{Error, Result};

/// How long [`Host::start`] tries to get the address again.
const REBIND: Duration = Duration::from_secs(2);

/// One address of an [`EmbeddedServer`](crate::EmbeddedServer): to its clients a host of the cluster, which
/// can fail alone. All hosts share one store, so what one has written, the others have. A clone stands for
/// the same host.
///
/// ```
/// use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
///
/// let server = EmbeddedServer::builder().cluster(3).start()?;
/// let system = SystemManager::connect(server.addresses())?;
/// system.create_keyspace("Keyspace1", SimpleStrategy(3))?;
/// assert_eq!(system.describe_ring("Keyspace1")?.len(), 3);
///
/// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// server.hosts()[1].kill();
/// assert!(!server.hosts()[1].is_up());
/// pool.execute(|connection| connection.call(&cassa::wire::methods::DescribeVersion {}))?;
/// server.hosts()[1].start()?;
/// # Ok::<(), cassa::Error>(())
/// ```
#[derive(Clone)]
pub struct Host(Arc<Shared>);

struct Shared {
    address: SocketAddr,
    gate: Arc<Gate>,
    state: Mutex<State>,
}

enum State {
    Down(Arc<Serving>),
    Up(Listener, Arc<Serving>),
    /// The server itself has stopped.
    Over,
}

impl Host {
    pub(super) fn new(address: SocketAddr, gate: Gate, serving: Arc<Serving>) -> Host {
        Host(Arc::new(Shared { address, gate: Arc::new(gate), state: Mutex::new(State::Down(serving)) }))
    }

    /// The address, with its port. It stays the same over stops and starts.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Whether it takes connections.
    pub fn is_up(&self) -> bool {
        self.0.gate.is_up()
    }

    /// How many connections are open here.
    pub fn connections(&self) -> usize {
        match &*self.0.state.lock() {
            State::Up(listener, _) => listener.connections(),
            State::Down(_) | State::Over => 0,
        }
    }

    /// Stops the host as a clean shutdown does: it refuses connections, the calls that are being served are
    /// answered, and its connections are closed. What they have not taken within 400 ms is lost. Does nothing
    /// where the host is down.
    pub fn stop(&self) {
        self.take_down(true);
    }

    /// Stops the host as `kill -9` does: its connections are cut off at once, and the answers to calls that
    /// are being served are lost, although they take effect. Does nothing where the host is down.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// let server = EmbeddedServer::builder().cluster(2).start()?;
    /// let host = &server.hosts()[0];
    /// host.kill();
    /// assert!(SystemManager::connect([host.address()]).is_err());
    /// host.start()?;
    /// SystemManager::connect([host.address()])?;
    /// # Ok::<(), cassa::Error>(())
    /// ```
    pub fn kill(&self) {
        self.take_down(false);
    }

    /// Starts the host again at its address. Does nothing where it is up.
    ///
    /// # Errors
    /// [`Error::Listen`] where the server has been stopped, or something else has taken the address: it is
    /// tried for 2 seconds.
    pub fn start(&self) -> Result<()> {
        let mut state = self.0.state.lock();
        let serving = match &*state {
            State::Up(..) => return Ok(()),
            State::Down(serving) => Arc::clone(serving),
            State::Over => {
                let source = std::io::Error::other("the server has been stopped");
                return Err(self.cannot_listen(source));
            }
        };
        let until = Instant::now() + REBIND;
        let socket = loop {
            match TcpListener::bind(self.0.address) {
                Ok(socket) => break socket,
                Err(_) if Instant::now() < until => thread::sleep(Duration::from_millis(5)),
                Err(source) => return Err(self.cannot_listen(source)),
            }
        };
        *state = self.listen(socket, serving)?;
        Ok(())
    }

    /// Starts the host on a socket that is bound already.
    pub(super) fn start_on(&self, socket: TcpListener) -> Result<()> {
        let mut state = self.0.state.lock();
        if let State::Down(serving) = &*state {
            *state = self.listen(socket, Arc::clone(serving))?;
        }
        Ok(())
    }

    fn listen(&self, socket: TcpListener, serving: Arc<Serving>) -> Result<State> {
        let listener = Listener::start(socket, Arc::clone(&serving), Arc::clone(&self.0.gate))
            .map_err(|source| self.cannot_listen(source))?;
        tracing::debug!(address = %self.0.address, "serving");
        Ok(State::Up(listener, serving))
    }

    fn cannot_listen(&self, source: std::io::Error) -> Error {
        Error::Listen { address: self.0.address.to_string().into(), source }
    }

    fn take_down(&self, gracefully: bool) {
        let mut state = self.0.state.lock();
        if let State::Up(_, serving) = &*state {
            let down = State::Down(Arc::clone(serving));
            if let State::Up(listener, _) = std::mem::replace(&mut *state, down) {
                listener.close();
                listener.end(gracefully);
                tracing::debug!(address = %self.0.address, gracefully, "a host is down");
            }
        }
    }

    /// Lets each call wait so long before it is served; zero lets them pass again. It outlasts stops and
    /// starts, and holds for calls that come later.
    ///
    /// ```
    /// # use cassa::{EmbeddedServer, SystemManager};
    /// use std::time::{Duration, Instant};
    ///
    /// let server = EmbeddedServer::builder().cluster(2).start()?;
    /// let system = SystemManager::connect([server.hosts()[0].address()])?;
    /// server.hosts()[0].slow(Duration::from_millis(20));
    /// let begin = Instant::now();
    /// system.describe_version()?;
    /// assert!(begin.elapsed() >= Duration::from_millis(20));
    /// # Ok::<(), cassa::Error>(())
    /// ```
    pub fn slow(&self, delay: Duration) {
        self.0.gate.set_delay(delay);
    }

    /// Makes the host a black hole, as a suspended process is one: it accepts connections and never answers.
    /// Calls that come are served after [`resume`](Host::resume), also where their clients have left; where
    /// the host is stopped meanwhile, they never are.
    ///
    /// ```
    /// # use cassa::{Connection, ConnectionOptions, EmbeddedServer};
    /// use cassa::wire::methods::DescribeVersion;
    ///
    /// let server = EmbeddedServer::start()?;
    /// let address = server.addresses()[0].to_string();
    /// let mut connection = Connection::open(&address, &ConnectionOptions::default())?;
    /// server.hosts()[0].pause();
    /// assert!(connection.call(&DescribeVersion {}).is_err()); // after its own time-out
    /// server.hosts()[0].resume();
    /// # Ok::<(), cassa::Error>(())
    /// ```
    pub fn pause(&self) {
        self.0.gate.set_paused(true);
    }

    /// Ends a [pause](Host::pause).
    pub fn resume(&self) {
        self.0.gate.set_paused(false);
    }
}

/// Ends all hosts of a server, for good.
pub(super) fn end(hosts: &[Host]) {
    let mut listeners = Vec::new();
    for host in hosts {
        if let State::Up(listener, _) = std::mem::replace(&mut *host.0.state.lock(), State::Over) {
            listener.close();
            listeners.push(listener);
        }
    }
    // they end together: each of them may take its time
    thread::scope(|scope| {
        let mut listeners = listeners.into_iter();
        let first = listeners.next();
        for listener in listeners {
            scope.spawn(|| listener.end(true));
        }
        if let Some(listener) = first {
            listener.end(true);
        }
    });
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("address", &self.0.address)
            .field("is_up", &self.is_up())
            .finish_non_exhaustive()
    }
}
