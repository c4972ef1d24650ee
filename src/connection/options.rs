//! How a connection is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::transport::{Plain, TransportFactory};
use crate::wire::DEFAULT_MAX_FRAME;

/// The longest wait there is: more is taken as this, so that no sum of times overflows.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How a connection is made and how long it may take. A time over a year is taken as a year.
///
/// ```
/// # use cassa::{Connection, ConnectionOptions, EmbeddedServer};
/// use std::time::Duration;
///
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// let options = ConnectionOptions::default()
///     .connect_timeout(Duration::from_secs(1))
///     .timeout(Duration::from_secs(10))
///     .credentials("reader", "secret");
/// let connection = Connection::open(&server.addresses()[0].to_string(), &options)?;
/// assert_eq!(connection.keyspace(), None);
/// assert!(!format!("{options:?}").contains("secret"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ConnectionOptions {
    pub(super) connect_timeout: Duration,
    pub(super) timeout: Duration,
    pub(super) max_frame: usize,
    pub(super) credentials: Vec<(String, String)>,
    pub(super) transport: Arc<dyn TransportFactory>,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        ConnectionOptions {
            connect_timeout: Duration::from_millis(500),
            timeout: Duration::from_millis(500),
            max_frame: DEFAULT_MAX_FRAME,
            credentials: Vec::new(),
            transport: Arc::new(Plain),
        }
    }
}

impl ConnectionOptions {
    /// How long connecting may take. Defaults to 0.5 s, as pycassa's `timeout`.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// How long a call may take, from its first byte sent to the last one received. Defaults to 0.5 s, as
    /// pycassa's `timeout`.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST_WAIT);
        self
    }

    /// How long connecting may take.
    pub(crate) fn longest_connect(&self) -> Duration {
        self.connect_timeout
    }

    /// How long a call may take.
    pub(crate) fn longest_call(&self) -> Duration {
        self.timeout
    }

    /// The largest frame to send or to take, in bytes. Defaults to 15 MiB, the limit of a server that is not
    /// told otherwise (`thrift_framed_transport_size_in_mb`).
    #[must_use]
    pub fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = bytes.min(i32::MAX as usize);
        self
    }

    /// Makes what carries the bytes of a connection. Defaults to the plain socket.
    #[must_use]
    pub fn transport(mut self, factory: impl TransportFactory + 'static) -> Self {
        self.transport = Arc::new(factory);
        self
    }

    /// Encrypts by TLS; in place of another [`transport`](Self::transport). Defaults to none.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(self, options: &super::TlsOptions) -> Self {
        self.transport(options.factory())
    }

    pub(crate) fn frame_limit(&self) -> usize {
        self.max_frame
    }

    /// Logs in with a user's name and password. Defaults to no login.
    #[must_use]
    pub fn credentials(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials =
            vec![("username".to_owned(), username.into()), ("password".to_owned(), password.into())];
        self
    }
}

impl fmt::Debug for ConnectionOptions {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("max_frame", &self.max_frame)
            .field("transport", &self.transport)
            .field("credentials", &!self.credentials.is_empty())
            .finish()
    }
}
