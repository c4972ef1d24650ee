//! A socket whose every wait is bounded, call by call.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Cassandra's Thrift port (`rpc_port`).
const DEFAULT_PORT: u16 = 9160;

/// A socket with a deadline for what is under way.
///
/// A socket's own timeouts bound one read each, so a peer that sends a byte now and then would hold a caller
/// for ever. They are set anew only when the time left has become noticeably less.
#[derive(Debug)]
pub(super) struct Stream {
    socket: TcpStream,
    timeout: Duration,
    deadline: Instant,
    set: Duration,
}

impl Stream {
    pub(super) fn connect(server: &str, connect_timeout: Duration, timeout: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + connect_timeout;
        let socket = connect(server, deadline)?;
        socket.set_nodelay(true)?;
        let timeout = timeout.max(Duration::from_millis(1)); // a socket takes zero for "for ever"
        let mut stream = Stream { socket, timeout, deadline, set: Duration::ZERO };
        stream.set(timeout)?;
        Ok(stream)
    }

    /// A call begins: all its reads and writes together may take the timeout, and end by the deadline.
    pub(super) fn start(&mut self, deadline: Option<Instant>) -> Instant {
        let now = Instant::now();
        let timeout = now + self.timeout;
        self.deadline = deadline.map_or(timeout, |deadline| deadline.min(timeout));
        now
    }

    /// Sees to it that the next read or write ends by the deadline, give or take a sixteenth of the timeout.
    fn arm(&mut self) -> io::Result<()> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let slack = self.timeout / 16;
        if self.set > left + slack || self.set + slack < left {
            self.set(left.max(Duration::from_millis(1)))?;
        }
        Ok(())
    }

    fn set(&mut self, timeout: Duration) -> io::Result<()> {
        self.socket.set_read_timeout(Some(timeout))?;
        self.socket.set_write_timeout(Some(timeout))?;
        self.set = timeout;
        Ok(())
    }

    /// Whether an idle socket has something to read: the peer's end, or bytes that nobody asked for.
    pub(super) fn is_stale(&self) -> bool {
        let mut byte = [0];
        let looked = self.socket.set_nonblocking(true).and_then(|()| self.socket.peek(&mut byte));
        let idle = matches!(looked, Err(e) if e.kind() == io::ErrorKind::WouldBlock);
        self.socket.set_nonblocking(false).is_err() || !idle
    }
}

/// Whether a socket's timeout ran out; Linux says `WouldBlock`.
pub(super) fn is_timeout(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.arm()?;
        self.socket.read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.arm()?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tries the server's addresses one after the other, all within the deadline.
fn connect(server: &str, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = None;
    for address in resolve(server)? {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(socket) => return Ok(socket),
            Err(e) => last = Some(e),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::TimedOut.into()))
}

fn resolve(server: &str) -> io::Result<Vec<SocketAddr>> {
    let (host, port) = split(server)?;
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    if addresses.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
    }
    Ok(addresses)
}

/// `host`, `host:port`, `1.2.3.4:port`, `[v6]`, `[v6]:port`, or a bare v6 address.
fn split(server: &str) -> io::Result<(&str, u16)> {
    let (host, port) = if let Some(rest) = server.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or_else(|| no_server(server))?;
        match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if rest.is_empty() => (host, None),
            None => return Err(no_server(server)),
        }
    } else {
        match server.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            _ => (server, None), // no port, or colons of a bare v6 address
        }
    };
    if host.is_empty() {
        return Err(no_server(server));
    }
    let port = port.map_or(Ok(DEFAULT_PORT), |port| port.parse().map_err(|_| no_server(server)))?;
    Ok((host, port))
}

fn no_server(server: &str) -> io::Error {
    let message = format!("expected host, host:port or [v6]:port, got {server:?}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_given_in_many_forms() {
        let split = |server| split(server).ok();
        assert_eq!(split("cassandra.example"), Some(("cassandra.example", 9160)));
        assert_eq!(split("10.0.0.1:9161"), Some(("10.0.0.1", 9161)));
        assert_eq!(split("[::1]:9161"), Some(("::1", 9161)));
        assert_eq!(split("[::1]"), Some(("::1", 9160)));
        assert_eq!(split("::1"), Some(("::1", 9160)));
        for bad in ["", ":9160", "host:", "host:port", "host:70000", "[::1", "[::1]x"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
