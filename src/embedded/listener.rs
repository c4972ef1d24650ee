//! Listening: a thread that takes connections, and a thread for each of them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::Mutex;

use super::connection::{Limits, serve};
use super::node::Node;

/// How long the thread that listens rests where the system has no more descriptors.
const REST: Duration = Duration::from_millis(50);

/// How long an attempt to wake that thread may take, and how long to wait for it to end.
const POKE: Duration = Duration::from_millis(100);

/// The connections of a server, on all its addresses.
pub(super) struct Connections {
    node: Arc<Node>,
    limits: Limits,
    most: usize,
    stopping: AtomicBool,
    open: Mutex<Vec<Open>>,
}

struct Open {
    /// The connection's own thread keeps it alive: it is closed when that ends, not when it is noticed here.
    stream: Weak<TcpStream>,
    thread: JoinHandle<()>,
}

impl Connections {
    pub(super) fn new(node: Arc<Node>, limits: Limits, most: usize) -> Connections {
        Connections { node, limits, most, stopping: AtomicBool::new(false), open: Mutex::default() }
    }

    /// Serves a new connection on a thread of its own, unless there are too many.
    fn add(&self, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
        let mut open = self.open.lock();
        for index in (0..open.len()).rev() {
            if open[index].thread.is_finished() {
                let _ = open.swap_remove(index).thread.join();
            }
        }
        // asked under the lock: `stop` closes what it finds there
        if self.stopping.load(Ordering::Acquire) {
            return Ok(());
        }
        if open.len() >= self.most {
            tracing::warn!(%peer, limit = self.most, "connection refused: too many connections");
            return Ok(());
        }
        let node = Arc::clone(&self.node);
        let limits = self.limits;
        let served = Arc::new(stream);
        let stream = Arc::downgrade(&served);
        let thread = thread::Builder::new()
            .name("cassa-connection".to_owned())
            .spawn(move || serve(&node, &served, limits))?;
        open.push(Open { stream, thread });
        Ok(())
    }

    /// Takes no more connections.
    fn refuse(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Closes all connections, and waits for the calls that are being served.
    fn close(&self) {
        let open = std::mem::take(&mut *self.open.lock());
        for stream in open.iter().filter_map(|open| open.stream.upgrade()) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        for Open { thread, .. } in open {
            let _ = thread.join();
        }
    }
}

/// An address that is listened on.
pub(super) struct Listener {
    address: SocketAddr,
    thread: JoinHandle<()>,
}

impl Listener {
    pub(super) fn start(socket: TcpListener, connections: Arc<Connections>) -> io::Result<Listener> {
        let address = socket.local_addr()?;
        let thread = thread::Builder::new()
            .name("cassa-listener".to_owned())
            .spawn(move || listen(&socket, &connections))?;
        Ok(Listener { address, thread })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the end of the thread, which waits for a connection: it is given some until it is gone.
    fn end(self) {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        let reachable = SocketAddr::new(ip, self.address.port());
        let mut rest = Duration::from_micros(50);
        while !self.thread.is_finished() {
            drop(TcpStream::connect_timeout(&reachable, POKE));
            thread::sleep(rest);
            rest = (rest * 2).min(POKE);
        }
        let _ = self.thread.join();
    }
}

/// Ends listening and serving: nothing of either is left when it returns.
pub(super) fn stop(listeners: Vec<Listener>, connections: &Connections) {
    connections.refuse();
    for listener in listeners {
        listener.end();
    }
    connections.close();
}

fn listen(socket: &TcpListener, connections: &Connections) {
    loop {
        let accepted = socket.accept();
        if connections.stopping.load(Ordering::Acquire) {
            return;
        }
        if let Err(error) = accepted.and_then(|(stream, peer)| connections.add(stream, peer)) {
            tracing::warn!(%error, "cannot take a connection");
            thread::sleep(REST);
        }
    }
}
