//! One connection to one server: open, log in, choose a keyspace, call.

mod address;
mod fault;
mod options;
mod socket;
#[cfg(feature = "tls")]
mod tls;
mod transport;

use std::fmt;
use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

pub(crate) use address::{resolve, with_port};
pub(crate) use fault::{Fault, FaultKind};
pub use options::ConnectionOptions;
pub(crate) use options::LONGEST_WAIT;
pub use socket::Socket;
#[cfg(feature = "tls")]
pub use tls::TlsOptions;
pub use transport::{Transport, TransportFactory};

use crate::error::{Error, Place, Result};
use crate::wire::frame::{FrameError, FrameReader};
use crate::wire::hot::{self, Rows, RowsMethod};
use crate::wire::methods::{Login, SetKeyspace};
use crate::wire::{AuthenticationRequest, DecodeError, Exception, Method, decode_reply, encode_call};

/// A buffer that one large call has grown beyond this is given back.
const KEPT_BUFFER: usize = 1024 * 1024;

/// A connection to a server, one call at a time.
///
/// A [`ConnectionPool`](crate::ConnectionPool) hands them out for raw calls; a
/// [`SystemManager`](crate::SystemManager) has one of its own.
///
/// ```
/// # use cassa::{Connection, ConnectionOptions, EmbeddedServer, wire};
/// # fn main() -> cassa::Result<()> {
/// let server = EmbeddedServer::start()?;
/// let address = server.addresses()[0].to_string();
/// let mut connection = Connection::open(&address, &ConnectionOptions::default())?;
/// let version = connection.call(&wire::methods::DescribeVersion {})?;
/// assert_eq!(version, "19.39.0");
/// # Ok(())
/// # }
/// ```
pub struct Connection {
    server: Arc<str>,
    stream: FrameReader<Box<dyn Transport>>,
    options: ConnectionOptions,
    keyspace: Option<Box<str>>,
    out: Vec<u8>,
    sequence: i32,
    in_flight: bool,
    /// By when a call must be done, whatever the timeout.
    deadline: Option<Instant>,
    /// Frames that went out whole.
    sent: u64,
    fault: Option<Fault>,
}

impl Connection {
    /// Connects to `server` (`host`, `host:port`, `[v6]:port`; the port defaults to 9160) and logs in if
    /// there are credentials.
    ///
    /// The name is looked up by the system's resolver, which has its own bounds on time; connecting to all
    /// its addresses together takes at most the connect timeout.
    ///
    /// # Errors
    /// [`Error::Connect`] where it cannot be reached within the connect timeout; [`Error::Authentication`]
    /// where the login is refused.
    pub fn open(server: &str, options: &ConnectionOptions) -> Result<Self> {
        Self::open_by(&server.into(), options, None)
    }

    /// As [`Connection::open`], by this deadline; the calls that follow keep to it too.
    pub(crate) fn open_by(
        server: &Arc<str>,
        options: &ConnectionOptions,
        deadline: Option<Instant>,
    ) -> Result<Self> {
        let mut connection = Self::connect(server, options, deadline)?;
        connection.login()?;
        Ok(connection)
    }

    /// As [`Connection::open_by`], without logging in.
    pub(crate) fn connect(
        server: &Arc<str>,
        options: &ConnectionOptions,
        deadline: Option<Instant>,
    ) -> Result<Self> {
        let connected_by = Instant::now() + options.connect_timeout;
        let connected_by = deadline.map_or(connected_by, |deadline| deadline.min(connected_by));
        let mut transport = transport::connect(&*options.transport, server, connected_by)
            .map_err(|source| Error::Connect { server: server.clone(), source })?;
        transport.socket_mut().set_timeout(options.timeout);
        tracing::debug!(%server, "connected");
        Ok(Connection {
            server: server.clone(),
            stream: FrameReader::new(transport),
            options: options.clone(),
            keyspace: None,
            out: Vec::new(),
            sequence: 0,
            in_flight: false,
            deadline,
            sent: 0,
            fault: None,
        })
    }

    /// Logs in if there are credentials.
    pub(crate) fn login(&mut self) -> Result<()> {
        if self.options.credentials.is_empty() {
            return Ok(());
        }
        let auth_request = AuthenticationRequest { credentials: self.options.credentials.clone() };
        self.call(&Login { auth_request })
    }

    /// The server, as it was given.
    pub fn server(&self) -> &Arc<str> {
        &self.server
    }

    /// The keyspace that was chosen last.
    pub fn keyspace(&self) -> Option<&str> {
        self.keyspace.as_deref()
    }

    /// Chooses the keyspace of the calls that follow.
    ///
    /// ```
    /// # use cassa::{Connection, ConnectionOptions, EmbeddedServer, Error, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # SystemManager::connect(server.addresses())?.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # let address = server.addresses()[0].to_string();
    /// let mut connection = Connection::open(&address, &ConnectionOptions::default())?;
    /// connection.set_keyspace("Keyspace1")?;
    /// assert_eq!(connection.keyspace(), Some("Keyspace1"));
    ///
    /// let error = connection.set_keyspace("Keyspace2").unwrap_err();
    /// assert!(matches!(error, Error::NoSuchKeyspace { .. }));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchKeyspace`] where the server has none of this name; those of [`Connection::call`].
    pub fn set_keyspace(&mut self, keyspace: &str) -> Result<()> {
        let call = SetKeyspace { keyspace: keyspace.to_owned() };
        self.call(&call).map_err(|e| match e {
            // all versions say so in these words; one that refuses for another reason is quoted
            Error::InvalidRequest { why, .. } if why.contains("does not exist") => {
                Error::NoSuchKeyspace { server: self.server.clone(), keyspace: keyspace.into() }
            }
            other => other,
        })?;
        self.keyspace = Some(keyspace.into());
        Ok(())
    }

    /// Makes any call of the interface and waits for its result.
    ///
    /// # Errors
    /// What the server answers in place of a result; [`Error::NoAnswer`] where it does not answer within the
    /// timeout; [`Error::Io`] and [`Error::Protocol`] where the connection fails;
    /// [`Error::FrameTooLarge`] where call or reply pass the limit.
    pub fn call<M: Method>(&mut self, call: &M) -> Result<M::Output> {
        self.exchange(M::METHOD, |sequence, out| encode_call(call, sequence, out), decode_table::<M>)
    }

    /// `get_slice`: columns of one row.
    /// What it takes and gives is packed; [`ColumnFamily`](crate::ColumnFamily) packs and unpacks by the schema.
    ///
    /// ```
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// use cassa::wire::{ConsistencyLevel, hot};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # ColumnFamily::open(&pool, "Standard1")?.insert("foo", [("column1", "val1"), ("column2", "val2")])?;
    /// let mut connection = pool.get()?;
    /// let rows = connection.get_slice(&hot::GetSlice {
    ///     key: b"foo",
    ///     column_parent: hot::ColumnParent { column_family: "Standard1", super_column: None },
    ///     predicate: hot::SlicePredicate { column_names: Some(vec![b"column2"]), slice_range: None },
    ///     consistency_level: ConsistencyLevel::One,
    /// })?;
    /// let row = rows.get(0).expect("a slice is one row");
    /// assert_eq!(row.get(0).map(|cell| cell.value), Some(&b"val2"[..]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn get_slice(&mut self, call: &hot::GetSlice<'_>) -> Result<Rows> {
        self.exchange(hot::GetSlice::METHOD, |sequence, out| call.encode(sequence, out), Rows::of_get_slice)
    }

    /// `multiget_slice`: columns of several rows.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn multiget_slice(&mut self, call: &hot::MultigetSlice<'_>) -> Result<Rows> {
        self.exchange(
            hot::MultigetSlice::METHOD,
            |sequence, out| call.encode(sequence, out),
            |frame, sequence| Rows::of(RowsMethod::MultigetSlice, frame, sequence),
        )
    }

    /// `get_range_slices`: columns of a range of rows.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn get_range_slices(&mut self, call: &hot::GetRangeSlices<'_>) -> Result<Rows> {
        self.exchange(
            hot::GetRangeSlices::METHOD,
            |sequence, out| call.encode(sequence, out),
            |frame, sequence| Rows::of(RowsMethod::GetRangeSlices, frame, sequence),
        )
    }

    /// `get_indexed_slices`: columns of the rows that an index finds.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn get_indexed_slices(&mut self, call: &hot::GetIndexedSlices<'_>) -> Result<Rows> {
        self.exchange(
            hot::GetIndexedSlices::METHOD,
            |sequence, out| call.encode(sequence, out),
            |frame, sequence| Rows::of(RowsMethod::GetIndexedSlices, frame, sequence),
        )
    }

    /// A call whose frame `encode` appends, and whose result is small enough for the table.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub(crate) fn call_in_place<M: Method>(
        &mut self,
        encode: impl FnOnce(i32, &mut Vec<u8>),
    ) -> Result<M::Output> {
        self.exchange(M::METHOD, encode, decode_table::<M>)
    }

    /// Sends the frame that `encode` appends, and reads one back.
    fn exchange<T>(
        &mut self,
        method: &'static str,
        encode: impl FnOnce(i32, &mut Vec<u8>),
        decode: impl FnOnce(Bytes, i32) -> Result<Result<T, Exception>, DecodeError>,
    ) -> Result<T> {
        self.sequence = self.sequence.wrapping_add(1);
        let sequence = self.sequence;
        self.out.clear();
        encode(sequence, &mut self.out);
        let (length, limit) = (self.out.len() - 4, self.options.max_frame);
        if length > limit {
            self.out = Vec::new();
            return Err(Error::FrameTooLarge { server: self.server.clone(), method, length, limit });
        }
        let now = Instant::now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            return Err(Error::NoAnswer { server: self.server.clone(), method, within: Duration::ZERO });
        }
        self.in_flight = true;
        let frame = self.transfer(method, now)?;
        if self.out.capacity() > KEPT_BUFFER {
            self.out = Vec::new();
        }
        let answer = decode(frame, sequence).map_err(|e| self.broke(method, FaultKind::Garbage(e)))?;
        self.in_flight = false;
        answer.map_err(|exception| {
            let mut at = Place::call(&self.server, method);
            at.keyspace.clone_from(&self.keyspace);
            Error::answered(exception, at)
        })
    }

    fn transfer(&mut self, method: &'static str, start: Instant) -> Result<Bytes> {
        let stream = self.stream.get_mut();
        stream.socket_mut().start(start, self.deadline);
        let sent = stream.write_all(&self.out).and_then(|()| stream.flush()).map_err(FrameError::Io);
        let frame = sent.and_then(|()| {
            self.sent += 1;
            self.stream.read(self.options.max_frame)
        });
        let kind = match frame {
            Ok(Some(frame)) => return Ok(frame),
            // a TLS alert, read as a length
            Err(FrameError::TooLarge { length, .. }) if length >> 16 == 0x1503 => {
                FaultKind::Closed(io::Error::new(io::ErrorKind::InvalidData, "the server speaks TLS"))
            }
            Err(FrameError::TooLarge { length, limit }) => {
                return Err(Error::FrameTooLarge { server: self.server.clone(), method, length, limit });
            }
            Ok(None) => FaultKind::Closed(io::ErrorKind::UnexpectedEof.into()),
            Err(FrameError::Io(e)) if socket::is_timeout(&e) => {
                let timeout = self.options.timeout;
                match self.deadline.map(|deadline| deadline.saturating_duration_since(start)) {
                    Some(within) if within < timeout => FaultKind::Late(within),
                    _ => FaultKind::Silent(timeout),
                }
            }
            Err(FrameError::Io(e)) => FaultKind::Closed(e),
        };
        Err(self.broke(method, kind))
    }

    #[cold]
    fn broke(&mut self, method: &'static str, kind: FaultKind) -> Error {
        let fault = Fault { method, length: self.out.len() - 4, kind };
        let error = fault.error(&self.server);
        self.fault = Some(fault);
        error
    }

    /// Whether a call was begun and no whole answer came: bytes may be under way, so no further call can be
    /// made.
    pub fn is_broken(&self) -> bool {
        self.in_flight
    }

    /// What ended the connection, where it speaks against the server.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// By when the calls that follow must be done; `None` leaves each its timeout.
    pub(crate) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// How many calls went out whole: a server does nothing on a part of a frame.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// A handle on the socket, to end the connection from another thread.
    pub(crate) fn socket(&self) -> io::Result<TcpStream> {
        self.stream.get_ref().socket().tcp().try_clone()
    }

    /// Whether the server has closed an idle connection, or sent what nobody asked for. Does not wait.
    pub(crate) fn is_stale(&self) -> bool {
        self.stream.get_ref().socket().is_stale()
    }
}

fn decode_table<M: Method>(frame: Bytes, sequence: i32) -> Result<Result<M::Output, Exception>, DecodeError> {
    decode_reply::<M>(&frame, sequence)
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("server", &self.server)
            .field("keyspace", &self.keyspace)
            .field("is_broken", &self.in_flight)
            .finish_non_exhaustive()
    }
}
