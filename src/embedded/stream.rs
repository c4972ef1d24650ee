//! A client's socket on which every wait is bounded: for a frame to begin, to come whole, and for a reply to
//! be taken.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::{SockRef, TcpKeepalive};

use super::busy_poll::{BusyPoll, Pace};

/// How long a client may be silent until the system asks whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// Until a frame begins.
    pub(super) idle: Option<Duration>,
    /// Until a frame that has begun is whole.
    pub(super) frame: Duration,
    /// Until a reply is taken.
    pub(super) write: Duration,
}

/// The stream. The socket's own timeouts bound one read or write; deadlines here bound them all together, so
/// that a byte at a time is no way around them.
pub(super) struct TimedStream {
    stream: Arc<TcpStream>,
    timeouts: Timeouts,
    /// By when the frame must be whole; `None` before its first byte.
    deadline: Option<Instant>,
    /// The read timeout of the socket is the one of a wait.
    is_idle: bool,
    /// By when the reply must be taken.
    write_deadline: Option<Instant>,
    /// How a wait for the next frame begins; `None` for one that sleeps at once.
    busy_poll: Option<(Arc<BusyPoll>, Pace)>,
}

impl TimedStream {
    pub(super) fn new(stream: Arc<TcpStream>, timeouts: Timeouts) -> io::Result<TimedStream> {
        stream.set_nodelay(true)?;
        // a client that vanished without a word is noticed, and its place is free again
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
        SockRef::from(&*stream).set_tcp_keepalive(&keepalive)?;
        stream.set_read_timeout(timeouts.idle)?;
        stream.set_write_timeout(Some(timeouts.write))?;
        Ok(TimedStream {
            stream,
            timeouts,
            deadline: None,
            is_idle: true,
            write_deadline: None,
            busy_poll: None,
        })
    }

    /// Looks for the next frame for a moment before it sleeps.
    pub(super) fn busy_poll(mut self, poll: &Arc<BusyPoll>) -> TimedStream {
        self.busy_poll = Some((Arc::clone(poll), Pace::default()));
        self
    }

    /// Waits for the next frame; `has_begun` where bytes of it are here already.
    pub(super) fn begin_frame(&mut self, has_begun: bool) -> io::Result<()> {
        self.deadline = has_begun.then(|| self.frame_deadline());
        // most frames come with one read: the socket's timeout changes only where they do not
        if !self.is_idle {
            self.stream.set_read_timeout(self.timeouts.idle)?;
            self.is_idle = true;
        }
        Ok(())
    }

    /// Begins a reply, which all writes until the next one belong to.
    pub(super) fn begin_reply(&mut self) {
        self.write_deadline = Some(Instant::now() + self.timeouts.write);
    }

    fn frame_deadline(&self) -> Instant {
        Instant::now() + self.timeouts.idle.map_or(self.timeouts.frame, |idle| idle.min(self.timeouts.frame))
    }
}

impl Read for TimedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(late("a frame was not sent in time"));
            }
            self.stream.set_read_timeout(Some(left))?;
            self.is_idle = false;
        }
        let read = match &mut self.busy_poll {
            Some((poll, pace)) if self.deadline.is_none() => poll.read(&self.stream, buffer, pace),
            _ => (&*self.stream).read(buffer),
        };
        let read = read.map_err(|error| timed_out(error, "nothing was sent in time"))?;
        if self.deadline.is_none() {
            self.deadline = Some(self.frame_deadline());
        }
        Ok(read)
    }
}

impl Write for TimedStream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let Some(deadline) = self.write_deadline else {
            return (&*self.stream).write(buffer);
        };
        let written = (&*self.stream).write(buffer).map_err(|error| timed_out(error, NOT_TAKEN))?;
        // the socket's timeout bounds one write, and most replies go out with one
        if written < buffer.len() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(late(NOT_TAKEN));
            }
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const NOT_TAKEN: &str = "a reply was not taken in time";

fn late(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

/// A socket's timeout has another kind on each system, and a text that does not say which one it was.
fn timed_out(error: io::Error, what: &'static str) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => late(what),
        _ => error,
    }
}
