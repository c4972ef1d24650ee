//! Listening at one address: a thread that takes connections, a thread for each of them, and their end.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::connection::Connection;
use super::gate::Gate;
use super::serving::{Place, Serving};

/// How long the thread that listens rests where the system has no more descriptors.
const REST: Duration = Duration::from_millis(50);

/// How long an attempt to wake that thread may take.
const POKE: Duration = Duration::from_millis(100);

/// How long connections that end may take to send the answers of the calls that are being served.
const GRACE: Duration = Duration::from_millis(400);

/// An address that is listened on, with its connections.
pub(super) struct Listener {
    address: SocketAddr,
    gate: Arc<Gate>,
    thread: JoinHandle<()>,
    open: Arc<Mutex<Vec<Open>>>,
}

struct Open {
    /// The connection's own thread keeps it alive: it is closed when that ends, not when it is noticed here.
    stream: Weak<TcpStream>,
    thread: JoinHandle<()>,
}

impl Listener {
    /// Listens, and lets calls pass the gate.
    pub(super) fn start(socket: TcpListener, serving: Arc<Serving>, gate: Arc<Gate>) -> io::Result<Listener> {
        let address = socket.local_addr()?;
        let open = Arc::<Mutex<Vec<Open>>>::default();
        let door = Door { address, serving, gate: Arc::clone(&gate), open: Arc::clone(&open) };
        gate.set_up(true);
        let thread = thread::Builder::new()
            .name("cassa-listener".to_owned())
            .spawn(move || door.listen(&socket))
            .inspect_err(|_| gate.set_up(false))?;
        Ok(Listener { address, gate, thread, open })
    }

    pub(super) fn connections(&self) -> usize {
        self.open.lock().iter().filter(|open| !open.thread.is_finished()).count()
    }

    /// Takes no more connections and begins no more calls.
    pub(super) fn close(&self) {
        self.gate.set_up(false);
    }

    /// Ends what [`close`](Listener::close) has left: nothing of it is there when this returns. Connections
    /// may send the answers of their last calls, or they are cut off at once.
    pub(super) fn end(self, gracefully: bool) {
        wake(self.address, &self.thread);
        let _ = self.thread.join();
        let open = std::mem::take(&mut *self.open.lock());
        let shut = |how: Shutdown| {
            for stream in open.iter().filter_map(|open| open.stream.upgrade()) {
                let _ = stream.shutdown(how);
            }
        };
        if gracefully {
            shut(Shutdown::Read);
            let until = Instant::now() + GRACE;
            while open.iter().any(|open| !open.thread.is_finished()) && Instant::now() < until {
                thread::sleep(Duration::from_millis(1));
            }
        }
        shut(Shutdown::Both);
        for Open { thread, .. } in open {
            let _ = thread.join();
        }
    }
}

/// Waits for the end of a thread that waits for a connection: it is given some until it is gone.
fn wake(address: SocketAddr, thread: &JoinHandle<()>) {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let reachable = SocketAddr::new(ip, address.port());
    let mut rest = Duration::from_micros(50);
    while !thread.is_finished() {
        drop(TcpStream::connect_timeout(&reachable, POKE));
        thread::sleep(rest);
        rest = (rest * 2).min(POKE);
    }
}

/// What the thread that listens has.
struct Door {
    address: SocketAddr,
    serving: Arc<Serving>,
    gate: Arc<Gate>,
    open: Arc<Mutex<Vec<Open>>>,
}

impl Door {
    fn listen(&self, socket: &TcpListener) {
        loop {
            let accepted = socket.accept();
            if !self.gate.is_up() {
                return;
            }
            if let Err(error) = accepted.and_then(|(stream, peer)| self.take(stream, peer)) {
                tracing::warn!(address = %self.address, %error, "cannot take a connection");
                thread::sleep(REST);
            }
        }
    }

    /// Serves a new connection on a thread of its own, unless there are too many.
    fn take(&self, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
        let mut open = self.open.lock();
        for index in (0..open.len()).rev() {
            if open[index].thread.is_finished() {
                let _ = open.swap_remove(index).thread.join();
            }
        }
        let place = self.serving.place();
        if !matches!(place, Place::Served(_)) {
            let limit = self.serving.limits.max_connections;
            tracing::warn!(%peer, address = %self.address, limit, "connection refused: too many connections");
        }
        let served = Arc::new(stream);
        let stream = Arc::downgrade(&served);
        let connection = Connection {
            serving: Arc::clone(&self.serving),
            gate: Arc::clone(&self.gate),
            address: self.address,
            stream: served,
            peer,
        };
        let thread = thread::Builder::new().name("cassa-connection".to_owned());
        let thread = match place {
            Place::Closed => return Ok(()),
            Place::Served(place) => thread.spawn(move || {
                connection.serve();
                drop((connection, place));
            }),
            Place::Refused(place) => thread.spawn(move || {
                connection.refuse();
                drop((connection, place));
            }),
        };
        open.push(Open { stream, thread: thread? });
        Ok(())
    }
}
