//! One client's connection: frames in, replies out, until the client leaves or sends what is no message.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call::{Session, answer, put_application_error};
use super::faults::{Blow, Kind};
use super::gate::Gate;
use super::room::OWN;
use super::serving::Serving;
use super::stats::MethodIndex;
use super::stream::{TimedStream, Timeouts};
use super::transport::Transport;
use crate::wire::frame::{FrameError, FrameReader, Taken};
use crate::wire::{ApplicationErrorKind, Exception, MessageHeader, encode_exception, methods, split_message};

/// A buffer that grew beyond this is given back after the reply, so that what a connection keeps is bounded
/// by twice this.
const KEPT_BUFFER: usize = OWN;

/// How long a client that is refused may take to hear it.
const REFUSAL: Duration = Duration::from_secs(1);

/// A client's stream, and where it came in.
pub(super) struct Connection {
    pub(super) serving: Arc<Serving>,
    pub(super) gate: Arc<Gate>,
    /// The server's address to which the client came.
    pub(super) address: SocketAddr,
    pub(super) stream: Arc<TcpStream>,
    pub(super) peer: SocketAddr,
}

/// Why a connection ends.
enum End {
    Client,
    Server,
    Io(io::Error),
    Bad(String),
    #[cfg(feature = "tls")]
    Handshake(String),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> End {
        End::Io(error)
    }
}

impl From<FrameError> for End {
    fn from(error: FrameError) -> End {
        match error {
            FrameError::Io(error) => End::Io(error),
            error => End::Bad(error.to_string()),
        }
    }
}

impl Connection {
    /// Serves the client until the connection ends.
    pub(super) fn serve(&self) {
        let (peer, address) = (self.peer, self.address);
        match self.serve_calls() {
            Err(End::Client) | Ok(()) => tracing::debug!(%peer, %address, "connection closed by the client"),
            Err(End::Server) => tracing::debug!(%peer, %address, "connection closed by the server"),
            Err(End::Io(error)) => {
                if error.kind() == io::ErrorKind::TimedOut {
                    self.serving.counters.timed_out.add(1);
                }
                tracing::debug!(%peer, %address, %error, "connection closed");
            }
            Err(End::Bad(why)) => {
                self.serving.counters.broken.add(1);
                tracing::warn!(%peer, %address, why, "connection closed: the client sent no message");
            }
            #[cfg(feature = "tls")]
            Err(End::Handshake(why)) => {
                self.serving.counters.tls_refused.add(1);
                tracing::warn!(%peer, %address, why, "TLS refused");
            }
        }
        // the listener may still look at the stream
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Answers the first call with why it is not served.
    pub(super) fn refuse(&self) {
        let timeouts = Timeouts { idle: Some(REFUSAL), frame: REFUSAL, write: REFUSAL };
        if let Err(End::Io(error)) = self.refuse_call(timeouts) {
            tracing::debug!(peer = %self.peer, %error, "a refused client went unheard");
        }
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn refuse_call(&self, timeouts: Timeouts) -> Result<(), End> {
        let mut reader = self.reader(TimedStream::new(Arc::clone(&self.stream), timeouts)?)?;
        let (mut message, mut reply) = (Vec::new(), Vec::new());
        if !reader.read_into(&mut message, KEPT_BUFFER)? {
            return Ok(());
        }
        let (header, _) = split_message(&message).map_err(|error| End::Bad(error.to_string()))?;
        let why = format!(
            "too many connections: this server serves at most {} at once",
            self.serving.limits.max_connections
        );
        put_application_error(
            header.method,
            header.sequence,
            ApplicationErrorKind::InternalError,
            why,
            &mut reply,
        );
        send(&mut reader, &reply)
    }

    fn reader(&self, stream: TimedStream) -> Result<FrameReader<Transport>, End> {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.serving.tls {
            return Transport::handshake(stream, tls.config())
                .map(FrameReader::new)
                .map_err(|error| End::Handshake(super::tls::refusal(&error)));
        }
        Ok(FrameReader::new(Transport::Plain(stream)))
    }

    fn serve_calls(&self) -> Result<(), End> {
        let stream = TimedStream::new(Arc::clone(&self.stream), self.serving.limits.timeouts)?;
        let mut reader = self.reader(stream.busy_poll(&self.serving.busy_poll))?;
        let end = self.serve_frames(&mut reader);
        // a stream that failed takes nothing more, unless it was this server that ended it
        if !matches!(end, Err(End::Io(_))) || !self.gate.is_up() {
            reader.get_mut().end();
        }
        end
    }

    fn serve_frames(&self, reader: &mut FrameReader<Transport>) -> Result<(), End> {
        let users = self.serving.users.clone();
        let mut session = Session { users, peer: self.peer.to_string(), ..Session::default() };
        if let Ok(address) = self.stream.local_addr() {
            session.asked_at = address.ip().to_canonical();
        }
        let mut index = MethodIndex::default();
        let (mut message, mut reply) = (Vec::new(), Vec::new());
        while self.gate.is_up() {
            let has_begun = reader.has_begun();
            reader.get_mut().begin_frame(has_begun)?;
            let mut room = self.serving.room.nothing();
            let limit = self.serving.limits.max_frame;
            let taken = reader.read_where_room(&mut message, limit, |capacity| room.grow_to(capacity))?;
            if taken == Taken::End {
                return Err(End::Client);
            }
            if !self.gate.pass() {
                break;
            }
            reply.clear();
            match taken {
                Taken::Beginning { length } => self.refuse_request(&message, length, &mut reply, reader)?,
                _ => self.serve_call(&mut session, &mut index, &message, &mut reply, reader)?,
            }
            for buffer in [&mut message, &mut reply] {
                if buffer.capacity() > KEPT_BUFFER {
                    *buffer = Vec::new();
                }
            }
        }
        Err(End::Server)
    }

    /// Answers a request for which there was no memory, and of which only the beginning is here.
    fn refuse_request(
        &self,
        beginning: &[u8],
        length: usize,
        reply: &mut Vec<u8>,
        reader: &mut FrameReader<Transport>,
    ) -> Result<(), End> {
        let (header, _) = split_message(beginning).map_err(|error| End::Bad(error.to_string()))?;
        let (peer, address, method) = (self.peer, self.address, header.method);
        tracing::warn!(%peer, %address, method, length, "request refused: no memory beside those of others");
        self.serving.counters.requests_refused.add(1);
        self.serving.counters.exchanged(4 + length, 0);
        let why = format!(
            "{method}: too many large requests: one of {length} bytes finds no room in the {} bytes for all of \
             them; try again, or send smaller ones",
            self.serving.room.limit()
        );
        put_application_error(method, header.sequence, ApplicationErrorKind::InternalError, why, reply);
        send(reader, reply)
    }

    fn serve_call(
        &self,
        session: &mut Session,
        index: &mut MethodIndex,
        message: &[u8],
        reply: &mut Vec<u8>,
        reader: &mut FrameReader<Transport>,
    ) -> Result<(), End> {
        let (header, _) = split_message(message).map_err(|error| End::Bad(error.to_string()))?;
        let counters = &self.serving.counters;
        let strike = self.serving.faults.strike(self.address, header.method);
        if !self.gate.wait(strike.delay) {
            return Err(End::Server);
        }
        let mut answered = Ok(());
        if strike.fault.as_ref().is_none_or(|blow| blow.after_work) {
            let begin = Instant::now();
            answered = answer(&self.serving.node, session, message, reply);
            let time = begin.elapsed();
            tracing::trace!(peer = %self.peer, method = header.method, ?time, "call");
            counters.served(index, header.method, reply, time);
        }
        if !self.gate.wait(strike.delay_after) {
            return Err(End::Server);
        }
        counters.exchanged(4 + message.len(), reply.len());
        match strike.fault {
            None => send(reader, reply)?,
            Some(blow) => {
                counters.faults.add(1);
                tracing::debug!(peer = %self.peer, address = %self.address, method = header.method, ?blow, "fault");
                self.fail(&blow, &header, reply, reader)?;
            }
        }
        answered.map_err(|error| End::Bad(error.to_string()))
    }

    /// Answers a call as a fault wants it.
    fn fail(
        &self,
        blow: &Blow,
        header: &MessageHeader<'_>,
        reply: &mut Vec<u8>,
        reader: &mut FrameReader<Transport>,
    ) -> Result<(), End> {
        match &blow.kind {
            Kind::TimeOut(fields) => {
                put_exception(&Exception::TimedOut(fields.clone()), header, reply);
                send(reader, reply)
            }
            Kind::Unavailable => {
                put_exception(&Exception::Unavailable, header, reply);
                send(reader, reply)
            }
            Kind::CutFrame => {
                if reply.is_empty() {
                    put_exception(&Exception::Unavailable, header, reply);
                }
                send(reader, &reply[..reply.len() / 2])?;
                Err(End::Server)
            }
            Kind::GarbageFrame => send(reader, GARBAGE),
            Kind::Disconnect => Err(End::Server),
            // a delay is no blow
            Kind::Silence | Kind::Delay(_) => Ok(()),
        }
    }
}

/// A frame of twelve bytes, which begin like no message.
const GARBAGE: &[u8] = &[0, 0, 0, 12, 0x7f, 0xff, 0xff, 0xff, 0, 1, 2, 3, 4, 5, 6, 7];

fn put_exception(exception: &Exception, header: &MessageHeader<'_>, reply: &mut Vec<u8>) {
    reply.clear();
    let throws = methods::throws(header.method).unwrap_or_default();
    encode_exception(exception, header.method, throws, header.sequence, reply);
}

fn send(reader: &mut FrameReader<Transport>, reply: &[u8]) -> Result<(), End> {
    let stream = reader.get_mut();
    stream.begin_reply();
    stream.write_all(reply)?;
    Ok(stream.flush()?)
}
