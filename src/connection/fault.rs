//! What ended a connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::wire::DecodeError;

/// What ended a connection, where it speaks against the server. It is kept with the connection, so that the
/// pool learns of it also where a caller swallows the error.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) method: &'static str,
    /// The length of the frame of the call.
    pub(crate) length: usize,
    pub(crate) kind: FaultKind,
}

#[derive(Debug)]
pub(crate) enum FaultKind {
    Closed(io::Error),
    /// No answer within the timeout.
    Silent(Duration),
    /// No answer by the caller's deadline, which came before the timeout.
    Late(Duration),
    Garbage(DecodeError),
}

/// Servers close the connection on a frame over their limit, and no server's limit is less than this.
const LARGE_FRAME: usize = 1024 * 1024;

impl Fault {
    /// Whether the frame may be what the server did not like.
    pub(crate) fn is_of_large_frame(&self) -> bool {
        self.length >= LARGE_FRAME
    }

    pub(crate) fn error(&self, server: &Arc<str>) -> Error {
        let (server, method) = (server.clone(), self.method);
        match &self.kind {
            // an I/O error cannot be copied; what a system error says is in its code
            FaultKind::Closed(e) => {
                let source = e.raw_os_error().map_or_else(|| again(e), io::Error::from_raw_os_error);
                Error::Io { server, method, source }
            }
            FaultKind::Silent(within) | FaultKind::Late(within) => {
                Error::NoAnswer { server, method, within: *within }
            }
            FaultKind::Garbage(e) => Error::Protocol { server, method, source: Box::new(e.clone()) },
        }
    }
}

fn again(e: &io::Error) -> io::Error {
    match e.get_ref() {
        Some(inner) => io::Error::new(e.kind(), inner.to_string()),
        None => e.kind().into(),
    }
}
