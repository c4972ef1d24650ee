//! One client's connection: frames in, replies out, until the client leaves or sends what is no message.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::call::{Session, answer};
use super::node::Node;
use crate::wire::frame::{FrameError, FrameReader};

/// How long a client may take to send one frame, or to take one reply.
const FRAME_TIMEOUT: Duration = Duration::from_secs(30);

/// A reply buffer that grew beyond this is given back after the reply.
const KEPT_BUFFER: usize = 1024 * 1024;

/// What holds for every connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) max_frame: usize,
    pub(super) idle_timeout: Option<Duration>,
}

/// Serves a client until the connection ends.
pub(super) fn serve(node: &Node, stream: &TcpStream, limits: Limits) {
    let peer = stream.peer_addr().map_or_else(|_| "unknown".to_owned(), |peer| peer.to_string());
    match serve_frames(node, stream, limits) {
        Ok(()) => tracing::debug!(peer, "connection closed by the client"),
        Err(End::Io(error)) => tracing::debug!(peer, %error, "connection closed"),
        Err(End::Bad(why)) => tracing::warn!(peer, why, "connection closed: the client sent no message"),
    }
}

/// Why a connection ends.
enum End {
    Io(io::Error),
    Bad(String),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> End {
        End::Io(error)
    }
}

fn serve_frames(node: &Node, mut stream: &TcpStream, limits: Limits) -> Result<(), End> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(FRAME_TIMEOUT))?;
    let mut reader = FrameReader::new(TimedStream::new(stream, limits.idle_timeout)?);
    let mut session = Session::default();
    let (mut message, mut reply) = (Vec::new(), Vec::new());
    loop {
        reader.get_mut().begin_frame()?;
        match reader.read_into(&mut message, limits.max_frame) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(FrameError::Io(error)) => return Err(End::Io(error)),
            Err(error) => return Err(End::Bad(error.to_string())),
        }
        reply.clear();
        let answered = answer(node, &mut session, &message, &mut reply);
        stream.write_all(&reply)?;
        answered.map_err(|error| End::Bad(error.to_string()))?;
        for buffer in [&mut message, &mut reply] {
            if buffer.capacity() > KEPT_BUFFER {
                *buffer = Vec::new();
            }
        }
    }
}

/// A stream on which the wait for a frame and the time that a frame takes are bounded.
struct TimedStream<'s> {
    stream: &'s TcpStream,
    idle_timeout: Option<Duration>,
    /// By when the frame must be whole; `None` before its first byte.
    deadline: Option<Instant>,
    /// The timeout of the socket is the one of a wait.
    is_idle: bool,
}

impl<'s> TimedStream<'s> {
    fn new(stream: &'s TcpStream, idle_timeout: Option<Duration>) -> io::Result<TimedStream<'s>> {
        stream.set_read_timeout(idle_timeout)?;
        Ok(TimedStream { stream, idle_timeout, deadline: None, is_idle: true })
    }

    fn begin_frame(&mut self) -> io::Result<()> {
        self.deadline = None;
        // most frames come with one read: the socket's timeout changes only where they do not
        if !self.is_idle {
            self.stream.set_read_timeout(self.idle_timeout)?;
            self.is_idle = true;
        }
        Ok(())
    }
}

impl Read for TimedStream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(deadline) = self.deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "a frame was not sent in time"));
            }
            self.stream.set_read_timeout(Some(left))?;
            self.is_idle = false;
        }
        let read = self.stream.read(buffer)?;
        if self.deadline.is_none() {
            let within = self.idle_timeout.map_or(FRAME_TIMEOUT, |idle| idle.min(FRAME_TIMEOUT));
            self.deadline = Some(Instant::now() + within);
        }
        Ok(read)
    }
}
