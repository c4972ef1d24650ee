//! A socket whose every wait is bounded, call by call.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A socket with a deadline for what is under way: connecting with its handshakes, or a call.
///
/// A [`Transport`](crate::Transport) reads and writes through it, and so cannot wait longer than the
/// timeouts of the connection; its example shows one.
///
/// A socket's own timeouts bound one read each, so a peer that sends a byte now and then would hold a caller
/// for ever. They are set anew only when the time left has become noticeably less.
#[derive(Debug)]
pub struct Socket {
    tcp: TcpStream,
    timeout: Duration,
    deadline: Instant,
    set: Duration,
    /// When the call began that has neither read nor written yet.
    begun: Option<Instant>,
}

impl Socket {
    /// What is done first, such as a handshake, must be done by `deadline`.
    pub(super) fn new(tcp: TcpStream, deadline: Instant) -> io::Result<Socket> {
        tcp.set_nodelay(true)?;
        let timeout = deadline.saturating_duration_since(Instant::now());
        Ok(Socket { tcp, timeout, deadline, set: Duration::ZERO, begun: None })
    }

    /// The socket itself.
    pub fn tcp(&self) -> &TcpStream {
        &self.tcp
    }

    /// From now on a call may take so long.
    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout.max(SHORTEST);
    }

    /// A call begins: all its reads and writes together may take the timeout, and end by the deadline.
    pub(super) fn start(&mut self, now: Instant, deadline: Option<Instant>) {
        let timeout = now + self.timeout;
        self.deadline = deadline.map_or(timeout, |deadline| deadline.min(timeout));
        self.begun = Some(now);
    }

    /// Sees to it that the next read or write ends by the deadline, give or take a sixteenth of what is left.
    fn arm(&mut self) -> io::Result<()> {
        let now = self.begun.take().unwrap_or_else(Instant::now);
        let left = self.deadline.saturating_duration_since(now);
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let slack = left / 16;
        if self.set > left + slack || self.set + slack < left {
            let wait = left.max(SHORTEST);
            self.tcp.set_read_timeout(Some(wait))?;
            self.tcp.set_write_timeout(Some(wait))?;
            self.set = wait;
        }
        Ok(())
    }

    /// Whether an idle socket has something to read: the peer's end, or bytes that nobody asked for.
    pub(super) fn is_stale(&self) -> bool {
        let mut byte = [0];
        let looked = self.tcp.set_nonblocking(true).and_then(|()| self.tcp.peek(&mut byte));
        let idle = matches!(looked, Err(e) if e.kind() == io::ErrorKind::WouldBlock);
        self.tcp.set_nonblocking(false).is_err() || !idle
    }
}

/// A socket takes a timeout of zero for "for ever".
const SHORTEST: Duration = Duration::from_millis(1);

/// Whether a socket's timeout ran out; Linux says `WouldBlock`.
pub(super) fn is_timeout(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.arm()?;
        self.tcp.read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.arm()?;
        self.tcp.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
