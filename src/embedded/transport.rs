//! What frames travel on: a socket, or TLS on a socket.

use std::io::{self, Read, Write};

#[cfg(feature = "tls")]
use rustls::{ServerConnection, StreamOwned};

use super::stream::TimedStream;

pub(super) enum Transport {
    Plain(TimedStream),
    #[cfg(feature = "tls")]
    Tls(Box<StreamOwned<ServerConnection, TimedStream>>),
}

impl Transport {
    /// Makes TLS of a socket: the handshake has the time of one frame.
    #[cfg(feature = "tls")]
    pub(super) fn handshake(
        mut stream: TimedStream,
        config: std::sync::Arc<rustls::ServerConfig>,
    ) -> io::Result<Transport> {
        let mut session = ServerConnection::new(config).map_err(io::Error::other)?;
        stream.begin_frame(true)?;
        stream.begin_reply();
        while session.is_handshaking() {
            session.complete_io(&mut stream)?;
        }
        Ok(Transport::Tls(Box::new(StreamOwned::new(session, stream))))
    }

    /// Waits for the next frame; `has_begun` where bytes of it are here already.
    pub(super) fn begin_frame(&mut self, has_begun: bool) -> io::Result<()> {
        match self {
            Transport::Plain(stream) => stream.begin_frame(has_begun),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => {
                // what is decrypted and not read yet is there, too
                let has_begun = has_begun || !stream.conn.wants_read();
                stream.sock.begin_frame(has_begun)
            }
        }
    }

    /// Begins a reply, which all writes until the next one belong to.
    pub(super) fn begin_reply(&mut self) {
        match self {
            Transport::Plain(stream) => stream.begin_reply(),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.sock.begin_reply(),
        }
    }

    /// Tells the client that nothing more comes: with TLS, an end without it could be an attack.
    pub(super) fn end(&mut self) {
        #[cfg(feature = "tls")]
        if let Transport::Tls(stream) = self {
            stream.conn.send_close_notify();
            stream.sock.begin_reply();
            // the client may be gone
            let _ = stream.flush();
        }
    }
}

impl Read for Transport {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Transport::Plain(stream) => stream.read(buffer),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Transport {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Transport::Plain(stream) => stream.write(buffer),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Transport::Plain(stream) => stream.flush(),
            #[cfg(feature = "tls")]
            Transport::Tls(stream) => stream.flush(),
        }
    }
}
